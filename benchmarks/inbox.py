"""How long does an inbox take: a search through all messages, for rare and frequent words, and a page of each filter?

Searches are compared with a condition on each text without an index of words: what there was before. Pages of a long
inbox are compared with the same pages of one of a hundred conversations; every filter of few matches a hundred.

python -m benchmarks.inbox [conversations] [messages of each] [queries] [runs]
"""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from benchmarks.measure import installation, report, spread
from db.accounts import Role
from db.conversations import Conversation, ConversationHandler, ConversationStatus
from db.core import connect
from db.core.paging import Order, PageRequest, Where, fetch_page
from db.messages import Priority
from domain import conversations, messages
from domain.conversations import ConversationOrder
from domain.core.access import SYSTEM, Viewer
from domain.core.assignment import Assignment

TARGET_MS = 150
SMALL = 100
EMPTY = "TRUNCATE sender, contact, conversation, message RESTART IDENTITY CASCADE"
PREPARE = """
INSERT INTO sender (phone_number, provider, status, is_default)
  SELECT '+1303' || lpad(n::text, 7, '0'), 'CLOUD_API', 'CONNECTED', n = 1 FROM generate_series(1, 5) n;
INSERT INTO contact (name, opt_in_status, numbers)
  SELECT initcap(substr(translate(md5(n::text), '0123456789', 'aeioulnrst'), 1, 5)) || ' Example' || n % 1000,
         'UNKNOWN', '+1202' || lpad(n::text, 7, '0') FROM generate_series(1, $1) n;
INSERT INTO conversation (sender_id, contact_id, address, status, handler, epoch, last_message_at, created_at,
                          unread_count, priority, tags, assigned_to_id)
  SELECT 1 + n % 5, n, '+1202' || lpad(n::text, 7, '0'), CASE WHEN n % $3 = 0 THEN 'ESCALATED' ELSE 'ACTIVE' END,
         CASE WHEN n % $3 = 0 THEN 'OPERATOR' ELSE 'BOT' END, 0, now() - n * interval '1 s',
         now() - n * interval '1 h', CASE WHEN n % $3 = 0 THEN 2 ELSE 0 END, CASE WHEN n % $3 = 0 THEN 4 ELSE 2 END,
         CASE WHEN n % $3 = 0 THEN ARRAY['vip'] ELSE '{}' END, CASE WHEN n % $3 = 0 THEN 1 END
  FROM generate_series(1, $1) n;
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts, created_at,
                     content)
  SELECT 1 + n % 5, n, CASE WHEN i % 2 = 0 THEN 'OUTBOUND' ELSE 'INBOUND' END,
         CASE WHEN i % 2 = 0 THEN 'BOT' ELSE 'CONTACT' END, 'TEXT', 'UTILITY', 2,
         CASE WHEN i % 2 = 0 THEN 'READ' ELSE 'RECEIVED' END, 0, now() - (n + $2 - i) * interval '1 s',
         'Hello ' || CASE WHEN n > $1 - $1 / 20 THEN 'retro ' ELSE '' END || 'w' || m % 10 || ' of x' || m / 10 % 100
         || ' and y' || m / 1000 % 1000 || ' with z' || m % ($1 * $2 / 10) || ', order ' || i * 1000000 + n || '.'
  FROM generate_series(1, $2) i, generate_series(1, $1) n,
       LATERAL (SELECT ('x' || substr(md5(n || '.' || i), 1, 7))::bit(28)::int AS m) AS chance;
VACUUM ANALYZE
"""
TERMS = {
    "every message": "hello",
    "a tenth of them": "w3",
    "a hundredth": "x33",
    "a thousandth": "y333",
    "ten": "z42",
    "one": "order 1000042",
    "none": "zzqqxx",
    "all of the oldest twentieth": "retro",
    "a tenth and a hundredth": "w3 x33",
    "the beginning of a frequent word": "hel",
    "the beginning of a rare one": "z424",
    "a contact's name": "example777",
}
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "mine": {"assignment": Assignment.MINE},
    "assigned": {"assignment": Assignment.ASSIGNED},
    "nobody's": {"assignment": Assignment.UNASSIGNED},
    "unread": {"unread": True},
    "escalated": {"status": [ConversationStatus.ESCALATED]},
    "an operator's": {"handler": ConversationHandler.OPERATOR},
    "urgent": {"priority": [Priority.URGENT]},
    "tagged": {"tags": ["vip"]},
    "one sender's": {"sender_id": 2},
    "by priority": {"order": ConversationOrder.PRIORITY},
}
VIEWER = Viewer(user_id=1, role=Role.ADMIN, session_id=1)
PAGE = PageRequest(first=50)
FORMER = (
    "conversation.address ILIKE {} OR EXISTS (SELECT FROM contact c WHERE c.id = conversation.contact_id"
    " AND c.name ILIKE {}) OR EXISTS (SELECT FROM message m WHERE m.contact_id = conversation.contact_id"
    " AND m.sender_id = conversation.sender_id AND m.content ILIKE {})"
)


