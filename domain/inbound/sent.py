"""Our own messages, heard of from WAHA before it has answered their send: it names them, and not whose they are.

Taken for a person's they would stand twice, end what the bot was about, and be sent again where their answer is lost:
what a look-up finds would be another's.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson
from asyncpg import Record

from db.core import connect
from db.messages import MessageType
from domain.inbound.envelope import Number, Told, Written
from domain.messages import callback
from domain.messages.outgoing import content_of
from domain.messages.receipts import Status
from domain.providers.waha_bodies import rendered, words_of

_SKEW = timedelta(seconds=10)
"""By which WAHA's clock may differ from ours; it gives whole seconds."""
_WITHOUT_WORDS = (MessageType.LOCATION, MessageType.CONTACTS)
_IN_WORDS = (MessageType.INTERACTIVE, MessageType.TEMPLATE)
"""What WAHA sends as text, or with the file of its header."""

_NAMELESS = """
SELECT id, attempt_id, sender_id, contact_id, type, content, details, media_id, created_at FROM message
WHERE contact_id = ANY($1) AND sender_id = ANY($2) AND direction = 'OUTBOUND' AND provider_message_id IS NULL
  AND attempts > 0 AND attempt_id IS NOT NULL AND type <> 'REACTION'
  AND state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED')
ORDER BY id
"""

Addressed = tuple[Written, int]
"""A message, and its contact."""


async def recognise(written: Sequence[Addressed], senders: Mapping[Number, int]) -> tuple[list[Addressed], list[Told]]:
    """Of messages those that are others', and of those that are ours that they have left."""
    echoes = [(message, id) for message, id in written if message.echo and message.number.session is not None]
    if not echoes:
        return list(written), []
    nameless = await connect.rows(
        _NAMELESS, [id for _, id in echoes], list({senders[message.number] for message, _ in echoes})
    )
    left: dict[str, Told] = {}
    for message, contact_id in echoes:
        pair = (senders[message.number], contact_id)
        row = next((r for r in nameless if (r["sender_id"], r["contact_id"]) == pair and _is_like(message, r)), None)
        if row is not None:
            nameless.remove(row)
            mark = callback.write(row["id"], row["attempt_id"])
            name = message.provider_message_id
            left[name] = Told(message.number, Status(name, "sent", message.at, callback=mark))
    return [each for each in written if each[0].provider_message_id not in left], list(left.values())


def _is_like(echo: Written, row: Record) -> bool:
    """Whether an echo says what a message of ours does, and not before there was one."""
    if echo.at < row["created_at"] - _SKEW:
        return False
    kind = MessageType(row["type"])
    if kind in _WITHOUT_WORDS or echo.said.type in _WITHOUT_WORDS:
        return kind is echo.said.type
    if kind not in _IN_WORDS and (kind is MessageType.TEXT) is not (echo.said.type is MessageType.TEXT):
        return False
    if kind is MessageType.TEMPLATE:
        words = rendered(row["content"] or "", orjson.loads(row["details"] or "null"))
    else:
        content = content_of(row, None)
        words = "" if content is None else words_of(content)
    return (echo.said.content or "") == words.strip()
