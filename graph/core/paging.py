"""Connections: Relay's pages over the pages of the database."""

import asyncio
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import strawberry
from tortoise.models import Model

from db.core.paging import Page, PageRequest
from domain import rates
from domain.core.errors import Checks, ErrorCode, Refusal
from graph.core.context import ByParent, Info
from graph.core.enums import OrderDirection
from graph.core.fields import MOST, arg, computed, query
from graph.core.inputs import criteria

T = TypeVar("T")

COUNT = 10
"""What a count costs: all rows that match are read."""
_counting = asyncio.Semaphore(4)

Matching: TypeAlias = Annotated[
    T | None, arg("Only those that match; all when left out. A list in it has at most 100 values.")
]
OrderBy: TypeAlias = Annotated[T, arg("What to sort by; ties are broken by id, empty values come last.")]
Direction: TypeAlias = Annotated[OrderDirection, arg("Which way to sort.")]
First: TypeAlias = Annotated[int | None, arg("How many from the start, 0 to 100.")]
After: TypeAlias = Annotated[str | None, arg("Only what comes after this cursor.")]
Last: TypeAlias = Annotated[int | None, arg("How many from the end, 0 to 100.")]
Before: TypeAlias = Annotated[str | None, arg("Only what comes before this cursor.")]
Offset: TypeAlias = Annotated[
    int | None,
    arg("How many to skip, 0 or more; only with first. Cursors stay fast where deep offsets do not."),
]


def page_request(
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    offset: int | None = None,
    *,
    default: int = MOST,
) -> PageRequest:
    """What the arguments of a list ask for. Raises Refusal VALIDATION_ERROR, one for each argument at fault."""
    check = Checks()
    for name, value, most in (("first", first, MOST), ("last", last, MOST), ("offset", offset, 2**31)):
        with check():
            if value is not None and not 0 <= value <= most:
                raise _refusal(name, f"This must be 0 to {most}.", "out_of_range")
    forward = {"first": first, "after": after, "offset": offset}
    for name, value in (("last", last), ("before", before)):
        with check():
            if value is not None and (other := next((key for key in forward if forward[key] is not None), None)):
                raise _refusal(name, f"This goes backward and cannot be combined with {other}.", "conflict")
    with check():
        if offset is not None and (first is None or after is not None):
            raise _refusal("offset", "This needs first, and no cursor.", "conflict")
    check.done()
    return PageRequest(first, after, last, before, offset, default)


def _refusal(field: str, message: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)


@strawberry.type(description="Where a page stands within its list.")
class PageInfo:
    @strawberry.field(description="There is more after this page.")
    @staticmethod
    def has_next_page(page: strawberry.Parent[Page[Any]]) -> bool:
        return page.has_next

    @strawberry.field(description="There is more before this page.")
    @staticmethod
    def has_previous_page(page: strawberry.Parent[Page[Any]]) -> bool:
        return page.has_previous

    @strawberry.field(description="Cursor of the first edge; null on an empty page.")
    @staticmethod
    def start_cursor(page: strawberry.Parent[Page[Any]]) -> str | None:
        return page.cursor(page.rows[0]) if page.rows else None

    @strawberry.field(description="Cursor of the last edge; null on an empty page.")
    @staticmethod
    def end_cursor(page: strawberry.Parent[Page[Any]]) -> str | None:
        return page.cursor(page.rows[-1]) if page.rows else None


class _Place:
    """A row and its page: what an edge is made from."""

    __slots__ = ("page", "row")

    def __init__(self, page: Page[Any], row: Model) -> None:
        self.page, self.row = page, row


@strawberry.type(description="One of a page.")
class Edge(Generic[T]):
    @strawberry.field(description="Its place in the list.")
    @staticmethod
    def cursor(place: strawberry.Parent[_Place]) -> str:
        return place.page.cursor(place.row)

    @strawberry.field(description="The object.")
    @staticmethod
    def node(place: strawberry.Parent[_Place]) -> T:
        return place.row  # pyright: ignore[reportReturnType] - Strawberry shows a row as its type T


@strawberry.type(description="A list, a page of it.")
class Connection(Generic[T]):
    """Shows a `Page`, which the resolver returns: `@query(find, description=…, graphql_type=Connection[Contact])`."""

    @strawberry.field(description="The page.")
    @staticmethod
    def edges(page: strawberry.Parent[Page[Any]]) -> list[Edge[T]]:
        return [_Place(page, row) for row in page.rows]  # pyright: ignore[reportReturnType] - as above

    @strawberry.field(description="Where the page stands.")
    @staticmethod
    def page_info(page: strawberry.Parent[Page[Any]]) -> PageInfo:
        return page  # pyright: ignore[reportReturnType] - as above

    @computed("How many match, on all pages.", cost=COUNT)
    @staticmethod
    async def total_count(info: Info, page: strawberry.Parent[Page[Any]]) -> int:
        # It may read a whole table. One after the other, and few of all callers, leave the pool to what is quick.
        async with rates.turn(info.context.viewer, "counts", 1), _counting:
            return await page.total()


def listing(find: Callable[..., Any], *, filter: type, by: Enum, description: str, size: int = MOST) -> Any:
    """A field that lists what `find(viewer, order=…, descending=…, page=…)` finds, sorted `by` where nothing is said:
    `groups: Connection[Group] = listing(groups.find, filter=GroupFilter, by=GroupOrder.CREATED_AT, description=…)`."""

    async def resolve(
        info: Info,
        filter: Any = None,
        order_by: Any = by,
        direction: Direction = OrderDirection.DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Offset = None,
    ) -> Any:
        return await find(
            info.context.viewer,
            **criteria(filter),
            order=order_by,
            descending=direction is OrderDirection.DESC,
            page=page_request(first, after, last, before, offset, default=size),
        )

    matching: Any = Matching
    resolve.__annotations__ |= {"filter": matching[filter], "order_by": OrderBy[type(by)]}
    return query(find, description=description, size=size)(resolve)


def paged(description: str, find: ByParent[Any], *, filter: type | None = None, size: int = MOST) -> Any:
    """A field of a type: the page of a row from `find(viewer, ids, page)`, with criteria where it has a filter:
    `activities: Connection[LeadActivity] = paged("What happened to it.", leads.pages_of_activities)`."""

    async def resolve(
        info: Info,
        row: strawberry.Parent[Any],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        page = page_request(first, after, last, before, default=size)
        return await info.context.load_page(find, row.id, page)

    async def matching(
        info: Info,
        row: strawberry.Parent[Any],
        filter: Any = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        page = page_request(first, after, last, before, default=size)
        return await info.context.load_page(find, row.id, page, **criteria(filter))

    if filter is None:
        return computed(description, size=size)(resolve)
    any_of: Any = Matching
    matching.__annotations__ |= {"filter": any_of[filter]}
    return computed(description, size=size)(matching)
