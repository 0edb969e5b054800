"""Receipts: what WhatsApp says became of messages, in any order and any number of times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from asyncpg import Record

from db.campaigns import tally
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record_all
from db.messages import ids_of_provider_ids
from db.messages import receipts as rows
from domain.core.errors import ErrorCode
from domain.messages import callback
from domain.messages.announce import check_twice, event
from domain.messages.reacting import lock_contacts, react
from domain.providers.reactions import ONCE_MORE, ProviderError, Reaction


@dataclass(frozen=True, slots=True)
class Status:
    """A status as the provider told it; callback is what we gave along with the send."""

    provider_message_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    callback: str | None = None
    error: ProviderError | None = None


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
        errors = {id: status.error for id, of_one in told.items() for status in of_one if status.error is not None}
        async with transaction():
            contacts = await lock_contacts(errors)
            found = await rows.receive([_receipt(id, of_one) for id, of_one in sorted(told.items())])
            check_twice(found, {id: _provider_ids(of_one) for id, of_one in told.items()})
            moved = [row for row in found if row["state"] is not None]
            await tally.add(moved)
            record_all(event for row in moved for event in _receipt_events(row))
            await react(moved, errors, contacts, by_webhook=True)
    return waiting


async def declining(statuses: Iterable[Status]) -> list[int]:
    """Contacts who decline marketing by what these statuses say of their messages."""
    told = [status for status in statuses if status.error is not None and status.error.reaction is Reaction.OPT_OUT]
    if not told:
        return []
    named = [mark[0] for status in told if (mark := callback.read(status.callback))]
    sql = "SELECT DISTINCT contact_id FROM message WHERE id = ANY($1) OR provider_message_id = ANY($2)"
    return [row["contact_id"] for row in await connect.rows(sql, named, [s.provider_message_id for s in told])]


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
        error.message if error else ("WhatsApp gave no reason." if state == "FAILED" else None),
        error.provider_code if error else None,
        state == "FAILED" and error is not None and error.reaction in ONCE_MORE,
    )


def _provider_ids(statuses: Sequence[Status]) -> set[str]:
    """Ids under which WhatsApp has sent a message; one that failed has reached nobody."""
    return {status.provider_message_id for status in statuses if status.status != "failed"}


def _receipt_events(row: Record) -> Iterable[tuple[Any, ...]]:
    """What a receipt announces: a read message that was never said to be sent was sent, delivered and read.

    One that failed and arrives was sent after all. Figures of conversations go by that (db/analytics/recount.py).
    """
    state = row["state"]
    if state == "FAILED":
        yield event(EventType.MESSAGE_FAILED, row, row["error_message"])
    if state in ("FAILED", "QUEUED"):
        return
    if row["old_sent_at"] is None or row["was"] == "FAILED":
        yield event(EventType.MESSAGE_SENT, row)
    if state in ("DELIVERED", "READ") and row["old_delivered_at"] is None:
        yield event(EventType.MESSAGE_DELIVERED, row)
    if state == "READ":
        yield event(EventType.MESSAGE_READ, row)
