"""Would messages in partitions by month be claimed, found and removed faster than in one table?

Two copies of `message` with all its indexes and the same rows of a year: one plain, one in thirteen partitions by
`created_at`. A partitioned table cannot keep a unique index without that column, so that its indexes are not unique:
what keeps a person from two messages of one schedule would have to be built anew. The two are measured in turn.

python -m benchmarks.partitions [rows] [runs]
"""

import re
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial

import uvloop

from benchmarks.dispatch import PEOPLE, SENDER, TEMPLATE
from benchmarks.measure import installation, report, spread
from db.core import connect
from db.messages import dispatch

PEOPLE_COUNT, QUEUE, CHUNK = 10_000, 20_000, 33
PLAIN, PARTED = "plain", "parted"
CLAIMED = "state = 'CLAIMED' AND lease_until IS NOT NULL"
BATCH = 1000
"""Rows that retention removes in one transaction."""
FILL = """
INSERT INTO {table} (id, sender_id, contact_id, template_id, direction, author, type, purpose, priority, state, address,
                     content, attempts, provider_message_id, created_at, sent_at, delivered_at, due_at)
SELECT n, $1, 1 + n % $5, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 2,
       CASE WHEN n > $3 THEN 'QUEUED' ELSE 'DELIVERED' END, '+1202555' || lpad((n % $5)::text, 7, '0'),
       'Hello ' || n || ', see you.', 1, CASE WHEN n <= $3 THEN 'wamid.' || md5(n::text) END, at, at, at,
       CASE WHEN n > $3 THEN now() END
FROM generate_series(1, $3::bigint + $4) AS n,
     LATERAL (SELECT now() - make_interval(secs => greatest($3 - n, 0) * (364 * 86400.0 / $3)) AS at) AS t
"""
REMOVE = """
WITH old AS (SELECT id FROM {table} WHERE created_at >= {since} AND created_at < {until} ORDER BY created_at LIMIT $1)
DELETE FROM {table} m USING old WHERE m.id = old.id
"""


async def build(rows: int) -> None:
    """Both tables, full, analysed and empty of dead rows."""
    sender, template = await connect.value(SENDER), await connect.value(TEMPLATE)
    await connect.execute(PEOPLE, PEOPLE_COUNT)
    await connect.execute(f"CREATE TABLE {PLAIN} (LIKE message INCLUDING DEFAULTS)")
    await connect.execute(f"CREATE TABLE {PARTED} (LIKE message INCLUDING DEFAULTS) PARTITION BY RANGE (created_at)")
    for month in range(13):
        since, until = (f"date_trunc('month', now()) + make_interval(months => {month - 12 + n})" for n in (0, 1))
        bounds = await connect.row(f"SELECT ({since})::text AS since, ({until})::text AS until")
        assert bounds is not None
        await connect.execute(
            f"CREATE TABLE month_{month} PARTITION OF {PARTED}"
            f" FOR VALUES FROM ('{bounds['since']}') TO ('{bounds['until']}')"
        )
    for table in (PLAIN, PARTED):
        await connect.execute(FILL.format(table=table), sender, template, rows, QUEUE, PEOPLE_COUNT)
    for index in await connect.rows("SELECT indexdef FROM pg_indexes WHERE tablename = 'message'"):
        made = re.sub(r"INDEX \S+ ON public\.message ", f"INDEX ON {PLAIN} ", index["indexdef"])
        await connect.execute(made)
        await connect.execute(made.replace("UNIQUE ", "").replace(f"ON {PLAIN} ", f"ON {PARTED} "))
    for table in (PLAIN, PARTED):
        await connect.execute(f"CREATE INDEX ON {table} (created_at)")
        await connect.execute(f"VACUUM ANALYZE {table}")


async def claim(table: str) -> None:
    """Claims as dispatch does, and gives back, so that every claim finds the same."""
    sql = re.sub(r"\bmessage\b", table, dispatch._CLAIM)  # pyright: ignore[reportPrivateUsage]
    for _ in range(50):
        found = await connect.rows(sql, 1, CHUNK)
        assert len(found) == CHUNK
    await connect.execute(f"UPDATE {table} SET state = 'QUEUED', due_at = now(), lease_until = NULL WHERE {CLAIMED}")


async def find(table: str, column: str, keys: list[object]) -> None:
    """As receipts find messages: twenty in one statement."""
    kind = "bigint" if column == "id" else "text"
    for start in range(0, len(keys), 20):
        found = await connect.rows(
            f"SELECT * FROM {table} WHERE {column} = ANY($1::{kind}[])", keys[start : start + 20]
        )
        assert len(found) == 20


async def remove(table: str) -> None:
    """The oldest whole month goes: in batches as retention does, or with its partition."""
    if table == PARTED:
        await connect.execute("DROP TABLE month_1")
        return
    since, until = (f"date_trunc('month', now()) - interval '{months} months'" for months in (11, 10))
    while await connect.execute(REMOVE.format(table=table, since=since, until=until), BATCH):
        continue


async def milliseconds(what: Callable[[str], Awaitable[None]], table: str) -> float:
    began = time.perf_counter()
    await what(table)
    return (time.perf_counter() - began) * 1000


async def compare(name: str, what: Callable[[str], Awaitable[None]], runs: int, load: str) -> None:
    found = [[await milliseconds(what, table) for table in (PLAIN, PARTED)] for _ in range(runs)]
    plain, parted = ([each[n] for each in found] for n in (0, 1))
    report(
        f"{name}, in partitions by month against one table",
        load,
        [statistics.median(plain) / statistics.median(parted)] if runs == 1 else [a / b for a, b in found],
        "to be known; above 1 partitions are faster",
        one_table=f"{spread(plain)} ms",
        partitions=f"{spread(parted)} ms",
    )


async def main(rows: int = 600_000, runs: int = 5) -> None:
    async with installation():
        await build(rows)
        load = f"{rows:,} messages of a year, {QUEUE:,} queued"
        ids: list[object] = [n * 7919 % rows + 1 for n in range(1000)]
        names = await connect.rows("SELECT provider_message_id AS id FROM plain WHERE id = ANY($1)", ids)
        known: list[object] = [row["id"] for row in names]
        await compare("50 claims of 33", claim, runs, load)
        await compare("1,000 messages found by id", partial(find, column="id", keys=ids), runs, load)
        by_provider = partial(find, column="provider_message_id", keys=known)
        await compare("1,000 messages found by WhatsApp's id", by_provider, runs, load)
        await compare("The oldest month removed", remove, 1, load)


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
