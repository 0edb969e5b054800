"""Messages that come in, and those that people of ours wrote in the phone's app: kept once each, by WhatsApp's id."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

import orjson
import structlog
from asyncpg import Record

from db.campaigns import replies
from db.core import connect
from db.events import EventType, record
from db.messages import MessageType, erased_name, ids_of_provider_ids
from domain import conversations, files
from domain.conversations import Heard, Spoken
from domain.core import traffic
from domain.files import Received
from domain.inbound.amended import link
from domain.inbound.consent import Kept
from domain.inbound.envelope import Number, Told, Written
from domain.inbound.identify import remember
from domain.messages.receipts import Status

log = structlog.get_logger()

_KEEP = """
INSERT INTO message (sender_id, contact_id, type, address, content, details, media_id, referral, metadata,
                     provider_message_id, created_at, error_code, error_message, provider_error_code,
                     direction, author, state, attempts, sent_at, purpose, priority)
SELECT m.sender_id, m.contact_id, m.type, m.address, m.content, m.details, m.media_id, m.referral, m.metadata,
       m.provider_message_id, m.at, m.error_code, m.error_message, m.provider_error_code, way.*, 'UTILITY', 2
FROM json_to_recordset($1::json) AS m(
  sender_id bigint, contact_id bigint, type text, address text, content text, details jsonb, media_id bigint,
  referral jsonb, metadata jsonb, provider_message_id text, at timestamptz, error_code text, error_message text,
  provider_error_code int, echo bool
), LATERAL (SELECT CASE WHEN echo THEN 'OUTBOUND' ELSE 'INBOUND' END, CASE WHEN echo THEN 'OPERATOR' ELSE 'CONTACT' END,
                   CASE WHEN echo THEN 'SENT' ELSE 'RECEIVED' END, echo::int, CASE WHEN echo THEN at END) AS way
