"""CSVs as they come up, and the imports that are made of them."""

from typing import Any

from db.contacts import Contact, ContactImport, ContactPhone, ImportRow
from db.files import FilePurpose
from domain import contacts
from domain.core.access import SYSTEM
from tests.domain.files.surroundings import uploaded


async def a_file(content: str | bytes, name: str = "people.csv") -> int:
    written = content.encode() if isinstance(content, str) else content
    return (await uploaded(name, written, purpose=FilePurpose.IMPORT)).id


async def started(content: str | bytes, **options: Any) -> ContactImport:
    return await contacts.start_import(SYSTEM, file_id=await a_file(content), **options)


async def imported(content: str | bytes, **options: Any) -> ContactImport:
    job = await started(content, **options)
    await contacts.run_import(job.id)
    return await ContactImport.get(id=job.id)


async def shown(content: str | bytes) -> contacts.ImportPreview:
    return await contacts.preview(SYSTEM, await a_file(content))


async def who(number: str) -> Contact:
    return await Contact.get(id=(await ContactPhone.get(phone_number=number)).contact_id)


async def words(job: ContactImport) -> list[str | None]:
    return [row.message for row in await ImportRow.filter(contact_import_id=job.id).order_by("row")]


def meanings(found: contacts.ImportPreview) -> dict[str, Any]:
    return {column.header: column.field or column.attribute for column in found.columns}
