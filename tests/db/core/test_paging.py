"""Pages by keyset: the same rows as the whole list sorted, wherever one starts, and cheap at any depth."""

import base64
import random
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from db.contacts import Contact
from db.core import connect
from db.core.paging import BadCursor, Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.groups import Group, GroupMember

NAME = Order("contact.name", "text")
NEWEST = Order("contact.created_at", "timestamptz", descending=True)
COMPANY = Order("contact.company", "text", nullable=True)
COMPANY_DOWN = Order("contact.company", "text", descending=True, nullable=True)


async def people(how_many: int) -> tuple[str, list[Contact]]:
    """Contacts with equal names, equal times and missing companies, so that ties and nulls occur."""
    mark = f"page-{secrets.token_hex(5)}"
    chance = random.Random(7)
    now = datetime.now(UTC)
    made = [
        await Contact.create(
            name=f"{mark} {chance.choice('abc')}",
            company=chance.choice([None, "Acme", "Ümlaut"]),
            created_at=now - timedelta(seconds=chance.randrange(4)),
        )
        for _ in range(how_many)
    ]
    return mark, made


def only(mark: str) -> Where:
    where = Where()
    where.add("contact.name LIKE {}", f"{mark}%")
    return where


async def walk(mark: str, order: Order, size: int, *, backward: bool) -> list[list[int]]:
    pages: list[list[int]] = []
    cursor: str | None = None
    while True:
        request = PageRequest(last=size, before=cursor) if backward else PageRequest(first=size, after=cursor)
        page = await fetch_page(Contact, only(mark), order, request)
        pages.append([row.id for row in page.rows])
        if not (page.has_previous if backward else page.has_next):
            return pages
        cursor = page.cursor(page.rows[0 if backward else -1])


def sorted_ids(made: list[Contact], order: Order) -> list[int]:
    column = order.column.removeprefix("contact.")
    valued = [row for row in made if getattr(row, column) is not None]
    valueless = [row for row in made if getattr(row, column) is None]
    valued.sort(key=lambda row: (getattr(row, column), row.id), reverse=order.descending)
    valueless.sort(key=lambda row: row.id, reverse=order.descending)
    return [row.id for row in valued + valueless]


@pytest.mark.parametrize("order", [NAME, NEWEST, COMPANY, COMPANY_DOWN], ids=str)
@pytest.mark.parametrize("size", [1, 4, 20, 40])
async def test_pages_make_up_the_sorted_list_both_ways(order: Order, size: int) -> None:
    mark, made = await people(20)
    expected = sorted_ids(made, order)

    forward = await walk(mark, order, size, backward=False)
    assert [id for page in forward for id in page] == expected
    assert all(len(page) == size for page in forward[:-1])

    backward = await walk(mark, order, size, backward=True)
    assert [id for page in reversed(backward) for id in page] == expected


@pytest.mark.parametrize("order", [NEWEST, COMPANY_DOWN], ids=str)
async def test_an_offset_skips_rows(order: Order) -> None:
    mark, made = await people(9)
    page = await fetch_page(Contact, only(mark), order, PageRequest(first=4, offset=3))
    assert [row.id for row in page.rows] == sorted_ids(made, order)[3:7]
    assert (page.has_previous, page.has_next) == (True, True)


async def test_a_page_knows_its_neighbours_and_the_total() -> None:
    mark, _ = await people(5)
    first = await fetch_page(Contact, only(mark), NAME, PageRequest(first=5))
    assert (first.has_previous, first.has_next, await first.total()) == (False, False, 5)
    none = await fetch_page(Contact, only(mark), NAME, PageRequest(first=0))
    assert (none.rows, none.has_next, await none.total()) == ([], True, 5)


@pytest.mark.parametrize("broken", ["", "x", "é", "bnVsbA", "W10", "WzEsMl0", "WyJ4Iiwi\x00Il0", "A" * 5000])
async def test_a_broken_cursor_is_refused(broken: str) -> None:
    with pytest.raises(BadCursor):
        await fetch_page(Contact, Where(), NAME, PageRequest(first=1, after=broken))


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_cursor_with_a_time_beyond_utc_is_refused(time: str) -> None:
    page = await fetch_page(Contact, Where(), NEWEST, PageRequest(first=1))
    cursor = base64.urlsafe_b64encode(orjson.dumps([page.seal, time, 1])).decode().rstrip("=")
    with pytest.raises(BadCursor):
        await fetch_page(Contact, Where(), NEWEST, PageRequest(first=1, after=cursor))


