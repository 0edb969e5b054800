"""Pages of rows by keyset: the cost of a page does not grow with its depth, nor with the length of the list."""

import asyncio
import base64
import binascii
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, Literal, TypeVar

import orjson
from asyncpg import Record
from tortoise.models import Model

from db.core import connect
from db.core.columns import as_row

R = TypeVar("R", bound=Model)
NEARBY = 1000
"""Rows that are looked at one by one before indexes are."""
SAMPLE = 125
"""The first of them. Where these have less than half of what would fill a page, an index is sooner there."""


class BadCursor(ValueError):
    """A cursor that is broken, or was given out by a list with another order; `field` is after or before."""

    def __init__(self, field: str) -> None:
        super().__init__("This cursor is not from this list.")
        self.field = field


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: first, after and offset go forward, last and before backward; `default` rows where neither says."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    offset: int | None = None
    default: int = 100

    @property
    def backward(self) -> bool:
        return self.last is not None or self.before is not None

    @property
    def size(self) -> int:
        asked = self.last if self.backward else self.first
        return self.default if asked is None else asked

    @property
    def cursor(self) -> str | None:
        return self.before if self.backward else self.after


@dataclass(slots=True)
class Where:
    """Conditions that must all hold: `where.add("contact.name ILIKE {}", pattern)` numbers the placeholders."""

    conditions: list[str] = field(default_factory=list[str])
    values: list[Any] = field(default_factory=list[Any])
    searched: str | None = None
    indexed: str | None = None
    nearby: str | None = None
    """What is searched for; see search."""

    def add(self, sql: str, *values: Any) -> None:
        head, *tails = sql.split("{}")
        if len(tails) != len(values):
            raise ValueError(f"{len(tails)} placeholders but {len(values)} values: {sql}")
        self.conditions.append(head + "".join(map("{}{}".format, map(self.place, values), tails)))

    def search(self, column: str, indexed: str, *, nearby: str) -> None:
        """One more condition, as a SELECT by an index of what the column may be, and as few rows are asked one by one.

        What many rows match is found sooner in the order that is wanted; so the nearest ones are asked first.
        """
        self.searched, self.indexed, self.nearby = column, indexed, nearby

    def place(self, value: Any) -> str:
        """The placeholder of one more value."""
        self.values.append(value)
        return f"${len(self.values)}"

    @property
    def sql(self) -> str:
        # As an array, so that it costs what is found and not what the planner expects of the beginning of a word.
        searched = () if self.indexed is None else (f"{self.searched} = ANY(ARRAY({self.indexed}))",)
        return " AND ".join(f"({condition})" for condition in (*self.conditions, *searched)) or "true"

    def copy(self) -> "Where":
        return Where([*self.conditions], [*self.values], self.searched, self.indexed, self.nearby)


