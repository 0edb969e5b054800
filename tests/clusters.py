"""PostgreSQL and Valkey for tests: made and migrated once a run, and copied for whoever wants them alone."""

import asyncio
import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.running import Program
from tidings.services import Services, embedded
from tidings.services.postgres import DATABASE
from tidings.services.server import let_through, owner

MIGRATED = "migrated"
"""A database of each cluster that nobody connects to, so that it can be copied, in a tenth of a second."""


def made(folder: Path) -> Path:
    """A cluster that was migrated and stopped; whoever comes first makes it, and the others wait."""
    with folder.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.exists():
            _make(aside := folder.with_suffix(".new"))
            aside.rename(folder)
    return folder


def _make(folder: Path) -> None:
    with embedded(folder, valkey=False) as services:
        asyncio.run(_copy_migrated(services.database_url))
    # A server that is killed loses nothing by it, only a machine without power does: and every commit waits for a disk.
    (folder / "postgres" / "postgresql.auto.conf").write_text("fsync = off\n")


async def _copy_migrated(url: str) -> None:
    migrate = Program(["tidings", "migrate"], {"DATABASE_URL": url}).start()
    assert migrate.process is not None
    assert migrate.process.wait(60) == 0
    connection = await asyncpg.connect(url.removesuffix(DATABASE) + "postgres")
    await connection.execute(f"CREATE DATABASE {MIGRATED} TEMPLATE {DATABASE}")
    await connection.close()


@contextmanager
def copied(cluster: Path, folder: Path) -> Iterator[Services]:
    """A running copy of a cluster, with a Valkey, in an empty folder."""
    subprocess.run(["cp", "-a", f"{cluster}/.", folder], check=True)
    if owner(folder / "postgres") is not None:
        let_through(folder / "postgres")
    with embedded(folder) as running:
        yield running
