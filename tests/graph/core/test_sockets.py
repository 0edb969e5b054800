"""graphql-transport-ws against the real server: rights, limits, and clients that stop reading.

Frames, right and wrong, are in tests/conformance.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets import ClientConnection, ConnectionClosed, InvalidStatus, Subprotocol
from websockets.asyncio.client import connect

from db.accounts import ApiToken, Role
from db.core.connect import execute
from db.core.settings import get_settings
from domain import accounts
from domain.core.access import Viewer
from domain.core.errors import Refusal
from domain.core.tokens import digest
from graph.core import sockets, watch
from graph.core.wire import MOST_UNSAID
from tests.graph.core import toy
from tests.graph.core.toy import Toy

PROTOCOL = "graphql-transport-ws"


@asynccontextmanager
async def opened(url: str, protocol: str = PROTOCOL, **options: Any) -> AsyncIterator[ClientConnection]:
    address = f"{url.replace('http', 'ws')}/graphql"
    async with connect(address, subprotocols=[Subprotocol(protocol)], proxy=None, **options) as socket:
        yield socket


@asynccontextmanager
async def acknowledged(served: Toy, role: Role = Role.ADMIN, **options: Any) -> AsyncIterator[ClientConnection]:
    async with opened(served.url, **options) as socket:
        await send(socket, type="connection_init", payload={"AUTHORIZATION": f"bearer {served.tokens[role]}"})
        assert (await receive(socket))["type"] == "connection_ack"
        yield socket


async def send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def receive(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        return json.loads(await socket.recv())


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """Code and reason of the close that comes, whatever else comes before."""
    try:
        while True:
            await receive(socket)
    except ConnectionClosed as closed:
        return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


async def ask(socket: ClientConnection, query: str, **payload: Any) -> None:
    await send(socket, type="subscribe", id="1", payload={"query": query, **payload})


async def test_a_subscription_runs_to_its_end(served: Toy) -> None:
    async with acknowledged(served) as socket:
        await ask(socket, "subscription { numbers(to: 3) }")
        messages = [await receive(socket) for _ in range(4)]
        assert [message["payload"]["data"]["numbers"] for message in messages[:3]] == ["0", "1", "2"]
        assert messages[3] == {"type": "complete", "id": "1"}


async def test_queries_and_mutations_run_too(served: Toy) -> None:
    async with acknowledged(served) as socket:
        await ask(socket, "query A { hello } query B { again: hello }", operationName="B")
        assert (await receive(socket))["payload"]["data"] == {"again": "hello"}
        assert (await receive(socket))["type"] == "complete"
        await ask(socket, 'mutation { enter(secret: "right") }')
        assert (await receive(socket))["payload"]["data"] == {"enter": True}


@pytest.mark.parametrize(
    "payload", [None, {}, {"Authorization": "Bearer nonsense"}, {"Authorization": 5}, {"Authorization": "x"}], ids=str
)
async def test_a_socket_needs_credentials(served: Toy, payload: Any) -> None:
    async with opened(served.url) as socket:
        await send(socket, type="connection_init", payload=payload)
        assert (await closing(socket))[0] == 4403


async def test_a_token_that_was_revoked_ends_the_socket_at_its_next_use(served: Toy) -> None:
    secret = await toy.token(Role.ADMIN)
    async with opened(served.url) as socket:
        await send(socket, type="connection_init", payload={"authorization": f"Bearer {secret}"})
        assert (await receive(socket))["type"] == "connection_ack"
        await ApiToken.filter(digest=digest(secret)).delete()
        await ask(socket, "{ hello }")
        assert (await closing(socket))[0] == 4403


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
async def test_whoever_loses_their_rights_is_cut_off_within_five_seconds(served: Toy, busy: bool) -> None:
    losses = [
        "UPDATE api_token SET expires_at = now() WHERE id = {token}",
        "DELETE FROM api_token WHERE id = {token}",
        "UPDATE api_token SET scopes = '{{READ}}' WHERE id = {token}",
        "UPDATE user_account SET role = 'VIEWER' WHERE id = {user}",
        "UPDATE user_account SET active = false WHERE id = {user}",
    ]
    if busy:  # One of them takes all that this process has to give.
        losses = losses[-1:]
    async with AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        for loss in [*losses, "SELECT 1"]:
            secret = await toy.token(Role.ADMIN)
            sockets.append(
                socket := await stack.enter_async_context(opened(served.url, compression=None, close_timeout=0.1))
            )
            await send(socket, type="connection_init", payload={"authorization": f"Bearer {secret}"})
            assert (await receive(socket))["type"] == "connection_ack"
            if busy:
                # Wide messages: of small ones the buffers in between hold 30,000, and the close comes behind them.
                await ask(socket, "subscription { numbers(to: 1000003, width: 50000) }")
                await receive(socket)
            token = await ApiToken.get(digest=digest(secret))
            await execute(loss.format(token=token.id, user=token.user_id))
        async with asyncio.timeout(5):
            assert [(await closing(socket))[0] for socket in sockets[:-1]] == [4403] * len(losses)
        await send(sockets[-1], type="ping")
        while (await receive(sockets[-1]))["type"] != "pong":
            pass


async def test_while_the_database_is_away_an_operation_is_answered(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_viewer: Viewer) -> Viewer:
        raise ConnectionRefusedError("postgres.internal:5432")

    async with acknowledged(served) as socket:
        with monkeypatch.context() as outage:
            outage.setattr(accounts, "recheck", away)
            await ask(socket, "{ hello }")
            answer = await receive(socket)
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "EXTERNAL_SERVICE_ERROR"
        assert "postgres" not in json.dumps(answer)
        await ask(socket, "{ hello }")
        assert (await receive(socket))["payload"]["data"] == {"hello": "hello"}


async def test_while_the_database_is_away_a_socket_is_told_to_come_again(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not 4403: the credentials may be good, and clients take that for the end of their sign-in."""

    async def away(*_: Any, **_given: Any) -> Viewer:
        raise ConnectionRefusedError

    monkeypatch.setattr(sockets, "signed_in", away)
    async with opened(served.url) as socket:
        await send(socket, type="connection_init", payload={"Authorization": "Bearer tdg_x"})
        assert await closing(socket) == (1013, "The database does not answer. Try again in a few seconds.")


