"""What a post changes: statuses of our messages, messages of others, templates, and what we know of senders."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from db.core import connect
from db.core.transaction import transaction
from domain import conversations
from domain.conversations import Typing
from domain.inbound import amended, consent, received, sent
from domain.inbound.envelope import Envelope, News, Number, Told, Typed
from domain.inbound.identify import contacts_of
from domain.inbound.wire import word
from domain.messages import callback
from domain.messages.receipts import Status, declining, settle_statuses
from domain.providers.reactions import ProviderError, of_code
from domain.senders import health, hear
from domain.templates.approval import apply_category, apply_quality, apply_status, told_reason

_TYPING = timedelta(seconds=25)
"""How long somebody may be shown to type, who does not say that they have stopped."""

_ACTIVE = """
UPDATE sender SET last_active_at = now(), status_watermark = greatest(status_watermark, a.told),
  unheard_since = CASE WHEN a.told IS NULL THEN unheard_since END
FROM (SELECT * FROM unnest($1::bigint[], $2::timestamptz[]) AS a(id, told) ORDER BY id) AS a WHERE sender.id = a.id
"""

_WAIT = """
INSERT INTO waiting_status (provider_message_id, status, status_at, error)
SELECT DISTINCT ON (w.id, w.status) w.*
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[]) AS w(id, status, at, error)
WHERE NOT EXISTS (
  SELECT FROM waiting_status known WHERE known.provider_message_id = w.id AND known.status = w.status)
ORDER BY w.id, w.status, w.at
"""


async def apply(envelope: Envelope) -> None:
    """Makes all of it so, inside the caller's transaction, however often it is told."""
    named = (*envelope.messages, *envelope.amendments, *envelope.statuses, *envelope.typing)
    senders = await _senders([each.number for each in named])
    # WhatsApp tells us of other numbers of an account as well; what carries our mark is ours all the same.
    statuses = [told for told in envelope.statuses if told.number in senders or callback.read(told.status.callback)]
    fresh, heard_of = await received.sift(envelope.messages, senders)
    # Whoever else's messages are changed is locked with them: a merge holds both contacts, and all their messages.
    others = [*await declining([told.status for told in statuses]), *await amended.chats_of(envelope.amendments)]
    people = [*(each.person for each in fresh), *(each.person for each in envelope.preferences)]
    ids = iter(await contacts_of(people, others))
    written = [(message, next(ids)) for message in fresh]
    chosen = [(next(ids), preference) for preference in envelope.preferences]
    written, left = await sent.recognise(written, senders)
    kept = await received.keep(written, senders)
    words = await consent.heed(kept, chosen)
    await received.announce(kept, words)
    await amended.amend(envelope.amendments, senders)
    await amended.apply_due(
        [
            *(
                target
                for message in envelope.messages
                for target in (message.provider_message_id, message.reply_to)
                if target
            ),
            *(amendment.provider_message_id for amendment in envelope.amendments),
        ]
    )
    await _settle([*statuses, *heard_of, *left])
    for news in envelope.news:
        await _hear(news)
    await _hear_typing(envelope.typing, senders)
    await _note_activity(envelope, senders)
    # Last, as wherever a sender is changed with its messages.
    await hear(envelope.sessions)


async def _senders(numbers: Sequence[Number]) -> dict[Number, int]:
    """Which sender each number is: by WhatsApp's id, by session, by digits; the default where none is named."""
    if not numbers:
        return {}
    found = await connect.rows(
        "SELECT id, phone_number_id, phone_number, session_name, is_default FROM sender WHERE deleted_at IS NULL"
        " AND (phone_number_id = ANY($1) OR phone_number = ANY($2) OR session_name = ANY($3) OR is_default)",
        list({number.phone_number_id for number in numbers if number.phone_number_id}),
        list({f"+{number.digits}" for number in numbers if number.digits}),
        list({number.session for number in numbers if number.session}),
    )
    ids = {
        (name, row[name]): row["id"] for row in found for name in ("phone_number_id", "phone_number", "session_name")
    }
    default = next((row["id"] for row in found if row["is_default"]), None)
    known: dict[Number, int] = {}
    for number in numbers:
        names = (
            ("phone_number_id", number.phone_number_id),
            ("session_name", number.session),
            ("phone_number", f"+{number.digits}"),
        )
        sender_id = next((ids[name] for name in names if name[1] is not None and name in ids), None)
        if sender_id is None and number == Number():
            sender_id = default
        if sender_id is not None:
            known[number] = sender_id
    return known


