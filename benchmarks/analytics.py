"""How long do figures of a year of messages take, for any zone and interval?

The baseline is plain counting: the same figures from the rows of messages, in one statement each.

python -m benchmarks.analytics [messages] [runs]
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import uvloop

from benchmarks.measure import installation, report, spread
from db.accounts import Role
from db.analytics import recount, talk
from db.core import connect
from db.core.paging import PageRequest
from domain import analytics, contacts
from domain import leads as domain_leads
from domain.analytics import Period, TrendInterval
from domain.core.access import SYSTEM, Viewer

TARGET_MS = 300
SENDERS = 4
# Of a hundred messages 30 are of campaigns, a third of them to people with a conversation; the others are said in talks
# of ten messages within forty minutes, six talks a conversation, most of them by day.
PREPARE = """
INSERT INTO contact (name, opt_in_status, created_at)
  SELECT 'Person ' || n, (ARRAY['UNKNOWN', 'OPTED_IN', 'OPTED_IN', 'OPTED_OUT'])[1 + n % 4],
         now() - (n % 31536000) * interval '17 seconds'
  FROM generate_series(1, $messages / 15) n;
INSERT INTO conversation (sender_id, contact_id, address, status, unread_count, priority, satisfaction_score,
                          last_message_at, created_at)
  SELECT 1 + n % $senders, n, '+1', (ARRAY['ACTIVE', 'CLOSED', 'CLOSED', 'ESCALATED'])[1 + n % 4], n % 3, 1 + n % 4,
         nullif(n % 6, 0), now(), now() - interval '1 year'
  FROM generate_series(1, $messages * 7 / 600) n;
CREATE UNLOGGED TABLE talk AS
  SELECT t AS id, 1 + t / 6 AS contact_id,
         now() - interval '1 year' + (hashint8(t)::bigint + 2147483648) % 364 * interval '1 day'
           + ((hashint8(t + 7000000)::bigint + 2147483648) % 36000 + 28800 * (t % 10 > 0)::int) * interval '1 s'
           AS began
  FROM generate_series(0, $messages * 7 / 100 - 6) t;
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address, content,
                     attempts, created_at, sent_at, delivered_at)
  SELECT 1 + contact_id % $senders, contact_id, CASE WHEN own THEN 'OUTBOUND' ELSE 'INBOUND' END,
         CASE WHEN NOT own THEN 'CONTACT' WHEN id % 3 = 0 THEN 'OPERATOR' ELSE 'BOT' END, 'TEXT', 'UTILITY', 2,
         CASE WHEN own THEN 'DELIVERED' ELSE 'RECEIVED' END, '+1202' || contact_id, NULL, own::int,
         at, CASE WHEN own THEN at END, CASE WHEN own THEN at END
  FROM talk, LATERAL (SELECT began + n * interval '239 s' AS at, n % 5 IN (2, 4) AS own
                      FROM generate_series(0, 9) n) AS said
  ORDER BY began;
INSERT INTO message (sender_id, contact_id, campaign_id, direction, author, type, purpose, priority, state, address,
                     attempts, created_at, sent_at, delivered_at)
  SELECT 1 + (1 + n % ($messages / 30)) % $senders, 1 + n % ($messages / 30), 1 + n / ($messages / 30), 'OUTBOUND',
         'SYSTEM', 'TEMPLATE', 'MARKETING', 1, 'DELIVERED', '+1202' || n, 1, at, at, at
  FROM generate_series(0, $messages * 3 / 10) n,
       LATERAL (SELECT now() - interval '1 year' + n / ($messages / 30) * interval '39 days'
                       + n % ($messages / 30) * interval '12 ms' AS at) AS sent;
DROP TABLE talk;
INSERT INTO campaign (name, status, type, variables, audience, recipients, excluded, fanned_out_to, by_hand,
                      corrections, created_at)
  SELECT 'Campaign ' || n, 'COMPLETED', 'BROADCAST', '{}', '{}', $messages / 30, 0, 0, false, '{}',
         now() - n * interval '39 days' FROM generate_series(1, 9) n;
INSERT INTO campaign_tally (campaign_id, state, count, folded)
  SELECT id, state, $messages / 90, true FROM campaign, unnest(ARRAY['SENT', 'DELIVERED', 'READ']) AS s(state);
INSERT INTO lead (contact_id, title, status, been, priority, source, estimated_value, probability, score, created_at,
                  closed_at)
  SELECT n, 'Lead', (ARRAY['NEW', 'CONTACTED', 'QUALIFIED', 'PROPOSAL', 'NEGOTIATION', 'WON', 'LOST'])[1 + n % 7],
         1 | (1 << (n % 7)::int), 1 + n % 4, 'source ' || n % 12, n % 10000, n % 100, n % 100,
         now() - n * interval '10 minutes', CASE WHEN n % 7 > 4 THEN now() END
  FROM generate_series(1, $messages / 200) n;