ON CONFLICT (provider_message_id) WHERE provider_message_id IS NOT NULL DO NOTHING
RETURNING id, sender_id, contact_id, provider_message_id, created_at
"""

_READDRESS = """
UPDATE conversation c SET address = m.new, updated_at = now()
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS m(contact_id, old, new)
WHERE c.contact_id = m.contact_id AND c.address = m.old AND c.deleted_at IS NULL
"""

_UNNAMED = {
    MessageType.IMAGE: "Image",
    MessageType.VIDEO: "Video",
    MessageType.DOCUMENT: "Document",
    MessageType.STICKER: "Sticker",
    MessageType.AUDIO: "Audio",
    MessageType.VOICE: "Voice message",
}
"""What stands for a file that did not come with the message."""


async def sift(messages: Sequence[Written], senders: Mapping[Number, int]) -> tuple[list[Written], list[Told]]:
    """Messages that are new, each once, and statuses that the others are; one to a number of nobody is only logged.

    What was said before its person was erased is not new, whoever posts it once more.

    Some engines of WAHA do not say of a message of ours that it was sent through the API: that it is heard of at all
    says that it has left.
    """
    if not messages:
        return [], []
    ids = [message.provider_message_id for message in messages]
    seen = await ids_of_provider_ids([*ids, *map(erased_name, ids)])
    fresh = {
        message.provider_message_id: message
        for message in messages
        if seen.keys().isdisjoint((message.provider_message_id, erased_name(message.provider_message_id)))
    }
    came, new = (sum(not message.echo for message in those) for those in (messages, fresh.values()))
    traffic.tally["deduplicated"] += came - new
    for message in fresh.values():
        if message.number not in senders:
            log.warning("inbound_for_unknown_number", number=str(message.number))
    left = [
        Told(message.number, Status(message.provider_message_id, "sent", message.at))
        for message in messages
        if message.echo and message.provider_message_id in seen and message.number in senders
    ]
    return [message for message in fresh.values() if message.number in senders], left


async def keep(written: Sequence[tuple[Written, int]], senders: Mapping[Number, int]) -> list[Kept]:
    """Keeps messages, each with its contact; answers those that are new."""
    if not written:
        return []
    await remember((id, message.moved_to) for message, id in written if message.moved_to is not None)
    files_of = await _files([message for message, _ in written], senders)
    rows = [
        _row(message, senders[message.number], contact_id, file_id)
        for (message, contact_id), file_id in zip(written, files_of, strict=True)
    ]
    new = {row["provider_message_id"]: row for row in await connect.rows(_KEEP, orjson.dumps(rows).decode())}
    kept = [(m, new[m.provider_message_id]) for m, _ in written if m.provider_message_id in new]
    traffic.tally["received"] += sum(not m.echo for m, _ in kept)
    await link([(row["id"], row["sender_id"], m.reply_to, m.at) for m, row in kept if m.reply_to is not None])
    return kept


async def announce(kept: Sequence[Kept], words: Set[int]) -> None:
    """Tells of messages that were kept, and moves their conversations; those that are words alone want no answer."""
    for message, row in kept:
        _tell(message, row)
    said = [(message, row) for message, row in kept if message.said.type is not MessageType.SYSTEM]
    await replies.attribute([row["id"] for message, row in said if not message.echo])
    # What people of ours have answered by now is answered: the bot has to hear of that first.
    await conversations.spoke([_spoken(message, row) for message, row in said if message.echo])
    await conversations.heard([_heard(message, row, words) for message, row in said if not message.echo])
    await _readdress(kept)


async def _files(messages: Sequence[Written], senders: Mapping[Number, int]) -> list[int | None]:
    """The file that comes with each, which is fetched later."""
    announced = {
        place: Received(senders[m.number], held, media.filename, media.mime_type, media.sha256, media.size)
        for place, m in enumerate(messages)
        if (media := m.said.media) is not None and (held := media.id or media.url) is not None
    }
    ids = dict(zip(announced, await files.receive(list(announced.values())), strict=True))
    return [ids.get(place) for place in range(len(messages))]


def _row(message: Written, sender_id: int, contact_id: int, file_id: int | None) -> dict[str, Any]:
    said, error = message.said, message.said.error
    return {
        "sender_id": sender_id,
        "contact_id": contact_id,
        "type": said.type,
        "address": message.person.address,
        "content": said.content or _UNNAMED.get(said.type),
        "details": said.details,
        "media_id": file_id,
        "referral": message.referral,
        "metadata": message.metadata,
        "provider_message_id": message.provider_message_id,
        "at": message.at,
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        "provider_error_code": error.provider_code if error else None,
        "echo": message.echo,
    }


def _reacts(message: Written) -> bool:
    return message.said.type is MessageType.REACTION


def _heard(message: Written, row: Record, words: Set[int]) -> Heard:
    return Heard(
        message_id=row["id"],
        sender_id=row["sender_id"],
        contact_id=row["contact_id"],
        address=message.person.address,
        at=message.at,
        from_ad=message.referral is not None,
        quiet=_reacts(message),
        asks=message.said.type is not MessageType.UNSUPPORTED and row["id"] not in words,
    )


def _spoken(message: Written, row: Record) -> Spoken:
    return Spoken(
        message_id=row["id"],
        sender_id=row["sender_id"],
        contact_id=row["contact_id"],
        address=message.person.address,
        at=message.at,
        quiet=_reacts(message),
    )


async def _readdress(kept: Sequence[Kept]) -> None:
    """Answers go to where one has moved who changed numbers; the old one belongs to nobody, or soon to another."""
    moved = [(row["contact_id"], m.person.address, m.moved_to.address) for m, row in kept if m.moved_to is not None]
    if moved:
        await connect.execute(_READDRESS, *map(list, zip(*moved, strict=True)))


def _tell(message: Written, row: Record) -> None:
    """A reaction is no message of its own to whoever looks on: it is told of with the message that it is to."""
    if not _reacts(message):
        record(
            EventType.MESSAGE_SENT if message.echo else EventType.MESSAGE_RECEIVED,
            "Message",
            row["id"],
            sender_id=row["sender_id"],
            contact_id=row["contact_id"],
            message_id=row["id"],
        )
