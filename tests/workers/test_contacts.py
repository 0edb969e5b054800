"""Imports in a worker that is killed."""

import asyncio

from db.contacts import ContactImport, ContactPhone, ImportRow, JobStatus
from db.core import connect
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.factories import phone
from tests.running import Program


async def reach(id: int, status: JobStatus, position: int) -> ContactImport:
    async with asyncio.timeout(30):
        while True:
            job = await ContactImport.get(id=id)
            if (job.status, job.position) == (status, position):
                return job
            await asyncio.sleep(0.02)


async def test_an_import_outlives_its_worker(worker: Program) -> None:
    given = [{"name": f"Person {n}", "phone_number": phone()} for n in range(2000)]
    given[1999] = given[0]
    other = await factories.contact()
    async with connect.connection() as conn:
        # Whoever writes a number that is being written elsewhere waits: so it dies in the middle of its second chunk.
        elsewhere = conn.transaction()
        await elsewhere.start()
        await conn.execute(
            "INSERT INTO contact_phone (contact_id, phone_number, is_primary) VALUES ($1, $2, false)",
            other.id,
            given[700]["phone_number"],
        )
        job = await contacts.start_import(SYSTEM, contacts=given)
        await reach(job.id, JobStatus.RUNNING, 500)
        await asyncio.sleep(0.2)
        worker.kill()
        await elsewhere.rollback()
    assert (await ContactImport.get(id=job.id)).position == 500
    worker.start()
    done = await reach(job.id, JobStatus.COMPLETED, 2000)
    assert (done.created, done.updated, done.skipped, done.failed) == (1999, 0, 0, 1)
    rows = await ImportRow.filter(contact_import_id=job.id).order_by("row").values_list("row", flat=True)
    assert list(rows) == list(range(1, 2001))
    numbers = [person["phone_number"] for person in given]
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 1999