VACUUM ANALYZE
"""
SAID = "CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END"
PLAIN_WHOLE = f"""
SELECT count(DISTINCT v.id), count(*) FROM message m
JOIN conversation v ON v.sender_id = m.sender_id AND v.contact_id = m.contact_id AND v.deleted_at IS NULL
WHERE m.type <> 'REACTION' AND m.deleted_at IS NULL AND {SAID} >= $1
"""
PLAIN_DAYS = PLAIN_WHOLE.replace("SELECT", f"SELECT date_trunc('day', {SAID}, 'Asia/Kolkata'),", 1) + " GROUP BY 1"


async def fill(messages: int) -> None:
    async with connect.connection() as connection:
        await connection.execute("SET statement_timeout = 0")
        await connection.execute("SET synchronous_commit = off")
        for statement in PREPARE.split(";\n"):
            began = time.perf_counter()
            ready = statement.replace("$messages", f"{messages}::bigint").replace("$senders", str(SENDERS))
            await connection.execute(ready, timeout=1200)
            print(f"  {time.perf_counter() - began:6.1f} s  {statement.strip().splitlines()[0][:80]}", flush=True)


async def is_behind() -> bool:
    return await talk.counted_until() is None


async def timed(run: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await run()
    return (time.perf_counter() - began) * 1000


def of_one_sender(period: Period) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What hangs on who has messages with a sender, for a token that is bound to one."""
    viewer, page = Viewer(role=Role.ADMIN, sender_id=1), PageRequest(first=50)

    async def leads() -> None:
        await (await analytics.leads(viewer, period)).stages()

    return {
        "contacts of one sender": partial(analytics.contacts, viewer, period),
        "leads of one sender": leads,
        "fifty contacts of one sender": partial(contacts.find, viewer, page=page),
        "fifty leads of one sender": partial(domain_leads.find, viewer, page=page),
    }


def asked(period: Period) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What may be asked about a period, each as a request of its own would."""

    async def standing() -> None:
        await (await analytics.conversations(SYSTEM, period)).standing()

    async def pace() -> None:
        await (await analytics.conversations(SYSTEM, period)).pace()

    async def trends(interval: TrendInterval) -> None:
        await (await analytics.conversations(SYSTEM, period)).trends(interval)

    async def campaigns() -> None:
        await analytics.delivery(SYSTEM, (await analytics.campaigns(SYSTEM, period)).ids)

    async def leads() -> None:
        await (await analytics.leads(SYSTEM, period)).stages()

    # Everything is more than the 366 days that a trend may have.
    intervals = [each for each in TrendInterval if period.start or each is not TrendInterval.DAY]
    trend = {f"trend by {each.lower()}": partial(trends, each) for each in intervals}
    others: dict[str, Callable[[], Awaitable[Any]]] = {
        "conversations, how they stand": standing,
        "conversations, what was said": pace,
        "contacts": partial(analytics.contacts, SYSTEM, period),
        "campaigns": campaigns,
        "leads": leads,
    }

    async def at_once() -> None:
        await asyncio.gather(*(run() for run in [*others.values(), partial(trends, intervals[0])]))

    return {**others, **of_one_sender(period), **trend, "all at once, with one trend": at_once}


async def main(messages: int, runs: int) -> None:
    async with installation(DATABASE_POOL="4"):
        await fill(messages)
        began = time.perf_counter()
        while await is_behind():
            await recount.count_new()
        print(f"  {time.perf_counter() - began:6.1f} s  to count the past for the first time", flush=True)
        await connect.execute("VACUUM ANALYZE conversation_day")
        await connect.execute("VACUUM ANALYZE conversation_quarter")
        size = "SELECT pg_size_pretty(pg_total_relation_size($1::regclass))"
        for table in ("message", "contact_sender", "conversation_day", "conversation_quarter"):
            rows = await connect.value(f"SELECT count(*) FROM {table}")
            print(f"  {rows:,} rows of {table}: {await connect.value(size, table)}", flush=True)
        now = datetime.now(UTC)
        year = Period(now - timedelta(days=364, minutes=7), now, "Asia/Kolkata", True)
        halfway = Period(
            now - timedelta(days=270, minutes=7), now - timedelta(days=90, minutes=3), "Asia/Kolkata", True
        )
        began = await connect.value("SELECT min(created_at) FROM message WHERE campaign_id = 4") + timedelta(minutes=10)
        periods = {
            "a year": year,
            "180 days amid it": halfway,
            "everything": Period(None, now, "Asia/Kolkata", False),
            "two hours of a campaign": Period(began, began + timedelta(hours=2), "Asia/Kolkata", True),
        }
        plain = {"conversations": PLAIN_WHOLE, "trend by day": PLAIN_DAYS}
        slow = {
            name: await timed(lambda sql=sql: connect.rows(sql, year.start))  # pyright: ignore[reportUnknownLambdaType]
            for name, sql in plain.items()
        }
        for name, period in periods.items():
            for figure, run in asked(period).items():
                times = [await timed(run) for _ in range(runs + 1)][1:]
                baseline = slow["trend by day" if figure.startswith("trend") else "conversations"]
                report(
                    f"{name}: {figure}",
                    f"{messages:,} messages, {SENDERS} senders",
                    [baseline / each for each in times] if figure.startswith(("conv", "trend")) else [1.0],
                    f"each below {TARGET_MS} ms",
                    ours=f"{spread(times)} ms",
                    worst=f"{statistics.median(times) / TARGET_MS:.2f} of the target",
                    plain=f"{baseline:,.0f} ms of a year",
                )


if __name__ == "__main__":
    uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["200000", "3"][len(sys.argv) - 1 :]])))
