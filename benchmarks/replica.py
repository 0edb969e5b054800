"""How far a streaming replica is behind while the event log is written, and what it saves the primary to read there.

Writers append fifty events a transaction, as dispatch does with a chunk; readers add the log up again and again, as a
dashboard or an export does: first on the primary, then on the replica. All share the machine, so that seconds of the
primary's CPU for a transaction say more than transactions a second.

python -m benchmarks.replica [seconds] [runs]
"""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import psutil
import uvloop

from benchmarks.event_log import ours, rate
from benchmarks.measure import installation, report, spread
from benchmarks.processes import cpu
from tidings.child import Identity
from tidings.services.postgres import Postgres, binary, run

WRITERS, READERS, EVENTS = 8, 2, 50
READ = "SELECT type, sender_id, count(*), count(DISTINCT contact_id) FROM event GROUP BY 1, 2"
driver: Any = asyncpg
BEHIND = "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp()) * 1000"


class Replica(Postgres):
    """A copy of a running server, which follows it."""

    def __init__(self, data_dir: Path, primary: Postgres) -> None:
        super().__init__(data_dir)
        self.primary = primary
        self._password = urlsplit(primary.url).password or ""

    def _prepare(self, identity: Identity | None) -> None:
        run(
            [binary("pg_basebackup"), "-d", self.primary.url, "-D", self.folder, "-R", "-X", "stream", "-c", "fast"],
            self.primary.folder,
            None,
        )
        run(["chown", "-R", f"{identity.uid}:{identity.gid}" if identity else "", self.folder], self.folder, None)


@asynccontextmanager
async def replica_of(primary: Postgres) -> AsyncGenerator[Replica]:
    with (primary.folder / "pg_hba.conf").open("a") as rules:
        rules.write("host replication all 127.0.0.1/32 scram-sha-256\n")
    admin = await driver.connect(primary.url)
    await admin.execute("SELECT pg_reload_conf()")
    await admin.close()
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        os.chmod(folder, 0o711)
        server = Replica(Path(folder), primary)
        await asyncio.to_thread(server.start)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)


@asynccontextmanager
async def reading(url: str) -> AsyncGenerator[list[None]]:
    """Readers there meanwhile; answers a list that grows with what they have read."""
    read: list[None] = []

    async def reader() -> None:
        connection = await driver.connect(url)
        try:
            while True:
                await connection.fetch(READ)
                read.append(None)
        finally:
            connection.terminate()

    readers = [asyncio.create_task(reader()) for _ in range(READERS)]
    yield read
    for task in readers:
        task.cancel()
    for result in await asyncio.gather(*readers, return_exceptions=True):
        if not isinstance(result, asyncio.CancelledError):
            raise SystemExit(f"A reader gave up: {result!r}")


@asynccontextmanager
async def behind(replica: Replica) -> AsyncGenerator[list[float]]:
    """Milliseconds that the replica is behind, twenty times a second meanwhile."""
    seen, connection = list[float](), await driver.connect(replica.url)

    async def look() -> None:
        while True:
            seen.append(float(await connection.fetchval(BEHIND) or 0))
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    yield seen
    looking.cancel()
    connection.terminate()


def spent(server: psutil.Process) -> float:
    """Seconds of CPU of a server and of all that it has started, also of those that have ended."""
    times = server.cpu_times()
    return cpu([server]) + times.children_user + times.children_system


class Figures:
    """Of several runs: transactions a second, the primary's CPU for one in µs, reads a second, ms behind (p95)."""

    def __init__(self) -> None:
        self.pace, self.cpu, self.reads, self.lag = list[float](), list[float](), list[float](), list[float]()

    async def measure(self, primary: Postgres, seconds: float, replica: Replica, readers_at: str | None) -> None:
        server = psutil.Process(primary.pid)
        before = spent(server)
        async with behind(replica) as lag, reading(readers_at) if readers_at else contextlib.nullcontext([]) as read:
            pace = await rate(ours, EVENTS, WRITERS, seconds)
        self.pace.append(pace)
        self.cpu.append((spent(server) - before) / (pace * seconds) * 1e6)
        self.reads.append(len(read) / seconds)
        self.lag.append(statistics.quantiles(lag, n=20)[-1])

    def __str__(self) -> str:
        return (
            f"{spread(self.pace)} transactions/s, {spread(self.cpu)} µs of the primary's CPU each,"
            f" {spread(self.reads)} reads/s, replica behind by {spread(self.lag)} ms (p95)"
        )


async def main(seconds: float = 5, runs: int = 3) -> None:
    async with installation() as services:
        alone, by_primary, by_replica = Figures(), Figures(), Figures()
        await rate(ours, EVENTS, WRITERS, seconds)  # something to read
        async with replica_of(services.postgres) as replica:
            for _ in range(runs):
                await alone.measure(services.postgres, seconds, replica, None)
                await by_primary.measure(services.postgres, seconds, replica, services.postgres.url)
                await by_replica.measure(services.postgres, seconds, replica, replica.url)
    report(
        "The event log's writers while its readers ask a replica, against their asking the primary",
        f"{WRITERS} writers of {EVENTS} events, {READERS} readers, {seconds:g} s each",
        [mine / base for base, mine in zip(by_primary.pace, by_replica.pace, strict=True)],
        "to be known",
        no_readers=str(alone),
        primary_read=str(by_primary),
        replica_read=str(by_replica),
    )


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