async def _hear(news: News) -> None:
    """What WhatsApp decided about a template or a number; of one that is none of ours there is nothing to keep."""
    value = news.value
    approval_id = word(value.get("message_template_id"), 64)
    match news.field:
        case "message_template_status_update":
            await apply_status(
                word(value.get("event"), 64) or "UNKNOWN",
                approval_id=approval_id,
                name=word(value.get("message_template_name"), 512),
                language=word(value.get("message_template_language"), 16),
                business_account_id=news.business_account_id,
                reason=word(told_reason(value), 1024),
                category=word(value.get("message_template_category"), 64),
                at=news.at,
            )
        case "message_template_quality_update":
            score = word(value.get("new_quality_score"), 64) or "UNKNOWN"
            await apply_quality(score, approval_id=approval_id, at=news.at)
        case "template_category_update":
            await apply_category(word(value.get("new_category"), 64) or "", approval_id=approval_id, at=news.at)
        case field:
            await health.hear(field, news.business_account_id, value, news.at)


async def _hear_typing(typing: Sequence[Typed], senders: Mapping[Number, int]) -> None:
    """Of some while ago there is nothing to tell."""
    since = datetime.now(UTC) - _TYPING
    await conversations.typed(
        [
            Typing(senders[each.number], each.person.lid or each.person.wa_id or "", each.typing)
            for each in typing
            if each.number in senders and each.at > since
        ]
    )


async def _settle(statuses: Sequence[Told]) -> None:
    """Statuses whose message is not known yet wait for it; one with a callback would be known, were it ours."""
    told_of = {told.status for told in statuses}
    unknown = await settle_statuses(sorted(told_of, key=lambda status: status.at)) if statuses else []
    if waiting := [status for status in unknown if status.callback is None]:
        await connect.execute(
            _WAIT,
            [status.provider_message_id for status in waiting],
            [status.status for status in waiting],
            [status.at for status in waiting],
            [_packed(status.error) for status in waiting],
        )


async def settle_waiting() -> None:
    """Takes up what waited for messages that have become known: in two transactions, since both lock messages."""
    async with transaction():
        await amended.apply_due()
    async with transaction():
        found = await connect.rows(
            "DELETE FROM waiting_status w USING message m WHERE m.provider_message_id = w.provider_message_id"
            " RETURNING w.provider_message_id, w.status, w.status_at, w.error"
        )
        if found:
            await settle_statuses(
                [
                    Status(row["provider_message_id"], row["status"], row["status_at"], error=_unpacked(row["error"]))
                    for row in found
                ]
            )


def _packed(error: ProviderError | None) -> str | None:
    if error is None:
        return None
    return orjson.dumps({"number": error.provider_code, "message": error.message}).decode()


def _unpacked(text: str | None) -> ProviderError | None:
    if text is None:
        return None
    error: dict[str, Any] = orjson.loads(text)
    return of_code(error["number"], error["message"])


async def _note_activity(envelope: Envelope, senders: Mapping[Number, int]) -> None:
    """The watermark of a sender is the newest time in a status of it: what is older has been heard of."""
    told: dict[int, datetime | None] = {senders[m.number]: None for m in envelope.messages if m.number in senders}
    for status in envelope.statuses:
        if (sender_id := senders.get(status.number)) is not None:
            told[sender_id] = _later(told.get(sender_id), status)
    if told:
        await connect.execute(_ACTIVE, list(told), list(told.values()))


def _later(one: datetime | None, told: Told) -> datetime:
    return told.status.at if one is None else max(one, told.status.at)
