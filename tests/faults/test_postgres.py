"""PostgreSQL that restarts or dies in the middle, and a thousand callers that go away in theirs."""

import asyncio
import random
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import orjson
import psutil
import pytest

from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from tests.factories import unique
from tests.faults.conftest import ADMIN_TOKEN, Installation
from tests.faults.invariant import ARRIVED
from tests.listening import socket_with, subscribe
from tests.running import Program

CREATE_GROUP = "mutation ($n: String!) { createGroup(input: { name: $n }) { id } }"
POOL = 10
"""Connections of one process, as set by DATABASE_POOL."""

LONG = [pytest.mark.soak, pytest.mark.timeout(300)]


async def check_pool(installation: Installation, program: Program, application: str) -> None:
    """What the process holds is what PostgreSQL knows of, within the pool, and at rest."""
    assert program.process is not None
    process = psutil.Process(program.process.pid)
    end = time.monotonic() + 10
    while True:
        held = {
            one.laddr.port
            for one in process.net_connections("tcp")
            if one.raddr and one.raddr.port == installation.services.postgres.port
        }
        known = await installation.fetch(
            "SELECT client_port, state, application_name FROM pg_stat_activity WHERE client_port = ANY($1)"
            " OR application_name = $2",
            list(held),
            application,
        )
        pooled = [row for row in known if row["application_name"] == application]
        at_rest = all(row["state"] == "idle" for row in pooled)
        if held == {row["client_port"] for row in known} and len(pooled) <= POOL and at_rest:
            return
        assert time.monotonic() < end, f"{application} holds {held}, and PostgreSQL has {[dict(row) for row in known]}"
        await asyncio.sleep(0.05)


async def answers(installation: Installation) -> bool:
    """Whether the API can write."""
    return "errors" not in await installation.api.gql(CREATE_GROUP, {"n": unique()})


async def check_recovery(installation: Installation, schedule: str, sent: int) -> None:
    """Within 10 s of PostgreSQL's return the API writes, and sending goes on."""
    back = time.monotonic()
    while not await answers(installation):
        assert time.monotonic() < back + 10, "the API cannot write"
        await asyncio.sleep(0.1)
    while (await installation.stats(schedule))["sent"] <= sent:
        assert time.monotonic() < back + 10, "nothing more is sent"
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(("people", "restarts"), [(800, 1), pytest.param(5000, 5, marks=LONG)])
async def test_11_a_fast_restart_in_the_middle(installation: Installation, people: int, restarts: int) -> None:
    """All sessions are cut at once, by SIGINT to the server: pools come back, and hold no dead connections."""
    schedule = await installation.schedule(people)
    sent = 0
    for _ in range(restarts):
        await installation.under_way(schedule, sent + 100)
        installation.services.postgres.stop()
        installation.services.postgres.start()
        sent = len(await installation.in_state(schedule, *ARRIVED))
        await check_recovery(installation, schedule, sent)
    if restarts == 1:
        await installation.pass_time("CLAIMED")
    async with installation.traffic() as others:
        assert (await installation.done(schedule, seconds=150))["sent"] == people
    await installation.check_invariant(schedule, *others)
    await check_pool(installation, installation.api.program, "tidings api")
    await check_pool(installation, installation.worker, "tidings worker")


@pytest.mark.soak
async def test_12_postgres_is_killed_and_recovers(installation: Installation) -> None:
    """kill -9 in the middle: no acceptance that was committed is forgotten."""
    schedule = await installation.schedule(1200)
    await installation.under_way(schedule, 100)
    sent = {row["id"] for row in await installation.in_state(schedule, *ARRIVED)}
    installation.services.postgres.kill()
    await asyncio.sleep(2)
    installation.services.postgres.start()
    left = {row["id"] for row in await installation.in_state(schedule, *ARRIVED)}
    assert sent <= left
    await check_recovery(installation, schedule, len(left))
    async with installation.traffic() as others:
        assert (await installation.done(schedule, seconds=120))["sent"] == 1200
    await installation.check_invariant(schedule, *others)
    await check_pool(installation, installation.api.program, "tidings api")
    await check_pool(installation, installation.worker, "tidings worker")


@contextmanager
def frozen(installation: Installation) -> Generator[None]:
    """Every process of the server stands still: connections are taken by the kernel, and nobody answers."""
    server = psutil.Process(installation.services.postgres.pid)
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


