"""Bodies that begin and do not end: how much of them is held, and who gets through meanwhile."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress

import httpx
import pytest

from db.accounts import Role
from db.core.settings import get_settings
from domain import accounts, rates
from graph.core import bodies, http, operation
from graph.core.bodies import Room
from tests.graph.core.toy import Toy
from tests.graph.core.toy import token as token_of

LARGE = 90_000
QUERY = b'{"query": "{ hello }"}'

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two large bodies of an owner, and five in all."""
    rooms = Room(220_000, 550_000), Room(220_000, 550_000)
    monkeypatch.setattr(bodies, "strangers", rooms[0])
    monkeypatch.setattr(bodies, "callers", rooms[1])
    monkeypatch.setattr(bodies, "STEP", 1000)
    monkeypatch.setattr(bodies, "WITHIN", 0.04)
    yield
    assert all((room._held, len(room._bodies), room._by_owner.total()) == (0, 0, 0) for room in rooms)  # pyright: ignore[reportPrivateUsage]


async def begun(served: Toy, address: str = "", token: str = "", sent: int = LARGE, query: bytes = QUERY) -> Connection:
    """A request of which all but the end comes."""
    url = httpx.URL(served.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    given = f"x-forwarded-for: {address}\r\n" if address else ""
    given += f"authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{given}content-length: 100000\r\n\r\n"
    )
    writer.write(head.encode() + query.ljust(sent)[:sent])
    await writer.drain()
    await asyncio.sleep(0.05)  # The server reads what has come, in the order in which it came.
    return reader, writer


async def ended(connection: Connection) -> bytes:
    """The answer to a request that is not waited for any more."""
    reader, writer = connection
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"]}")
    await closed(writer)
    return answer


async def finished(connection: Connection, sent: int = LARGE) -> bytes:
    """The answer to a request whose end comes now."""
    reader, writer = connection
    writer.write(b" " * (100_000 - sent))
    async with asyncio.timeout(5):
        line = await reader.readline()
    await closed(writer)
    return line


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_an_address_holds_so_much_and_its_slowest_gives_way(served: Toy) -> None:
    one, two, three = [await begun(served) for _ in range(3)]
    answer = await ended(one)
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert b"too_many_bodies" in answer
    assert b"\r\nretry-after: 5\r\n" in answer
    assert b"220000" not in answer, "its limits are of requests, not bytes"
    for connection in (two, three):
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")


async def test_who_goes_on_is_not_given_up_for_having_begun_first(served: Toy) -> None:
    """It is nearest to its end."""
    one, two = await begun(served, sent=60_000), await begun(served)
    one[1].write(b" " * 30_000)
    third = await begun(served)
    assert (await ended(two)).startswith(b"HTTP/1.1 429 ")
    for connection in (one, third):
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")


async def test_where_none_is_slow_the_newest_gives_way(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else none came to its end while more begin than fit; and what comes in one piece gets through all the same."""
    monkeypatch.setattr(bodies, "WITHIN", 60)
    one, two, three = [await begun(served) for _ in range(3)]
    assert (await ended(three)).startswith(b"HTTP/1.1 429 ")
    little = await served.http.post(
        "/graphql", content=QUERY.ljust(45_000), headers={"content-type": "application/json"}
    )
    assert (little.status_code, little.json()["data"]) == (200, {"hello": "hello"})
    for connection in (one, two):
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")


async def test_all_strangers_hold_so_much_and_who_comes_at_once_gets_through(served: Toy) -> None:
    slow = [await begun(served, f"203.0.113.{number}") for number in range(6)]
    quick = await served.http.post("/graphql", content=QUERY.ljust(LARGE), headers={"content-type": "application/json"})
    assert (quick.status_code, quick.json()["data"]) == (200, {"hello": "hello"})
    assert (await ended(slow[0])).startswith(b"HTTP/1.1 429 ")
    for connection in slow[1:]:
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")


async def test_strangers_take_no_room_of_those_who_are_signed_in(served: Toy) -> None:
    known = [await begun(served, token=served.tokens[role]) for role in (Role.ADMIN, Role.VIEWER)]
    slow = [await begun(served, f"203.0.113.{number}") for number in range(9)]
    for connection in known:
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")
    for _, writer in slow:
        await closed(writer)
    await asyncio.sleep(0.1)  # The server reads that they are gone.


async def test_a_caller_who_is_signed_in_holds_so_much_too(served: Toy) -> None:
    mine = [await begun(served, token=served.tokens[Role.VIEWER]) for _ in range(3)]
    other = await begun(served, token=served.tokens[Role.ADMIN])
    assert (await ended(mine[0])).startswith(b"HTTP/1.1 429 ")
    for connection in (*mine[1:], other):
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")


async def test_what_has_not_begun_to_come_holds_nothing(served: Toy) -> None:
    silent = [await begun(served, sent=0) for _ in range(50)]
    slow = [await begun(served) for _ in range(2)]
    for connection in slow:
        assert (await finished(connection)).startswith(b"HTTP/1.1 200 ")
    for _, writer in silent:
        await closed(writer)


async def test_what_says_that_it_is_too_large_is_not_waited_for(served: Toy) -> None:
    url = httpx.URL(served.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1048577\r\n\r\n"
    )
    assert (await ended((reader, writer))).startswith(b"HTTP/1.1 413 ")


MINE = b'{"query": "{ contacts { totalCount } }"}'


async def test_who_loses_their_rights_while_a_body_comes_has_none_when_it_is_here(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "STALE", 0.01)
    for revoked in (False, True):
        secret = await token_of(Role.VIEWER)
        viewer = await accounts.authenticate(secret)
        reader, writer = await begun(served, token=secret, query=MINE)
        if revoked:
            assert viewer.token_id is not None
            await accounts.delete_api_token(viewer, viewer.token_id)
        writer.write(b" " * (100_000 - LARGE))
        async with asyncio.timeout(5):
            await reader.readuntil(b"\r\n\r\n")
            assert (b"AUTHENTICATION_ERROR" in await reader.read(65_536)) is revoked
        await closed(writer)


async def test_who_loses_their_rights_while_others_have_their_turn_has_none_in_their_own(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(operation, "STALE", 0.01)
    for revoked in (False, True):
        secret = await token_of(Role.VIEWER)
        viewer = await accounts.authenticate(secret)
        async with AsyncExitStack() as turns:
            for _ in range(operation.AT_ONCE):
                await turns.enter_async_context(rates.turn(viewer, "operations", operation.AT_ONCE))
            headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
            asking = asyncio.create_task(served.http.post("/graphql", content=MINE, headers=headers))
            await asyncio.sleep(0.2)  # It waits for its turn.
            if revoked:
                assert viewer.token_id is not None
                await accounts.delete_api_token(viewer, viewer.token_id)
        answer = (await asking).json()
        assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ["AUTHENTICATION_ERROR"] * revoked
