"""What does numbering events in the order of commits cost, against plain inserts of the same rows?

The baseline writes into a table with the same columns and indexes, and lets commits overtake each other.

python -m benchmarks.event_log [writers] [seconds] [runs]
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

import uvloop

from benchmarks.measure import installation, report, spread
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, read, record_all

PLAIN = """
INSERT INTO plain_event (type, actor_id, subject_type, subject_id, sender_id, contact_id, schedule_id, message_id, data)
SELECT * FROM unnest(
  $1::text[], $2::bigint[], $3::text[], $4::bigint[],
  $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::jsonb[])
"""


def events(size: int, turn: int) -> list[tuple[object, ...]]:
    ids = range(turn * size, turn * size + size)
    return [(EventType.MESSAGE_SENT, None, "Message", id, 1, id * 7919 % 100_003, 1, id, None) for id in ids]


async def ours(size: int, turn: int) -> None:
    async with transaction():
        record_all(events(size, turn))


async def plain(size: int, turn: int) -> None:
    async with transaction():
        await connect.execute(PLAIN, *map(list, zip(*events(size, turn), strict=True)))


async def rate(write: Callable[[int, int], Awaitable[None]], size: int, writers: int, seconds: float) -> float:
    """Transactions a second of so many writers."""
    end, turns = time.perf_counter() + seconds, 0

    async def writer() -> None:
        nonlocal turns
        while time.perf_counter() < end:
            turns += 1
            await write(size, turns)

    started = time.perf_counter()
    await asyncio.gather(*[writer() for _ in range(writers)])
    return turns / (time.perf_counter() - started)


async def reading(pages: int) -> float:
    """Events a second that one reader takes from the log, 1,000 at a time."""
    started, after, count = time.perf_counter(), 0, 0
    for _ in range(pages):
        if not (found := (await read(after, 1000)).events):
            break  # A slow machine has written less than that.
        after, count = found[-1].number, count + len(found)
    return count / (time.perf_counter() - started)


async def main(writers: int = 8, seconds: float = 4, runs: int = 3) -> None:
    async with installation():
        await connect.execute("CREATE TABLE plain_event (LIKE event INCLUDING ALL)")
        for size in (1, 50):
            found = [
                (await rate(plain, size, writers, seconds), await rate(ours, size, writers, seconds))
                for _ in range(runs)
            ]
            report(
                f"Appending to the event log, {size} events a transaction",
                f"{writers} writers, {seconds:g} s",
                [mine / base for base, mine in found],
                "to be known",
                plain=f"{spread([base for base, _ in found])} transactions/s",
                ours=f"{spread([mine for _, mine in found])} transactions/s",
            )
        print(f"  reading  {await reading(50):,.0f} events/s by one reader")


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
