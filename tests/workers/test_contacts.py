"""Imports, exports and erasures in a worker that is killed."""

import asyncio

import orjson

from db.contacts import Contact, ContactImport, ContactPhone, ImportRow, JobStatus, PrivacyReceipt
from db.core import connect
from db.files import FilePurpose
from domain import contacts
from domain.core.access import SYSTEM
from domain.files.storage import path_of
from tests import factories
from tests.domain.files.surroundings import uploaded
from tests.factories import phone
from tests.running import Program


async def reach(id: int, status: JobStatus, position: int) -> ContactImport:
    async with asyncio.timeout(30):
        while True:
            job = await ContactImport.get(id=id)
            if (job.status, job.position) == (status, position):
                return job
            await asyncio.sleep(0.02)


async def becomes(value: object, sql: str, id: int) -> None:
    """Waits until a statement answers so."""
    async with asyncio.timeout(30):
        while True:
            if await connect.value(sql, id) == value:
                return
            await asyncio.sleep(0.02)


async def test_an_import_outlives_its_worker(worker: Program) -> None:
    given = [{"name": f"Person {n}", "phone_number": phone()} for n in range(2000)]
    given[1999] = given[0]
    other = await factories.contact()
    async with connect.connection() as conn:
        # Whoever writes a number that is being written elsewhere waits: so it dies in the middle of its only chunk.
        elsewhere = conn.transaction()
        await elsewhere.start()
        await conn.execute(
            "INSERT INTO contact_phone (contact_id, phone_number, is_primary) VALUES ($1, $2, false)",
            other.id,
            given[1200]["phone_number"],
        )
        job = await contacts.start_import(SYSTEM, contacts=given)
        await becomes(True, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pid <> $1", conn.get_server_pid())
        worker.kill()
        await elsewhere.rollback()
    assert (await ContactImport.get(id=job.id)).position == 0
    worker.start()
    done = await reach(job.id, JobStatus.COMPLETED, 2000)
    assert (done.created, done.updated, done.skipped, done.failed) == (1999, 0, 0, 1)
    rows = await ImportRow.filter(contact_import_id=job.id).order_by("row").values_list("row", flat=True)
    assert list(rows) == list(range(1, 2001))
    numbers = [person["phone_number"] for person in given]
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 1999


async def test_an_import_of_a_file_goes_on_at_its_byte_when_its_worker_is_killed(worker: Program) -> None:
    numbers = [phone() for _ in range(5000)]
    content = "".join(["name,phone\n", *(f"Person,{number}\n" for number in numbers), f"Twin,{numbers[0]}\n"])
    file = await uploaded("people.csv", content.encode(), purpose=FilePurpose.IMPORT)
    other = await factories.contact()
    async with connect.connection() as conn:
        elsewhere = conn.transaction()
        await elsewhere.start()
        await conn.execute(
            "INSERT INTO contact_phone (contact_id, phone_number, is_primary) VALUES ($1, $2, false)",
            other.id,
            numbers[2500],
        )
        job = await contacts.start_import(SYSTEM, file_id=file.id)
        half = await reach(job.id, JobStatus.RUNNING, 2000)
        worker.kill()
        await elsewhere.rollback()
    assert content[: half.bytes_done].count("\n") == 2001
    worker.start()
    done = await reach(job.id, JobStatus.COMPLETED, 5001)
    assert (done.created, done.failed) == (5000, 1)
    assert await ImportRow.filter(contact_import_id=job.id).count() == 5001
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 5000


async def much_said() -> Contact:
    """A contact with 5,000 messages."""
    contact, sender = await factories.contact(), await factories.sender()
    await connect.execute(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts,"
        " content) SELECT $1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'READ', 1, 'Hello'"
        " FROM generate_series(1, 5000)",
        sender.id,
        contact.id,
    )
    return contact


async def test_an_export_outlives_its_worker_and_is_kept_once(worker: Program) -> None:
    contact = await much_said()
    named = "SELECT count(*) FROM file WHERE name = 'contact-' || $1::bigint || '.json'"
    async with connect.connection() as conn:
        # Whoever holds the contact makes it wait at its end, where it dies.
        elsewhere = conn.transaction()
        await elsewhere.start()
        await conn.execute("SELECT FROM contact WHERE id = $1 FOR UPDATE", contact.id)
        receipt = await contacts.export(SYSTEM, contact.id)
        await becomes(True, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pid <> $1", conn.get_server_pid())
        worker.kill()
        await elsewhere.rollback()
    assert (await PrivacyReceipt.get(id=receipt.id)).status is JobStatus.RUNNING
    worker.start()
    await becomes("COMPLETED", "SELECT status FROM privacy_receipt WHERE id = $1", receipt.id)
    assert await connect.value(named, contact.id) == 1
    done = await PrivacyReceipt.get(id=receipt.id)
    assert done.file_id is not None
    assert len(orjson.loads(path_of(done.file_id).read_bytes())["messages"]) == done.counts["messages"] == 5000


async def test_an_erasure_outlives_its_worker(worker: Program) -> None:
    contact = await much_said()
    last = "SELECT max(id) FROM message WHERE contact_id = $1"
    left = "SELECT count(*) FROM message WHERE contact_id = $1 AND content IS NOT NULL"
    async with connect.connection() as conn:
        # Whoever holds the last of the messages makes it wait in its third chunk, where it dies.
        elsewhere = conn.transaction()
        await elsewhere.start()
        await conn.execute("SELECT FROM message WHERE id = $1 FOR UPDATE", await connect.value(last, contact.id))
        receipt = await contacts.erase(SYSTEM, contact.id)
        await becomes(1000, left, contact.id)
        worker.kill()
        await elsewhere.rollback()
    assert await connect.value(left, contact.id) == 1000
    worker.start()
    await becomes("COMPLETED", "SELECT status FROM privacy_receipt WHERE id = $1", receipt.id)
    assert (await PrivacyReceipt.get(id=receipt.id)).counts["messages"] == 5000
    assert await connect.value(left, contact.id) == 0
