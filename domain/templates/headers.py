"""Headers of templates that are files."""

from collections.abc import Mapping
from typing import Any

from db.contacts import JobStatus
from db.content import Header, HeaderFormat
from db.files import File
from db.messages import MessageType
from domain import files, senders
from domain.core.access import Viewer
from domain.files.storage import here
from domain.providers import cloud_templates
from domain.providers.cloud_templates import Owner
from domain.templates.parts import wrong
from domain.templates.rendering import FILES


async def file_header(viewer: Viewer, media: Mapping[str, Any], *, sender_id: int | None, approval: bool) -> Header:
    """The header that a MediaInput makes. WhatsApp is shown the file as an example, and so it must be here by then."""
    of = 0 if media.get("file_id") is not None else (await senders.choose(viewer, sender_id, field="header.media")).id
    file, type = await files.to_send(viewer, media, sender_id=of, field="header.media")
    if type.value not in FILES:
        raise wrong("Above a text stands a picture, a film or a document.", "header.media", "not_taken")
    if approval and file.status is not JobStatus.COMPLETED:
        words = "WhatsApp wants to see the file: upload it first, and name it by its id."
        raise wrong(words, "header.media", "not_here_yet")
    return Header(format=HeaderFormat(MessageType(type).value), media_id=file.id)


async def show_example(owner: Owner, header: Header | None) -> str | None:
    """Uploads the example of a header that is a file; WhatsApp's handle of it. Raises WHATSAPP_API_ERROR."""
    if header is None or header.get("format") not in FILES:
        return None
    file = await File.get_or_none(id=header.get("media_id"), deleted_at=None)
    if file is None or file.status is not JobStatus.COMPLETED:
        raise wrong("WhatsApp wants an example of the header: give it a file.", "header", "required")
    mime_type = file.mime_type or "application/octet-stream"
    try:
        async with here(file.id) as path:
            return await cloud_templates.upload_example(owner, path, name=file.name, mime_type=mime_type)
    except FileNotFoundError:
        raise wrong("The bytes of the example are gone: give the header another file.", "header", "not_here") from None