async def fill(rows: int, each: int) -> None:
    async with connect.connection() as connection:
        await connection.execute("SET statement_timeout = 0")
        await connection.execute(EMPTY)
        for statement in (
            PREPARE.replace("$1", str(rows)).replace("$2", str(each)).replace("$3", str(rows // SMALL)).split(";\n")
        ):
            await connection.execute(statement, timeout=1200)


async def former(term: str) -> None:
    where = Where(["conversation.deleted_at IS NULL"])
    where.add(FORMER, *[f"%{term}%"] * 3)
    order = Order("conversation.last_message_at", "timestamptz", descending=True, nullable=True)
    await fetch_page(Conversation, where, order, PAGE)


async def took(ask: Callable[[], Awaitable[object]], queries: int) -> float:
    """The median in milliseconds."""
    times = list[float]()
    for _ in range(queries):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


async def search(load: str, queries: int, runs: int) -> None:
    for name, term in TERMS.items():
        taken = dict[str, list[float]]()
        for _ in range(runs):
            for order in ConversationOrder:
                each = await took(lambda: conversations.find(SYSTEM, search=term, order=order, page=PAGE), queries)  # noqa: B023 - called at once
                taken.setdefault(order, []).append(each)
            each = await took(lambda: messages.find(SYSTEM, search=term, page=PAGE), queries)  # noqa: B023 - called at once
            taken.setdefault("messages", []).append(each)
            taken.setdefault("before", []).append(await took(lambda: former(term), 1))  # noqa: B023 - called at once
        newest = taken[ConversationOrder.LAST_MESSAGE_AT]
        found = len((await conversations.find(SYSTEM, search=term, page=PAGE)).rows)
        report(
            f"A search for {term!r}, which is in {name}",
            f"{load}, a page of {PAGE.first}, {found} on it",
            [was / now for was, now in zip(taken["before"], newest, strict=True)],
            f"each below {TARGET_MS} ms",
            **{key: f"{spread(times)} ms" for key, times in taken.items()},
        )


async def pages(queries: int, runs: int) -> dict[str, list[float]]:
    return {
        name: [
            await took(lambda: conversations.find(VIEWER, page=PAGE, **asked), queries)  # noqa: B023 - called at once
            for _ in range(runs)
        ]
        for name, asked in FILTERS.items()
    }


async def main(rows: int, each: int, queries: int, runs: int) -> None:
    load = f"{rows * each:,} messages in {rows:,} conversations"
    async with installation():
        await fill(SMALL, each)
        small = await pages(queries, runs)
        await fill(rows, each)
        large = await pages(queries, runs)
        for name in FILTERS:
            report(
                f"A page of the inbox: {name}",
                f"{load} against {SMALL} conversations",
                [now / then for now, then in zip(large[name], small[name], strict=True)],
                "the same",
                large=f"{spread(large[name])} ms",
                small=f"{spread(small[name])} ms",
            )
        await search(load, queries, runs)


if __name__ == "__main__":
    uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["100000", "10", "10", "3"][len(sys.argv) - 1 :]])))
