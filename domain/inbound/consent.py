"""What people say of our marketing: to WhatsApp, or to us with a word such as STOP or START.

The caption of a file is its whole text, so that STOP under a picture stops; START there agrees to nothing, since it may
tell of the picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from asyncpg import Record

from db.contacts import ConsentSource, Contact, OptInStatus
from db.messages import MessageAuthor, MessageType
from db.templates import TemplateCategory
from domain import settings
from domain.contacts import say
from domain.contacts.keywords import wants
from domain.conversations import WINDOW
from domain.inbound.envelope import Preference, Written
from domain.messages.content import Draft
from domain.messages.queueing import queue

Kept = tuple[Written, Record]
"""A message, and its row: id, sender_id, contact_id."""

_SAYING = (MessageType.TEXT, MessageType.INTERACTIVE_REPLY)
_CAPTIONED = (MessageType.IMAGE, MessageType.VIDEO, MessageType.DOCUMENT)


@dataclass(frozen=True, slots=True)
class _Choice:
    wanted: bool
    at: datetime | None
    contact_id: int
    said: Kept | None = None
    """The message that says so; None where WhatsApp was told."""


async def heed(kept: Iterable[Kept], preferences: Iterable[tuple[int, Preference]]) -> set[int]:
    """Changes what people agree to, by the newest of their words, and confirms it to them where settings say how.

    Their contacts are locked by now; see contacts_of. Answers messages that are such words, and ask for nothing else.
    """
    consent = (await settings.current()).consent
    choices = [
        _Choice(wanted, message.at, row["contact_id"], (message, row))
        for message, row in kept
        if not message.echo and message.said.type in (*_SAYING, *_CAPTIONED)
        if (wanted := wants(message.said.content, consent.stop_words, consent.start_words)) is not None
        if message.said.type in _SAYING or not wanted
    ]
    choices += [_Choice(preference.wanted, preference.at, id) for id, preference in preferences]
    now = datetime.now(UTC)
    for choice in sorted(choices, key=lambda choice: choice.at or now):
        has_changed = await _change(choice)
        text = consent.opt_in_reply if choice.wanted else consent.opt_out_reply
        if has_changed and text and choice.said is not None and choice.said[0].at + WINDOW > now:
            await _reply(*choice.said, text)
    return {choice.said[1]["id"] for choice in choices if choice.said is not None}


async def _reply(message: Written, row: Record, text: str) -> None:
    """Queues a confirmation, once for each message."""
    await queue(
        Draft(MessageType.TEXT, text),
        sender_id=row["sender_id"],
        contact_id=row["contact_id"],
        address=message.person.address,
        author=MessageAuthor.SYSTEM,
        purpose=TemplateCategory.UTILITY,
        reply_to_id=row["id"],
        correlation_id=f"consent {message.provider_message_id}"[:255],
    )


async def _change(choice: _Choice) -> bool:
    """Whether somebody agrees now, or declines, who did not before."""
    status = OptInStatus.OPTED_IN if choice.wanted else OptInStatus.OPTED_OUT
    before = await Contact.get(id=choice.contact_id)
    source = ConsentSource.WHATSAPP if choice.said is None else ConsentSource.KEYWORD
    # A refusal that does not say when is entered beside an older one, which an agreement of after that would undo.
    words = choice.said[0].said.content if choice.said else None if choice.at else "WhatsApp did not say when."
    await say([before.id], TemplateCategory.MARKETING, status, source, proof=words, at=choice.at)
    after = await Contact.get(id=choice.contact_id)
    return before.opt_in_status is not status and after.opt_in_status is status
