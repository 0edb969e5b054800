"""Mutations that come by a socket: they are carried through, whatever becomes of it."""

import asyncio

import pytest

from domain.core.access import Viewer
from graph.core import sockets
from tests.graph.core import toy
from tests.graph.core.test_sockets import acknowledged, ask, receive, send
from tests.graph.core.toy import Toy


@pytest.mark.parametrize("gone", [False, True], ids=["complete", "gone"])
async def test_a_mutation_that_has_begun_is_carried_through(
    served: Toy, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    begun, may_go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def enter(_viewer: Viewer, *, secret: str) -> bool:
        begun.set()
        await may_go_on.wait()
        done.set()
        return True

    monkeypatch.setattr(toy, "enter", enter)
    async with acknowledged(served) as socket:
        await ask(socket, 'mutation { enter(secret: "x") }')
        await begun.wait()
        if gone:
            socket.transport.abort()
        else:
            await send(socket, type="complete", id="1")
            await ask(socket, "{ hello }")
            assert (await receive(socket))["payload"]["data"] == {"hello": "hello"}, "its id is free again"
            assert (await receive(socket))["type"] == "complete"
        await asyncio.sleep(0.2)
        may_go_on.set()
        async with asyncio.timeout(5):
            await done.wait()
        if not gone:
            await send(socket, type="ping")
            assert (await receive(socket))["type"] == "pong", "and nothing more is told of it"


async def test_mutations_that_are_carried_through_count_as_running(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else a client that completes each at once would have as many running as it likes."""
    monkeypatch.setattr(sockets, "MAX_OPERATIONS", 2)
    begun, may_go_on = asyncio.Semaphore(0), asyncio.Event()

    async def enter(_viewer: Viewer, *, secret: str) -> bool:
        begun.release()
        await may_go_on.wait()
        return True

    monkeypatch.setattr(toy, "enter", enter)
    async with acknowledged(served) as socket:
        for _ in range(2):
            await ask(socket, 'mutation { enter(secret: "x") }')
            await begun.acquire()
            await send(socket, type="complete", id="1")
        await ask(socket, 'mutation { enter(secret: "x") }')
        try:
            refused = await receive(socket)
            assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
        finally:
            may_go_on.set()
        async with asyncio.timeout(5):
            while True:
                await ask(socket, "{ hello }")
                if (await receive(socket))["type"] == "next":
                    break
