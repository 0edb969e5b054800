"""Files, and the links that lead to their bytes: GET and PUT /files/{id}."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import strawberry
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from strawberry.scalars import JSON

from db import files as rows
from db.contacts import JobStatus
from db.core.paging import Page
from db.files import FilePurpose
from domain import accounts, conversations, files
from domain.bot.knowledge.reading import readings_by_files
from domain.core.errors import AwayError, ErrorCode, Refusal, not_found
from domain.files import kinds, storage
from graph.accounts import User
from graph.core.callers import request_id_of
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.errors import refused
from graph.core.fields import arg, column, computed, loaded, mutation, query
from graph.core.http import RETRY_AFTER, limited
from graph.core.ids import decode, encode
from graph.core.inputs import given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import After, Before, Connection, First, Last, page_request
from graph.core.ranges import UnsatisfiableError, span_of

if TYPE_CHECKING:
    from graph.conversations.types import Conversation

log = structlog.get_logger()

describe(
    FilePurpose,
    "What a file is for.",
    MEDIA="To go along with messages; files received are such too.",
    KNOWLEDGE="For the bot to read: PDF, DOCX, TXT, Markdown, CSV.",
    IMPORT="A CSV of contacts.",
    EXPORT="An export of a contact; only those who may export contacts see it.",
)


@strawberry.type(description="How far the bot has read a file.")
class FileIndexing:
    status: JobStatus = column("How far it is; FAILED when no text was found in it.")
    progress: float = column("Share of it that is done, 0 to 1.")
    passages: int = column("Passages found in it so far.")
    error_message: str | None = column("Why it failed.")


@node(
    rows.File,
    get=files.get,
    description=(
        "A file that was uploaded, received or named in a message. Uploads: documents (PDF, DOC, DOCX, XLS, XLSX, PPT, "
        "PPTX, TXT, Markdown, CSV) up to LimitSettings.maxFileSizeMb, images (JPG, PNG, GIF, WebP) up to 5 MB, audio "
        "(MP3, WAV, M4A, OGG, AAC, AMR) up to 25 MB, video (MP4, 3GP, AVI) up to 100 MB, CSV to import up to 500 MB; "
        "what WhatsApp takes less of is refused when it is sent. FILE_UPDATED tells how far it is."
    ),
)
class File(Node):
    name: str = column("Its name.")
    purpose: FilePurpose = column("What it is for.")
    status: JobStatus = column(
        "Whether its bytes are here: QUEUED until they come, RUNNING while they are fetched, FAILED when that was "
        "given up or they were refused."
    )
    error_message: str | None = column("Why it failed, or what held up the latest try to fetch it.")
    mime_type: str | None = column(
        "Its MIME type, found from the content; as it was announced, if at all, while its bytes have not arrived."
    )
    size_bytes: int | None = column("Its size in bytes; as it was announced while its bytes have not arrived.")
    uploaded_by: User | None = loaded(
        "Who uploaded it; null when it was received, and where the caller may not see users.",
        accounts.by_ids,
        of="uploaded_by_id",
    )
    conversation: Annotated["Conversation", strawberry.lazy("graph.conversations.types")] | None = loaded(
        "The conversation it belongs to; null: none, or knowledge for all of them.",
        conversations.present,
        of="conversation_id",
    )

    indexing: FileIndexing | None = loaded("How far the bot has read it; null when it does not.", readings_by_files)

    @computed("Where to read it: signed, good for one hour; null unless COMPLETED, and once it was deleted.")
    @staticmethod
    def url(row: strawberry.Parent[rows.File]) -> str | None:
        return files.url_of(row)

    @computed("Anything else its owner wants to keep.")
    @staticmethod
    def metadata(row: strawberry.Parent[rows.File]) -> JSON:
        return JSON(row.metadata or {})

    @computed("When it came here, or was announced.")
    @staticmethod
    def uploaded_at(row: strawberry.Parent[rows.File]) -> datetime:
        return row.created_at


@strawberry.type(description="Where to put the bytes of a file that was announced.")
class Upload:
    file: File = column("The file; of no use before its bytes have arrived and were checked.")
    url: str = column("Signed URL for one PUT, which answers with the file's id and MIME type, or with the refusal.")
    expires_at: datetime = column("When the URL ends.")

    @computed("Headers to send with it.")
    @staticmethod
    def headers(row: strawberry.Parent[files.Upload]) -> JSON:
        return JSON(dict(row.headers))


@strawberry.input(description="A file to upload.")
class CreateUploadInput:
    name: str = required("Its name, 1 to 255 characters, with the ending of its kind, such as menu.pdf.")
    size_bytes: int = required("Its size in bytes, within the limit of its kind; exactly so many must come.")
    purpose: FilePurpose = optional("What it is for; not EXPORT.", default=FilePurpose.MEDIA)
    conversation_id: strawberry.ID | None = optional(
        "The conversation it belongs to; KNOWLEDGE without one is for all of them.", of="Conversation"
    )
    metadata: JSON | None = optional("Anything else to keep: an object, up to 16 KB as JSON.")


@strawberry.input(description="A file that WhatsApp already holds.")
class ProviderMediaInput:
    id: str = required("WhatsApp's id of the file, up to 255 characters; uploaded by the same sender.")
    mime_type: str = required("Its MIME type, such as image/jpeg.")


@strawberry.input(description="Something to go along with a text, named in one of three ways.", one_of=True)
class MediaInput:
    file_id: strawberry.ID | None = optional("A file uploaded here.", of="File")
    url: str | None = optional(
        "A file to be fetched from this http or https URL, up to 100 MB; not one inside the server's own network."
    )
    provider: ProviderMediaInput | None = optional("A file that WhatsApp already holds.")


@strawberry.type
class FilesQuery:
    @query(
        files.knowledge,
        description="Files of purpose KNOWLEDGE that are the bot's for all conversations, newest first.",
        graphql_type=Connection[File],
    )
    async def knowledge_files(
        self,
        info: Info,
        search: Annotated[str | None, arg("Part of the name, up to 200 characters; case does not matter.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Page[rows.File]:
        return await files.knowledge(info.context.viewer, search=search, page=page_request(first, after, last, before))


@strawberry.type
class FilesMutation:
    @mutation(
        files.create_upload,
        description=(
            "Announces a file and answers with the signed URL to PUT its bytes to; it may be used once they arrived."
        ),
        graphql_type=Upload,
    )
    async def create_upload(self, info: Info, input: Annotated[CreateUploadInput, arg("The file.")]) -> files.Upload:
        return await files.create_upload(info.context.viewer, **given(input))

    @mutation(
        files.delete,
        description=(
            "Deletes a file; messages that carried it keep its name, those that wait to be sent with it fail; the bot "
            "forgets what it read at once. Refused "
            "with INVALID_STATE while a message template, or a scheduled, running or paused campaign needs it."
        ),
        graphql_type=strawberry.ID,
    )
    async def delete_file(self, info: Info, id: Annotated[strawberry.ID, arg("The file.")]) -> strawberry.ID:
        await files.delete(info.context.viewer, decode(id, "File"))
        return id


# ---------------------------------------------------------------------------
# Bytes
# ---------------------------------------------------------------------------

_SILENT_SECONDS = 30.0
"""How long bytes of an upload may keep us waiting for more."""
_STATUSES: Mapping[ErrorCode, int] = {
    ErrorCode.AUTHORIZATION_ERROR: 403,
    ErrorCode.INVALID_STATE: 409,
    ErrorCode.NOT_FOUND: 404,
}
_CAREFUL = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
}
"""nosniff is on every answer (graph/core/middleware.py)."""


async def put(request: Request) -> Response:
    """Takes the bytes of an upload."""
    length = request.headers.get("content-length", "")
    try:
        async with asyncio.timeout(files.MOST_SECONDS):
            file = await files.take(
                **_signed(request),
                length=int(length) if length.isdecimal() else None,
                chunks=_chunks(request),
            )
    except Refusal as refusal:
        return _refused(request, refusal)
    except TimeoutError:
        return Response(status_code=408, headers={"connection": "close"})
    except ClientDisconnect:
        return Response(status_code=400)
    except OSError as error:
        log.error("upload_not_kept", error=repr(error))
        return Response(status_code=503, headers={"connection": "close", **RETRY_AFTER})
    return JSONResponse({"id": encode("File", file.id), "mimeType": file.mime_type, "sizeBytes": file.size_bytes})


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; TimeoutError where nothing comes for a while."""
    stream = request.stream()
    while True:
        async with asyncio.timeout(_SILENT_SECONDS):
            chunk = await anext(stream, None)
        if chunk is None:
            return
        yield chunk


