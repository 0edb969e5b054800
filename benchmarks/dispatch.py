"""How fast is dispatch, against a bare claim-post-settle loop over the same transport and database?

python -m benchmarks.dispatch [recipients] [runs]
"""

import asyncio
import sys
import time

import orjson
import uvloop

from benchmarks.measure import free_port, installation, program, report, sink
from db.core import connect
from db.core.settings import get_settings
from domain.core.secrets import seal
from domain.providers import base
from domain.providers.base import Outgoing, Text
from domain.providers.cloud_bodies import body

TARGET = 0.7
CHUNK = 100

PEOPLE = """
INSERT INTO contact (name, first_name, opt_in_status)
SELECT 'Person ' || n, 'Person', 'UNKNOWN' FROM generate_series(1, $1) n
"""
SENDER = """
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id)
VALUES ('+12025550100', 'CLOUD_API', 'CONNECTED', true, '1065') RETURNING id
"""
TEMPLATE = "INSERT INTO message_template (title, content) VALUES ('Hello', 'Hello {{name}}, see you.') RETURNING id"
QUEUE = """
INSERT INTO message (sender_id, contact_id, template_id, direction, author, type, purpose, priority, state, address,
                     attempts, due_at)
SELECT $1, id, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 2, 'QUEUED',
       '+1202555' || lpad(id::text, 7, '0'), 0, now()
FROM contact
"""


async def bare(recipients: int, url: str) -> float:
    """Messages a second of the simplest loop that could do it: one table, one chunk after the other, no events."""
    await connect.execute("DROP TABLE IF EXISTS bare")
    await connect.execute("""
        CREATE TABLE bare (id bigint PRIMARY KEY, address text, content text, state text, provider_id text)
    """)
    await connect.execute(
        "INSERT INTO bare SELECT id, '+1202555' || lpad(id::text, 7, '0'), 'Hello ' || name || ', see you.', 'queued'"
        " FROM contact"
    )
    await connect.execute("CREATE INDEX ON bare (id) WHERE state = 'queued'")
    await connect.execute("VACUUM ANALYZE bare")
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}

    async def post(address: str, content: str, id: int) -> str:
        message = orjson.dumps(body(Outgoing(address, str(id), Text(content))))
        answer = await base.client().post(url, content=message, headers=headers)
        return orjson.loads(answer.content)["messages"][0]["id"]

    started = time.perf_counter()
    while rows := await connect.rows(
        "UPDATE bare SET state = 'sending' WHERE id IN (SELECT id FROM bare WHERE state = 'queued' ORDER BY id"
        " LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id, address, content",
        CHUNK,
    ):
        ids = await asyncio.gather(*(post(row["address"], row["content"], row["id"]) for row in rows))
        await connect.execute(
            "UPDATE bare SET state = 'sent', provider_id = s.p FROM unnest($1::bigint[], $2::text[]) AS s(id, p)"
            " WHERE bare.id = s.id",
            [row["id"] for row in rows],
            ids,
        )
    return recipients / (time.perf_counter() - started)


async def ours(recipients: int, sender: int, template: int) -> float:
    """Messages a second of a worker process, from its first message to its last."""
    await connect.execute("TRUNCATE message, event")
    await connect.execute(QUEUE, sender, template)
    await connect.execute("VACUUM ANALYZE message")
    with program("tidings", "worker"):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if await connect.value("SELECT count(*) FROM message WHERE state = 'SENT'") == recipients:
                break
            await asyncio.sleep(0.5)
        row = await connect.row("SELECT count(*), min(sent_at), max(sent_at) FROM message WHERE state = 'SENT'")
    if row is None or row["count"] != recipients:
        raise SystemExit(f"Only {row and row['count']} of {recipients} were sent.")
    events = await connect.value("SELECT count(*) FROM event WHERE type = 'MESSAGE_SENT'")
    if events != recipients:
        raise SystemExit(f"{events} events for {recipients} messages.")
    first = await connect.value("SELECT count(*) FROM message WHERE sent_at = $1", row["min"])
    return (recipients - first) / (row["max"] - row["min"]).total_seconds()


async def main() -> None:
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    port = free_port()
    async with installation(WHATSAPP_API_URL=f"http://127.0.0.1:{port}", SEND_RATE="10000"):
        with sink(port):
            sender = await connect.value(SENDER)
            await connect.execute("UPDATE sender SET access_token = $1", seal("x"))
            template = await connect.value(TEMPLATE)
            await connect.execute(PEOPLE, recipients)
            await connect.execute("VACUUM ANALYZE contact")
            url = f"{get_settings().whatsapp_api_url}/{get_settings().whatsapp_api_version}/1065/messages"
            ratios, mine, theirs = [], [], []
            for _ in range(runs):
                theirs.append(await bare(recipients, url))
                mine.append(await ours(recipients, sender, template))
                ratios.append(mine[-1] / theirs[-1])
            await base.close()
            report(
                "Dispatch, one worker process, against a bare claim-post-settle loop",
                f"{recipients:,} recipients to an HTTP sink, SEND_RATE 10,000",
                ratios,
                f"at least {TARGET}",
                ours=", ".join(f"{value:,.0f}/s" for value in mine),
                bare=", ".join(f"{value:,.0f}/s" for value in theirs),
            )


if __name__ == "__main__":
    uvloop.run(main())
