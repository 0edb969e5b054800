"""The life of an accepted message as status webhooks tell it (C5)."""

from random import Random
from typing import NamedTuple

from simulator.errors import status_error
from simulator.ledger import Message, Outcome
from simulator.people import Habit, People, habit_of
from simulator.settings import Settings
from simulator.wire import Json

SENT, DELIVERED, READ, PLAYED, FAILED = Outcome.SENT, Outcome.DELIVERED, Outcome.READ, Outcome.PLAYED, Outcome.FAILED


class Status(NamedTuple):
    """One status of one message; a tuple, as millions may wait."""

    message: Message
    outcome: Outcome
    at: int
    """When it happened, which is not when it is told."""


def plan(message: Message, settings: Settings, random: Random, *, voice: bool = False) -> list[tuple[float, Status]]:
    """When which status is told: sent, delivered, read unless the dice or the message's error say otherwise."""
    start, jitter = message.accepted_at, settings.status_jitter
    at = start + settings.sent_delay + random.random() * jitter
    if message.error:
        return [(at, Status(message, FAILED, int(at)))]
    told = [(at, Status(message, SENT, int(at)))]
    # A reaction has only the status sent (A3).
    if message.type == "reaction" or (settings.delivered_share < 1 and random.random() >= settings.delivered_share):
        return told
    if habit_of(message.person, settings) is Habit.OFFLINE:
        start += settings.offline_seconds
    at = max(at, start + settings.delivered_delay + random.random() * jitter)
    delivered = (at, Status(message, DELIVERED, int(at)))
    if random.random() >= settings.read_share:
        told.append(delivered)
    else:
        if not settings.skip_delivered_share or random.random() >= settings.skip_delivered_share:
            told.append(delivered)
        at = max(at, start + settings.read_delay + random.random() * jitter)
        told.append((at, Status(message, READ, int(at))))
        if voice:
            at += settings.played_delay + random.random() * jitter
            told.append((at, Status(message, PLAYED, int(at))))
    if settings.shuffle_share and random.random() < settings.shuffle_share:
        times = [when for when, _ in told]
        return [(when, status) for when, (_, status) in zip(times, reversed(told), strict=True)]
    return told


def status_json(wamid: str, status: Status, people: People | None) -> Json:
    """The element of `statuses`; keys come and go as in C5. Without `people` there are no user ids of phones."""
    message, outcome, at = status
    body: Json = {"id": wamid, "status": outcome.value, "timestamp": str(at)}
    if message.person.isdecimal():
        if not message.by_bsuid and not (people is not None and people.hides(message.person)):
            body["recipient_id"] = message.person
        if people is not None and (message.by_bsuid or outcome is not FAILED):
            body["recipient_user_id"] = people.bsuid(message.person)
    else:
        body["recipient_user_id"] = message.person
    if message.callback_data:
        body["biz_opaque_callback_data"] = message.callback_data
    if outcome is FAILED:
        body["errors"] = [status_error(message.error)]
    elif outcome is SENT or outcome is DELIVERED:
        kind = "regular" if message.template else "free_customer_service"
        body["pricing"] = {
            "billable": bool(message.template),
            "pricing_model": "PMP",
            "type": kind,
            "category": message.category or "service",
        }
    return body


def contact_json(status: Status, people: People | None) -> Json | None:
    """The element of `contacts` beside a status: no profile; with 131026 only the wa_id, with other failures none."""
    message = status.message
    if not message.person.isdecimal():
        return {"user_id": message.person}
    if status.outcome is FAILED:
        return {"wa_id": message.person} if message.error == 131026 and not message.by_bsuid else None
    hidden = message.by_bsuid or (people is not None and people.hides(message.person))
    contact: Json = {} if hidden else {"wa_id": message.person}
    if people is not None:
        contact["user_id"] = people.bsuid(message.person)
    return contact or None
