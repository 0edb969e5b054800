"""How fast does a worker import contacts from a CSV, against COPY of the rows that it wrote?

Both go into the same tables with the same indexes. The baseline copies contacts and numbers alone, in one transaction;
the import also reads the file, judges every row, looks for known numbers, and writes a verdict and an event for each.

python -m benchmarks.import_contacts [contacts] [runs]
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import uvloop

from benchmarks.measure import installation, program, report, spread
from db.contacts import ContactImport, JobStatus
from db.core import connect
from db.files import File, FilePurpose
from domain import contacts
from domain.core.access import SYSTEM
from domain.files.storage import path_of

TARGET = 0.3
CONTACTS = ("contact", "contact_phone")
ALL = (*CONTACTS, "import_row", "event")


def people(count: int) -> Iterator[str]:
    yield "name,phone,email,company\n"
    for n in range(count):
        yield f"Person {n} García,+55119{n:08d},person{n}@example.com,Company {n % 1000}\n"


async def uploaded(count: int) -> int:
    """A file of so many people, as if it had been uploaded."""
    file = await File.create(name="people.csv", purpose=FilePurpose.IMPORT, status=JobStatus.COMPLETED)
    path_of(file.id).parent.mkdir(parents=True, exist_ok=True)
    with path_of(file.id).open("w") as written:
        written.writelines(people(count))
    return file.id


async def ours(file_id: int, count: int, worker: psutil.Process) -> tuple[float, float]:
    """Seconds of an import, and the most memory of its worker in MiB."""
    await connect.execute("CHECKPOINT")
    started, most = time.perf_counter(), 0
    job = await contacts.start_import(SYSTEM, file_id=file_id)
    while job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
        await asyncio.sleep(0.02)
        most = max(most, worker.memory_info().rss)
        job = await ContactImport.get(id=job.id)
    seconds = time.perf_counter() - started
    if (job.status, job.created) != (JobStatus.COMPLETED, count):
        raise SystemExit(f"{job.status}: {job.created} of {count} were created. {job.error_message}")
    return seconds, most / 2**20


async def copied(tables: tuple[str, ...], kept: dict[str, Path]) -> float:
    """Seconds of COPY of what the import wrote, into tables that are empty again."""
    await connect.execute("TRUNCATE contact, event CASCADE")
    await connect.execute("CHECKPOINT")
    started = time.perf_counter()
    async with connect.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        for table in tables:
            await connection.copy_to_table(table, source=kept[table], format="binary", timeout=600)
    return time.perf_counter() - started


async def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        async with installation(DATA_DIR=folder):
            with program("tidings", "worker") as process:
                worker = psutil.Process(process.pid)
                await ours(await uploaded(1000), 1000, worker)
                file_id = await uploaded(count)
                mine, most, bare, everything = [], [], [], []
                for _ in range(runs):
                    await connect.execute("TRUNCATE contact, event CASCADE")
                    seconds, memory = await ours(file_id, count, worker)
                    mine.append(seconds)
                    most.append(memory)
                    kept = {table: Path(folder) / table for table in ALL}
                    async with connect.connection() as connection:
                        for table in ALL:
                            await connection.copy_from_table(table, output=kept[table], format="binary", timeout=600)
                    bare.append(await copied(CONTACTS, kept))
                    everything.append(await copied(ALL, kept))
                report(
                    "Import of contacts from a CSV, against COPY of the same contacts and numbers",
                    f"{count:,} rows with name, number, email and company",
                    [b / a for a, b in zip(mine, bare, strict=True)],
                    f"at least {TARGET}",
                    ours=rates(count, mine),
                    copy=rates(count, bare),
                    all_tables=f"{rates(count, everything)} with verdicts and events: "
                    + spread([b / a for a, b in zip(mine, everything, strict=True)]),
                    memory=", ".join(f"{value:,.0f} MiB" for value in most) + " of the worker at most",
                )


def rates(count: int, seconds: list[float]) -> str:
    return ", ".join(f"{count / value:,.0f}/s" for value in seconds)


if __name__ == "__main__":
    uvloop.run(main())
