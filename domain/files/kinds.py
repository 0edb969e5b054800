"""What a file is, as its content says, and how large each kind may be: here, and at WhatsApp (wire facts A6)."""

import codecs
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import BinaryIO

from pure_magic_rs import MagicDb

from db.files import FilePurpose
from db.messages import MessageType

MEGABYTE = 1_000_000
"""The stricter reading of "MB"."""
UNKNOWN = "application/octet-stream"


class Kind(StrEnum):
    """Kinds that have limits of their own."""

    DOCUMENT = "document"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


MOST: Mapping[Kind, int] = {Kind.IMAGE: 5, Kind.AUDIO: 25, Kind.VIDEO: 100}
"""Megabytes of an upload; of documents LimitSettings.maxFileSizeMb says."""
MOST_TO_IMPORT = 500
"""Megabytes of a CSV to import."""
MOST_RECEIVED = 100
"""Megabytes of what WhatsApp passes on, and of what a URL leads to."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCX, _XLSX, _PPTX = (
    f"{_OFFICE}.{part}" for part in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
_ENDINGS: Mapping[str, tuple[Kind, str]] = {
    "pdf": (Kind.DOCUMENT, "application/pdf"),
    "doc": (Kind.DOCUMENT, "application/msword"),
    "docx": (Kind.DOCUMENT, _DOCX),
    "xls": (Kind.DOCUMENT, "application/vnd.ms-excel"),
    "xlsx": (Kind.DOCUMENT, _XLSX),
    "ppt": (Kind.DOCUMENT, "application/vnd.ms-powerpoint"),
    "pptx": (Kind.DOCUMENT, _PPTX),
    "txt": (Kind.DOCUMENT, "text/plain"),
    "md": (Kind.DOCUMENT, "text/markdown"),
    "csv": (Kind.DOCUMENT, "text/csv"),
    "jpg": (Kind.IMAGE, "image/jpeg"),
    "jpeg": (Kind.IMAGE, "image/jpeg"),
    "png": (Kind.IMAGE, "image/png"),
    "gif": (Kind.IMAGE, "image/gif"),
    "webp": (Kind.IMAGE, "image/webp"),
    "mp3": (Kind.AUDIO, "audio/mpeg"),
    "wav": (Kind.AUDIO, "audio/wav"),
    "m4a": (Kind.AUDIO, "audio/mp4"),
    "ogg": (Kind.AUDIO, "audio/ogg"),
    "opus": (Kind.AUDIO, "audio/ogg"),
    "aac": (Kind.AUDIO, "audio/aac"),
    "amr": (Kind.AUDIO, "audio/amr"),
    "mp4": (Kind.VIDEO, "video/mp4"),
    "3gp": (Kind.VIDEO, "video/3gpp"),
    "avi": (Kind.VIDEO, "video/x-msvideo"),
}
"""What may be uploaded, by the endings of its name."""
_KINDS: Mapping[str, Kind] = {mime_type: kind for kind, mime_type in _ENDINGS.values()}
_FOR_THE_BOT = {"application/pdf", _DOCX, "text/plain", "text/markdown", "text/csv"}

_ALIASES: Mapping[str, str] = {
    "application/csv": "text/csv",
    "audio/AMR": "audio/amr",
    "audio/x-hx-aac-adts": "audio/aac",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "video/x-m4v": "video/mp4",
}
"""What libmagic's rules call some of them."""
_OLE = "application/x-ole-storage"
_IN_OLE = ("doc", "xls", "ppt")
"""What such a container may be, where its content tells no more: then the name says which."""
_IN_ZIP: Mapping[bytes, str] = {b"word/document.xml": _DOCX, b"xl/workbook.xml": _XLSX, b"ppt/presentation.xml": _PPTX}
"""Parts that make an archive a document; libmagic's rules find them near its start only."""
_TEXTS = ("txt", "md", "csv")
_MARKUP = {"text/html", "image/svg+xml", "text/xml", "application/xml"}
"""Texts that a browser would run. Libmagic's rules take a text for one that only shows a tag, and miss others."""
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<!--.*?-->\s*+)*)"
    rb"<(?:!doctype|\?xml|html|head|body|title|style|script|iframe|svg)\b",
    re.DOTALL | re.IGNORECASE,
)
"""How a text begins that is a page or a drawing, whatever its name says. One that merely speaks of tags is kept: it is
only ever handed out to be saved, as plain text."""
_BINARY = frozenset(range(32)) - frozenset(b"\t\n\f\r\x1b")
"""Bytes that no text has (https://mimesniff.spec.whatwg.org/#binary-data-byte)."""
_LOOKED_AT = 65_536
"""Bytes of a text, or of the end of an archive, that are looked through."""

INLINE = frozenset(mime for mime, kind in _KINDS.items() if kind is not Kind.DOCUMENT)
"""What a browser may show in place of saving it: pictures, sound and films; it would run the rest."""


def ending_of(name: str) -> str:
    """The ending of a name, without its dot."""
    ending = Path(name).suffix[1:].lower()
    return {"markdown": "md", "oga": "ogg", "m4v": "mp4", "3gpp": "3gp"}.get(ending, ending)