@pytest.mark.parametrize(("people", "seconds"), [(600, 9), pytest.param(2000, 20, marks=LONG)], ids=["quick", "long"])
async def test_13_postgres_is_frozen(
    installation: Installation, record_property: Callable[[str, object], None], people: int, seconds: float
) -> None:
    """Nobody waits for ever: health says so, calls end with an error that is not ours to leak, and all comes back."""
    installation.simulator.configure(latency=0.05)
    schedule = await installation.schedule(people)
    await installation.under_way(schedule, people // 6)
    began = time.monotonic()
    with frozen(installation):
        calls = [asyncio.create_task(installation.api.gql(CREATE_GROUP, {"n": unique()})) for _ in range(2 * POOL)]
        while (await installation.api.http.get("/health/ready")).status_code != 503:
            assert time.monotonic() < began + seconds, "nobody noticed"
            await asyncio.sleep(0.2)
        noticed = time.monotonic() - began
        assert (await installation.api.http.get("/health/live")).status_code == 200
        done, _ = await asyncio.wait(calls, timeout=began + seconds - time.monotonic())
        await asyncio.sleep(began + seconds - time.monotonic())
    back = time.monotonic()
    # Others hold all connections of the pool, and wait for PostgreSQL itself.
    assert len(done) >= len(calls) - POOL, "whoever got no connection heard nothing"
    early = [error["extensions"]["code"] for call in done for error in call.result()["errors"]]
    late = [
        error["extensions"]["code"] for answer in await asyncio.gather(*calls) for error in answer.get("errors", ())
    ]
    assert set(early) == set(late) == {"EXTERNAL_SERVICE_ERROR"}, "an outage is told as one"
    record_property("refused before it was back", len(early))
    sent = len(await installation.in_state(schedule, *ARRIVED))
    if sent < people:
        await check_recovery(installation, schedule, sent)
    record_property("noticed after", f"{noticed:.1f} s")
    record_property("back after", f"{time.monotonic() - back:.1f} s")
    if seconds < 20:
        await installation.pass_time("CLAIMED")
        await installation.hurry(schedule)
    async with installation.traffic() as others:
        assert (await installation.done(schedule, seconds=120))["sent"] == people
    await installation.check_invariant(schedule, *others)
    await check_pool(installation, installation.api.program, "tidings api")
    await check_pool(installation, installation.worker, "tidings worker")


async def write(subject: int) -> None:
    """A transaction as ours are: a statement, an event under the log's lock, a commit."""
    async with transaction():
        await connect.execute("SELECT pg_sleep($1)", random.random() * 0.005)
        record(EventType.CONTACT_UPDATED, "Contact", subject)


async def give_up(task: "asyncio.Task[None]") -> bool:
    """Cancels it anywhere between its first step and its end; whether it was in time."""
    for _ in range(random.randrange(12)):
        await asyncio.sleep(0)
    await asyncio.sleep(random.choice((0.0, 0.0, random.random() * 0.05)))
    task.cancel()
    [result] = await asyncio.gather(task, return_exceptions=True)
    assert result is None or isinstance(result, asyncio.CancelledError | TimeoutError), repr(result)
    return result is not None


async def test_14_a_thousand_cancelled_transactions(database: None) -> None:
    """In-process, forty at once on a pool of ten: all connections come back, and nobody keeps the log's lock."""
    cancelled = 0
    for _ in range(25):
        tasks = [asyncio.create_task(write(1)) for _ in range(40)]
        cancelled += sum(await asyncio.gather(*map(give_up, tasks)))
    assert cancelled > 500, "most were done before they were cancelled"
    most, idle, used = connect.pool_figures()
    assert (most, used) == (POOL, 0)
    known = await connect.rows(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'tidings tests' AND pid <> pg_backend_pid()"
    )
    assert len(known) == idle - 1
    assert {row["state"] for row in known} <= {"idle"}
    async with asyncio.timeout(5):
        await asyncio.gather(*(connect.value("SELECT pg_sleep(0.2)") for _ in range(POOL)))
        await write(1)


async def cut_request(installation: Installation) -> None:
    """A request whose client goes away, anywhere between its last byte and the answer."""
    body = orjson.dumps({"query": CREATE_GROUP, "variables": {"n": unique()}})
    host, port = "127.0.0.1", int(installation.environment["API_PORT"])
    _, writer = await asyncio.open_connection(host, port)
    head = f"POST /graphql HTTP/1.1\r\nHost: {host}:{port}\r\nX-Admin-Token: {ADMIN_TOKEN}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    await asyncio.sleep(random.random() * 0.2)
    writer.transport.abort()


async def cut_socket(installation: Installation) -> None:
    """The same over a socket."""
    async with socket_with(installation.api, {"X-Admin-Token": ADMIN_TOKEN}, compression=None) as socket:
        await subscribe(socket, CREATE_GROUP, n=unique())
        await asyncio.sleep(random.random() * 0.1)
        socket.transport.abort()


async def groups(installation: Installation) -> int:
    [row] = await installation.fetch("SELECT count(*) AS groups FROM contact_group")
    return row["groups"]


@pytest.mark.timeout(120)
async def test_14_a_thousand_cancelled_requests(
    installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    """In the midst of a send: what was asked is done whole, the API's pool is as before, and it answers."""
    schedule = await installation.schedule(1000)
    await installation.under_way(schedule, 50)
    for cut in (cut_request, cut_socket):
        before = await groups(installation)
        for _ in range(13):
            await asyncio.gather(*(cut(installation) for _ in range(40)))
        await check_pool(installation, installation.api.program, "tidings api")
        made = await groups(installation) - before
        record_property(f"done of 520, {cut.__name__}", made)
        assert 260 < made <= 520, "they went away before anybody heard what they ask for"
    answered = await asyncio.gather(*(answers(installation) for _ in range(2 * POOL)))
    assert all(answered)
    await check_pool(installation, installation.api.program, "tidings api")
    assert (await installation.done(schedule))["sent"] == 1000
    await installation.check_invariant(schedule)
