"""What may be not well is brought about for real, and found by each of four alone: health, alerts, log, doctor."""

import asyncio
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.health.problems import BEHIND_SECONDS, DOUBTS, DOWN, Kind
from tests.faults.alerts import Scrapes, read, rules
from tests.faults.conftest import Installation
from tests.faults.followers import Follower, following, newest
from workers.core.supervise import FAILED_SECONDS

pytestmark = pytest.mark.timeout(180)
RULES = {kind: rule for rule in rules().values() for kind in Kind if f'problem="{kind}"' in rule.expr}


class Lookout:
    """The four places, each asked by itself."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.log = Path(installation.environment["LOG_FILE"])
        self._read_to = len(self.log.read_bytes()) if self.log.exists() else 0

    async def health(self) -> tuple[int, list[str]]:
        answer = await self.installation.api.http.get("/health/detailed")
        return answer.status_code, answer.json()["problems"]

    async def alert(self, kind: Kind) -> bool:
        scrapes = Scrapes([(0.0, read((await self.installation.api.http.get("/metrics")).text))])
        return scrapes.holds(RULES[kind])

    def logged(self, event: str, kind: Kind) -> bool:
        lines = self.log.read_bytes()[self._read_to :].splitlines()
        return any(line["event"] == event and line.get("problem") == kind for line in map(json.loads, lines))

    async def doctor(self) -> str:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "tidings", "doctor"],
            capture_output=True,
            text=True,
            env={**os.environ, **self.installation.environment},
            timeout=60,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        assert not done.stderr, "it says all in its sentences"
        return done.stdout

    async def until(self, what: str, holds: Callable[[], Awaitable[bool]], seconds: float = 45) -> None:
        end = time.monotonic() + seconds
        while not await holds():
            assert time.monotonic() < end, f"not seen in {what}: {await self.health()}"
            await asyncio.sleep(0.25)

    async def sees(self, kind: Kind, words: str, *, status: int | None = None, seconds: float = 45) -> None:
        """Each of the four places tells of it."""
        status = status or (503 if kind in DOWN else 200)

        async def in_health() -> bool:
            found, problems = await self.health()
            return found == status and any(problem.startswith(words) for problem in problems)

        async def in_alerts() -> bool:
            return await self.alert(kind)

        async def in_log() -> bool:
            return self.logged("problem", kind)

        await self.until("health", in_health, seconds)
        await self.until("alerts", in_alerts)
        await self.until("the log", in_log)
        told = await self.doctor()
        assert words.split(":")[0].removesuffix(".").casefold() in told.casefold(), told

    async def is_over(self, kind: Kind, seconds: float = 45) -> None:
        async def over() -> bool:
            return not await self.alert(kind) and self.logged("problem_over", kind)

        await self.until("its end", over, seconds)


async def post(installation: Installation, content: bytes) -> None:
    """Posts to the door as WhatsApp does."""
    secret = installation.environment["WHATSAPP_APP_SECRET"].encode()
    headers = {"X-Hub-Signature-256": f"sha256={hmac.digest(secret, content, 'sha256').hex()}"}
    answer = await installation.api.http.post("/webhooks/whatsapp", content=content, headers=headers)
    assert answer.status_code == 200


@asynccontextmanager
async def provoked(installation: Installation, kind: Kind) -> AsyncIterator[Lookout]:
    """What is inside has the state end: it must be told of before, and be over after."""
    lookout = Lookout(installation)
    assert not await lookout.alert(kind), "it was so before"
    yield lookout
    await lookout.is_over(kind)


async def test_redis_is_stopped(installation: Installation) -> None:
    kind = Kind.REDIS_AWAY
    async with provoked(installation, kind) as lookout:
        await asyncio.to_thread(installation.services.valkey.stop)
        try:
            await lookout.sees(kind, "Redis ")
            told = await lookout.doctor()
            assert "says that it is unhealthy, as is said above" in told, told
        finally:
            await asyncio.to_thread(installation.services.valkey.start)


@pytest.mark.soak
async def test_webhooks_cannot_be_kept(installation: Installation) -> None:
    """Somebody holds the table that they are kept in: none is there that could grow old."""
    kind, words = Kind.WEBHOOKS_REFUSED, "Webhooks of the last five minutes that this server could not keep"
    lookout = Lookout(installation)
    assert not await lookout.alert(kind)
    async with installation.locked("LOCK TABLE inbound_post IN SHARE ROW EXCLUSIVE MODE"):
        with pytest.raises(AssertionError):
            await post(installation, b'{"object": "whatsapp_business_account", "entry": []}')
        await lookout.sees(kind, words)


@pytest.mark.soak
async def test_answers_of_whatsapp_are_broken(installation: Installation) -> None:
    """It answers 502 to each send, and tells of none."""
    kind, words = Kind.SENDS_IN_DOUBT, "Sends of which WhatsApp's answer was lost"
    installation.simulator.configure(bad_gateway_share=1.0)
    async with provoked(installation, kind) as lookout:
        schedule = await installation.schedule(DOUBTS)
        await installation.until_in_state(schedule, "UNKNOWN", DOUBTS)
        # A post that waits may hold their statuses: nothing is decided meanwhile.
        await installation.fetch(
            "INSERT INTO inbound_post (created_at, provider, body, tries, retry_at)"
            " VALUES (now() - interval '1 h', 'CLOUD_API', '{}', 1, now() + interval '1 h')"
        )
        await installation.pass_time("UNKNOWN", seconds=61)
        await lookout.sees(kind, words)
        installation.simulator.configure(bad_gateway_share=0.0)
        await installation.fetch("UPDATE inbound_post SET done_at = now() WHERE done_at IS NULL")
        await installation.fetch("UPDATE message SET lease_until = NULL, state = 'UNCONFIRMED' WHERE state = 'UNKNOWN'")


async def test_intake_is_blocked(installation: Installation) -> None:
    """Webhooks are kept, and what takes them up waits for a lock that somebody holds."""
    kind, words = Kind.JOURNAL_GROWS, "The inbound journal grows: "
    lock = installation.locked("SELECT pg_advisory_xact_lock($1)", 0x7469_696E)
    async with provoked(installation, kind) as lookout, lock:
        await post(installation, b'{"object": "whatsapp_business_account", "entry": []}')
        # Half a minute passes.
        aged = "UPDATE inbound_post SET created_at = created_at - interval '31 s' WHERE done_at IS NULL"
        await installation.fetch(aged)
        await lookout.sees(kind, words)


@pytest.mark.soak
async def test_a_sender_is_silenced(installation: Installation) -> None:
    """WhatsApp takes what is sent and tells nothing of it."""
    kind, words = Kind.SENDER_SILENT, "Senders that send and hear of nothing"
    installation.simulator.configure(sent_delay=3600, delivered_delay=3600, read_delay=3600)
    async with provoked(installation, kind) as lookout:
        await installation.schedule(3)
        await installation.until_accepted(3)
        await installation.until_rows("SELECT 1 FROM sender WHERE unheard_since IS NOT NULL", 1)
        await installation.fetch("UPDATE sender SET unheard_since = unheard_since - interval '16 min'")
        await lookout.sees(kind, words)
        installation.simulator.configure(sent_delay=0, delivered_delay=0.1, read_delay=0.2)
        # What was sent meanwhile is told of an hour later; one word of another message is enough.
        await installation.done(await installation.schedule(1))


async def test_the_worker_is_gone(installation: Installation) -> None:
    kind, words = Kind.NO_WORKER, "No worker runs."
    async with provoked(installation, kind) as lookout:
        installation.worker.kill()
        try:
            await lookout.sees(kind, words)
            await lookout.sees(Kind.NO_CLOCK, "No clock runs", status=503)
        finally:
            installation.worker.start()
    lost = Scrapes([(0.0, read((await installation.api.http.get("/metrics")).text))])
    assert lost.holds(rules()["TidingsWorkerLost"]), "for a minute the killed one is remembered"


@pytest.mark.soak
async def test_postgresql_is_stopped(installation: Installation) -> None:
    kind = Kind.DATABASE_AWAY
    async with provoked(installation, kind) as lookout:
        await asyncio.to_thread(installation.services.postgres.stop)
        try:
            await lookout.sees(kind, "PostgreSQL ")
            assert (await installation.api.http.get("/health/live")).status_code == 200
            assert (await installation.api.http.get("/health/ready")).status_code == 503
        finally:
            await asyncio.to_thread(installation.services.postgres.start)


@pytest.mark.soak
async def test_an_api_has_no_connection_left(installation: Installation) -> None:
    """Somebody holds a table that many ask for: PostgreSQL is not away, and the API stays ready."""
    kind, words, over = Kind.DATABASE_BUSY, "All connections of this server to PostgreSQL are in use", asyncio.Event()
    lock = installation.locked("LOCK TABLE message_template IN ACCESS EXCLUSIVE MODE")

    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=120) as http:
            while not over.is_set():
                query = {"query": "{ messageTemplates(first: 1) { totalCount } }"}
                await http.post(installation.api.url + "/graphql", json=query, headers=installation.api.http.headers)

    async with provoked(installation, kind) as lookout, asyncio.TaskGroup() as tasks, lock:
        for _ in range(15):
            tasks.create_task(ask())
        await lookout.sees(kind, words)
        assert (await installation.api.http.get("/health/ready")).status_code == 200
        assert not await lookout.alert(Kind.DATABASE_AWAY)
        over.set()


@pytest.mark.soak
async def test_a_post_is_not_understood(installation: Installation) -> None:
    kind = Kind.POSTS_NOT_UNDERSTOOD
    async with provoked(installation, kind) as lookout:
        await post(installation, b"{")
        await lookout.sees(kind, "Posts of the last hour that were not understood")
        await installation.fetch("UPDATE inbound_post SET created_at = created_at - interval '61 min'")


@pytest.mark.soak
async def test_a_queue_does_not_move(installation: Installation) -> None:
    """Somebody holds the rows of messages that are due."""
    kind, words = Kind.QUEUE_STUCK, "Queued messages do not leave"
    async with provoked(installation, kind) as lookout:
        await installation.sender()
        await installation.pause()
        schedule = await installation.schedule(2, ahead=0.2)
        await installation.until_in_state(schedule, "QUEUED", 2)
        await installation.fetch("UPDATE message SET due_at = due_at - interval '61 s' WHERE due_at IS NOT NULL")
        async with installation.locked("SELECT FROM message WHERE due_at IS NOT NULL FOR UPDATE"):
            await installation.resume()
            await lookout.sees(kind, words)
        await installation.done(schedule)


@pytest.mark.soak
async def test_sends_end_in_a_fault_of_ours(installation: Installation) -> None:
    """What a worker has claimed and may not let leave keeps the queue looking busy."""
    kind, words = Kind.JOBS_FAIL, "Jobs of workers fail by a fault of ours"
    async with provoked(installation, kind) as lookout:
        await installation.fetch(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$"
        )
        await installation.fetch(
            "CREATE TRIGGER fail BEFORE UPDATE ON message FOR EACH ROW WHEN (new.state = 'IN_FLIGHT')"
            " EXECUTE FUNCTION fail()"
        )
        try:
            schedule = await installation.schedule(400)
            await lookout.sees(kind, words, seconds=100)
        finally:
            await installation.fetch("DROP FUNCTION fail CASCADE")
        await installation.done(schedule)
        await installation.check_invariant(schedule)
        await lookout.is_over(kind, seconds=FAILED_SECONDS + 30)


@pytest.mark.soak
async def test_a_schedule_does_not_begin(installation: Installation) -> None:
    kind, words = Kind.WORK_OVERDUE, "Scheduled work does not begin"
    async with provoked(installation, kind) as lookout:
        schedule = await installation.schedule(1, ahead=3600)
        installation.worker.kill()
        try:
            await installation.fetch("UPDATE schedule SET send_at = now() - interval '61 s' WHERE status = 'PENDING'")
            # The worker that should begin it is away, which is worse.
            await lookout.sees(kind, words, status=503)
        finally:
            installation.worker.start()
        await installation.done(schedule)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("kind", "words", "change"),
    [
        (Kind.SENDER_EXPIRED, "Senders whose sign-in has expired", {"expired_tokens": ["*"]}),
        (Kind.SENDER_REFUSED, "Senders that WhatsApp refuses", {"number_refusals": {"106540352242922": 131031}}),
    ],
)
async def test_whatsapp_refuses_a_sender(
    installation: Installation, kind: Kind, words: str, change: dict[str, Any]
) -> None:
    await installation.sender()
    template, group = await installation.template(), await installation.group(1)
    async with provoked(installation, kind) as lookout:
        installation.simulator.configure(**change)
        try:
            schedule = await installation.plan(template, group)
            await lookout.sees(kind, words)
        finally:
            installation.simulator.configure(**{name: type(value)() for name, value in change.items()})
        await installation.resume()
        await installation.done(schedule)


@pytest.mark.soak
async def test_whatsapp_lets_a_sender_rest(installation: Installation) -> None:
    kind, words = Kind.SENDER_RESTS, "Senders that WhatsApp lets rest"
    await installation.sender()
    async with provoked(installation, kind) as lookout:
        installation.simulator.post("faults", kind="refuse", code=131048, count=1)
        schedule = await installation.schedule(1)
        await lookout.sees(kind, words)
        await installation.resume()
        await installation.done(schedule)


@pytest.mark.soak
async def test_sockets_are_told_late(installation: Installation) -> None:
    """Somebody holds what the reader of the log reads; events are written meanwhile."""
    kind, words = Kind.EVENTS_BEHIND, "This server tells its sockets of events late"
    create = 'mutation { createContact(input: { name: "Rita", phoneNumber: "+5511900000001" }) { id } }'
    await installation.data(create.replace("0001", "0002"))
    client = Follower(installation, await newest(installation))
    lock = installation.locked("LOCK TABLE event_log IN ACCESS EXCLUSIVE MODE")
    async with following([client]), provoked(installation, kind) as lookout, lock:
        await installation.data(create)
        await lookout.sees(kind, words)
        figures = read((await installation.api.http.get("/metrics")).text)
        lags = [value for (name, _), value in figures.items() if name == "tidings_event_lag_seconds"]
        assert max(lags) > BEHIND_SECONDS
    await client.check()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("kind", "words", "settings"),
    [
        (Kind.WHATSAPP_AWAY, "WhatsApp does not answer", {"WHATSAPP_API_URL": "http://127.0.0.1:9"}),
        (Kind.MODEL_AWAY, "The language model", {"OPENAI_BASE_URL": "http://127.0.0.1:9", "OPENAI_MODEL": "a"}),
        (Kind.FILES_AWAY, "The storage of files", {"S3_BUCKET": "files", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}),
        (Kind.DISK_NEARLY_FULL, "The disk of the data folder is nearly full", {"DISK_RESERVE_GB": "1000000"}),
    ],
)
async def test_an_api_that_begins_so(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, kind: Kind, words: str, settings: dict[str, str]
) -> None:
    """What outside services say is kept for a minute; they are asked at once by one that has just begun."""
    await installation.sender()
    program = installation.api.program
    lookout = Lookout(installation)
    program.stop()
    with monkeypatch.context() as patch:
        patch.setattr(program, "environment", {**program.environment, **settings})
        patch.setattr(installation, "environment", {**installation.environment, **settings})
        program.start()
        try:
            await lookout.sees(kind, words)
        finally:
            program.stop()
    program.start()