def named(name: str) -> str | None:
    """What a file would be by its name; None for what may not be uploaded."""
    found = _ENDINGS.get(ending_of(name))
    return None if found is None else found[1]


def found(path: Path, name: str) -> str:
    """What a file is by its content, its name deciding only where the content leaves a choice. Reads a little of it."""
    magic = _magic().best_magic_file(str(path))
    mime_type = _ALIASES.get(magic.mime_type, magic.mime_type)
    ending = ending_of(name)
    if ending in _TEXTS and binary_byte(path) is None:
        if not _is_page(path):
            return _ENDINGS[ending][1]
        return mime_type if mime_type in _MARKUP else "text/html"
    if mime_type == _OLE and ending in _IN_OLE:
        return _ENDINGS[ending][1]
    if mime_type == "application/zip" or magic.message == "Microsoft OOXML":
        names = _end_of(path)
        return next((known for part, known in _IN_ZIP.items() if part in names), mime_type)
    return mime_type


@cache
def _magic() -> MagicDb:
    return MagicDb()


def binary_byte(path: Path) -> str | None:
    """Why the beginning of a file is no text: its first byte, or character of UTF-16, that no text has."""
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT)
    found, unit = list(beginning), "byte"
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Some spreadsheets write so; of its characters the same holds as of bytes elsewhere.
        found, unit = list(map(ord, beginning.decode("utf-16", "replace"))), "character"
    place = next((place for place, value in enumerate(found) if value in _BINARY), None)
    return None if place is None else f"Its {unit} {place + 1} is {found[place]:02X}, which no text has"


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return _PAGE.match(file.read(_LOOKED_AT)) is not None


def _end_of(path: Path) -> bytes:
    """The last bytes of an archive, which list what is in it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LOOKED_AT))
        return file.read()


def announced(mime_type: str | None) -> str | None:
    """What somebody else calls a file, where it can stand in a header: whoever sends one may call it anything."""
    good = mime_type is not None and mime_type.isascii() and mime_type.isprintable() and "/" in mime_type
    return mime_type if good else None


def taken(purpose: FilePurpose, mime_type: str) -> bool:
    """Whether a file of such content may be uploaded for that."""
    match purpose:
        case FilePurpose.MEDIA:
            return mime_type in _KINDS
        case FilePurpose.KNOWLEDGE:
            return mime_type in _FOR_THE_BOT
        case FilePurpose.IMPORT:
            return mime_type == "text/csv"
        case FilePurpose.EXPORT:
            return False


def most(purpose: FilePurpose, mime_type: str, documents: int) -> int:
    """Bytes that an upload may have; `documents` is LimitSettings.maxFileSizeMb."""
    if purpose is FilePurpose.IMPORT:
        return MOST_TO_IMPORT * MEGABYTE
    return MOST.get(_KINDS[mime_type], documents) * MEGABYTE


# ---------------------------------------------------------------------------
# What WhatsApp takes
# ---------------------------------------------------------------------------

_SOUNDS = frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"})
_TAKEN: Mapping[MessageType, tuple[frozenset[str], int, str]] = {
    MessageType.IMAGE: (frozenset({"image/jpeg", "image/png"}), 5 * MEGABYTE, "JPEG or PNG up to 5 MB"),
    MessageType.VIDEO: (frozenset({"video/mp4", "video/3gpp"}), 16 * MEGABYTE, "MP4 or 3GP up to 16 MB"),
    MessageType.AUDIO: (_SOUNDS, 16 * MEGABYTE, "AAC, AMR, MP3, M4A or OGG up to 16 MB"),
    MessageType.VOICE: (frozenset({"audio/ogg"}), 16 * MEGABYTE, "OGG with OPUS up to 16 MB"),
    MessageType.STICKER: (
        frozenset({"image/webp"}),
        500_000,
        "WebP up to 100 KB, or up to 500 KB where it is animated",
    ),
    MessageType.DOCUMENT: (frozenset(), 100 * MEGABYTE, "any file up to 100 MB"),
}
STILL_STICKER = 100_000
"""Bytes of a sticker that does not move."""


def fault(type: MessageType, mime_type: str | None, size: int | None) -> str | None:
    """Why WhatsApp would not take a file as such a message, in words; what is not known is not held against it."""
    types, most, words = _TAKEN[type]
    wrong = bool(types) and mime_type is not None and _bare(mime_type) not in types
    if wrong or (size is not None and size > most):
        return f"WhatsApp takes as {type.value}: {words}."
    return None


def type_of(mime_type: str, size: int | None) -> MessageType:
    """What a file is sent as where nobody says."""
    showing = (MessageType.IMAGE, MessageType.VIDEO, MessageType.AUDIO, MessageType.STICKER)
    return next((type for type in showing if fault(type, mime_type, size) is None), MessageType.DOCUMENT)


def is_animated(file: BinaryIO) -> bool:
    """Whether a WebP moves: bit 1 of the flags of its VP8X header (RFC 9649, 2.7)."""
    head = file.read(21)
    return len(head) == 21 and head[12:16] == b"VP8X" and bool(head[20] & 2)


def _bare(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip().lower()
