"""Imports of files that are stopped, go on and meet each other: everyone is made once."""

import asyncio
from typing import Any

import pytest

from db.contacts import ContactImport, ContactPhone, JobStatus
from db.core import connect
from domain import contacts, files
from domain.contacts import chunks, sources
from domain.core.access import SYSTEM
from domain.files import storage
from tests.domain.contacts.importing import imported, started, words
from tests.domain.contacts.test_imports import progress_of, verdicts
from tests.factories import phone


def people(count: int, number: str | None = None) -> str:
    rows = [f"Person {n},{phone()}" for n in range(count)]
    return "\n".join(["name,phone", *rows, *([f"Twin,{number}"] if number else [])]) + "\n"


async def test_it_goes_on_at_the_byte_where_a_killed_worker_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 10)
    content = people(35)
    numbers = [line.split(",")[1] for line in content.splitlines()[1:]]
    job = await started(content + f"Twin,{numbers[3]}\n")
    write, killed = chunks._write_rows, 0

    async def die_in_the_third_chunk(*args: Any) -> None:
        nonlocal killed
        await write(*args)
        killed += 1
        if killed == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(chunks, "_write_rows", die_in_the_third_chunk)
    with pytest.raises(asyncio.CancelledError):
        await contacts.run_import(job.id)
    half = await ContactImport.get(id=job.id)
    assert (half.status, half.position, half.created) == (JobStatus.RUNNING, 20, 20)
    assert content.encode()[: half.bytes_done].count(b"\n") == 21
    assert half.progress == pytest.approx(20 / 36)
    await asyncio.gather(*(contacts.run_import(job.id) for _ in range(3)))
    done = await ContactImport.get(id=job.id)
    assert (done.status, done.position, done.created, done.failed) == (JobStatus.COMPLETED, 36, 35, 1)
    assert [row for row, *_ in await verdicts(done)] == list(range(1, 37))
    assert (await words(done))[-1] == "Row 4 is the same contact."
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 35


async def test_a_long_import_lets_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 5)
    monkeypatch.setattr("domain.contacts.imports.RUN_SECONDS", -1)
    rung = list[Any]()
    monkeypatch.setattr("domain.contacts.imports.ring", lambda *bell: rung.append(bell))
    job = await started(people(12))
    rung.clear()
    await contacts.run_import(job.id)
    assert rung == [("import_contacts", job.id)]
    monkeypatch.setattr("domain.contacts.imports.RUN_SECONDS", 5)
    await contacts.run_import(job.id)
    assert (await ContactImport.get(id=job.id)).created == 12


@pytest.mark.parametrize("how", ["deleted", "gone"])
async def test_a_file_that_goes_meanwhile_ends_its_import_and_keeps_what_is_done(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(sources, "CHUNK", 10)
    job = await started(people(30))
    assert job.file_id is not None
    write = chunks._write_rows

    async def go(*args: Any) -> None:
        await write(*args)
        if how == "gone":
            await storage.remove(job.file_id)

    monkeypatch.setattr(chunks, "_write_rows", go)
    if how == "deleted":
        await files.delete(SYSTEM, job.file_id)
    await contacts.run_import(job.id)
    failed = await ContactImport.get(id=job.id)
    done = failed.position
    # What was read ahead when the file went is still done.
    assert (failed.status, done in ((0,) if how == "deleted" else (10, 20))) == (JobStatus.FAILED, True)
    assert failed.error_message == f"The file was deleted; rows up to {done} are done."
    assert await progress_of(job) == ["QUEUED", "FAILED"]


async def test_two_imports_of_the_same_file_make_everyone_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 20)
    content = people(60)
    jobs = [await started(content) for _ in range(2)]
    await asyncio.gather(*(contacts.run_import(job.id) for job in jobs))
    done = await ContactImport.filter(id__in=[job.id for job in jobs])
    assert (sum(job.created for job in done), sum(job.skipped for job in done)) == (60, 60)


async def test_statements_do_not_grow_with_the_rows() -> None:
    job = await imported(people(1000))
    assert job.created == 1000
    assert await connect.value("SELECT count(*) FROM import_row WHERE contact_import_id = $1", job.id) == 1000
