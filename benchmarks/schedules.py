"""When many schedules are due in the same second, how late does each start?

Every schedule has a group of one contact of its own. A start is the event that says so; the message leaves later, when
the recipients are queued and the sender's pace allows. The baseline is a few schedules with the same worker.

python -m benchmarks.schedules [schedules] [runs]
"""

import asyncio
import sys
from typing import Any

import uvloop

from benchmarks.dispatch import PEOPLE, SENDER, TEMPLATE
from benchmarks.measure import free_port, installation, program, report, sink, spread
from db.core import connect
from domain.core.secrets import seal

TARGET = 1.0
FEW = 10
PATIENCE = 120
"""Seconds after which a run is given up."""
PREPARE = """
INSERT INTO contact_phone (contact_id, phone_number, is_primary)
  SELECT id, '+1202' || lpad(id::text, 8, '0'), true FROM contact;
INSERT INTO contact_group (name) SELECT 'Group ' || n FROM generate_series(1, $1::int) n;
INSERT INTO group_member (group_id, contact_id) SELECT id, id FROM contact_group
"""
SCHEDULES = """
INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)
SELECT $1, n, $2, '{}', 'PENDING', date_trunc('second', now()) + interval '3 s' + random() * interval '1 s', 0, 0
FROM generate_series(1, $3::int) n
"""
LATE = """
SELECT percentile_disc($1::float8[]) WITHIN GROUP (ORDER BY extract(epoch FROM started - send_at)) AS started,
       percentile_disc($1::float8[]) WITHIN GROUP (ORDER BY extract(epoch FROM left_us - send_at)) AS left
FROM (SELECT s.send_at, (SELECT min(occurred_at) FROM event WHERE type = 'MESSAGE_PROCESSING' AND schedule_id = s.id)
               AS started, (SELECT min(sent_at) FROM message WHERE schedule_id = s.id) AS left_us
      FROM schedule s) late
"""
SHARES = [0.5, 0.95, 0.99, 1.0]


async def late(schedules: int, template: int, sender: int) -> tuple[list[float], list[float]]:
    """Seconds from its time until a schedule started, and until its message had left: p50, p95, p99 and most."""
    await connect.execute("TRUNCATE schedule, message, event")
    await connect.execute(SCHEDULES, template, sender, schedules)
    async with asyncio.timeout(PATIENCE):
        while await connect.value("SELECT count(*) FROM message WHERE sent_at IS NOT NULL") < schedules:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
    row: Any = await connect.row(LATE, SHARES)
    return list(map(float, row["started"])), list(map(float, row["left"]))


async def main(schedules: int, runs: int) -> None:
    port = free_port()
    few, many = list[Any](), list[Any]()
    async with installation(WHATSAPP_API_URL=f"http://127.0.0.1:{port}", SEND_RATE="10000"):
        with sink(port), program("tidings", "worker"):
            sender = await connect.value(SENDER)
            await connect.execute("UPDATE sender SET access_token = $1", seal("x"))
            template = await connect.value(TEMPLATE)
            await connect.execute(PEOPLE, schedules)
            for statement in PREPARE.replace("$1::int", str(schedules)).split(";\n"):
                await connect.execute(statement)
            await late(FEW, template, sender)  # the worker comes up
            for _ in range(runs):
                few.append(await late(FEW, template, sender))
                many.append(await late(schedules, template, sender))

    def figures(found: list[Any], which: int) -> str:
        return f"p50 {spread([each[which][0] for each in found])} s, p99 {spread([each[which][2] for each in found])} s"

    report(
        f"Schedules due in the same second: how late the start is, {schedules:,} against {FEW}",
        f"{schedules:,} schedules of one recipient, one worker",
        [mine[0][2] / base[0][2] for mine, base in zip(many, few, strict=True)],
        f"p99 ≤ {TARGET:g} s",
        started=figures(many, 0),
        left=figures(many, 1),
        few=figures(few, 0),
    )


if __name__ == "__main__":
    uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["1000", "3"][len(sys.argv) - 1 :]])))
