"""What must be known before a message leaves through WAHA: whom it reaches, what it is called, whether it has left.

The Cloud API needs none of it: it finds people itself, chooses ids, and its receipts carry our mark.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from asyncpg import Record

from db.core import connect
from db.core.transaction import transaction
from db.messages import ids_of_provider_ids
from domain.contacts import called, learn
from domain.core.errors import ErrorCode, Refusal
from domain.core.phone import aliases
from domain.messages.dispatch import Departure
from domain.providers.base import Accepted, Emoji, NotSent, Outcome, Outgoing, Provider, Refused, describe
from domain.providers.reactions import ProviderError
from domain.providers.waha import Found, Hindered, Waha
from domain.providers.waha_bodies import chat_of, id_part, key

log = structlog.get_logger()

_WAITS = 4
"""Attempts that a message counts as while WAHA does not answer: it is tried again after 8 to 16 s."""

_KNOWN = """
SELECT m.id, m.contact_id, m.created_at, m.provider_message_id, quoted.direction = 'OUTBOUND' AS quotes_own,
       ARRAY(SELECT i.value FROM contact_identity i WHERE i.contact_id = m.contact_id AND i.type = 'WA_ID') AS wa_ids
FROM message m LEFT JOIN message quoted ON quoted.id = m.reply_to_id WHERE m.id = ANY($1)
"""

_CALL = """
UPDATE message m SET provider_message_id = c.name, updated_at = now()
FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS c(id, attempt_id, name)
WHERE m.id = c.id AND m.attempt_id = c.attempt_id AND m.state = 'CLAIMED' AND m.provider_message_id IS NULL
"""

_CHECKED = """
UPDATE contact_phone p SET on_whatsapp = c.found, verified_at = now()
FROM unnest($1::bigint[], $2::text[], $3::bool[]) AS c(contact_id, number, found)
WHERE p.contact_id = c.contact_id AND p.phone_number = c.number
"""


@dataclass(slots=True)
class _Case:
    """A claimed message, what became of it already if anything did, and what was learned of its recipient."""

    departure: Departure
    row: Record
    address: str
    outcome: Outcome | None = None
    found: Found | None = None

    def wait(self, outcome: NotSent) -> None:
        """It does not leave now, and is tried again after a while."""
        self.outcome = outcome
        self.departure = replace(self.departure, attempts=max(self.departure.attempts, _WAITS))


async def prepare(
    api: Provider, departures: Sequence[Departure]
) -> tuple[list[Departure], list[tuple[Departure, Outcome]]]:
    """Which of claimed messages may leave now, and what became of the others; their ids are kept before they leave."""
    if not isinstance(api, Waha) or not departures:
        return list(departures), []
    rows = {row["id"]: row for row in await connect.rows(_KNOWN, [departure.id for departure in departures])}
    cases = [_Case(each, rows[each.id], each.outgoing.to) for each in departures if each.outgoing]
    faults = await asyncio.gather(*(_look_into(api, case) for case in cases), return_exceptions=True)
    for case, fault in zip(cases, faults, strict=True):
        if fault is not None:
            # A fault of ours, or PostgreSQL is away: this message waits, and nobody else does.
            log.error("not_looked_into", message_id=case.departure.id, error=describe(fault))
            case.wait(NotSent(describe(fault)))
    await _learn([case for case in cases if case.found is not None])
    leaving = [case.departure for case in cases if case.outcome is None]
    names = [(d.id, d.attempt_id, key(api.session, d.outgoing.id)) for d in leaving if d.outgoing and d.outgoing.id]
    if names:
        await connect.execute(_CALL, *map(list, zip(*names, strict=True)))
    return leaving, [(case.departure, case.outcome) for case in cases if case.outcome is not None]


async def _look_into(api: Waha, case: _Case) -> None:
    outgoing = case.departure.outgoing
    assert outgoing is not None
    try:
        chat = await _chat(api, case)
        name = case.row["provider_message_id"]
        outgoing = replace(
            outgoing,
            to=chat,
            quotes_own=bool(case.row["quotes_own"]),
            id=id_part(name.rpartition(":")[2]) if name else None,
        )
        # To react once more changes nothing.
        if not isinstance(outgoing.content, Emoji):
            if case.departure.attempts and (earlier := await _earlier(api, case, outgoing)):
                case.outcome = Accepted(earlier)
            elif outgoing.id is None:
                outgoing = replace(outgoing, id=await api.new_message_id())
        case.departure = replace(case.departure, outgoing=outgoing)
    except Hindered as hindered:
        match hindered.outcome:
            case NotSent():
                case.wait(hindered.outcome)
            case Refused():
                case.outcome = hindered.outcome
    except Refusal as refusal:
        case.outcome = Refused(ProviderError(None, refusal.code, refusal.message))


async def _chat(api: Waha, case: _Case) -> str:
    """The chat of an address: what WhatsApp is known to call its number, else asked before the first contact.

    Raises Hindered; Refusal NOT_ON_WHATSAPP.
    """
    address = case.address
    if not address.startswith("+"):
        return chat_of(address)
    spellings = [address, *aliases(address)]
    if known := next((each for each in spellings if each[1:] in case.row["wa_ids"]), None):
        return chat_of(known)
    case.found = await api.find(address)
    if case.found.chat is None:
        raise Refusal(ErrorCode.NOT_ON_WHATSAPP, "This number is not on WhatsApp.")
    return case.found.chat


async def _earlier(api: Waha, case: _Case, outgoing: Outgoing) -> str | None:
    """What an earlier attempt is called that has left after all; messages that are others' do not count."""
    likely = await api.look_up(outgoing, case.row["created_at"])
    others = await ids_of_provider_ids(likely) if likely else {}
    return next((each for each in likely if others.get(each) in (None, case.row["id"])), None)


async def _learn(cases: Sequence[_Case]) -> None:
    """Keeps what was told of numbers, so that they are asked for once."""
    if not cases:
        return
    async with transaction():
        await learn(each for case in cases if case.found for each in called(case.row["contact_id"], case.found))
        checked = [
            (case.row["contact_id"], case.address, case.found.chat is not None)
            for case in cases
            if case.found is not None
        ]
        await connect.execute(_CHECKED, *map(list, zip(*checked, strict=True)))
