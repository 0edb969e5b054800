"""What an error asks for beyond its message: of the contact, the campaign, the sender and its account.

Rows are locked as everywhere: contacts, messages, schedules, campaigns, templates, senders.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from asyncpg import Record

from db.campaigns import hold
from db.campaigns.telling import tell
from db.contacts import ConsentSource, OptInStatus, lock_same
from db.core import connect
from db.events import EventType, record
from db.schedules.hold import hold_by_hand
from db.senders import SenderStatus
from db.templates import TemplateCategory
from domain.contacts import say
from domain.providers.reactions import ProviderError, Reaction
from domain.senders import faults
from domain.templates.approval import apply_status

Errors = Mapping[int, ProviderError]
"""Why messages were refused or failed, by their ids."""

REPEATS = 2
"""Messages in a row that WhatsApp cannot deliver to a number until it is taken for one that is not on WhatsApp: people
who can be reached get that error too."""
NOT_ON_WHATSAPP, PAUSED, DISABLED = 131026, 132015, 132016

_SUSPECT = f"""
UPDATE contact_phone p SET on_whatsapp = false
FROM (SELECT DISTINCT contact_id, address FROM message WHERE id = ANY($1)) AS f
WHERE p.contact_id = f.contact_id AND p.phone_number = f.address AND p.on_whatsapp IS DISTINCT FROM false
  AND (SELECT count(*) FILTER (WHERE last.provider_error_code = {NOT_ON_WHATSAPP}) FROM (
         SELECT m.provider_error_code FROM message m WHERE m.contact_id = f.contact_id AND m.address = f.address
           AND (m.state IN ('DELIVERED', 'READ', 'RECEIVED')
                OR m.state = 'FAILED' AND m.provider_error_code = {NOT_ON_WHATSAPP})
         ORDER BY m.id DESC LIMIT {REPEATS}) AS last) = {REPEATS}
"""

# Whatever is on its way is left alone: waiting for its row here might be waiting in a circle.
_DELAY = """
WITH others AS MATERIALIZED (
  SELECT m.id, refused.due_at FROM message refused
  JOIN message m ON m.contact_id = refused.contact_id AND m.sender_id = refused.sender_id
  WHERE refused.id = ANY($1) AND m.state = 'QUEUED' AND m.due_at < refused.due_at
  ORDER BY m.id FOR UPDATE OF m SKIP LOCKED
)
UPDATE message m SET due_at = others.due_at, updated_at = now() FROM others WHERE m.id = others.id
"""

# A window that the contact has opened anew since then stays open.
_CLOSE = """
WITH closed AS MATERIALIZED (
  SELECT v.id FROM message m
  JOIN conversation v ON v.sender_id = m.sender_id AND v.contact_id = m.contact_id AND v.deleted_at IS NULL
  WHERE m.id = ANY($1) AND v.window_expires_at > now() AND NOT EXISTS (
    SELECT FROM message heard
    WHERE heard.sender_id = m.sender_id AND heard.contact_id = m.contact_id AND heard.direction = 'INBOUND'
      AND heard.id > m.id)
  ORDER BY v.id FOR UPDATE OF v SKIP LOCKED
)
UPDATE conversation v SET window_expires_at = now(), updated_at = now() FROM closed WHERE v.id = closed.id
RETURNING v.id, v.sender_id, v.contact_id
"""

_TEMPLATES = """
SELECT DISTINCT t.id, t.approval_id FROM message m JOIN message_template t ON t.id = m.template_id
WHERE m.id = ANY($1) ORDER BY t.id
"""

_ADDRESSES = """
SELECT DISTINCT sender_id, address FROM message WHERE id = ANY($1) AND address IS NOT NULL
"""

_FORGET_UPLOADS = """
DELETE FROM provider_media held USING message m LEFT JOIN message_template t ON t.id = m.template_id
WHERE m.id = ANY($1) AND held.sender_id = m.sender_id
  AND held.file_id IN (m.media_id, (m.details -> 'header' ->> 'media_id')::bigint, (t.header ->> 'media_id')::bigint)
