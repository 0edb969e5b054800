"""What does a list of 50 contacts with their groups cost, against the same query over objects in memory?

The baseline is Strawberry as it comes, with dataclasses: the same document, the same number of groups for each
contact, a connection of the same shape. Both are executed in this process. Then pages deep down, and long tables.

python -m benchmarks.list_query [rows] [queries] [runs]
"""

import gc
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import strawberry
import uvloop

from benchmarks.measure import installation, report, spread
from db.core import connect
from domain.core.access import SYSTEM
from graph.core.context import Context
from graph.schema import schema

TARGET = 1.5
SIZE = 50
SMALL = 10_000
DEEP = 2000
GROUPS = 3
"""Groups that each contact is in."""
DOCUMENT = """
query Contacts($after: String, $offset: Int) {
  contacts(first: 50, after: $after, offset: $offset) {
    edges { cursor node { id name firstName email company phoneNumber optInStatus createdAt groups { id name } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
PREPARE = """
INSERT INTO contact_group (name) SELECT 'Group ' || n FROM generate_series(1, 200) n;
INSERT INTO contact (name, first_name, email, company, opt_in_status, created_at)
  SELECT 'Person ' || n, 'Person', 'person' || n || '@example.com', 'Example', 'UNKNOWN',
         now() - n * interval '1 second' FROM generate_series(1, $1::int) n;
INSERT INTO contact_phone (contact_id, phone_number, is_primary)
  SELECT id, '+1202' || lpad(id::text, 8, '0'), true FROM contact;
INSERT INTO group_member (group_id, contact_id)
  SELECT (id * 7 + n * 67) % 200 + 1, id FROM contact, generate_series(1, $2::int) n;
VACUUM ANALYZE
"""


@strawberry.type
@dataclass
class Group:
    id: strawberry.ID
    name: str


@strawberry.type
@dataclass
class Contact:
    id: strawberry.ID
    name: str
    first_name: str
    email: str
    company: str
    phone_number: str
    opt_in_status: str
    created_at: str
    groups: list[Group]


@strawberry.type
@dataclass
class Edge:
    cursor: str
    node: Contact


@strawberry.type
@dataclass
class PageInfo:
    has_next_page: bool
    end_cursor: str


@strawberry.type
@dataclass
class Contacts:
    edges: list[Edge]
    page_info: PageInfo


def in_memory() -> Contacts:
    groups = [Group(id=strawberry.ID(f"R3JvdXA6{n}"), name=f"Group {n}") for n in range(200)]
    edges = [
        Edge(
            cursor=f"Y3Vyc29yOjE2OTk5OTk5OTk5OTk6{n}",
            node=Contact(
                id=strawberry.ID(f"Q29udGFjdDo{n}"), name=f"Person {n}", first_name="Person",
                email=f"person{n}@example.com", company="Example", phone_number=f"+1202{n:08}",
                opt_in_status="UNKNOWN", created_at="2026-01-01T00:00:00+00:00",
                groups=[groups[(n * 7 + m * 67) % 200] for m in range(GROUPS)],
            ),
        )
        for n in range(SIZE)
    ]  # fmt: skip
    return Contacts(edges=edges, page_info=PageInfo(has_next_page=True, end_cursor=edges[-1].cursor))


PAGE = in_memory()


@strawberry.type
class Query:
    @strawberry.field
    def contacts(self, first: int, after: str | None = None, offset: int | None = None) -> Contacts:
        return PAGE


PLAIN = strawberry.Schema(Query)


async def ours(**variables: Any) -> Any:
    result = await schema.execute(DOCUMENT, variables, Context(SYSTEM, "benchmark"))
    assert not result.errors, result.errors
    return result.data


async def plain() -> Any:
    result = await PLAIN.execute(DOCUMENT)
    assert not result.errors, result.errors
    return result.data


async def took(ask: Callable[[], Awaitable[Any]], queries: int) -> list[float]:
    """Milliseconds of each query."""
    times = list[float]()
    for _ in range(queries):
        started = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


async def fill(rows: int) -> None:
    async with connect.connection() as connection:
        await connection.execute("SET statement_timeout = 0")
        await connection.execute("TRUNCATE contact, contact_group, message RESTART IDENTITY CASCADE")
        for statement in PREPARE.replace("$1::int", str(rows)).replace("$2::int", str(GROUPS)).split(";\n"):
            await connection.execute(statement, timeout=600)


async def check() -> None:
    """Both answers have the same shape and as many objects."""

    def count(value: Any) -> int:
        if isinstance(value, dict):
            return 1 + sum(map(count, value.values()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        return sum(map(count, value)) if isinstance(value, list) else 0  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    assert count(await ours()) == count(await plain())


async def main(rows: int, queries: int, runs: int) -> None:
    medians: dict[str, list[float]] = {}

    def note(name: str, times: list[float]) -> float:
        medians.setdefault(name, []).append(statistics.median(times))
        return medians[name][-1]

    against, depth, length = list[float](), list[float](), list[float]()
    async with installation():
        await fill(SMALL)
        await check()
        await took(ours, queries)
        gc.collect()
        gc.freeze()  # as the API does when it starts
        for _ in range(runs):
            base = note("dataclasses", await took(plain, queries))
            against.append(note(f"{SMALL:,} rows", await took(ours, queries)) / base)
        await fill(rows)
        page = min(DEEP, rows // SIZE)
        cursor = (await ours(offset=(page - 1) * SIZE - SIZE))["contacts"]["pageInfo"]["endCursor"]
        for run in range(runs):
            first = note(f"{rows:,} rows", await took(ours, queries))
            depth.append(note(f"page {page:,}", await took(lambda: ours(after=cursor), queries)) / first)
            length.append(first / medians[f"{SMALL:,} rows"][run])
    figures = {name: f"{spread(found)} ms, the median of {queries} queries" for name, found in medians.items()}
    load = f"{SIZE} contacts, {GROUPS} groups each"
    report("A list with nested groups against plain dataclasses", load, against, f"≤ {TARGET}", **figures)
    report(f"Page {page:,} against page 1", f"{load}, of {rows:,}", depth, "the same")
    report(f"Of {rows:,} rows against {SMALL:,}", load, length, "the same")


if __name__ == "__main__":
    uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["1000000", "100", "3"][len(sys.argv) - 1 :]])))
