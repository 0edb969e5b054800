"""An installation of its own for tests that break things: nobody else's worker does the work meanwhile."""

import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from db.core.connect import TRANSIENT
from graph.core.ids import split
from tests import canary, clusters
from tests.factories import phone, unique
from tests.faults import invariant
from tests.faults.table import HELD_TO_I0, Table
from tests.running import Api, Program, Simulator, free_port
from tidings.services import Services

ADMIN_TOKEN = "an-admin-token-of-32-bytes-and-more-xx"


class Installation:
    """Everything that sends messages, in processes that a test may stop, freeze and kill."""

    def __init__(self, services: Services, environment: dict[str, str], running: ExitStack) -> None:
        self.services = services
        self.environment = environment
        self.grace = timedelta(seconds=float(environment["SEND_GRACE"]))
        # The others are waited for, one after another; it comes up meanwhile.
        self.worker = running.enter_context(Program.worker(environment))
        self.simulator = Simulator(
            environment["WHATSAPP_API_URL"], running.enter_context(Program.simulator(environment))
        )
        self.api = Api(environment["PUBLIC_URL"], running.enter_context(Program.api(environment)))
        self.api.http.headers["X-Admin-Token"] = ADMIN_TOKEN
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self.api.gql(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def fetch(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """The rows of a statement; asked once more where a restart of PostgreSQL has cut what was kept open."""
        try:
            return await (await self._kept_open()).fetch(sql, *values)
        except TRANSIENT:
            self._let_go()
            return await (await self._kept_open()).fetch(sql, *values)

    async def _kept_open(self) -> "asyncpg.Pool[asyncpg.Record]":
        """Whoever waits asks often, and would spend more on connecting than on asking."""
        if self._pool is None:
            self._pool = await asyncpg.create_pool(self.services.database_url, min_size=0, max_size=5)
        return self._pool

    def _let_go(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def close(self) -> None:
        """Lets go, when nothing that was sent of people stands in the log, events and figures."""
        told = await self.fetch("SELECT type, data::text FROM event WHERE data IS NOT NULL")
        figures = (await self.api.http.get("/metrics")).text
        await self.api.close()
        self._let_go()
        canary.check_log(Path(self.environment["LOG_FILE"]))
        canary.check("\n".join(f"{row['type']} {row['data']}" for row in told), "events")
        canary.check_figures(figures)

    async def sender(self) -> str:
        found = await self.data("{ senders(first: 1) { edges { node { id } } } }")
        if found["senders"]["edges"]:
            return found["senders"]["edges"][0]["node"]["id"]
        made = await self.data(
            "mutation ($input: CreateSenderInput!) { createSender(input: $input) { id } }",
            input={
                "phoneNumber": "+12025550100",
                "provider": "CLOUD_API",
                "phoneNumberId": "106540352242922",
                "businessAccountId": "318800221144667",
                "accessToken": "a-token",
            },
        )
        return made["createSender"]["id"]

    async def pause(self) -> None:
        """Stops the sender."""
        await self.data("mutation ($id: ID!) { disconnectSender(id: $id) { id } }", id=await self.sender())

    async def resume(self) -> None:
        await self.data("mutation ($id: ID!) { connectSender(id: $id) { id } }", id=await self.sender())

    async def schedule(self, people: int, *, category: str = "UTILITY", ahead: float = 1.0) -> str:
        """A schedule of an approved template to so many new people, in so many seconds; answers its id."""
        await self.sender()
        return await self.plan(await self.template(category), await self.group(people), ahead=ahead)

    async def group(self, people: int) -> str:
        """A group of so many new people."""
        made = await self.data("mutation ($n: String!) { createGroup(input: { name: $n }) { id } }", n=unique())
        group = made["createGroup"]["id"]
        contacts = [{"name": f"Person {number}", "phoneNumber": phone()} for number in range(people)]
        for start in range(0, people, 2000):
            imported = await self.data(
                "mutation ($input: ImportContactsInput!) { importContacts(input: $input) { id } }",
                input={"contacts": contacts[start : start + 2000], "groupIds": [group]},
            )
            job = imported["importContacts"]["id"]
            document = "query ($id: ID!) { node(id: $id) { ... on ContactImport { status created } } }"
            await self.until(document, lambda found: found["node"]["status"] == "COMPLETED", id=job)
        return group

    async def template(self, category: str = "UTILITY") -> str:
        """A template that WhatsApp has approved."""
        template = await self.data(
            "mutation ($input: CreateMessageTemplateInput!) { createMessageTemplate(input: $input) { id } }",
            input={
                "title": unique("template").replace("-", "_"),
                "content": "Hello {{name}}, see you.",
                "approval": {"language": "en_US", "category": category},
            },
        )
        template_id = template["createMessageTemplate"]["id"]
        document = "query ($id: ID!) { messageTemplate(id: $id) { approval { status } } }"
        await self.until(
            document, lambda found: found["messageTemplate"]["approval"]["status"] == "APPROVED", id=template_id
        )
        return template_id

    async def plan(self, template: str, group: str, *, ahead: float = 1.0) -> str:
        """A schedule in so many seconds; answers its id."""
        made = await self.data(
            "mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id } }",
            input={
                "templateId": template,
                "groupId": group,
                "sendAt": (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat(),
            },
        )
        return made["createSchedule"]["id"]

    @contextmanager
    def workers(self, count: int, **settings: str) -> Iterator[list[Program]]:
        """So many workers with such settings, instead of the usual one."""
        self.worker.stop()
        try:
            with ExitStack() as running:
                environment = self.environment | settings
                yield [running.enter_context(Program.worker(environment)) for _ in range(count)]
        finally:
            self.worker.start()

    @contextmanager
    def without_api(self) -> Iterator[None]:
        """The API is killed, and started again at the end."""
        self.api.program.kill()
        try:
            yield
        finally:
            self.api.program.start()

    @asynccontextmanager
    async def traffic(self) -> AsyncIterator[list[str]]:
        """One more message a second meanwhile, as of a sender in use: its receipts say how far WhatsApp has told.

        Answers the schedules, which are done at the end.
        """
        await self.sender()
        template, group = await self.template(), await self.group(1)
        schedules: list[str] = []

        enough = asyncio.Event()

        async def go_on() -> None:
            while not enough.is_set():
                schedules.append(await self.plan(template, group, ahead=0.5))
                with suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await enough.wait()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(go_on())
            yield schedules
            enough.set()
        for schedule in schedules:
            await self.done(schedule)

    async def campaign(self, people: int, *, category: str = "UTILITY", start: bool = True, **given: Any) -> str:
        """A campaign of an approved template to so many new people, from the usual sender; answers its id."""
        values = {
            "name": unique("campaign"),
            "senderIds": [await self.sender()],
            "templateId": await self.template(category),
            "audience": {"groupIds": [await self.group(people)]} if people else None,
            "start": start,
            **given,
        }
        made = await self.data("mutation ($i: CreateCampaignInput!) { createCampaign(input: $i) { id } }", i=values)
        return made["createCampaign"]["id"]

    async def step(self, name: str, campaign: str) -> None:
        """Starts, pauses, resumes, stops or completes a campaign."""
        await self.data(f"mutation ($id: ID!) {{ {name}Campaign(id: $id) {{ id }} }}", id=campaign)

    async def in_state(self, schedule: str, *states: str) -> list[asyncpg.Record]:
        """The messages of a schedule, or a campaign, that stand so."""
        column, number = invariant.whose(schedule)
        return await self.fetch(f"SELECT * FROM message WHERE {column} = $1 AND state = ANY($2)", number, states)

    async def until_in_state(self, schedule: str, state: str, count: int, *, seconds: float = 60) -> None:
        """Waits until so many messages of a schedule stand so."""
        end = time.monotonic() + seconds
        while (found := len(await self.in_state(schedule, state))) < count:
            assert time.monotonic() < end, f"{found} of {count} are {state}"
            await asyncio.sleep(0.05)

    async def kill_worker(self) -> None:
        """As kill -9, and waits until PostgreSQL knows: a statement that was under way may still be committed."""
        self.worker.kill()
        await self.until_rows("SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings worker'", 0)

    async def until_rows(self, sql: str, count: int, *values: Any, seconds: float = 60) -> None:
        """Waits until a query answers so many rows."""
        end = time.monotonic() + seconds
        while len(found := await self.fetch(sql, *values)) != count:
            assert time.monotonic() < end, f"not {count} but {[dict(row) for row in found][:5]}"
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def locked(self, sql: str, *values: Any) -> AsyncIterator[list[asyncpg.Record]]:
        """Holds the locks that a statement takes."""
        connection = await asyncpg.connect(self.services.database_url)
        try:
            async with connection.transaction():
                yield await connection.fetch(sql, *values)
        finally:
            await connection.close()

    async def pass_time(self, *states: str, seconds: float = 30, ids: list[int] | None = None) -> None:
        """Makes leases of dead workers so much older, of these messages or of all. Only where no receipt is on its
        way, which would be as late."""
        await self.fetch(
            "UPDATE message SET lease_until = lease_until - make_interval(secs => $1)"
            " WHERE state = ANY($2) AND ($3::bigint[] IS NULL OR id = ANY($3))",
            *(seconds, states, ids),
        )
        # As if the API had been there at the time of the attempt, now that it is so much earlier.
        await self.fetch("UPDATE intake SET since = since - make_interval(secs => $1)", seconds)

    async def hurry(self, schedule: str) -> None:
        """Brings on the end of leases that dead workers left in flight, once all else has come to its end."""
        column, number = invariant.whose(schedule)
        await self.until_rows(
            f"SELECT 1 FROM message WHERE {column} = $1 AND state IN ('QUEUED', 'CLAIMED', 'UNKNOWN') LIMIT 1",
            *(0, number),
        )
        await invariant.receipts_are_in(self, seconds=60)
        await self.pass_time("IN_FLIGHT")

    async def until(self, query: str, holds: Any, *, seconds: float = 60, **variables: Any) -> dict[str, Any]:
        """Asks until the answer holds."""
        end = time.monotonic() + seconds
        while True:
            found = await self.data(query, **variables)
            if holds(found):
                return found
            assert time.monotonic() < end, f"still {found} after {seconds} s"
            await asyncio.sleep(0.1)

    async def stats(self, schedule: str) -> dict[str, Any]:
        kind = split(schedule)[0].lower()
        document = f"""query ($id: ID!) {{ {kind}(id: $id) {{ status stats {{
            recipients pending sent delivered read failed unconfirmed cancelled }} }} }}"""
        found = (await self.data(document, id=schedule))[kind]
        return {"status": found["status"], **found["stats"]}

    async def under_way(self, schedule: str, least: int) -> None:
        """Waits until so many messages were sent."""
        end = time.monotonic() + 60
        while (await self.stats(schedule))["sent"] < least:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)

    async def done(self, schedule: str, *, seconds: float = 90) -> dict[str, Any]:
        """Waits for the end of a schedule, or a campaign."""
        end = time.monotonic() + seconds
        while (found := await self.stats(schedule))["status"] not in ("SENT", "FAILED", "STOPPED", "COMPLETED"):
            assert time.monotonic() < end, found
            await asyncio.sleep(0.2)
        return found

    async def check_invariant(self, *schedules: str, seconds: float = 60) -> None:
        """I0 of these schedules, once they have come to rest."""
        await invariant.come_to_rest(self, list(schedules), seconds)
        await invariant.check(self, list(schedules))

    async def until_accepted(self, count: int, *, seconds: float = 60) -> int:
        """Waits until the simulator has accepted so many messages; answers how many it has."""
        end = time.monotonic() + seconds
        while (found := self.simulator.get("health")["accepted"]) < count:
            assert time.monotonic() < end, f"{found} of {count} are accepted"
            await asyncio.sleep(0.05)
        return found

    async def ledger(self) -> list[dict[str, Any]]:
        """Everything that the simulator accepted."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.simulator.get("ledger", limit=1000, offset=len(rows))
            rows += page["messages"]
            if len(page["messages"]) < 1000:
                return rows


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Table(), "table of faults")


@pytest.fixture(autouse=True)
def _count_checked(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """What a test held to I0 is one of its figures."""
    invariant.checked.clear()
    yield
    if invariant.checked:
        record_property(HELD_TO_I0, f"{invariant.checked['messages']:,}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation(cluster: Path) -> AsyncIterator[Installation]:
    api_port, simulator_port = free_port(), free_port()
    with ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory(prefix="tidings-faults-"))
        services = running.enter_context(clusters.copied(cluster, Path(folder)))
        environment = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "DATA_DIR": folder,
            "SECRET_KEY": secrets.token_hex(32),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "API_PORT": str(api_port),
            "PUBLIC_URL": f"http://127.0.0.1:{api_port}",
            "WHATSAPP_API_URL": f"http://127.0.0.1:{simulator_port}",
            "WHATSAPP_APP_SECRET": "an-app-secret",
            "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
            "WAHA_HMAC_KEY": "a-key-of-webhooks",
            "SEND_GRACE": "4",
            "SEND_RATE": "400",
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "WARNING",
            "LOG_FILE": str(Path(folder) / "tidings.log"),
        }
        yield (made := Installation(services, environment, running))
        await made.close()


@pytest.fixture(autouse=True)
def _calm(installation: Installation) -> None:
    """Each test begins with a worker, and a simulator that has forgotten the last one's faults and messages."""
    assert installation.worker.process is not None
    if installation.worker.process.poll() is not None:
        installation.worker.start()
    installation.simulator.post("reset", keep=["templates"])
