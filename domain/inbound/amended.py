"""What happens to messages afterwards: replies and reactions to them, edits, and deletions for everyone.

All of it is kept first, and applied when the message that it speaks of is there, in whatever order they come.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import structlog
from asyncpg import Record

from db.core import connect
from db.events import EventType, record
from db.messages import erased_name, ids_of_provider_ids
from domain.core.phone import aliases
from domain.inbound.envelope import Amended, Number, Person

log = structlog.get_logger()

_WAIT = """
INSERT INTO waiting_amendment (sender_id, target, kind, at, echo, message_id, author, content, details)
SELECT DISTINCT w.* FROM json_to_recordset($1::json) AS w(
  sender_id bigint, target text, kind text, at timestamptz, echo bool, message_id bigint, author text[],
  content text, details jsonb)
WHERE NOT EXISTS (
  SELECT FROM waiting_amendment known WHERE known.target = w.target AND known.sender_id = w.sender_id
    AND known.kind = w.kind AND known.at = w.at AND known.message_id IS NOT DISTINCT FROM w.message_id
    AND known.author IS NOT DISTINCT FROM w.author AND known.content IS NOT DISTINCT FROM w.content)
"""

# Whoever changes what stands under a message holds it, so that two reactions to it do not miss each other. The id of a
# message gives no right to it: who writes of one is of the same chat, and changes none but their own.
_DUE = """
WITH due AS MATERIALIZED (
  SELECT w.id AS waiting_id, m.id, m.direction, m.contact_id, m.address FROM waiting_amendment w
  JOIN message m ON m.provider_message_id = w.target AND m.sender_id = w.sender_id
  WHERE $1::text[] IS NULL OR w.target = ANY($1)
  ORDER BY m.id FOR UPDATE OF m
), taken AS (
  DELETE FROM waiting_amendment w USING due WHERE w.id = due.waiting_id
  RETURNING w.kind, w.at, w.echo, w.message_id, w.author, w.content, w.details,
            due.id, due.direction, due.contact_id, due.address
)
SELECT taken.*, CASE
  WHEN kind = 'LINK' THEN EXISTS (
    SELECT FROM message teller WHERE teller.id = taken.message_id AND teller.contact_id = taken.contact_id)
  WHEN echo OR author IS NULL THEN echo = (direction = 'OUTBOUND')
  ELSE direction = 'INBOUND' AND (address = ANY(author) OR EXISTS (
    SELECT FROM contact_identity i WHERE i.contact_id = taken.contact_id AND i.type <> 'USERNAME'
      AND CASE i.type WHEN 'WA_ID' THEN '+' || i.value ELSE i.value END = ANY(author)))
  END AS rightful
FROM taken
"""

_LINK = """
UPDATE message m SET reply_to_id = l.target_id FROM unnest($1::bigint[], $2::bigint[]) AS l(id, target_id)
WHERE m.id = l.id RETURNING m.type, m.reply_to_id
"""

# One standing reaction of each person: the newest, which may be that it is taken back.
_SUPERSEDE = """
UPDATE message m SET content = NULL, updated_at = now() FROM message newer
WHERE m.reply_to_id = ANY($1) AND m.type = 'REACTION' AND m.content IS NOT NULL
  AND newer.reply_to_id = m.reply_to_id AND newer.type = 'REACTION' AND newer.direction = m.direction
  AND newer.contact_id = m.contact_id AND newer.state NOT IN ('FAILED', 'CANCELLED')
  AND (newer.created_at, newer.id) > (m.created_at, m.id)
"""

_EDIT = """
UPDATE message m SET content = e.content, details = coalesce(e.details, m.details), edited_at = e.at, updated_at = now()
FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::jsonb[]) AS e(id, at, content, details)
WHERE m.id = e.id
  AND (m.edited_at IS NULL OR (m.edited_at, coalesce(m.content, '')) < (e.at, coalesce(e.content, '')))