async def test_variables_that_are_nested_too_deeply_are_a_mistake(served: Toy) -> None:
    message = {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": {"a": "deep"}}}
    async with acknowledged(served) as socket:
        await socket.send(json.dumps(message).replace('"deep"', "[" * 1000 + "]" * 1000))
        answer = await receive(socket)
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "VALIDATION_ERROR"
        await ask(socket, "{ hello }")
        assert (await receive(socket))["payload"]["data"] == {"hello": "hello"}


async def test_what_fails_before_an_operation_runs_is_answered(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_viewer: Viewer) -> Viewer:
        raise ValueError("something that nobody thought of")

    async with acknowledged(served) as socket:
        with monkeypatch.context() as fault:
            fault.setattr(accounts, "recheck", broken)
            await ask(socket, "{ hello }")
            answer = await receive(socket)
        assert answer["payload"][0]["extensions"]["code"] == "INTERNAL_ERROR"
        await ask(socket, "{ hello }")
        assert (await receive(socket))["payload"]["data"] == {"hello": "hello"}


async def test_a_socket_may_have_so_many_operations(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MAX_OPERATIONS", 1)
    async with acknowledged(served) as socket:
        await ask(socket, "subscription { numbers(to: 1000000) }")
        await send(socket, type="subscribe", id="2", payload={"query": "{ hello }"})
        while (answer := await receive(socket))["id"] == "1":
            pass
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"


async def test_a_long_reason_is_cut_to_what_a_close_frame_holds(served: Toy) -> None:
    async with acknowledged(served) as socket:
        for _ in range(2):
            payload = {"query": "subscription { numbers(to: 1000000) }"}
            await send(socket, type="subscribe", id="é" * sockets.MAX_ID, payload=payload)
        code, reason = await closing(socket)
        assert code == 4409
        assert 100 < len(reason.encode()) <= 123


async def test_a_refused_operation_leaves_the_socket_open(served: Toy) -> None:
    async with acknowledged(served) as socket:
        for wrong in ("{ nothing }", "{ hello"):
            await ask(socket, wrong)
            error = await receive(socket)
            assert error["type"] == "error"
            assert error["payload"][0]["extensions"]["code"] == "VALIDATION_ERROR"
        await ask(socket, 'mutation { enter(secret: "wrong") }')
        refused = (await receive(socket))["payload"]["errors"][0]
        assert refused["extensions"]["code"] == "AUTHENTICATION_ERROR"
        assert (await receive(socket))["type"] == "complete"
        await send(socket, type="ping")
        assert (await receive(socket))["type"] == "pong"


async def test_a_stranger_sends_credentials_and_no_more(served: Toy) -> None:
    async with opened(served.url) as socket:
        await send(socket, type="ping", payload={"x": "a" * (MOST_UNSAID - 100)})
        assert (await receive(socket))["type"] == "pong"
        await send(socket, type="ping", payload={"x": "a" * MOST_UNSAID})
        assert (await closing(socket))[0] == 1009
    async with acknowledged(served) as socket:
        await send(socket, type="ping", payload={"x": "a" * 200_000})
        assert len((await receive(socket))["payload"]["x"]) == 200_000


async def test_what_is_still_to_be_told_when_the_server_ends_a_socket_is_no_error_of_ours(served: Toy) -> None:
    many = 1_000_002
    with capture_logs() as told:
        async with acknowledged(served) as socket:
            await ask(socket, f"subscription {{ numbers(to: {many}) }}")
            await eventually(lambda: many in toy.counting)
            await send(socket, type="ping", payload={"x": "a" * 262_144})
            assert (await closing(socket))[0] == 1009
        await eventually(lambda: many not in toy.counting)
    assert [line for line in told if line["log_level"] == "error"] == []


async def test_a_page_of_another_origin_gets_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", '["https://ours.example"]')
    get_settings.cache_clear()
    try:
        async with toy.serving() as url:
            async with opened(url, origin="https://ours.example"):
                pass
            async with opened(url, origin=url):
                pass
            with pytest.raises(InvalidStatus) as caught:
                async with opened(url, origin="https://theirs.example"):
                    pass
            assert caught.value.response.status_code == 403
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


async def test_a_client_that_stops_reading_is_cut_off(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "SEND_DEADLINE", 0.5)
    many = 1_000_001
    # Blanks would be compressed to nothing, and the buffers in between take long to fill.
    async with acknowledged(served, max_queue=1, compression=None, close_timeout=0.1) as socket:
        await ask(socket, f"subscription {{ numbers(to: {many}, width: 100000) }}")
        await eventually(lambda: many in toy.counting)
        socket.transport.pause_reading()
        await eventually(lambda: many not in toy.counting)
        socket.transport.abort()


async def test_of_silent_ones_from_many_addresses_the_longest_silent_is_cut_off(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(sockets, "MOST_SILENT", 5)
    async with AsyncExitStack() as stack:
        first, *others = [
            await stack.enter_async_context(opened(served.url, local_addr=(f"127.0.0.{number}", 0)))
            for number in range(2, 8)
        ]
        with pytest.raises(ConnectionClosed) as caught:
            await receive(first)
        assert caught.value.rcvd is None
        for socket in others:
            await send(socket, type="connection_init", payload={"AUTHORIZATION": f"bearer {served.tokens[Role.ADMIN]}"})
            assert (await receive(socket))["type"] == "connection_ack"


async def eventually(holds: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "payload",
    [
        {"query": "query A { hello } query B { hello }", "operationName": "Nope"},
        {"query": "query A { hello } query B { hello }", "operationName": ""},
        {"query": "fragment A on Query { hello }"},
        {"query": ""},
    ],
    ids=str,
)
async def test_a_document_without_the_operation_is_a_mistake(served: Toy, payload: dict[str, str]) -> None:
    async with acknowledged(served) as socket:
        await ask(socket, **payload)
        answer = await receive(socket)
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "VALIDATION_ERROR"
        await ask(socket, "{ hello }")
        assert (await receive(socket))["payload"]["data"] == {"hello": "hello"}


def test_all_tokens_of_a_user_watch_as_much_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(watch, "MOST_TOLD", 2)

    def charge(**caller: int) -> None:
        with watch.charged(Viewer(role=Role.SALES, **caller)):
            more = watch.charging.get()
            assert more is not None
            more(1)

    with watch.charged(Viewer(role=Role.SALES, user_id=1, token_id=1)):
        more = watch.charging.get()
        assert more is not None
        more(2)
        with pytest.raises(Refusal, match="may cost 2"):
            charge(user_id=1, token_id=2)
        charge(user_id=1, session_id=1)
        charge(user_id=2, token_id=3)
    charge(user_id=1, token_id=2)


async def test_what_a_caller_watches_is_bounded_over_all_sockets(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(watch, "MOST_TOLD", 2)
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(acknowledged(served)) for _ in range(3)]
        for socket in found[:2]:
            await ask(socket, "subscription { numbers(to: 100000) }")
            assert (await receive(socket))["type"] == "next"
        await ask(found[2], "subscription { numbers(to: 1) }")
        message = await receive(found[2])
        assert message["type"] == "error"
        extensions = message["payload"][0]["extensions"]
        assert (extensions["code"], extensions["details"]["reason"]) == (
            "RATE_LIMIT_EXCEEDED",
            "too_many_subscriptions",
        )
        async with acknowledged(served, Role.VIEWER) as other:
            await ask(other, "subscription { numbers(to: 1) }")
            assert (await receive(other))["type"] == "next", "what others watch is theirs"
        await found[0].close()
        async with asyncio.timeout(5):
            while message["type"] != "next":
                await asyncio.sleep(0.1)  # Until the end of the other has been noticed; few calls a second are allowed.
                await ask(found[2], "subscription { numbers(to: 1) }")
                message = await receive(found[2])
