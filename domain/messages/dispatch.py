"""Messages on their way out: who may leave, and what became of it. receipts.py has what WhatsApp says later.

    queued → claimed → in flight → sent → delivered → read          never backwards; read implies delivered
    queued, claimed → cancelled
    in flight → failed (a documented no) | queued, later (rate limit; surely not sent) | unknown (no readable answer)
    unknown → sent, delivered, read, failed (its receipt) | queued (not marketing) | unconfirmed (marketing, or silence)
    sent → failed (many a no comes after a 200) | queued, once (a fault of WhatsApp's)
    unconfirmed → sent … (a late receipt)

WhatsApp has no idempotency key: a send whose answer was lost is settled by its receipt, which carries the attempt.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from asyncpg import PostgresError, Record

from db.contacts import ContactIdentityType
from db.content import Details, Header, HeaderFormat
from db.core import connect
from db.core.columns import as_row
from db.core.settings import get_settings
from db.core.transaction import ring, transaction
from db.messages import dispatch as rows
from db.messages import reach
from db.messages.reach import Portfolio
from db.templates import MessageTemplate
from domain.contacts import Identity, learn
from domain.core.errors import ErrorCode
from domain.core.phone import country_of
from domain.messages import callback
from domain.messages.announce import announce, check_twice
from domain.messages.outgoing import content_of
from domain.messages.reacting import lock_contacts, react
from domain.providers.base import Accepted, InDoubt, NotSent, Outcome, Outgoing, Refused
from domain.providers.reactions import KEEPING, TRYING_AGAIN, ProviderError, Reaction
from domain.templates.placeholders import word
from domain.templates.rendering import own_text, render

log = structlog.get_logger()

MOST_ATTEMPTS = 6
"""Tries of a message that WhatsApp refuses for the time being."""
_OF_CONTACT = ("name", "first_name", "last_name", "email", "company", "job_title")


@dataclass(frozen=True, slots=True)
class Departure:
    """A claimed message, rendered; or why it cannot be."""

    id: int
    attempt_id: UUID
    attempts: int
    outgoing: Outgoing | None
    text: str | None = None
    """What is kept as its content."""
    details: Details | None = None
    """What is kept of what stands around it."""
    outcome: Refused | NotSent | None = None
    """What became of it already: it does not leave now."""


async def claim(
    sender_id: int, most: int, *, portfolio: Portfolio | None = None, closed: Collection[str] = ()
) -> list[Departure]:
    """Takes the next due messages of a sender and renders each for its contact; no one else sends them meanwhile.

    Where WhatsApp limits to how many people its portfolio may write outside a service window, the rest waits. To closed
    countries nothing leaves.
    """
    full = portfolio is not None and await reach.full(portfolio)
    claimed = await rows.claim(sender_id, most, answers_only=full)
    barred = {row["id"] for row in claimed if closed and country_of(row["address"]) in closed}
    if portfolio is not None and not full:
        # Who is not written to takes no place in the limit.
        admitted = barred | await reach.admit([row["id"] for row in claimed if row["id"] not in barred], portfolio)
        if beyond := [row for row in claimed if row["id"] not in admitted]:
            await _release([row["id"] for row in beyond], [row["attempt_id"] for row in beyond])
        claimed = [row for row in claimed if row["id"] in admitted]
    claimed.sort(key=lambda row: (-row["priority"], row["id"]))
    templates = await _templates({row["template_id"] for row in claimed if row["template_id"]})
    variables = await _variables({row["schedule_id"] for row in claimed if row["schedule_id"]})
    campaigns = await _campaigns({row["campaign_id"] for row in claimed if row["campaign_id"]})
    quoted = await _quoted({row["reply_to_id"] for row in claimed if row["reply_to_id"]})
    return [
        _barred(row)
        if row["id"] in barred
        else _prepare(
            row,
            _Wording(templates.get(row["template_id"]), variables.get(row["schedule_id"], {}))
            if row["campaign_id"] is None
            else _of_campaign(campaigns[row["campaign_id"]], templates.get(row["template_id"])),
            quoted.get(row["reply_to_id"]),
        )
        for row in claimed
    ]


async def _quoted(ids: set[int]) -> dict[int, str | None]:
    """What the provider calls these messages."""
    sql = "SELECT id, provider_message_id FROM message WHERE id = ANY($1)"
    return {row["id"]: row["provider_message_id"] for row in await connect.rows(sql, list(ids))} if ids else {}


async def _templates(ids: set[int]) -> dict[int, MessageTemplate]:
    found = await connect.rows("SELECT * FROM message_template WHERE id = ANY($1)", list(ids)) if ids else []
    return {row["id"]: as_row(MessageTemplate, row) for row in found}


async def _variables(ids: set[int]) -> dict[int, dict[str, Any]]:
    sql = "SELECT id, variables FROM schedule WHERE id = ANY($1)"
    return {row["id"]: orjson.loads(row["variables"]) for row in await connect.rows(sql, list(ids))} if ids else {}


async def _campaigns(ids: set[int]) -> dict[int, Record]:
    sql = "SELECT id, text, variables, media_id, media_type FROM campaign WHERE id = ANY($1)"
    return {row["id"]: row for row in await connect.rows(sql, list(ids))} if ids else {}


@dataclass(frozen=True, slots=True)
class _Wording:
    """What a message is made of for its contact; nothing where it was written for this one."""

    template: MessageTemplate | None
    variables: Mapping[str, Any]
    header: Header | None = None
    """The file of a campaign, above its text or in the header of its template."""


def _of_campaign(campaign: Record, template: MessageTemplate | None) -> _Wording:
    format, media_id = campaign["media_type"], campaign["media_id"]
    header: Header | None = {"format": HeaderFormat(format), "media_id": media_id} if media_id else None
    return _Wording(template or own_text(campaign["text"], header), orjson.loads(campaign["variables"]), header)


def _barred(row: Record) -> Departure:
    words = f"WhatsApp does not let this sender write to {country_of(row['address'])} (130497)."
    barred = Refused(ProviderError(None, ErrorCode.WHATSAPP_API_ERROR, words))
    return Departure(row["id"], row["attempt_id"], row["attempts"], None, outcome=barred)


def _prepare(row: Record, wording: _Wording, quoted: str | None) -> Departure:
    """Fills the template for the contact. A placeholder that nothing fills fails this message alone, before a send."""
    id, attempt_id, attempts = row["id"], row["attempt_id"], row["attempts"]
    own_mark = callback.write(id, attempt_id)
    if (template := wording.template) is None:
        content = content_of(row, quoted)
        if content is None:
            gone = ProviderError(None, ErrorCode.VALIDATION_ERROR, "WhatsApp does not have what this reacts to.")
            return Departure(id, attempt_id, attempts, None, outcome=Refused(gone))
        return Departure(id, attempt_id, attempts, Outgoing(row["address"], own_mark, content, quoted))
    own = {name: word(value) for name, value in orjson.loads(row["attributes"]).items()}
    own |= {name: row[name] for name in _OF_CONTACT if row[name]} | {"phone_number": row["address"]}
    details = orjson.loads(row["details"] or "{}")
    given = orjson.loads(row["variables"] or "{}")
    header = details.get("header") or wording.header
    rendered = render(template, own, {**wording.variables, **given}, header=header)
    if fault := rendered.fault:
        refused = Refused(ProviderError(None, ErrorCode.VALIDATION_ERROR, fault))
        return Departure(id, attempt_id, attempts, None, outcome=refused)
    outgoing = Outgoing(row["address"], own_mark, rendered.content, quoted)
    return Departure(id, attempt_id, attempts, outgoing, rendered.text, rendered.details)


async def depart(departures: Sequence[Departure]) -> list[Departure]:
    """Commits messages to leave, right before they do. What must not leave now is cancelled, or queued again.

    When that fails those that may leave do so all the same, and the clock looks after the others as their leases end.
    """
    ids = [departure.id for departure in departures]
    attempts = [departure.attempt_id for departure in departures]
    texts = [departure.text for departure in departures]
    details = [orjson.dumps(departure.details).decode() if departure.details else None for departure in departures]
    leaving = await rows.depart(ids, attempts, texts, details)
    if len(leaving) < len(ids):
        await _release(ids, attempts)
    return [departure for departure in departures if departure.id in leaving]


async def give_back(departures: Sequence[Departure]) -> None:
    """Queues claimed messages again that will not leave now, before their lease ends."""
    await _release([departure.id for departure in departures], [departure.attempt_id for departure in departures])


async def _release(ids: list[int], attempts: list[UUID]) -> None:
    """Gives back those that are claimed still; when that fails the clock does, as their leases end."""
    try:
        async with transaction():
            await announce(await rows.release(ids, attempts))
    except (*connect.TRANSIENT, PostgresError) as error:
        # A lane of a run that ended here would leave the others, and its sender, waiting for it.
        log.warning("not_released", error=repr(error), messages=len(ids))


async def settle(outcomes: Iterable[tuple[Departure, Outcome]]) -> None:
    """Writes what became of messages that left, with their events."""
    outcomes = list(outcomes)
    if not outcomes:
        return
    errors = {d.id: o.error for d, o in outcomes if isinstance(o, Refused) and o.error.provider_code is not None}
    async with transaction():
        contacts = await lock_contacts(errors)
        found = await rows.settle([_answer(departure, outcome) for departure, outcome in outcomes])
        accepted = {d.id: {o.provider_message_id} for d, o in outcomes if isinstance(o, Accepted)}
        check_twice(found, accepted)
        settled = [row for row in found if row["state"] is not None]
        await announce(settled)
        await react(settled, errors, contacts, by_webhook=False)
    await _learn(settled, outcomes)


async def _learn(settled: Sequence[Record], outcomes: Sequence[tuple[Departure, Outcome]]) -> None:
    """Keeps what WhatsApp calls people whom we call otherwise: their messages come from there (wire facts, part E)."""
    called = {
        departure.id: outcome.wa_id
        for departure, outcome in outcomes
        if isinstance(outcome, Accepted) and outcome.wa_id and departure.outgoing is not None
        if outcome.wa_id.isdecimal() and len(outcome.wa_id) <= 20 and departure.outgoing.to != f"+{outcome.wa_id}"
    }
    if called:
        async with transaction():
            await learn(
                Identity(row["contact_id"], ContactIdentityType.WA_ID, called[row["id"]])
                for row in settled
                if row["id"] in called
            )


def _answer(departure: Departure, outcome: Outcome) -> tuple[Any, ...]:
    """The row of an outcome: (id, attempt, state, provider id, code, words, provider's code, delay in seconds).

    OF_CAMPAIGN is QUEUED for a message of a schedule, and FAILED for any other. AGAIN is QUEUED, and counts as a try.
    """
    head = (departure.id, departure.attempt_id)
    match outcome:
        case Accepted(provider_message_id):
            return (*head, "SENT", provider_message_id, None, None, None, None)
        case NotSent(reason):
            return (*head, "QUEUED", None, None, reason, None, _backoff(departure.attempts))
        case InDoubt(reason):
            return (*head, "UNKNOWN", None, None, reason, None, None)
        case Refused(error):
            fault = (error.code.value, error.message, error.provider_code)
            again = error.reaction in TRYING_AGAIN and departure.attempts + 1 < MOST_ATTEMPTS
            if error.reaction is Reaction.PAUSE_CAMPAIGN:
                return (*head, "OF_CAMPAIGN", None, *fault, _backoff(departure.attempts))
            if not again and error.reaction not in KEEPING:
                return (*head, "FAILED", None, *fault, None)
            return (*head, "AGAIN" if again else "QUEUED", None, *fault, _wait(error, departure.attempts))


def _wait(error: ProviderError, attempts: int) -> float:
    """Seconds until another try of a message that WhatsApp refused."""
    if error.reaction is Reaction.DELAY_CONTACT:
        return 4.0**attempts
    if error.reaction is Reaction.RETRY and error.seconds is not None:
        return error.seconds * random.uniform(1, 1.25)
    return _backoff(attempts)


def _backoff(attempts: int) -> float:
    """Seconds until another try: 1, 2, 4 … up to a minute, each between half and the whole of it."""
    return min(60.0, 2.0 ** min(attempts, 6)) * random.uniform(0.5, 1)


# ---------------------------------------------------------------------------
# What the clock does
# ---------------------------------------------------------------------------


async def expire_leases() -> None:
    """Queues what a dead worker had claimed, and doubts what it had in flight."""
    if expired := await rows.expire_leases():
        log.warning("leases_expired", messages=len(expired))


async def cancel_orphans() -> None:
    """Cancels what waits for a sender that was deleted: nobody would ever send it."""
    async with transaction():
        await announce(await rows.cancel_orphans())


async def decide_doubts() -> None:
    """Decides messages in doubt for which no receipt came: sent again when that is harmless, else unconfirmed.

    The grace is SEND_GRACE seconds; the promise of one message a person is as good as the grace is against the latest
    receipts (docs/decisions.md).
    """
    async with transaction():
        decided = await rows.decide_doubts(timedelta(seconds=get_settings().send_grace))
        await announce(decided)
        for sender_id in {row["sender_id"] for row in decided if row["state"] == "QUEUED"}:
            ring("dispatch", sender_id)
    if silent := sum(not row["heard"] for row in decided):
        log.error("receipts_silent", messages=silent, hint="Does WhatsApp reach POST /webhooks/whatsapp?")


async def ring_queues() -> None:
    """Rings for every sender that has something due: makes up for rings that were lost."""
    for sender_id in await rows.waiting_senders():
        ring("dispatch", sender_id)