def _datetime(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(value) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _integer(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError(value)
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "timestamptz": _datetime,
    "text": _text,
    "bigint": _integer,
    "float8": float,
    "numeric": Decimal,
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by; ties go by primary key the same way, nulls come last either way.

    An index on (column, primary key) serves all of it, both ways.
    """

    column: str
    """A column or expression, such as `lower(contact.name)`."""
    type: Literal["timestamptz", "text", "bigint", "float8", "numeric"]
    descending: bool = False
    nullable: bool = False


@dataclass(slots=True)
class Page(Generic[R]):
    """Some rows of a list, in its order."""

    rows: list[R]
    has_next: bool
    has_previous: bool
    seal: str
    """What ties cursors to their list."""
    keys: dict[Any, Any]
    """What each row was sorted by, under its primary key."""
    count: Callable[[], Awaitable[int]]
    source: dict[str, Any] = field(default_factory=dict[str, Any])
    """By what the whole list is found again, where it may be taken along as CSV."""

    def cursor(self, row: R) -> str:
        """The place of one of these rows."""
        return _encode([self.seal, self.keys[row.pk], row.pk])

    async def total(self) -> int:
        """Rows on all pages, counted when asked."""
        return await self.count()


async def fetch_page(model: type[R], where: Where, order: Order, page: PageRequest) -> Page[R]:
    """One page of a list. Raises BadCursor."""
    listing = _Listing(model, order)
    records = await _nearby(listing, where, page)
    if len(records) <= page.size:
        sql, values = listing.window(where, page)
        records = await connect.rows(sql, *values)

    async def count() -> int:
        return await connect.value(f"SELECT count(*) FROM {listing.table} WHERE {where.sql}", *where.values)

    return listing.page(records, page, count)


async def _nearby(listing: "_Listing[Any]", where: Where, page: PageRequest) -> list[Record]:
    """What is found among the next rows; a page of it, or too little to go by."""
    records = list[Record]()
    if where.nearby is not None:
        # What an offset skips is not told, and a sample says nothing without it.
        for many in (NEARBY,) if page.offset else (SAMPLE, NEARBY):
            sql, values = listing.window_nearby(where, where.nearby, page, many)
            records = await connect.rows(sql, *values)
            if len(records) > page.size or 2 * len(records) * NEARBY < page.size * many:
                break
    return records


@dataclass(frozen=True, slots=True)
class Parents:
    """How rows belong to their parents: the column that holds the parent's id, and the join that brings it in."""

    column: str
    """Such as `group_member.group_id`."""
    join: str = ""
    """Such as `JOIN group_member ON group_member.contact_id = contact.id`."""
    within: str = ""
    """The same in terms of `parent.id`, where pages want another index than the join; it is then for counting."""


async def fetch_pages(
    model: type[R], parents: Parents, parent_ids: list[int], where: Where, order: Order, page: PageRequest
) -> dict[int, Page[R]]:
    """A page for each parent, all in one statement, and all totals in one more if any is asked. Raises BadCursor."""
    listing = _Listing(model, order, "" if parents.within else parents.join)
    inner = where.copy()
    ids = inner.place(parent_ids)
    inner.add(parents.within or f"{parents.column} = parent.id")
    window, values = listing.window(inner, page)
    records = await connect.rows(
        f"SELECT parent.id AS _parent, item.* FROM unnest({ids}::bigint[]) AS parent(id) "
        f"CROSS JOIN LATERAL ({window}) AS item ORDER BY _parent, {listing.sorting(page.backward)}",
        *values,
    )
    found: dict[int, list[Record]] = {id: [] for id in parent_ids}
    for record in records:
        found[record["_parent"]].append(record)
    totals = _Totals(_Listing(model, order, parents.join), parents, parent_ids, where)
    return {id: listing.page(found[id], page, totals.of(id)) for id in found}


class _Listing(Generic[R]):
    """The rows of a model in an order: the SQL of its windows, and pages made of what they bring."""

    def __init__(self, model: type[R], order: Order, join: str = "") -> None:
        meta = model._meta  # pyright: ignore[reportPrivateUsage]
        self.model, self.order = model, order
        self.table, self.pk = meta.db_table, meta.db_pk_column
        self.source = f"{self.table} {join}".rstrip()
        self.seal = f"{zlib.crc32(f'{self.table} {order.column} {order.descending}'.encode()):08x}"

    def window(self, where: Where, page: PageRequest) -> tuple[str, list[Any]]:
        """SQL of a page, one row more than asked, and its values. Rows of a backward page come in reverse."""
        bounded = where.copy()
        spans = self._spans(bounded, page)
        most, skip = page.size + 1, page.offset or 0
        if len(spans) == 1:
            return f"{self._span(bounded, spans[0], page)} LIMIT {most} OFFSET {skip}", bounded.values
        head = ""
        if bounded.indexed is not None:
            # Once for all parts.
            head, bounded.indexed = f"WITH found(id) AS MATERIALIZED ({bounded.indexed}) ", "SELECT id FROM found"
        parts = " UNION ALL ".join(f"({self._span(bounded, span, page)} LIMIT {most + skip})" for span in spans)
        sorting = self.sorting(page.backward)
        return f"{head}SELECT * FROM ({parts}) AS part ORDER BY {sorting} LIMIT {most} OFFSET {skip}", bounded.values

    def window_nearby(self, where: Where, nearby: str, page: PageRequest, many: int) -> tuple[str, list[Any]]:
        """The same among so many rows alone; what it brings is the page if it is all that was asked for."""
        bounded = Where([*where.conditions], [*where.values])
        span = self._spans(bounded, page)[-1 if page.backward else 0]
        way = self._way(page.backward)
        return (
            f"SELECT * FROM ({self._span(bounded, span, page)} LIMIT {many}) AS {self.table} WHERE {nearby}"
            f" ORDER BY _key {way}, {self.pk} {way} LIMIT {page.size + 1} OFFSET {page.offset or 0}",
            bounded.values,
        )

    def sorting(self, backward: bool) -> str:
        """The order of a window, in terms of its own columns."""
        way = self._way(backward)
        return f"(_key IS NULL) {'DESC' if backward else 'ASC'}, _key {way}, {self.pk} {way}"

    def page(self, records: list[Record], page: PageRequest, count: Callable[[], Awaitable[int]]) -> Page[R]:
        more, kept = len(records) > page.size, records[: page.size]
        if page.backward:
            kept.reverse()
        came_from_elsewhere = page.cursor is not None or bool(page.offset)
        return Page(
            rows=[as_row(self.model, record) for record in kept],
            has_next=came_from_elsewhere if page.backward else more,
            has_previous=more if page.backward else came_from_elsewhere,
            seal=self.seal,
            keys={record[self.pk]: record["_key"] for record in kept},
            count=count,
        )

    def _way(self, backward: bool) -> str:
        return "DESC" if self.order.descending != backward else "ASC"

    def _span(self, where: Where, span: str, page: PageRequest) -> str:
        way = self._way(page.backward)
        return (
            f"SELECT {self.table}.*, {self.order.column} AS _key FROM {self.source} WHERE {where.sql} AND {span} "
            f"ORDER BY {self.order.column} {way}, {self.table}.{self.pk} {way}"
        )

    def _spans(self, where: Where, page: PageRequest) -> list[str]:
        """The stretches of the index that the page lies in: rows with a value, and rows without, which come last.

        Each is a range of its own for the database; one condition with OR for both would be a filter over all rows.
        """
        column, pk = self.order.column, f"{self.table}.{self.pk}"
        valued, valueless = (f"{column} IS NOT NULL", f"{column} IS NULL") if self.order.nullable else ("true", None)
        if page.cursor is not None:
            key, last = _decode(page.cursor, self.seal, self.order, "before" if page.backward else "after")
            beyond = "<" if self._way(page.backward) == "DESC" else ">"
            place = f"{where.place(last)}::bigint"
            if key is None:
                bounded = f"{column} IS NULL AND {pk} {beyond} {place}"
                return [valued, bounded] if page.backward else [bounded]
            valued = f"({column}, {pk}) {beyond} ({where.place(key)}::{self.order.type}, {place})"
            if page.backward:
                return [valued]
        return [valued, valueless] if valueless else [valued]


class _Totals:
    """The totals of several parents, counted together when the first is asked for."""

    def __init__(self, listing: _Listing[Any], parents: Parents, parent_ids: list[int], where: Where) -> None:
        counted = where.copy()
        ids = counted.place(parent_ids)
        self._values = counted.values
        self._sql = (
            f"SELECT {parents.column} AS id, count(*) AS total FROM {listing.source} "
            f"WHERE {parents.column} = ANY({ids}::bigint[]) AND {counted.sql} GROUP BY 1"
        )
        self._lock = asyncio.Lock()
        self._found: dict[int, int] | None = None

    def of(self, parent_id: int) -> Callable[[], Awaitable[int]]:
        async def total() -> int:
            async with self._lock:
                if self._found is None:
                    records = await connect.rows(self._sql, *self._values)
                    self._found = {record["id"]: record["total"] for record in records}
            return self._found.get(parent_id, 0)

        return total


def _encode(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place, default=str)).decode().rstrip("=")


def _decode(cursor: str, seal: str, order: Order, field: str) -> tuple[Any, int]:
    try:
        place = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        found, key, last = place
        if found != seal or (key is None and not order.nullable):
            raise BadCursor(field)
        return None if key is None else _READERS[order.type](key), _integer(last)
    except (ValueError, TypeError, InvalidOperation, binascii.Error):
        raise BadCursor(field) from None
