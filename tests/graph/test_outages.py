"""What the door and health say while PostgreSQL, Redis or the worker is away; on instances of their own."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest_asyncio

from tests import clusters
from tests.graph.test_inbound import body_of, sign
from tests.running import Program, free_port
from tidings.services import Services


class House:
    """An API with a database, a Redis and a worker that may be taken away."""

    def __init__(self, services: Services, worker: Program, http: httpx.AsyncClient, log: Path) -> None:
        self.services = services
        self.log = log
        self.worker = worker
        self.http = http

    @property
    def admin_token(self) -> str:
        return self.worker.environment["ADMIN_TOKEN"]

    async def health(self) -> tuple[int, dict[str, Any]]:
        started = time.monotonic()
        answer = await self.http.get("/health/detailed")
        assert time.monotonic() - started < 4, "health took too long to say that something is away"
        return answer.status_code, answer.json()

    async def until(self, status: int) -> dict[str, Any]:
        """The detailed answer, once it has this status."""
        end = time.monotonic() + 25
        while time.monotonic() < end:
            code, body = await self.health()
            if code == status:
                return body
            await asyncio.sleep(0.2)
        raise AssertionError(f"never {status}: {code} {body}")

    async def post(self, body: bytes) -> int:
        headers = {"X-Hub-Signature-256": sign(body)}
        return (await self.http.post("/webhooks/whatsapp", content=body, headers=headers)).status_code


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def house(environment: dict[str, str], cluster: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tidings-outage-"))
        services = stack.enter_context(clusters.copied(cluster, Path(folder)))
        port = free_port()
        settings = {
            **environment,
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "API_PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LOG_FILE": f"{folder}/log",
        }
        stack.enter_context(Program.api(settings))
        worker = stack.enter_context(Program.worker(settings))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=settings["PUBLIC_URL"], timeout=20))
        running = House(services, worker, http, Path(settings["LOG_FILE"]))
        await running.until(200)
        yield running


async def away(house: House, stop: Callable[[], None], start: Callable[[], None], check: Awaitable[None]) -> None:
    """Takes something away, looks, and brings it back; it must be well again after."""
    await asyncio.to_thread(stop)
    try:
        await check
    finally:
        await asyncio.to_thread(start)
    await house.until(200)


async def test_without_redis_health_is_503_and_posts_are_kept(house: House) -> None:
    async def check() -> None:
        body = await house.until(503)
        assert body["services"]["redis"]["status"] == "unhealthy"
        assert body["services"]["database"]["status"] == "healthy"
        assert "Redis does not answer." in body["problems"]
        assert "No worker runs." not in body["problems"], "without Redis nobody knows"
        plain = await house.http.get("/health")
        assert plain.status_code == 503
        assert plain.json()["checks"]["redis"] == "disconnected"
        assert (await house.http.get("/health/redis")).status_code == 503
        assert (await house.http.get("/health/workers")).status_code == 503
        assert (await house.http.get("/health/db")).status_code == 200
        assert (await house.http.get("/health/ready")).status_code == 200, "posts are kept"
        assert await house.post(body_of("while Redis is away")) == 200

    await away(house, house.services.valkey.stop, house.services.valkey.start, check())
    await drained(house)


async def test_without_postgresql_health_is_503_and_whatsapp_is_told_to_post_again(house: House) -> None:
    posted = body_of("while PostgreSQL is away")

    async def check() -> None:
        body = await house.until(503)
        assert body["services"]["database"]["status"] == "unhealthy"
        assert body["services"]["redis"]["status"] == "healthy"
        assert (await house.http.get("/health")).json()["checks"]["database"] == "disconnected"
        assert (await house.http.get("/health/db")).status_code == 503
        assert (await house.http.get("/health/ready")).status_code == 503
        assert (await house.http.get("/health/live")).status_code == 200, "a new start would not help"
        assert await house.post(posted) == 503

    await away(house, house.services.postgres.stop, house.services.postgres.start, check())
    assert await house.post(posted) == 200
    await drained(house)


async def test_without_postgresql_graphql_is_503_and_the_log_says_so_once(house: House) -> None:
    asked = [
        ("{ contacts(first: 1) { totalCount } }", {"X-Admin-Token": house.admin_token}),
        ("{ senders(first: 1) { edges { node { id } } } health { status } }", {"Authorization": "Bearer tdg_x"}),
        ('mutation { createGroup(input: { name: "x" }) { id } }', {"X-Admin-Token": house.admin_token}),
        ('mutation { login(input: { email: "a@example.com", password: "xxxxxxxx" }) { accessToken } }', {}),
    ]

    async def check() -> None:
        for document, headers in asked * 3:
            answer = await house.http.post("/graphql", json={"query": document}, headers=headers)
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), answer.text
            [error] = answer.json()["errors"]
            assert error["extensions"]["code"] == "EXTERNAL_SERVICE_ERROR"

    def logged(event: str) -> int:
        return sum(json.loads(line)["event"] == event for line in house.log.read_text().splitlines())

    before = logged("database_away")
    await away(house, house.services.postgres.stop, house.services.postgres.start, check())
    assert logged("database_away") == before + 1
    assert logged("unexpected_error") == 0
    document, headers = asked[2]
    answer = await house.http.post("/graphql", json={"query": document}, headers=headers)
    assert answer.json()["data"]["createGroup"]["id"]


async def test_without_a_worker_health_is_503(house: House) -> None:
    async def check() -> None:
        body = await house.until(503)
        assert body["services"]["workers"]["status"] == "unhealthy"
        assert (await house.http.get("/health")).json()["checks"]["workers"] == "no workers detected"
        assert (await house.http.get("/health/celery")).status_code == 503
        assert any(problem.startswith("No clock runs") for problem in body["problems"])

    await away(house, house.worker.kill, lambda: (house.worker.start(), None)[1], check())


async def drained(house: House) -> None:
    """The worker has taken up all that was posted: the clock makes up for rings that were lost."""
    connection: Any = await asyncpg.connect(house.services.database_url)
    try:
        end = time.monotonic() + 15
        while await connection.fetchval("SELECT count(*) FROM inbound_post WHERE done_at IS NULL"):
            assert time.monotonic() < end, "the journal was not drained"
            await asyncio.sleep(0.1)
        assert await connection.fetchval("SELECT count(*) FROM inbound_post")
    finally:
        await connection.close()


CREATE_USER = "mutation ($i: CreateUserInput!) { createUser(input: $i) { id } }"
LOGIN = "mutation ($i: LoginInput!) { login(input: $i) { accessToken } }"


async def test_a_monitor_whose_token_nobody_can_look_up_hears_that_postgresql_is_away(house: House) -> None:
    """From afar, as in production: what it shows was good a moment ago."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {**house.worker.environment, "HEALTH_ADDRESSES": "[]", "API_PORT": str(port), "PUBLIC_URL": url}
    person = {"email": "monitor@example.com", "password": "correct-horse-battery"}
    with Program.api(settings):
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http:

            async def told(document: str, given: dict[str, str], **headers: str) -> dict[str, Any]:
                body = {"query": document, "variables": {"i": given}}
                return (await http.post("/graphql", json=body, headers=headers)).json()["data"]

            new = {**person, "name": "Monitor", "role": "ADMIN"}
            await told(CREATE_USER, new, **{"X-Admin-Token": house.admin_token})
            token = (await told(LOGIN, person))["login"]["accessToken"]
            good = {"Authorization": f"Bearer {token}"}

            async def ask(path: str, headers: dict[str, str]) -> httpx.Response:
                return await http.get(path, headers=headers)

            for path in ("/metrics", "/health/detailed", "/stats"):
                assert (await ask(path, good)).status_code == 200

            away_told = 'tidings_problem{problem="database_away"} 1.0'

            async def check() -> None:
                async with asyncio.timeout(15):
                    # What was found just before is told for a second.
                    while away_told not in (await ask("/metrics", good)).text:  # noqa: ASYNC110 - of another process
                        await asyncio.sleep(0.1)
                for headers in (good, {"X-Admin-Token": house.admin_token}):
                    found = await ask("/metrics", headers)
                    assert found.status_code == 200
                    assert away_told in found.text
                    detailed = await ask("/health/detailed", headers)
                    assert detailed.status_code == 503
                    assert "PostgreSQL does not answer." in detailed.json()["problems"]
                    assert (await ask("/stats", headers)).status_code == 503
                for wrong, status in (({}, 401), ({"Authorization": "Bearer tdg_x"}, 503)):
                    assert (await ask("/metrics", wrong)).status_code == status

            await away(house, house.services.postgres.stop, house.services.postgres.start, check())
            assert (await ask("/metrics", good)).status_code == 200
            async with asyncio.timeout(10):
                while (bad := await ask("/metrics", {"Authorization": "Bearer tdg_x"})).status_code == 503:  # noqa: ASYNC110 - of another process
                    await asyncio.sleep(0.1)
            assert bad.status_code == 401
