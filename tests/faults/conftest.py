"""An installation of its own for tests that break things: nobody else's worker does the work meanwhile."""

import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from graph.core.ids import decode
from tests.factories import phone, unique
from tests.running import Api, Program, Simulator, free_port
from tidings.services import Services, embedded

ADMIN_TOKEN = "an-admin-token-of-32-bytes-and-more-xx"


class Installation:
    """Everything that sends messages, in processes that a test may stop, freeze and kill."""

    def __init__(self, services: Services, environment: dict[str, str], running: ExitStack) -> None:
        self.services = services
        self.environment = environment
        self.simulator = Simulator(
            environment["WHATSAPP_API_URL"], running.enter_context(Program.simulator(environment))
        )
        migrate = Program(["tidings", "migrate"], environment).start()
        assert migrate.process is not None
        assert migrate.process.wait(60) == 0
        self.api = Api(environment["PUBLIC_URL"], running.enter_context(Program.api(environment)))
        self.api.http.headers["X-Admin-Token"] = ADMIN_TOKEN
        self.worker = running.enter_context(Program.worker(environment))

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self.api.gql(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def fetch(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.services.database_url)
        try:
            return await connection.fetch(sql, *values)
        finally:
            await connection.close()

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

    async def schedule(self, people: int, *, category: str = "UTILITY", ahead: float = 1.0) -> str:
        """A schedule of an approved template to so many new people, in so many seconds; answers its id."""
        await self.sender()
        group = (await self.data("mutation ($n: String!) { createGroup(input: { name: $n }) { id } }", n=unique()))[
            "createGroup"
        ]["id"]
        contacts = [{"name": f"Person {number}", "phoneNumber": phone()} for number in range(people)]
        imported = await self.data(
            "mutation ($input: ImportContactsInput!) { importContacts(input: $input) { id } }",
            input={"contacts": contacts, "groupIds": [group]},
        )
        job = imported["importContacts"]["id"]
        document = "query ($id: ID!) { node(id: $id) { ... on ContactImport { status created } } }"
        await self.until(document, lambda found: found["node"]["status"] == "COMPLETED", id=job)
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
        made = await self.data(
            "mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id } }",
            input={
                "templateId": template_id,
                "groupId": group,
                "sendAt": (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat(),
            },
        )
        return made["createSchedule"]["id"]

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
        document = """query ($id: ID!) { schedule(id: $id) { status stats {
            recipients pending sent delivered read failed unconfirmed cancelled } } }"""
        found = (await self.data(document, id=schedule))["schedule"]
        return {"status": found["status"], **found["stats"]}

    async def under_way(self, schedule: str, least: int) -> None:
        """Waits until so many messages were sent."""
        end = time.monotonic() + 60
        while (await self.stats(schedule))["sent"] < least:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)

    async def done(self, schedule: str, *, seconds: float = 90) -> dict[str, Any]:
        """Waits for the end of a schedule."""
        end = time.monotonic() + seconds
        while (found := await self.stats(schedule))["status"] not in ("SENT", "FAILED"):
            assert time.monotonic() < end, found
            await asyncio.sleep(0.2)
        return found

    async def check_invariant(self, schedule: str, *, seconds: float = 30) -> None:
        """I0: everyone has exactly one message at WhatsApp, or a row that says why not; none is stuck or told twice."""
        end = time.monotonic() + seconds
        while (await self.stats(schedule))["pending"] or self.simulator.get("ledger/summary")["webhooks"]["pending"]:
            assert time.monotonic() < end, "messages or webhooks are still pending"
            await asyncio.sleep(0.2)
        await asyncio.sleep(1.0)
        number = decode(schedule, "Schedule")
        rows = await self.fetch("SELECT * FROM message WHERE schedule_id = $1", number)
        accepted: dict[str, int] = {}
        for row in await self.ledger():
            accepted[row["to"]] = accepted.get(row["to"], 0) + 1
        for row in rows:
            times = accepted.get(row["address"], 0)
            assert row["state"] in ("SENT", "DELIVERED", "READ", "FAILED", "UNCONFIRMED", "CANCELLED"), dict(row)
            assert times <= 1, f"{row['address']} was sent {times} messages"
            if row["state"] in ("SENT", "DELIVERED", "READ"):
                assert times == 1, f"{row['address']} was sent none, but its row says {row['state']}"
        told = await self.fetch(
            "SELECT message_id, type, count(*) FROM event WHERE schedule_id = $1 AND message_id IS NOT NULL"
            " GROUP BY 1, 2 HAVING count(*) > 1",
            number,
        )
        assert not told, f"announced more than once: {[dict(row) for row in told][:3]}"
        ended = await self.fetch(
            "SELECT count(*) FROM event WHERE schedule_id = $1 AND type = 'MESSAGE_COMPLETED'", number
        )
        assert ended[0]["count"] == 1

    async def ledger(self) -> list[dict[str, Any]]:
        """Everything that the simulator accepted."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.simulator.get("ledger", limit=1000, offset=len(rows))
            rows += page["messages"]
            if len(page["messages"]) < 1000:
                return rows


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation() -> AsyncIterator[Installation]:
    api_port, simulator_port = free_port(), free_port()
    with ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory(prefix="tidings-faults-"))
        services = running.enter_context(embedded(Path(folder)))
        environment = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "SECRET_KEY": secrets.token_hex(32),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "API_PORT": str(api_port),
            "PUBLIC_URL": f"http://127.0.0.1:{api_port}",
            "WHATSAPP_API_URL": f"http://127.0.0.1:{simulator_port}",
            "WHATSAPP_APP_SECRET": "an-app-secret",
            "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
            "SEND_GRACE": "4",
            "SEND_RATE": "400",
            "LOG_LEVEL": "WARNING",
        }
        yield (made := Installation(services, environment, running))
        await made.api.close()


@pytest.fixture(autouse=True)
def _calm(installation: Installation) -> None:
    """Each test begins with a simulator that has forgotten the last one's faults and messages."""
    installation.simulator.post("reset", keep=["templates"])
