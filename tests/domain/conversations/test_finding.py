"""Searching conversations and messages: by indexes, whatever the length of the inbox, and what words are."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
import pytest_asyncio

from db.core import connect
from db.core.paging import NEARBY, PageRequest
from db.core.transaction import transaction
from domain import conversations, messages
from domain.conversations import ConversationOrder
from domain.core.access import SYSTEM
from domain.core.assignment import Assignment
from tests.domain.conversations.surroundings import a_conversation, the_sender
from tests.domain.messages.surroundings import a_message
from tests.factories import unique

MANY = 3 * NEARBY
PAGE = PageRequest(first=20)
CROWD = """
WITH people AS (
  INSERT INTO contact (name, opt_in_status) SELECT $2 || ' ' || n, 'UNKNOWN' FROM generate_series(1, $3::int) n
  RETURNING id
), opened AS (
  INSERT INTO conversation (sender_id, contact_id, address, status, handler, epoch, unread_count, priority, tags,
                            metadata, last_message_at)
  SELECT $1, id, 'x', 'ACTIVE', 'BOT', 0, 0, 2, '{}', '{}', now() - id * interval '1 s' FROM people
)
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts, content)
SELECT $1, id, 'INBOUND', 'CONTACT', 'TEXT', 'UTILITY', 2, 'RECEIVED', 0,
       'Where is order ' || id || CASE id % 8 WHEN 0 THEN ' by eighths?' ELSE '?' END
FROM people
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def inbox() -> dict[str, Any]:
    """Thousands of conversations, in the oldest of which something was said that stands in no other."""
    sender, name, word = (await the_sender()).id, unique("Crowd"), unique("word").replace("-", "")
    await connect.execute(CROWD, sender, name, MANY)
    oldest = await connect.row(
        "SELECT id, contact_id FROM conversation WHERE sender_id = $1 ORDER BY last_message_at LIMIT 1", sender
    )
    assert oldest is not None
    await a_message(
        sender, oldest["contact_id"], content=f"It is {word}, then", author="CONTACT", direction="INBOUND", due_at=None
    )
    await connect.execute("UPDATE contact SET name = $2 WHERE id = $1", oldest["contact_id"], f"Rita {word}y")
    await connect.execute("ANALYZE contact, conversation, message")
    return {"sender": sender, "name": name, "word": word, "oldest": oldest["id"]}


async def found(**asked: Any) -> list[int]:
    return [row.id for row in (await conversations.find(SYSTEM, page=PAGE, **asked)).rows]