async def get(request: Request) -> Response:
    """The bytes of a file, or a range of them. What a browser would run it is only let save."""
    try:
        return await _part(request, await files.read(**_signed(request)))
    except Refusal as refusal:
        return _refused(request, refusal)
    except FileNotFoundError:
        return _refused(request, not_found("file"))
    except AwayError:
        return Response(status_code=503, headers=RETRY_AFTER)


async def _part(request: Request, file: rows.File) -> Response:
    """What is wanted of a file, passed on as it is read. Raises FileNotFoundError, AwayError."""
    size, name = file.size_bytes or 0, quote(file.name)
    shown = "inline" if file.mime_type in kinds.INLINE else "attachment"
    called = f'filename="{name}"' if name == file.name else f"filename*=utf-8''{name}"
    headers = {
        **_CAREFUL,
        "accept-ranges": "bytes",
        "content-disposition": f"{shown}; {called}",
        "etag": f'"{(file.sha256 or b"").hex()}"',
    }
    wanted = request.headers.get("range") if request.headers.get("if-range") in (None, headers["etag"]) else None
    try:
        span = span_of(wanted, size)
    except UnsatisfiableError:
        return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
    start, end = span or (0, size)
    headers["content-length"] = str(end - start)
    if span is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    status, mime_type = 200 if span is None else 206, file.mime_type or kinds.UNKNOWN
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=mime_type)
    return StreamingResponse(await storage.read(file.id, start, end), status, headers, mime_type)


def _signed(request: Request) -> dict[str, Any]:
    query, id = request.query_params, request.path_params["id"]
    # A link of ours has no more digits than PostgreSQL's bigint; Python refuses to read thousands.
    if not (id.isascii() and id.isdecimal() and len(id) < 20):
        raise not_found("file")
    return {"id": int(id), "expires": query.get("expires", ""), "signature": query.get("signature", "")}


def _refused(request: Request, refusal: Refusal) -> Response:
    status = 413 if refusal.details.get("reason") == "too_large" else _STATUSES.get(refusal.code, 400)
    # What was not read of the body must not be taken for the next request.
    headers = {"connection": "close"} if request.method == "PUT" else None
    return JSONResponse(refused(refusal, request_id_of(request)), status, headers)


MOST_A_MINUTE = 1200
"""Of an address: a page of pictures asks for many at once."""

routes = [
    Route("/files/{id}", limited("files", MOST_A_MINUTE, get), methods=["GET"]),
    Route("/files/{id}", limited("uploads", MOST_A_MINUTE, put), methods=["PUT"]),
]
