"""A run of the dispatcher, as far as its outcomes are not WhatsApp's: faults of our own, and a pace that gives way."""

import time

import pytest

from db.core import connect
from db.core.settings import get_settings
from domain.core.errors import ErrorCode
from domain.providers.base import Accepted, Outcome, Outgoing, Refused, Text
from domain.providers.cloud_api import CloudApi
from domain.providers.reactions import ProviderError, Reaction
from tests import factories
from tests.databases import database_of_its_own
from tests.factories import phone, unique
from workers import messages
from workers.core import pace


async def queue(sender_id: int, *texts: str) -> None:
    for text in texts:
        await connect.execute(
            "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address,"
            " content, attempts, due_at)"
            " VALUES ($1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'QUEUED', $3, $4, 0, now())",
            sender_id,
            (await factories.contact()).id,
            phone(),
            text,
        )


async def states(sender_id: int) -> dict[str, str]:
    found = await connect.rows("SELECT content, state FROM message WHERE sender_id = $1", sender_id)
    return {row["content"]: row["state"] for row in found}


async def test_a_fault_of_ours_in_one_send_leaves_its_neighbours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(api: CloudApi, message: Outgoing) -> Outcome:
        if message.content == Text("bad"):
            raise RuntimeError("a fault of ours")
        return Accepted(unique("wamid"))

    monkeypatch.setattr(CloudApi, "send", send)
    async with database_of_its_own():
        sender = await factories.sender()
        await queue(sender.id, "good", "bad", "better")
        await messages.dispatch(sender.id)
        assert await states(sender.id) == {"good": "SENT", "bad": "UNKNOWN", "better": "SENT"}


async def test_messages_that_were_too_fast_slow_their_sender_down(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = ProviderError(130429, ErrorCode.WHATSAPP_API_ERROR, "Too fast", Reaction.SLOW)

    async def send(api: CloudApi, message: Outgoing) -> Outcome:
        return Refused(fault) if message.content == Text("fast") else Accepted(unique("wamid"))

    monkeypatch.setattr(CloudApi, "send", send)
    rate = get_settings().send_rate
    waits: list[float] = []
    async with database_of_its_own():
        for text in ("slow", "fast"):
            sender = await factories.sender()
            # Far from the ids of other tests, whose pace is in the same Redis.
            id = sender.id + time.time_ns() // 1000
            await connect.execute("UPDATE sender SET id = $2 WHERE id = $1", sender.id, id)
            await queue(id, *[text] * 30)
            await messages.dispatch(id)
            waits.append(await pace.reserve(id, 0, rate))
    assert waits[1] - waits[0] > messages.SLOWER * 30 / rate * 0.5
