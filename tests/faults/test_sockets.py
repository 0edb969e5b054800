"""Sockets that are cut, that nobody reads, and whose server dies: every event reaches each that wants it, once."""

import asyncio
import random
import socket as sockets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets import ClientConnection

from tests.faults.conftest import ADMIN_TOKEN, Installation
from tests.faults.followers import MESSAGES, Follower, following, newest, number_of
from tests.listening import CURSORS, closing, socket_with, subscribe


async def follow_a_send(installation: Installation, sockets: int, people: int, folder: Path) -> None:
    """Half of the sockets are cut at random and resume, and the API is killed and started once."""
    installation.simulator.configure(latency=0.02)
    schedule, sender = await installation.schedule(people, ahead=3), await installation.sender()
    start = await newest(installation)
    [contact] = (await installation.data("{ contacts(last: 1) { edges { node { id } } } }"))["contacts"]["edges"]
    followers = [
        Follower(installation, start, document, **where)
        for _ in range(sockets // 5)
        for document, where in (
            (CURSORS, {}),
            (MESSAGES, {"scheduleId": schedule}),
            (CURSORS, {"types": ["MESSAGE_DELIVERED", "MESSAGE_READ"], "senderId": sender}),
            (MESSAGES, {"types": ["MESSAGE_SENT"]}),
            (CURSORS, {"contactId": contact["node"]["id"]}),
        )
    ]
    cut, kept = followers[::2], followers[1::2]

    async def cut_at_random() -> None:
        while True:
            random.choice(cut).cut()
            await asyncio.sleep(random.random() * 4 / sockets)

    async with following(followers):
        cutting = asyncio.create_task(cut_at_random())
        await installation.under_way(schedule, people // 3)
        installation.api.program.kill()
        installation.api.program.environment["LOG_FILE"] = str(folder / "api.log")
        installation.api.program.start()
        assert (await installation.done(schedule))["sent"] == people
        await installation.check_invariant(schedule)
        cutting.cancel()
        for follower in (*followers, *followers):  # Again, for what may have come twice since.
            await follower.check()
    assert max(len(follower.seen) for follower in followers) > 2 * people
    assert all(follower.connected == 2 for follower in kept)
    assert sum(follower.connected for follower in cut) > 3 * len(cut)
    assert "unexpected_error" not in (folder / "api.log").read_text(), "who is cut in mid-sentence is no error of ours"


async def test_sockets_are_cut_and_the_api_killed_in_the_middle_of_a_send(
    installation: Installation, tmp_path: Path
) -> None:
    await follow_a_send(installation, 10, 200, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_fifty_sockets_are_cut_and_the_api_killed_in_a_send_of_two_thousand(
    installation: Installation, tmp_path: Path
) -> None:
    await follow_a_send(installation, 50, 2000, tmp_path)


READERS, DEAD, PEOPLE = 180, 20, 3400
CUT_SECONDS = 60
"""uvicorn pings every 20 s and waits 20 s for the answer; a write that is not taken for 20 s ends a socket too."""
MOST_GROWTH = 64 * 2**20
"""Of the process, in bytes: 20 MB for 200 sockets (what waits to be written, a compressor, Strawberry's parts), some 20
MB for the 10,000 events of the window and what they name, 8 MB of texts that are kept to be told to others. A queue for
each of twenty dead readers would take some 400 MB more."""
SEND_SECONDS = 20
"""How long a write may wait."""
STOP_SECONDS = 15


async def told(socket: ClientConnection, count: int) -> list[int]:
    """The numbers of the next events. Their JSON is not read: this client must not be what is slow."""
    seen: list[int] = []
    while len(seen) < count:
        frame = await socket.recv(decode=False)
        start = frame.find(b'"cursor":"') + 10
        assert start > 10, frame
        seen.append(number_of(frame[start : frame.index(b'"', start)].decode()))
    return seen


async def opened(installation: Installation, stack: AsyncExitStack, **options: Any) -> ClientConnection:
    credentials = {"X-Admin-Token": ADMIN_TOKEN}
    return await stack.enter_async_context(
        socket_with(installation.api, credentials, close_timeout=0.1, ping_interval=None, **options)
    )


async def open_dead(installation: Installation, stack: AsyncExitStack, after: str, *, small: int) -> set[int]:
    """Twenty that want everything five times and read nothing, the first ones with hardly any buffers; their ports."""
    ports: set[int] = set()
    for number in range(DEAD):
        socket = await opened(installation, stack, compression=None)
        stack.callback(socket.transport.abort)
        if number < small:
            socket.transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        for id in "12345":
            await subscribe(socket, MESSAGES, id, after=after)
        socket.transport.pause_reading()
        ports.add(socket.local_address[1])
    return ports


def process_of(installation: Installation) -> psutil.Process:
    assert installation.api.program.process is not None
    return psutil.Process(installation.api.program.process.pid)


def held(installation: Installation, ports: set[int]) -> set[int]:
    """Those of the clients' ports to which the API has a connection."""
    return ports & {found.raddr.port for found in process_of(installation).net_connections("tcp") if found.raddr}


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_23_two_hundred_sockets_of_which_twenty_read_nothing(
    installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Memory is bounded, dead readers are cut off, the others get everything in order, and a stop is a stop."""
    installation.simulator.configure(read_share=1.0)
    schedule = await installation.schedule(PEOPLE, ahead=10)
    start, count = await newest(installation), 3 * PEOPLE
    process = process_of(installation)
    before = most = process.memory_info().rss
    async with AsyncExitStack() as stack:
        readers = [
            await opened(installation, stack, compression=None if number % 6 else "deflate")
            for number in range(READERS)
        ]
        for reader in readers:
            await subscribe(reader, CURSORS, after=start)
        dead = await open_dead(installation, stack, start, small=DEAD // 2)
        began = time.monotonic()
        reading = asyncio.gather(*[told(reader, count) for reader in readers])
        cut_after: float | None = None
        while not reading.done() or cut_after is None:
            most = max(most, process.memory_info().rss)
            seconds = time.monotonic() - began
            if cut_after is None and not held(installation, dead):
                cut_after = seconds
            assert cut_after is not None or seconds < CUT_SECONDS, "dead readers are still held"
            await asyncio.sleep(0.5)
        heard, read_after = await reading, time.monotonic() - began
        found = await installation.fetch("SELECT number FROM event WHERE number > $1 ORDER BY 1", number_of(start))
        assert len(found) >= count > 10_000
        assert heard == [[row["number"] for row in found][:count]] * READERS
        assert most - before < MOST_GROWTH
        await installation.check_invariant(schedule)

        dead = await open_dead(installation, stack, start, small=DEAD)
        end = time.monotonic() + SEND_SECONDS / 2
        while await asyncio.to_thread(process.cpu_percent, 1.0) > 10 and time.monotonic() < end:
            continue  # Until all buffers are full, but while none is cut off.
        assert held(installation, dead)
        began = time.monotonic()
        await asyncio.to_thread(installation.api.program.stop, STOP_SECONDS)
        stopped_after = time.monotonic() - began
        assert [await closing(reader) for reader in readers] == [1012] * READERS
    installation.api.program.start()
    record_property(f"{READERS} sockets had {count} events each after", f"{read_after:.0f} s")
    record_property(f"{DEAD} dead ones were cut after", f"{cut_after:.0f} s")
    record_property("memory grew by", f"{(most - before) / 2**20:.0f} MiB")
    record_property("a stop took", f"{stopped_after:.1f} s")
