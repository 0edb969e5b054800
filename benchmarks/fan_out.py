"""How fast are a million recipients queued, against one bare INSERT … SELECT of the same rows? By a schedule, and by a
campaign, which freezes its audience with it; and how fast does a preflight count one?

The baseline writes into an empty table with the same columns and indexes: what any solution with this table must pay.

python -m benchmarks.fan_out [recipients] [runs]
"""

import sys
import time
from collections.abc import Awaitable

import uvloop

from benchmarks.measure import installation, report
from db.campaigns.preflight import look
from db.core import connect
from db.core.transaction import transaction
from domain import schedules
from domain.campaigns import running

TARGET = 3.0
TARGET_TALLY = 5.0
"""Seconds in which an audience of a million is counted."""

PREPARE = """
INSERT INTO contact (name, opt_in_status) SELECT 'Person ' || n, 'UNKNOWN' FROM generate_series(1, $1::int) n;
INSERT INTO contact_phone (contact_id, phone_number, is_primary) SELECT id, '+1202' || lpad(id::text, 8, '0'), true
  FROM contact;
INSERT INTO contact_group (name) VALUES ('Everyone');
INSERT INTO group_member (group_id, contact_id) SELECT 1, id FROM contact;
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id)
  VALUES ('+12025550100', 'CLOUD_API', 'CONNECTED', true, '1065');
INSERT INTO message_template (title, content, approval_id, approval_name, language, category, approval_status)
  VALUES ('Hello', 'Hello {{name}}, see you.', '1', 'hello', 'en', 'MARKETING', 'APPROVED');
"""
SCHEDULE = """
INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)
SELECT t.id, g.id, s.id, '{}', 'PROCESSING', now(), 0, 0 FROM message_template t, contact_group g, sender s RETURNING id
"""
CAMPAIGN = """
WITH made AS (
  INSERT INTO campaign (name, type, status, template_id, variables, audience, excluded, fanned_out_to, by_hand,
                        corrections)
  SELECT 'Everyone', 'BROADCAST', 'DRAFT', id, '{}', '{"group_ids": [1]}', 0, 0, false, '{}' FROM message_template
  RETURNING id
)
INSERT INTO campaign_sender (campaign_id, sender_id) SELECT made.id, sender.id FROM made, sender RETURNING campaign_id
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
    await connect.execute("TRUNCATE message, contact_sender, event")
    id = await connect.value(SCHEDULE)
    seconds = await timed(schedules.fan_out(id), recipients)
    await connect.execute("UPDATE schedule SET status = 'CANCELLED'")
    return seconds


async def of_campaign(recipients: int) -> tuple[float, float]:
    """Seconds of the same for a campaign, with a row for each recipient; and of counting its audience before."""
    await connect.execute("TRUNCATE message, contact_sender, event, campaign_recipient, campaign_tally")
    id = await connect.value(CAMPAIGN)
    started = time.perf_counter()
    told = await look(id, [["name"]])
    counting = time.perf_counter() - started
    if told.recipients != recipients:
        raise SystemExit(f"{told.recipients} counted of {recipients} recipients.")
    async with transaction():
        await running.begin([id])
    seconds = await timed(running.fan_out(id), recipients)
    await connect.execute("UPDATE campaign SET status = 'STOPPED'")
    return seconds, counting


async def timed(fan_out: Awaitable[None], recipients: int) -> float:
    await connect.execute("CHECKPOINT")
    started = time.perf_counter()
    await fan_out
    seconds = time.perf_counter() - started
    queued = await connect.value("SELECT count(*) FROM message")
    if queued != recipients:
        raise SystemExit(f"{queued} messages for {recipients} recipients.")
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
        heap, indexed, mine, frozen, counted = [], [], [], [], []
        for _ in range(runs):
            heap.append(await bare(""))
            indexed.append(await bare("INCLUDING INDEXES"))
            mine.append(await ours(recipients))
            seconds, counting = await of_campaign(recipients)
            frozen.append(seconds)
            counted.append(counting)
        report(
            "Fan-out of a schedule, against one bare INSERT … SELECT into a table like message, with its indexes",
            f"{recipients:,} recipients",
            [a / b for a, b in zip(mine, indexed, strict=True)],
            f"at most {TARGET}",
            ours=rates(recipients, mine),
            bare=rates(recipients, indexed),
            without_indexes=f"{rates(recipients, heap)}: {mine[0] / heap[0]:.1f} times as fast as ours",
        )
        report(
            "Freezing and fan-out of a campaign, against the same",
            f"{recipients:,} recipients",
            [a / b for a, b in zip(frozen, indexed, strict=True)],
            f"at most {TARGET}",
            ours=rates(recipients, frozen),
            bare=rates(recipients, indexed),
        )
        report(
            "Counting its audience for a preflight, in seconds",
            f"{recipients:,} people",
            counted,
            f"at most {TARGET_TALLY} for a million",
        )


def rates(recipients: int, seconds: list[float]) -> str:
    return ", ".join(f"{recipients / value:,.0f}/s" for value in seconds)


if __name__ == "__main__":
    uvloop.run(main())
