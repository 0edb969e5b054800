"""Receipts: what WhatsApp says became of messages, in any order and any number of times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from asyncpg import Record

from db.core.transaction import transaction
from db.events import EventType, record_all
from db.messages import ids_of_provider_ids
from db.messages import receipts as rows
from domain.core.errors import ErrorCode
from domain.messages import callback
from domain.messages.announce import check_twice, event
from domain.messages.declined import heed, lock_contacts
from domain.messages.halt import halt
from domain.providers.base import ProviderError, Reaction


@dataclass(frozen=True, slots=True)
class Status:
    """A status as the provider told it; callback is what we gave along with the send."""

    provider_message_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    callback: str | None = None
    error: ProviderError | None = None


_MAY_BE_TRIED_AGAIN = (Reaction.RETRY, Reaction.SLOW, Reaction.DELAY_CONTACT)
"""Faults of WhatsApp's, or of the moment: one more send at the most, where they come by webhook (table B2)."""
_RANK = {"sent": 1, "delivered": 2, "read": 3}


async def settle_statuses(statuses: Sequence[Status]) -> list[Status]:
    """Applies provider statuses, in any order and any number of times, inside the caller's transaction or its own.

    Answers those whose message is not known yet: they came before the answer to our send did.
    """
    nameless = [status.provider_message_id for status in statuses if callback.read(status.callback) is None]
    known = await ids_of_provider_ids(nameless) if nameless else {}
    told: dict[int, list[Status]] = {}
    waiting: list[Status] = []
    for status in statuses:
        named = callback.read(status.callback)
        id = named[0] if named else known.get(status.provider_message_id)
        if id is None:
            waiting.append(status)
        else:
            told.setdefault(id, []).append(status)
    if told:
        declined = [id for id, of_one in told.items() if any(_declines(status) for status in of_one)]
        async with transaction():
            contacts = await lock_contacts(declined)
            found = await rows.receive([_receipt(id, of_one) for id, of_one in sorted(told.items())])
            check_twice(found, {id: _provider_ids(of_one) for id, of_one in told.items()})
            moved = [row for row in found if row["state"] is not None]
            record_all(event for row in moved for event in _receipt_events(row))
            await heed(moved, declined, contacts)
            for sender_id, fault in sorted(_grave(moved, told).items()):
                await halt(sender_id, fault)
    return waiting


def _declines(status: Status) -> bool:
    """Whether somebody wants no marketing: WhatsApp takes the message, and says only later why it was not delivered."""
    return status.error is not None and status.error.code is ErrorCode.OPTED_OUT


def _grave(moved: Sequence[Record], told: Mapping[int, Sequence[Status]]) -> dict[int, ProviderError]:
    """Why senders cannot go on: WhatsApp accepts a message, and says only later that the account is not paid for."""
    return {
        row["sender_id"]: status.error
        for row in moved
        if row["state"] == "FAILED"
        for status in told[row["id"]]
        if status.error is not None and status.error.reaction is Reaction.PAUSE_SENDER
    }


def _receipt(id: int, statuses: Sequence[Status]) -> tuple[Any, ...]:
    """All that is told of one message, as one row: the furthest state, and the first time of each that it implies."""
    times = {kind: min((s.at for s in statuses if s.status == kind), default=None) for kind in _RANK}
    times["delivered"] = times["delivered"] or times["read"]
    times["sent"] = times["sent"] or times["delivered"]
    furthest = max((s for s in statuses if s.status != "failed"), key=lambda s: _RANK[s.status], default=None)
    failed = next((s for s in statuses if s.status == "failed"), None)
    last = failed if failed is not None and (furthest is None or furthest.status == "sent") else furthest
    assert last is not None
    state, error = last.status.upper(), last.error
    named = callback.read(last.callback)
    return (
        id,
        named[1] if named else None,
        last.provider_message_id,
        times["sent"],
        times["delivered"],
        times["read"],
        state,
        error.code.value if error else (ErrorCode.WHATSAPP_API_ERROR.value if state == "FAILED" else None),
        error.message if error else None,
        error.provider_code if error else None,
        state == "FAILED" and error is not None and error.reaction in _MAY_BE_TRIED_AGAIN,
    )


def _provider_ids(statuses: Sequence[Status]) -> set[str]:
    """Ids under which WhatsApp has sent a message; one that failed has reached nobody."""
    return {status.provider_message_id for status in statuses if status.status != "failed"}


def _receipt_events(row: Record) -> Iterable[tuple[Any, ...]]:
    """What a receipt announces: a read message that was never said to be sent was sent, delivered and read."""
    state = row["state"]
    if state == "FAILED":
        yield event(EventType.MESSAGE_FAILED, row, row["error_message"])
    if state in ("FAILED", "QUEUED"):
        return
    if row["old_sent_at"] is None:
        yield event(EventType.MESSAGE_SENT, row)
    if state in ("DELIVERED", "READ") and row["old_delivered_at"] is None:
        yield event(EventType.MESSAGE_DELIVERED, row)
    if state == "READ":
        yield event(EventType.MESSAGE_READ, row)
