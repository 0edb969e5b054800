"""Stored messages as they leave: what is said, by its type."""

from typing import Any, Literal, cast

import orjson
from asyncpg import Record

from db.messages import MessageType
from domain.providers.base import Cards, Content, Emoji, Interactive, Media, Place, Text

_FILES = (
    MessageType.IMAGE,
    MessageType.VIDEO,
    MessageType.AUDIO,
    MessageType.VOICE,
    MessageType.DOCUMENT,
    MessageType.STICKER,
)


def content_of(row: Record, target: str | None) -> Content | None:
    """The content of a claimed message, target being the provider's id of what it reacts to; None where that lacks."""
    details: dict[str, Any] = orjson.loads(row["details"] or "{}")
    match MessageType(row["type"]):
        case kind if kind in _FILES:
            return Media(_kind(kind), file_id=row["media_id"], caption=row["content"])
        case MessageType.INTERACTIVE:
            header: dict[str, Any] = details.get("header") or {}
            held = header.get("media_id") is not None
            media = Media(_kind(header["format"]), file_id=header["media_id"]) if held else None
            return Interactive(row["content"], cast(Any, details), media)
        case MessageType.LOCATION:
            return Place(cast(Any, details))
        case MessageType.CONTACTS:
            return Cards(details["cards"])
        case MessageType.REACTION:
            return Emoji(target, row["content"]) if target is not None else None
        case _:
            return Text(row["content"] or "")


def _kind(word: str) -> Literal["IMAGE", "VIDEO", "AUDIO", "VOICE", "DOCUMENT", "STICKER"]:
    return cast(Any, str(word))
