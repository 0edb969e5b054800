"""How an installation grows: a simulation of queues, fed with what a message was measured to cost each part.

Chunks of messages go from station to station: Valkey, a worker, PostgreSQL, the lock of the event log; their receipts
through an API, PostgreSQL, a worker and the log again. A station does so many things at a time, each in the order in
which it came. First the simulation must foretell what two and four worker processes do on this machine, from what one
cost. Then it says what many machines would do, which part is full first, and how long a chunk is on its way at four
fifths of that. WhatsApp's own time and pace are left out.

python -m benchmarks.growth [recipients]
"""

import asyncio
import heapq
import os
import random
import statistics
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from benchmarks.measure import report
from benchmarks.processes import Row, measured

CHUNK = 33
"""Messages that go together; a post has the receipts of as many."""
COSTS = {"worker": 0.58e-3, "api": 0.16e-3, "postgres": 0.32e-3, "valkey": 20e-6, "log": 3 / 44_600}
"""Seconds for a message with its receipts, by `whole_machine`, and by `event_log` with 50 events a transaction; both of
one machine, on 24 November 2026."""
SENT = {"worker": 0.63, "postgres": 0.43, "log": 1 / 3}
"""The share of it that goes before the message; the rest is for its receipts."""
MACHINE = {"worker": 3, "api": 1}
"""Processes of one machine of four cores."""
POSTGRES_CORES = 32
"""Of the one machine that has the database, however many there are of the others."""
EVERYBODY = 10**6
"""Cores where each process has its own."""


@dataclass(slots=True)
class Station:
    """Does so many things at a time, first come first served."""

    count: int
    idle: int = 0
    busy: float = 0.0
    waiting: deque[tuple[int, int]] = field(default_factory=deque)
    """Chunks that are there, and the step that they are at."""

    def __post_init__(self) -> None:
        self.idle = self.count


def flow(
    chunks: int, pace: float, stations: dict[str, Station], steps: Sequence[tuple[str, float]], cores: int
) -> tuple[float, list[float]]:
    """Sends chunks through these steps, so many a second by chance; when all are there, and how long each one took.

    Without a pace they are all there at once. Whatever works takes one of so many cores.
    """
    dice, at, came = random.Random(1), 0.0, list[float]()
    for _ in range(chunks):
        at += dice.expovariate(pace) if pace else 0.0
        came.append(at)
    # When a chunk comes to a step; it has left the one before.
    due = [(at, number, 0) for number, at in enumerate(came)]
    took, end = [0.0] * chunks, 0.0
    while due:
        end, number, step = heapq.heappop(due)
        if step:
            stations[steps[step - 1][0]].idle += 1
            cores += 1
        if step < len(steps):
            stations[steps[step][0]].waiting.append((number, step))
        else:
            took[number] = end - came[number]
        for station in stations.values():
            while station.waiting and station.idle and cores:
                number, step = station.waiting.popleft()
                station.idle -= 1
                cores -= 1
                work = steps[step][1]
                station.busy += work
                heapq.heappush(due, (end + work, number, step + 1))
    return end, took


def foretold(costs: dict[str, float], processes: int, recipients: int) -> float:
    """Messages a second of so many worker processes which share this machine with all the rest."""
    stations = {"worker": Station(processes), "PostgreSQL": Station(8), "Valkey": Station(1), "sink": Station(1)}
    steps = [(name, costs[name] * CHUNK) for name in ("Valkey", "worker", "sink", "PostgreSQL")]
    end, _ = flow(recipients // CHUNK, 0, stations, steps, os.cpu_count() or 1)
    return recipients / end


def installation(machines: int) -> dict[str, Station]:
    processes = {name: Station(count * machines) for name, count in MACHINE.items()}
    return processes | {"postgres": Station(POSTGRES_CORES), "valkey": Station(1), "log": Station(1)}


def way() -> list[tuple[str, float]]:
    """What a chunk takes of each station, in its order."""
    sending = [(name, COSTS[name] * CHUNK * SENT.get(name, 1)) for name in ("valkey", "worker", "postgres", "log")]
    receipts = [(name, COSTS[name] * CHUNK * (1 - SENT[name])) for name in ("postgres", "worker", "log")]
    return [*sending, ("api", COSTS["api"] * CHUNK), *receipts]


def grown(machines: int, chunks: int = 30_000) -> str:
    """A row of the table: messages a second at most, what is full then, and seconds on the way at four fifths of it."""
    stations = installation(machines)
    end, _ = flow(chunks, 0, stations, way(), EVERYBODY)
    most = chunks * CHUNK / end
    full = {name: station.busy / station.count / end for name, station in stations.items()}
    _, took = flow(chunks, 0.8 * most / CHUNK, installation(machines), way(), EVERYBODY)
    p95 = statistics.quantiles(took, n=20)[-1]
    shares = ", ".join(f"{name} {share:.0%}" for name, share in sorted(full.items(), key=lambda one: -one[1]))
    return f"  {machines:>3} machines  {most:>7,.0f} messages/s; {shares}; p95 at four fifths {p95 * 1000:,.0f} ms"


async def main(recipients: int = 16_000) -> None:
    rows: list[Row] = []
    async with aclosing(measured(recipients, [1, 2, 4])) as found:
        async for row in found:
            rows.append(row)
            print(row, flush=True)
    told = [foretold(rows[0].costs, row.processes, recipients) for row in rows]
    report(
        "What a simulation foretells from one worker's costs, against what so many workers did",
        f"{recipients:,} messages; one, two and four processes on this machine",
        [said / row.pace for said, row in zip(told, rows, strict=True)],
        "to be known",
        foretold=", ".join(f"{said:,.0f}" for said in told) + " messages/s",
        measured=", ".join(f"{row.pace:,.0f}" for row in rows) + " messages/s",
    )
    print(f"\nMachines of {MACHINE['worker']} workers and {MACHINE['api']} API, one database of {POSTGRES_CORES} cores")
    for machines in (1, 2, 5, 10, 100):
        print(grown(machines), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
