"""A run of the dispatcher: faults of our own, a pace that gives way, limits that are kept."""

import asyncio
from collections import Counter

import asyncpg
import pytest

from db.core import connect
from domain.core import traffic
from domain.core.secrets import seal
from domain.providers.base import Accepted, Outcome, Outgoing, Refused, Text
from domain.providers.cloud_api import CloudApi
from domain.providers.reactions import of_code
from tests import factories
from tests.databases import database_of_its_own
from tests.factories import phone, unique
from workers import messages


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
        for result, count in (("accepted", 2), ("in_doubt", 1), ("refused", 0)):
            labels = {"sender": sender.phone_number, "result": result}
            assert traffic.REGISTRY.get_sample_value("tidings_sends_total", labels) == count
        assert await states(sender.id) == {"good": "SENT", "bad": "UNKNOWN", "better": "SENT"}


async def sent_by_one_run(monkeypatch: pytest.MonkeyPatch, *, wanted: bool) -> tuple[list[str], int, list[str]]:
    """Tokens of what one run of twelve messages posts, its time being over after each two that it claims, and the
    sender's token being changed by the first of them; how many are still queued; and for whom it rang."""
    tokens, rung = list[str](), list[str]()

    async def send(api: CloudApi, message: Outgoing) -> Outcome:
        tokens.append(api._headers["Authorization"])  # pyright: ignore[reportPrivateUsage]
        await connect.execute("UPDATE sender SET access_token = $1", seal("another"))
        return Accepted(unique("wamid"))

    monkeypatch.setattr(CloudApi, "send", send)
    monkeypatch.setattr(messages, "RUN_SECONDS", 0.0)
    monkeypatch.setattr(messages, "MOST_CLAIMED", 2)
    monkeypatch.setattr(messages, "thread_wanted", lambda: wanted)
    monkeypatch.setattr(messages, "ring", lambda name, *_: rung.append(name))
    async with database_of_its_own():
        sender = await factories.sender()
        await queue(sender.id, *map(str, range(12)))
        await messages.dispatch(sender.id)
        left = list((await states(sender.id)).values()).count("QUEUED")
        heard = await connect.value("SELECT unheard_since IS NOT NULL FROM sender WHERE id = $1", sender.id)
        assert heard is (left < 12), "what was sent is waited for"
    return tokens, left, rung


async def test_a_run_goes_on_while_nobody_wants_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """And looks at its sender anew meanwhile."""
    tokens, left, rung = await sent_by_one_run(monkeypatch, wanted=False)
    assert (len(tokens), left, rung) == (12, 0, [])
    assert tokens[0] == "Bearer a-token"
    assert tokens[-1] == "Bearer another"


async def test_a_run_whose_time_is_over_makes_room_and_rings_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, left, rung = await sent_by_one_run(monkeypatch, wanted=True)
    assert len(tokens) + left == 12
    assert left > 0
    assert rung == ["dispatch"]


async def test_a_run_ends_when_its_sender_may_send_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    posted = 0

    async def send(api: CloudApi, message: Outgoing) -> Outcome:
        nonlocal posted
        posted += 1
        await connect.execute("UPDATE sender SET status = 'STOPPED'")
        return Accepted(unique("wamid"))

    monkeypatch.setattr(CloudApi, "send", send)
    monkeypatch.setattr(messages, "RUN_SECONDS", 0.0)
    monkeypatch.setattr(messages, "MOST_CLAIMED", 2)
    monkeypatch.setattr(messages, "thread_wanted", lambda: False)
    async with database_of_its_own():
        sender = await factories.sender()
        await queue(sender.id, *map(str, range(40)))
        async with asyncio.timeout(30):
            await messages.dispatch(sender.id)
        assert 0 < posted < 40
        assert set((await states(sender.id)).values()) == {"SENT", "QUEUED"}


async def test_a_country_that_turns_out_closed_is_posted_to_by_no_later_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = Counter[str]()

    async def send(api: CloudApi, message: Outgoing) -> Outcome:
        posts["all"] += 1
        return Refused(of_code(130497, "No messages to this country."))

    monkeypatch.setattr(CloudApi, "send", send)
    async with database_of_its_own():
        sender = await factories.sender()
        await queue(sender.id, *map(str, range(100)))
        await messages.dispatch(sender.id)
        posted = posts["all"]
        assert 0 < posted < 100
        while set((await states(sender.id)).values()) != {"FAILED"}:
            await messages.dispatch(sender.id)
        assert posts["all"] == posted


async def test_a_run_whose_messages_can_neither_leave_nor_be_given_back_ends_and_says_so() -> None:
    """A held row, or a fault of ours, that PostgreSQL ends: a run that hung would keep its sender for good."""
    async with database_of_its_own():
        sender = await factories.sender()
        await queue(sender.id, *map(str, range(300)))
        await connect.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$"
        )
        await connect.execute(
            "CREATE TRIGGER fail BEFORE UPDATE ON message FOR EACH ROW WHEN (old.state = 'CLAIMED')"
            " EXECUTE FUNCTION fail()"
        )
        async with asyncio.timeout(20):
            with pytest.raises(asyncpg.RaiseError):
                await messages.dispatch(sender.id)
        await connect.execute("DROP FUNCTION fail CASCADE")
        assert set((await states(sender.id)).values()) == {"CLAIMED"}