RETURNING m.id
"""

_REVOKE = """
UPDATE message m SET revoked_at = r.at, updated_at = now()
FROM unnest($1::bigint[], $2::timestamptz[]) AS r(id, at) WHERE m.id = r.id AND m.revoked_at IS NULL RETURNING m.id
"""

_OF = "SELECT id, sender_id, contact_id, schedule_id FROM message WHERE id = ANY($1) ORDER BY id"


async def amend(amendments: Sequence[Amended], senders: Mapping[Number, int]) -> None:
    """Edits and deletes messages for everyone, as soon as they are there; not those of people who were erased."""
    gone = await ids_of_provider_ids([erased_name(each.provider_message_id) for each in amendments])
    await _wait(
        [
            {
                "sender_id": senders[amended.number],
                "target": amended.provider_message_id,
                "kind": "REVOKE" if amended.said is None else "EDIT",
                "at": amended.at,
                "echo": amended.author is None,
                "author": None if amended.author is None else _names(amended.author),
                "content": amended.said and amended.said.content,
                "details": amended.said and amended.said.details,
            }
            for amended in amendments
            if amended.number in senders and erased_name(amended.provider_message_id) not in gone
        ]
    )


def _names(author: Person) -> list[str]:
    """What a person is called, in any spelling."""
    phone = f"+{author.wa_id}" if author.wa_id else None
    return sorted({name for name in (phone, *aliases(phone or ""), author.bsuid, author.lid) if name})


async def chats_of(amendments: Sequence[Amended]) -> list[int]:
    """The contacts in whose chats the messages stand that are meant."""
    targets = [amended.provider_message_id for amended in amendments]
    sql = "SELECT DISTINCT contact_id FROM message WHERE provider_message_id = ANY($1)"
    return [row["contact_id"] for row in await connect.rows(sql, targets)] if targets else []


async def link(replies: Sequence[tuple[int, int, str, datetime]]) -> None:
    """Lets messages name those that they reply or react to: (id, sender, WhatsApp's id of the other, when)."""
    await _wait(
        [
            {"sender_id": sender_id, "target": target, "kind": "LINK", "at": at, "echo": False, "message_id": id}
            for id, sender_id, target, at in replies
        ]
    )


async def _wait(waiting: list[dict[str, Any]]) -> None:
    if waiting:
        await connect.execute(_WAIT, orjson.dumps(waiting).decode())


async def apply_due(targets: Sequence[str] | None = None) -> None:
    """Applies what waits for messages that are there (of these of WhatsApp's ids), inside the caller's transaction."""
    if targets is not None and not targets:
        return
    due = [row for row in await connect.rows(_DUE, None if targets is None else list(targets)) if row["rightful"]]
    changed = await _linked([row for row in due if row["kind"] == "LINK"])
    changed |= await _edited([row for row in due if row["kind"] == "EDIT"])
    changed |= await _revoked([row for row in due if row["kind"] == "REVOKE"])
    for row in await connect.rows(_OF, sorted(changed)) if changed else []:
        record(
            EventType.MESSAGE_UPDATED,
            "Message",
            row["id"],
            sender_id=row["sender_id"],
            contact_id=row["contact_id"],
            schedule_id=row["schedule_id"],
            message_id=row["id"],
        )


async def _linked(due: Sequence[Record]) -> set[int]:
    """Answers the messages that were reacted to."""
    if not due:
        return set()
    linked = await connect.rows(_LINK, [row["message_id"] for row in due], [row["id"] for row in due])
    reacted_to = {row["reply_to_id"] for row in linked if row["type"] == "REACTION"}
    if reacted_to:
        await connect.execute(_SUPERSEDE, sorted(reacted_to))
    return reacted_to


async def _edited(due: Sequence[Record]) -> set[int]:
    """The newest edit of each message holds; of one second, whatever the order they come in, the same one."""
    newest = {row["id"]: row for row in sorted(due, key=lambda row: (row["at"], row["content"] or ""))}
    if not newest:
        return set()
    edits = [(id, row["at"], row["content"], row["details"]) for id, row in sorted(newest.items())]
    return {row["id"] for row in await connect.rows(_EDIT, *map(list, zip(*edits, strict=True)))}


async def _revoked(due: Sequence[Record]) -> set[int]:
    first = {row["id"]: row["at"] for row in sorted(due, key=lambda row: row["at"], reverse=True)}
    if not first:
        return set()
    return {row["id"] for row in await connect.rows(_REVOKE, list(first), list(first.values()))}
