"""Subscriptions over the real API: sockets that are cut, slow, many, or lose their rights."""

import asyncio
import base64
import random
import time
from contextlib import suppress

import pytest
import redis.asyncio
from websockets import ConnectionClosed

from db.accounts import Role
from db.contacts import Contact
from db.core import connect
from db.core.settings import get_settings
from db.events import read
from domain.core import tokens
from domain.events import Place, encode
from graph.core import ids
from tests import factories
from tests.listening import CURSORS, closing, event, now, of, receive, say, socket_of, subscribe
from tests.running import Api


async def log_of(contact: Contact, start: str, api: Api) -> list[str]:
    """Cursors of all its events, by the query."""
    query = """
    query ($filter: EventFilter, $after: String) {
      events(filter: $filter, after: $after) { edges { cursor } pageInfo { hasNextPage endCursor } }
    }"""
    found: list[str] = []
    while True:
        page = (await api.data(query, filter=of(contact), after=start))["events"]
        found += [edge["cursor"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        start = page["pageInfo"]["endCursor"]


async def test_a_socket_cut_again_and_again_resumes_without_gap_or_double(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    start_of_test = start
    total = 400
    seen: list[str] = []

    async def write() -> None:
        written = 0
        while written < total:
            times = min(random.choice([1, 1, 3, 10]), total - written)
            await say(contact, times=times)
            written += times
            await asyncio.sleep(random.random() * 0.02)

    async def disturb_redis() -> None:
        async with redis.asyncio.Redis.from_url(get_settings().redis_url) as client:
            for _ in range(4):
                await asyncio.sleep(0.5)
                await client.client_kill_filter(_type="pubsub")

    working = asyncio.gather(write(), disturb_redis())
    cuts = 0
    while len(seen) < total:
        async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
            await subscribe(socket, CURSORS, filter=of(contact), after=start)
            for _ in range(min(random.randint(1, 60), total - len(seen))):
                seen.append((await event(socket))["cursor"])
            start = seen[-1]
            cuts += 1
            socket.transport.abort()
    await working
    assert cuts > 5
    assert seen == await log_of(contact, start_of_test, api)
    assert len(seen) == total


async def test_while_redis_answers_nothing_the_poll_misses_nothing(api: Api) -> None:
    contact = await factories.contact()
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=await now())
        async with redis.asyncio.Redis.from_url(get_settings().redis_url) as client:
            await client.execute_command("CLIENT", "PAUSE", "3000", "ALL")
        for _ in range(10):
            await say(contact)
        for _ in range(10):
            await event(socket, 3)


async def test_a_slow_reader_gets_everything_in_order(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    async with socket_of(api, api.tokens[Role.VIEWER], max_queue=None) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=start)
        socket.transport.pause_reading()
        for _ in range(10):
            await say(contact, times=1000)
        await asyncio.sleep(1)
        socket.transport.resume_reading()
        seen = [(await event(socket))["cursor"] for _ in range(10_000)]
    numbers = [int(base64.urlsafe_b64decode(cursor + "==").decode().split(":")[2]) for cursor in seen]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 10_000


async def test_fifty_sockets_at_once_all_hear(api: Api) -> None:
    contact, start = await factories.contact(), await now()

    async def listener() -> str:
        async with socket_of(api, api.tokens[Role.SALES]) as socket:
            await subscribe(socket, CURSORS, filter=of(contact), after=start)
            return (await event(socket))["cursor"]

    listeners = [asyncio.create_task(listener()) for _ in range(50)]
    await asyncio.sleep(0.3)
    await say(contact)
    assert len({await one for one in listeners}) == 1


@pytest.mark.parametrize("field", ["events", "messageEvents", "senderEvents"])
async def test_cursors_that_cannot_be_resumed_are_refused(api: Api, field: str) -> None:
    epoch, head = (reading := await read(0, 0)).epoch, reading.head
    subscription = f"subscription ($after: String) {{ {field}(after: $after) {{ cursor }} }}"
    cases = [
        (encode(Place("0123abcd", head)), "CURSOR_EXPIRED"),
        (encode(Place(epoch, head + 10**6)), "CURSOR_EXPIRED"),
        ("nonsense", "VALIDATION_ERROR"),
        (ids.encode("Contact", 1), "VALIDATION_ERROR"),
    ]
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        for cursor, code in cases:
            await subscribe(socket, subscription, after=cursor)
            answer = await receive(socket)
            assert answer["type"] == "error", answer
            [error] = answer["payload"]
            assert (error["extensions"]["code"], error["extensions"]["field"]) == (code, "after")


async def test_a_token_bound_to_a_sender_hears_of_that_sender_alone(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    mine, other, user = await factories.sender(), await factories.sender(), await factories.user()
    secret = await factories.api_token(user, sender_id=mine.id)
    for sender_id in (other.id, None, mine.id):
        await say(contact, sender_id=sender_id)
    async with socket_of(api, secret) as socket:
        await subscribe(socket, CURSORS, after=start, filter=of(contact))
        heard = await event(socket)
        with pytest.raises(TimeoutError):
            await receive(socket, 0.5)
    answer = await api.gql(
        "query ($after: String, $filter: EventFilter) { events(after: $after, filter: $filter) { edges { cursor } } }",
        {"after": start, "filter": of(contact)},
        token=secret,
    )
    assert answer["data"]["events"]["edges"] == [{"cursor": heard["cursor"]}]


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "idle"])
async def test_a_demoted_viewer_is_cut_off_within_five_seconds(api: Api, busy: bool) -> None:
    contact, user = await factories.contact(), await factories.user(role=Role.MARKETER, password="a-long-password-1")
    token = await api.sign_in(user.email, "a-long-password-1")
    async with socket_of(api, token) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=await now())
        await say(contact)
        await event(socket)
        await connect.execute("UPDATE user_account SET role = 'VIEWER' WHERE id = $1", user.id)
        talking = asyncio.create_task(_talk(contact)) if busy else None
        async with asyncio.timeout(5):
            with suppress(ConnectionClosed):
                while await event(socket):
                    pass
        assert socket.close_code == 4403
        if talking:
            talking.cancel()


async def _talk(contact: Contact) -> None:
    while True:
        await say(contact)
        await asyncio.sleep(0.05)


async def test_a_signed_out_viewer_is_cut_off_within_five_seconds(api: Api) -> None:
    contact, user = await factories.contact(), await factories.user(password="a-long-password-1")
    token = await api.sign_in(user.email, "a-long-password-1")
    async with socket_of(api, token) as socket:
        await subscribe(socket, CURSORS, filter=of(contact))
        await asyncio.sleep(0.2)
        await connect.execute("UPDATE user_session SET ended_at = now() WHERE user_id = $1", user.id)
        assert await closing(socket) == 4403


async def test_the_end_of_the_access_token_ends_the_connection(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await factories.user(password="a-long-password-1")
    await api.sign_in(user.email, "a-long-password-1")
    session_id = await connect.value("SELECT id FROM user_session WHERE user_id = $1", user.id)
    with monkeypatch.context() as earlier:
        issued = time.time() - get_settings().access_token_seconds + 2
        earlier.setattr(tokens.time, "time", lambda: issued)
        token = tokens.sign_access(user.id, Role.ADMIN, session_id)
    async with socket_of(api, token) as socket:
        await subscribe(socket, CURSORS)
        assert await closing(socket, 7) == 4403