"""


async def lock_contacts(errors: Errors) -> set[int]:
    """Locks the contacts who decline marketing by these errors, before the messages themselves; answers them.

    All who seem to be the same person too, whom that reaches: whoever locks one locks all, in one order. One who is
    merged meanwhile is the one who stays.
    """
    sql = "SELECT DISTINCT contact_id FROM message WHERE id = ANY($1)"
    declining = _of(errors, Reaction.OPT_OUT)
    people, locked = set[int](), set[int]()
    while declining and (found := {row["contact_id"] for row in await connect.rows(sql, declining)}) != people:
        people, locked = found, set(await lock_same(sorted(found)))
    return locked


async def react(moved: Iterable[Record], errors: Errors, contacts: Collection[int], *, by_webhook: bool) -> None:
    """Does what the errors of messages that moved for them ask for, inside the caller's transaction."""
    if not errors:
        return
    rows = {row["id"]: row for row in moved if row["id"] in errors and row["state"] in ("FAILED", "QUEUED")}
    told = {id: errors[id] for id in sorted(rows)}
    # To hear of it again says nothing new; and who is gone has nothing to decline.
    declining = sorted({rows[id]["contact_id"] for id in _of(told, Reaction.OPT_OUT)} & set(contacts))
    if declining:
        await say(declining, TemplateCategory.MARKETING, OptInStatus.OPTED_OUT, ConsentSource.WHATSAPP)
    if suspects := _of(told, Reaction.SUSPECT):
        await connect.execute(_SUSPECT, suspects)
    if crowding := _of(told, Reaction.DELAY_CONTACT):
        await connect.execute(_DELAY, crowding)
    if late := _of(told, Reaction.CLOSE_WINDOW):
        for row in await connect.rows(_CLOSE, late):
            told_of = {"sender_id": row["sender_id"], "contact_id": row["contact_id"]}
            record(EventType.CONVERSATION_UPDATED, "Conversation", row["id"], **told_of)
    if broken := _of(told, Reaction.UPLOAD_ANEW):
        await connect.execute(_FORGET_UPLOADS, broken)
    if campaigns := _of(told, Reaction.PAUSE_CAMPAIGN, Reaction.STOP_CAMPAIGN):
        await _pause_campaigns(told, campaigns, by_webhook=by_webhook)
    shut = _of(told, Reaction.CLOSE_COUNTRY)
    addresses = await connect.rows(_ADDRESSES, shut) if shut else []
    for (sender_id, _), fault in sorted(
        {(rows[id]["sender_id"], error.reaction.value): error for id, error in told.items()}.items()
    ):
        await _mind(sender_id, fault, [row["address"] for row in addresses if row["sender_id"] == sender_id])


def _of(errors: Errors, *reactions: Reaction) -> list[int]:
    return [id for id, error in errors.items() if error.reaction in reactions]


async def _pause_campaigns(told: Errors, ids: Sequence[int], *, by_webhook: bool) -> None:
    """Holds what is being sent of the templates, until a person says so.

    Of a template that WhatsApp refuses as paused or disabled that is news, and what is held for it goes on when it is
    approved again. By webhook 132015 may mean that this message alone was paced out.
    """
    for code in sorted({told[id].provider_code or 0 for id in ids}):
        of_code = [id for id in ids if told[id].provider_code == code]
        reason = told[of_code[0]].message
        for template in await connect.rows(_TEMPLATES, of_code):
            if code == DISABLED or (code == PAUSED and not by_webhook):
                event = "DISABLED" if code == DISABLED else "PAUSED"
                await apply_status(event, approval_id=template["approval_id"], reason=reason)
            else:
                words = f"WhatsApp says {code}: {reason}"
                await hold_by_hand(template["id"], words)
                held = await hold.hold_by_hand(template["id"], words)
                await tell(
                    EventType.CAMPAIGN_STATUS_CHANGED, [row["id"] for row in held if row["was"] != row["status"]]
                )


async def _mind(sender_id: int, fault: ProviderError, addresses: Iterable[str]) -> None:
    """What a fault does to its sender; addresses: those in countries that are closed to it."""
    match fault.reaction:
        case Reaction.EXPIRE_SENDER:
            await faults.halt(sender_id, fault, SenderStatus.EXPIRED)
        case Reaction.PAUSE_SENDER:
            await faults.halt(sender_id, fault, SenderStatus.FAILED)
        case Reaction.PAUSE_ACCOUNT:
            await faults.halt(sender_id, fault, SenderStatus.FAILED, account=True)
        case Reaction.REST_SENDER:
            await faults.rest(sender_id, fault, fault.seconds or 3600)
        case Reaction.SLOW | Reaction.SLOW_ACCOUNT:
            reason = f"WhatsApp answered {fault.provider_code} at {datetime.now(UTC):%H:%M} UTC"
            await faults.slow(sender_id, fault, reason, account=fault.reaction is Reaction.SLOW_ACCOUNT)
        case Reaction.CLOSE_COUNTRY:
            await faults.close_countries(sender_id, fault, addresses)
        case Reaction.CALL_OPERATOR:
            # Once: what is in flight already meets the same.
            await faults.note_once(sender_id, fault)
        case _:
            return
