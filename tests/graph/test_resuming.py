"""Subscriptions and their cursors at the edges: a trimmed log, sockets with the same cursor, bursts, revoked tokens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import redis.asyncio
from websockets import ClientConnection, ConnectionClosed

from db.accounts import Role
from db.contacts import Contact
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.events import read
from domain.core.tokens import digest
from domain.events import decode
from tests import factories
from tests.listening import CURSORS, event, now, of, receive, say, socket_of, subscribe
from tests.running import Api


async def trim_to(cursor: str) -> None:
    """As if retention had come to this event."""
    number = decode(cursor, "after").number
    async with transaction():
        # Whoever reads on meanwhile waits here, and finds it trimmed.
        await connect.execute("LOCK TABLE event")
        await connect.execute("DELETE FROM event WHERE number <= $1", number)
        await connect.execute("UPDATE event_log SET trimmed_to = greatest(trimmed_to, $1)", number)


async def taken(socket: ClientConnection, count: int) -> list[str]:
    return [(await event(socket))["cursor"] for _ in range(count)]


async def refused(socket: ClientConnection) -> str:
    """The code of the error that ends what was asked."""
    answer = await receive(socket)
    assert answer["type"] == "error", answer
    [error] = answer["payload"]
    return error["extensions"]["code"]


async def test_a_log_that_was_trimmed_is_resumed_from_its_very_edge_and_not_before(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    await say(contact, times=20)
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=start)
        seen = await taken(socket, 20)
    await trim_to(seen[9])
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=seen[9])
        assert await taken(socket, 10) == seen[10:]
        await subscribe(socket, CURSORS, id="2", filter=of(contact), after=seen[8])
        assert await refused(socket) == "CURSOR_EXPIRED"
        # What was there before goes on, and its own last cursor holds when nothing else is left.
        await trim_to(await now())
        await subscribe(socket, CURSORS, id="3", filter=of(contact), after=await now())
        await say(contact)
        told = [await receive(socket) for _ in range(2)]
        assert {message["id"] for message in told} == {"1", "3"}
        assert len({message["payload"]["data"]["events"]["cursor"] for message in told}) == 1


async def test_a_reader_whom_retention_has_overtaken_is_told_so(api: Api) -> None:
    """It is so slow that the log no longer reaches back to it: an error, and never a gap."""
    contact, start = await factories.contact(), await now()
    await say(contact, times=10_000)
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=start)
        seen = await taken(socket, 1)
        await trim_to(await now())
        while (message := await receive(socket))["payload"]["data"] is not None:
            seen.append(message["payload"]["data"]["events"]["cursor"])
        assert [error["extensions"]["code"] for error in message["payload"]["errors"]] == ["CURSOR_EXPIRED"]
        assert (await receive(socket))["type"] == "complete"
    numbers = [decode(cursor, "after").number for cursor in seen]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) < 10_000


async def test_sockets_with_one_cursor_hear_the_same_each_once(api: Api) -> None:
    """Twice on one socket, once on another of the same user, and once as somebody else: in a burst, one of them cut."""
    contact, start = await factories.contact(), await now()
    await say(contact, times=500)
    async with (
        socket_of(api, api.tokens[Role.VIEWER]) as twice,
        socket_of(api, api.tokens[Role.ADMIN]) as other,
    ):
        for id in ("1", "2"):
            await subscribe(twice, CURSORS, id=id, filter=of(contact), after=start)
        await subscribe(other, CURSORS, filter=of(contact), after=start)
        saying = asyncio.create_task(say(contact, times=500))
        cut: list[str] = []
        while len(cut) < 1000:
            async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
                await subscribe(socket, CURSORS, filter=of(contact), after=cut[-1] if cut else start)
                cut += await taken(socket, min(300, 1000 - len(cut)))
                socket.transport.abort()
        await saying
        both: dict[str, list[str]] = {"1": [], "2": []}
        for _ in range(2000):
            message = await receive(twice)
            both[message["id"]].append(message["payload"]["data"]["events"]["cursor"])
        assert both == {"1": cut, "2": cut}
        assert await taken(other, 1000) == cut
    assert len(set(cut)) == 1000


@pytest.fixture
async def talking() -> AsyncIterator[Contact]:
    """A contact of whom something is said all the time, a few hundred times a second."""
    contact = await factories.contact()

    async def talk() -> None:
        while True:
            await say(contact, times=20)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(talk())
    yield contact
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_token_that_is_revoked_in_a_burst_hears_nothing_after_five_seconds(api: Api, talking: Contact) -> None:
    """Its socket is closed; another one, of another token of the same user, goes on."""
    user = await factories.user()
    gone, kept = await factories.api_token(user), await factories.api_token(user)
    async with socket_of(api, gone) as ending, socket_of(api, kept) as staying:
        for socket in (ending, staying):
            await subscribe(socket, CURSORS, filter=of(talking), after=await now())
            await taken(socket, 50)
        assert await connect.execute("DELETE FROM api_token WHERE digest = $1", digest(gone)) == 1
        with suppress(ConnectionClosed):
            async with asyncio.timeout(5):
                while True:
                    await event(ending)
        assert ending.close_code == 4403
        await taken(staying, 500)


async def test_a_burst_after_a_quiet_in_which_everything_idle_was_cut(api: Api) -> None:
    """As firewalls do that forget connections on which nothing is said: to PostgreSQL and to Redis."""
    contact, start = await factories.contact(), await now()
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=start)
        await say(contact)
        seen = await taken(socket, 1)
        await connect.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidings api'"
        )
        async with redis.asyncio.Redis.from_url(get_settings().redis_url) as client:
            await client.client_kill_filter(_type="pubsub")
            await client.client_kill_filter(_type="normal", skipme=True)
        for _ in range(10):
            await say(contact, times=500)
        seen += await taken(socket, 5000)
    numbers = [decode(cursor, "after").number for cursor in seen]
    assert numbers == sorted(set(numbers))
    assert (await read(numbers[0] - 1, 10_000)).events[-1].number >= numbers[-1]