async def test_a_cursor_of_another_order_is_refused() -> None:
    mark, _ = await people(2)
    page = await fetch_page(Contact, only(mark), NAME, PageRequest(first=1))
    for other in (NEWEST, Order("contact.name", "text", descending=True)):
        with pytest.raises(BadCursor) as caught:
            await fetch_page(Contact, only(mark), other, PageRequest(last=1, before=page.cursor(page.rows[0])))
        assert caught.value.field == "before"


MEMBERS = Parents("group_member.group_id", "JOIN group_member ON group_member.contact_id = contact.id")


async def test_pages_of_many_parents_take_one_statement_and_one_more_for_all_totals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, made = await people(6)
    groups = [await Group.create(name=f"group-{secrets.token_hex(5)}") for _ in range(4)]
    for number, group in enumerate(groups):
        for contact in made[: 2 * number]:
            await GroupMember.create(group=group, contact=contact)
    statements: list[str] = []
    ask = connect.rows

    async def counted(sql: str, *values: Any) -> Any:
        statements.append(sql)
        return await ask(sql, *values)

    monkeypatch.setattr(connect, "rows", counted)
    ids = [group.id for group in groups]
    pages: dict[int, Page[Contact]] = await fetch_pages(Contact, MEMBERS, ids, Where(), NEWEST, PageRequest(first=3))
    assert len(statements) == 1
    for number, id in enumerate(ids):
        assert [row.id for row in pages[id].rows] == sorted_ids(made[: 2 * number], NEWEST)[:3]
        assert pages[id].has_next == (2 * number > 3)
    assert [await pages[id].total() for id in ids] == [0, 2, 4, 6]
    assert len(statements) == 2


async def test_a_cursor_of_a_nested_list_goes_on_in_it() -> None:
    _, made = await people(5)
    group = await Group.create(name=f"group-{secrets.token_hex(5)}")
    for contact in made:
        await GroupMember.create(group=group, contact=contact)
    seen: list[int] = []
    cursor: str | None = None
    while len(seen) < 5:
        request = PageRequest(first=2, after=cursor)
        page = (await fetch_pages(Contact, MEMBERS, [group.id], Where(), COMPANY_DOWN, request))[group.id]
        seen += [row.id for row in page.rows]
        cursor = page.cursor(page.rows[-1])
    assert seen == sorted_ids(made, COMPANY_DOWN)


@pytest.mark.parametrize("order", [NEWEST, Order("contact.created_at", "timestamptz", True, nullable=True)], ids=str)
async def test_a_deep_page_reads_no_more_of_the_index_than_the_first(order: Order) -> None:
    await connect.execute(
        "INSERT INTO contact (name, opt_in_status, created_at) "
        "SELECT 'deep', 'UNKNOWN', now() - n * interval '1 second' FROM generate_series(1, 20000) AS n"
    )
    await connect.execute("ANALYZE contact")
    request = PageRequest(first=50, offset=15000)
    there = await fetch_page(Contact, Where(), order, request)
    deep = PageRequest(first=50, after=there.cursor(there.rows[-1]))
    assert await touched(order, deep) <= await touched(order, PageRequest(first=50)) + 100


async def touched(order: Order, request: PageRequest) -> int:
    """Blocks that a page reads."""
    seen: list[tuple[str, tuple[Any, ...]]] = []
    ask = connect.rows

    async def spy(sql: str, *values: Any) -> Any:
        seen.append((sql, values))
        return await ask(sql, *values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connect, "rows", spy)
        await fetch_page(Contact, Where(), order, request)
    sql, values = seen[0]
    plan = await connect.rows(f"EXPLAIN (ANALYZE, BUFFERS, TIMING off) {sql}", *values)
    line = next(text for row in plan if "Buffers: shared" in (text := row[0]))
    return sum(int(part.split("=")[1]) for part in line.split("shared ")[1].split() if "=" in part)
