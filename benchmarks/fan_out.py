"""How fast are a million recipients queued, against one bare INSERT … SELECT of the same rows?

The baseline writes into an empty table with the same columns and indexes: what any solution with this table must pay.

python -m benchmarks.fan_out [recipients] [runs]
"""

import sys
import time

import uvloop

from benchmarks.measure import installation, report
from db.core import connect
from domain import schedules

TARGET = 3.0

PREPARE = """
INSERT INTO contact (name, opt_in_status) SELECT 'Person ' || n, 'UNKNOWN' FROM generate_series(1, $1::int) n;
INSERT INTO contact_phone (contact_id, phone_number, is_primary) SELECT id, '+1202' || lpad(id::text, 8, '0'), true
  FROM contact;
INSERT INTO contact_group (name) VALUES ('Everyone');
INSERT INTO group_member (group_id, contact_id) SELECT 1, id FROM contact;
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id)
  VALUES ('+12025550100', 'CLOUD_API', 'CONNECTED', true, '1065');
INSERT INTO message_template (title, content) VALUES ('Hello', 'Hello {{name}}, see you.');
"""
SCHEDULE = """
INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)
SELECT t.id, g.id, s.id, '{}', 'PROCESSING', now(), 0, 0 FROM message_template t, contact_group g, sender s RETURNING id
"""
BARE = """
INSERT INTO bare (sender_id, contact_id, schedule_id, template_id, direction, author, type, purpose, priority, state,
                  address, attempts, due_at)
SELECT 1, c.id, 1, 1, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 2, 'QUEUED', p.phone_number, 0, now()
FROM group_member m JOIN contact c ON c.id = m.contact_id JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
WHERE m.group_id = 1
"""


async def bare(indexes: str) -> float:
    """Seconds of one statement into an empty table of the same columns."""
    await connect.execute("DROP TABLE IF EXISTS bare")
    await connect.execute(f"CREATE TABLE bare (LIKE message INCLUDING DEFAULTS {indexes})")
    await connect.execute("CHECKPOINT")
    started = time.perf_counter()
    async with connect.connection() as connection:
        await connection.execute(BARE, timeout=600)
    return time.perf_counter() - started


async def ours(recipients: int) -> float:
    """Seconds of a fan-out into the final table, with all its indexes, resumable, in chunks of 20,000."""
    await connect.execute("TRUNCATE message, event")
    id = await connect.value(SCHEDULE)
    await connect.execute("CHECKPOINT")
    started = time.perf_counter()
    await schedules.fan_out(id)
    seconds = time.perf_counter() - started
    queued = await connect.value("SELECT count(*) FROM message WHERE schedule_id = $1", id)
    if queued != recipients:
        raise SystemExit(f"{queued} messages for {recipients} recipients.")
    await connect.execute("UPDATE schedule SET status = 'CANCELLED'")
    return seconds


async def main() -> None:
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    async with installation():
        async with connect.connection() as connection:
            await connection.execute("SET statement_timeout = 0")
            for statement in PREPARE.replace("$1::int", str(recipients)).split(";\n"):
                if statement.strip():
                    await connection.execute(statement, timeout=600)
            await connection.execute("VACUUM ANALYZE")
        heap, indexed, mine = [], [], []
        for _ in range(runs):
            heap.append(await bare(""))
            indexed.append(await bare("INCLUDING INDEXES"))
            mine.append(await ours(recipients))
        report(
            "Fan-out of a schedule, against one bare INSERT … SELECT into a table like message, with its indexes",
            f"{recipients:,} recipients",
            [a / b for a, b in zip(mine, indexed, strict=True)],
            f"at most {TARGET}",
            ours=rates(recipients, mine),
            bare=rates(recipients, indexed),
            without_indexes=f"{rates(recipients, heap)}: {mine[0] / heap[0]:.1f} times as fast as ours",
        )


def rates(recipients: int, seconds: list[float]) -> str:
    return ", ".join(f"{recipients / value:,.0f}/s" for value in seconds)


if __name__ == "__main__":
    uvloop.run(main())
