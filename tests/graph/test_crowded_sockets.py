"""Many sockets that want everything: they get it in order, and leave the process to others meanwhile."""

import asyncio
import threading
import time
from contextlib import AsyncExitStack

import httpx
import psutil

from db.accounts import Role
from graph.core import ids
from tests import factories
from tests.listening import CURSORS, event, now, of, say, socket_of, subscribe
from tests.running import Api

SOCKETS = 40
EVENTS = 2000


async def test_forty_sockets_that_are_told_everything_leave_the_process_to_others(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    assert api.program.process is not None
    process = psutil.Process(api.program.process.pid)
    waits, over = list[float](), threading.Event()

    def ask() -> None:
        """In a thread: the loop of this process has the other end of all sockets, and waits for itself."""
        with httpx.Client(base_url=api.url) as http:
            while not over.wait(0.05):
                began = time.perf_counter()
                http.get("/health")
                waits.append(time.perf_counter() - began)

    async with AsyncExitStack() as stack:
        stack.callback(over.set)
        sockets = [
            await stack.enter_async_context(socket_of(api, api.tokens[Role.VIEWER], compression=None))
            for _ in range(SOCKETS)
        ]
        await say(contact, times=EVENTS)
        before = process.memory_info().rss
        asking, begun = asyncio.create_task(asyncio.to_thread(ask)), time.perf_counter()
        for socket in sockets:
            await subscribe(socket, CURSORS, filter=of(contact), after=start)

        async def take(number: int) -> list[str]:
            told = [await event(sockets[number], 30) for _ in range(EVENTS)]
            assert {one["subject"]["id"] for one in told} == {ids.encode("Contact", contact.id)}
            return [one["cursor"] for one in told]

        heard = await asyncio.gather(*[take(number) for number in range(SOCKETS)])
        took = time.perf_counter() - begun
    await asking
    assert len(set(heard[0])) == EVENTS
    assert heard == [heard[0]] * SOCKETS
    waits.sort()
    assert waits[len(waits) * 95 // 100] < took / 4, "others waited for much of it"
    assert process.memory_info().rss - before < 100 * 2**20


async def test_what_depends_on_the_caller_is_told_to_none_but_them(api: Api) -> None:
    contact, start, sender = await factories.contact(), await now(), await factories.sender()
    mine, theirs = await factories.user(), await factories.user()
    await say(contact, actor_id=mine.id, sender_id=sender.id)
    document = """
    subscription ($filter: EventFilter, $after: String) {
      events(filter: $filter, after: $after) { cursor actor { id } }
    }"""
    for user in (mine, theirs, mine):
        secret = await factories.api_token(user, sender_id=sender.id)
        async with socket_of(api, secret) as socket:
            await subscribe(socket, document, filter=of(contact), after=start)
            actor = (await event(socket))["actor"]
        assert actor == ({"id": ids.encode("User", mine.id)} if user is mine else None)