async def asked_by(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Awaitable[object]]
) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements, with their values."""
    asked = list[tuple[str, tuple[Any, ...]]]()
    rows = connect.rows

    async def noted(sql: str, *values: Any) -> Any:
        asked.append((sql, values))
        return await rows(sql, *values)

    with monkeypatch.context() as patch:
        patch.setattr(connect, "rows", noted)
        await ask()
    return asked


async def scanned(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Awaitable[object]]) -> set[str]:
    """Tables that can only be read from end to end."""
    asked, tables = await asked_by(monkeypatch, ask), set[str]()
    async with transaction():
        # A few thousand rows are as soon read: is there another way?
        await connect.execute("SET LOCAL enable_seqscan = off")
        for sql, values in asked:
            [plan] = orjson.loads(await connect.value(f"EXPLAIN (FORMAT JSON) {sql}", *values))
            tables |= _scans(plan["Plan"])
    return tables


def _scans(plan: dict[str, Any], limited: bool = False) -> set[str]:
    """Of this part of a plan; an index that is walked until a page is full reads little, and all of it otherwise."""
    kind = plan["Node Type"]
    if plan.get("Parent Relationship") in ("InitPlan", "SubPlan") or kind in ("Sort", "Aggregate", "Hash"):
        limited = False
    limited = limited or kind == "Limit"
    walked = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in plan and not limited
    below = [_scans(each, limited) for each in plan.get("Plans", ())]
    return set[str]().union({plan["Relation Name"]} if kind == "Seq Scan" or walked else (), *below)


async def looked_at(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Awaitable[object]]) -> int:
    """Rows, and entries of indexes, that are read for it."""
    found = 0
    for sql, values in await asked_by(monkeypatch, ask):
        [plan] = orjson.loads(await connect.value(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *values))
        found += _read(plan["Plan"])
    return found


def _read(plan: dict[str, Any]) -> int:
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    is_scan = plan["Node Type"].endswith("Scan") and plan["Node Type"] != "Subquery Scan"
    return round(own * plan["Actual Loops"]) * is_scan + sum(map(_read, plan.get("Plans", ())))


@pytest.mark.parametrize("order", ConversationOrder)
async def test_a_rare_word_is_found_in_the_oldest_of_many(inbox: dict[str, Any], order: ConversationOrder) -> None:
    for search in (inbox["word"], f"then {inbox['word']}", f"{inbox['word']}y", inbox["word"][:-1]):
        assert await found(search=search, order=order) == [inbox["oldest"]]
    assert await found(search=inbox["word"], order=order, descending=False) == [inbox["oldest"]]


@pytest.mark.parametrize("order", ConversationOrder)
async def test_a_search_reads_no_table_from_end_to_end(
    inbox: dict[str, Any], order: ConversationOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for search in (inbox["word"], "nobody said this", inbox["name"], "order"):
        tables = await scanned(
            monkeypatch,
            lambda: conversations.find(SYSTEM, search=search, order=order, page=PAGE),  # noqa: B023 - awaited at once
        )
        assert tables == set(), search


async def test_messages_are_searched_by_the_index_too(inbox: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    page = await messages.find(SYSTEM, search=f"{inbox['word']}", page=PAGE)
    assert [row.content for row in page.rows] == [f"It is {inbox['word']}, then"]
    for search in (inbox["word"], "nobody said this", "order"):
        tables = await scanned(monkeypatch, lambda: messages.find(SYSTEM, search=search, page=PAGE))  # noqa: B023 - awaited at once
        assert tables == set(), search


async def test_few_are_asked_one_by_one_then_many_and_then_the_index_once(
    inbox: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = await connect.rows(
        "SELECT id FROM conversation WHERE sender_id = $1 AND contact_id % 8 = 0"
        " ORDER BY last_message_at DESC LIMIT 20",
        inbox["sender"],
    )
    of = {"sender_id": inbox["sender"]}
    assert await found(search="eighths", **of) == [row["id"] for row in every]
    plans = list[str]()
    for search, statements in (("order", 1), ("eighths", 2), (inbox["word"], 2)):
        asked = await asked_by(monkeypatch, lambda: conversations.find(SYSTEM, page=PAGE, search=search, **of))  # noqa: B023
        assert len(asked) == statements, search
        async with transaction():
            await connect.execute("SET LOCAL enable_seqscan = off")
            sql, values = asked[-1]
            plans.append(await connect.value(f"EXPLAIN (FORMAT JSON) {sql}", *values))
    assert [plan.count('"Index Name": "message_words"') for plan in plans] == [0, 0, 1]


async def test_a_page_of_a_frequent_word_is_the_newest_and_goes_on(inbox: dict[str, Any]) -> None:
    asked = {"search": "order", "sender_id": inbox["sender"]}
    every = await connect.rows(
        "SELECT id FROM conversation WHERE sender_id = $1 ORDER BY last_message_at DESC, id DESC", inbox["sender"]
    )
    ids = [row["id"] for row in every]
    first = await conversations.find(SYSTEM, page=PAGE, **asked)
    assert [row.id for row in first.rows] == ids[:20]
    assert (first.has_next, await first.total()) == (True, MANY)
    after = PageRequest(first=20, after=first.cursor(first.rows[-1]))
    second = await conversations.find(SYSTEM, page=after, **asked)
    assert [row.id for row in second.rows] == ids[20:40]
    last = await conversations.find(SYSTEM, page=PageRequest(last=5), **asked)
    assert [row.id for row in last.rows] == ids[-5:]
    skipped = await conversations.find(SYSTEM, page=PageRequest(first=3, offset=NEARBY + 7), **asked)
    assert [row.id for row in skipped.rows] == ids[NEARBY + 7 : NEARBY + 10]


async def test_filters_of_few_read_no_table_from_end_to_end(
    inbox: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in (
        {},
        {"unread": True},
        {"assigned_to_id": 1},
        {"priority": [4]},
        {"status": ["ESCALATED"]},
        {"handler": "OPERATOR"},
        {"tags": ["vip"]},
        {"phone_number": "+5511912345678"},
        {"order": ConversationOrder.PRIORITY},
    ):
        tables = await scanned(monkeypatch, lambda: conversations.find(SYSTEM, page=PAGE, **asked))  # noqa: B023
        assert tables == set(), asked


async def test_a_page_of_a_long_inbox_reads_a_page(inbox: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert PAGE.first is not None
    # What other tests left may stand between and is passed over, once; whoever read this inbox would read more.
    others = await connect.value("SELECT count(*) FROM conversation WHERE sender_id <> $1", inbox["sender"])
    most = 2 * (PAGE.first + 1) + others
    first = await conversations.find(SYSTEM, page=PageRequest(first=MANY // 2))
    deep = PageRequest(first=PAGE.first, after=first.cursor(first.rows[-1]))
    for page in (PAGE, PageRequest(last=PAGE.first), deep):
        assert await looked_at(monkeypatch, lambda: conversations.find(SYSTEM, page=page)) <= most, page  # noqa: B023
    asked: dict[str, Any]
    for asked in (
        *({"order": order, "descending": way} for order in ConversationOrder for way in (True, False)),
        *({"assignment": Assignment.UNASSIGNED}, {"handler": "BOT"}, {"unread": False}, {"status": ["ACTIVE"]}),
    ):
        read = await looked_at(monkeypatch, lambda: conversations.find(SYSTEM, page=PAGE, **asked))  # noqa: B023
        assert read <= most, (asked, others)


@pytest.mark.parametrize(
    "search",
    ["Zoë's order", "zoë order", "ORDER ab-12", "ab-12", "ab 12", "12 7", "a@example.com", "3.5", "ord", "order/7"],
)
async def test_words_are_found_whatever_stands_between_them(search: str) -> None:
    conversation = await a_conversation()
    said = "Zoë's order AB-12 (3.5 kg) to a@example.com, order/7!"
    await connect.execute(
        "UPDATE message m SET content = $2 FROM conversation v WHERE v.id = $1 AND m.contact_id = v.contact_id",
        *(conversation, said),
    )
    row = (await conversations.by_ids(SYSTEM, [conversation]))[0]
    assert row is not None
    assert await found(search=search, contact_id=row.contact_id) == [conversation]
    page = await messages.find(SYSTEM, search=search, conversation_id=conversation, page=PAGE)
    assert len(page.rows) == 1
    for other in ("zo order", "order 13", "ab-1 order", "kg 3.6"):
        assert await found(search=other, contact_id=row.contact_id) == []
