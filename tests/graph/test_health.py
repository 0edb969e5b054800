"""Health while all is well, over HTTP and in the schema; test_outages.py has what it says when something is away."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families

from db.accounts import Role
from db.core import connect, heartbeat
from db.inbound import InboundPost
from domain.health import KEPT_SECONDS
from domain.health.problems import DOWN, Kind
from tests import factories
from tests.running import Api, Program, free_port


@pytest.fixture
async def well(api: Api, worker: Program) -> Api:
    """The API, with a worker whose heartbeat is there and whose clock leads."""
    for _ in range(200):
        answer = (await api.http.get("/health/detailed")).json()
        if answer["services"]["workers"]["status"] == "healthy" and not any("clock" in p for p in answer["problems"]):
            return api
        await asyncio.sleep(0.05)
    raise AssertionError(answer)


@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
async def test_health_is_open_and_says_what_is_connected(well: Api, path: str) -> None:
    answer = await well.http.get(path)
    body = answer.json()
    assert answer.status_code == 200
    assert body.keys() == {"status", "timestamp", "version", "checks"}
    assert body["status"] in ("healthy", "degraded")
    assert body["timestamp"].endswith("Z")
    assert body["checks"]["database"] == body["checks"]["redis"] == "connected"
    assert body["checks"]["workers"].endswith(" workers active")


async def test_the_database_and_its_pool(well: Api) -> None:
    answer = await well.http.get("/health/db")
    body = answer.json()
    pool = body.pop("connection_pool")
    assert answer.status_code == 200
    assert (body["status"], body["database"]) == ("healthy", "postgresql")
    assert body["response_time_ms"] > 0
    assert pool["size"] == 10
    assert pool["checked_in"] + pool["checked_out"] <= pool["size"]
    assert pool["overflow"] == 0


async def test_redis(well: Api) -> None:
    answer = await well.http.get("/health/redis")
    body = answer.json()
    assert answer.status_code == 200
    assert body["status"] == "healthy"
    assert body["redis_version"].count(".") == 2
    assert body["connected_clients"] > 1
    assert body["used_memory"].endswith("MB")
    assert body["uptime_days"] == 0


async def test_whoever_starts_servers_anew_and_whoever_sends_requests_ask_apart(api: Api) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = await api.http.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


@pytest.mark.parametrize("path", ["/health/workers", "/health/celery"])
async def test_workers(well: Api, worker: Program, path: str) -> None:
    answer = await well.http.get(path)
    body = answer.json()
    assert worker.process is not None
    assert answer.status_code == 200
    assert body["status"] == "healthy"
    assert body["workers"] >= 1
    online = [one for one in body["worker_details"] if one["name"].endswith(f":{worker.process.pid}")]
    assert [one["status"] for one in online] == ["online"]
    assert online[0]["processed"] >= 0


async def test_a_worker_that_is_not_heard_of_is_offline(well: Api) -> None:
    await heartbeat.beat("lost:1", tasks=["dispatch"], processed=7, started="", failed={})
    key = "tidings:workers:lost:1"
    await heartbeat.shared_redis().pexpire(key, 40_000)
    lost = {"name": "lost:1", "status": "offline", "current_task": "dispatch", "processed": 7}
    await until_workers(well, lambda workers: lost in workers)
    await heartbeat.shared_redis().delete(key)
    await until_workers(well, lambda workers: "lost:1" not in [one["name"] for one in workers])


async def until_workers(well: Api, are: Callable[[list[dict[str, Any]]], bool]) -> None:
    """Waits for what is kept of an earlier answer to be forgotten."""
    for _ in range(50):
        workers = (await well.http.get("/health/workers")).json()["worker_details"]
        if are(workers):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(workers)


@pytest.mark.parametrize("path", ["/health/detailed", "/v1/health"])
async def test_details_hold_all_services(well: Api, path: str) -> None:
    answer = await well.http.get(path)
    body = answer.json()
    assert answer.status_code == 200
    assert body["environment"] == "test"
    services = body["services"]
    assert services.keys() == {"api", "database", "redis", "workers", "whatsapp_api", "openai_api"}
    assert services["api"]["requests_per_minute"] > 0
    assert services["api"]["uptime"].startswith("0d 0h ")
    assert services["database"]["connection_pool"].endswith("/10")
    assert services["database"]["response_time"].endswith("ms")
    assert {"connection_pool_size", "active_connections", "response_time_ms"} <= services["database"].keys()
    assert {"memory_usage", "memory_usage_mb", "queue_depth", "connected_clients"} <= services["redis"].keys()
    assert services["whatsapp_api"].keys() == {"status", "response_time_ms", "rate_limit_remaining"}
    # None is configured here, and nothing is wrong with it.
    assert services["openai_api"].keys() == {"status", "response_time_ms", "tokens_used_today", "rate_limit_remaining"}
    assert (services["openai_api"]["status"], services["openai_api"]["response_time_ms"]) == ("healthy", None)


QUERY = """{ health {
  status timestamp version environment problems
  api { status responseTimeMs uptime requestsPerMinute }
  database { status responseTimeMs engine poolSize checkedIn checkedOut overflow }
  redis { status responseTimeMs version connectedClients usedMemoryMb uptimeDays queueDepth }
  workers { status responseTimeMs count activeTasks queuedTasks workers { name online currentTask processed } }
  whatsapp { status responseTimeMs rateLimitRemaining tokensUsedToday }
  languageModel { status responseTimeMs rateLimitRemaining tokensUsedToday }
} }"""


async def test_the_schema_tells_the_same(well: Api) -> None:
    await factories.sender()
    answer: dict[str, Any] = await well.gql(QUERY)
    assert "errors" not in answer
    health = answer["data"]["health"]
    assert health["environment"] == "test"
    assert health["database"]["engine"] == "postgresql"
    assert {health[name]["status"] for name in ("api", "database", "redis", "workers")} == {"HEALTHY"}
    assert health["workers"]["count"] >= 1
    assert health["workers"]["responseTimeMs"] < 6000


async def test_a_journal_that_grows_is_a_problem(well: Api, worker: Program) -> None:
    post = await InboundPost.create(body=b"{}", done_at=None)
    # Out of the worker's sight, and old: as if ingest had stopped.
    async with connect.connection() as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT pg_advisory_xact_lock($1)", 0x7469_696E)
        sql = "UPDATE inbound_post SET done_at = NULL, created_at = now() - interval '5 min' WHERE id = $1"
        await connect.execute(sql, post.id)
        await asyncio.sleep(1.1)
        answer = await well.http.get("/health/detailed")
        await transaction.rollback()
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert [p for p in answer.json()["problems"] if p.startswith("The inbound journal grows: ")]


async def test_prometheus_reads_the_metrics_of_this_process_and_of_all(well: Api, worker: Program) -> None:
    sender = await factories.sender()
    answer = await well.http.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE_LATEST)
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    problems = {sample.labels["problem"]: sample.value for sample in families["tidings_problem"].samples}
    assert problems.keys() == set(Kind)
    assert not any(problems[kind] for kind in (*DOWN, Kind.NO_CLOCK))
    assert [s.value for s in families["tidings_sender_up"].samples if s.labels["sender"] == sender.phone_number] == [1]
    states = {sample.labels["state"]: sample.value for sample in families["tidings_workers"].samples}
    assert states["online"] >= 1
    counts = [s for s in families["tidings_request_seconds"].samples if s.name.endswith("_count")]
    assert {"/health"} <= {sample.labels["path"] for sample in counts if sample.value > 0}
    assert families["process_resident_memory_bytes"].samples[0].value > 2**20


async def test_posts_that_are_not_understood_are_counted_for_an_hour(api: Api) -> None:
    async def told() -> int:
        await asyncio.sleep(KEPT_SECONDS + 0.1)
        problems = (await api.http.get("/health/detailed")).json()["problems"]
        counts = [p for p in problems if p.startswith("Posts of the last hour that were not understood")]
        return int(counts[0].rpartition("part: ")[2].partition(";")[0]) if counts else 0

    before = await told()
    post = await InboundPost.create(body=b"{", errors=["The body is not JSON."], done_at=datetime.now(UTC))
    assert await told() == before + 1
    await InboundPost.filter(id=post.id).update(created_at=datetime.now(UTC) - timedelta(minutes=61))
    assert await told() == before


async def test_details_want_an_operator_from_afar(environment: dict[str, str], api: Api) -> None:
    """An API that lists no address: only tokens of an ADMIN read the details."""
    settings = {**environment, "HEALTH_ADDRESSES": "[]"}
    port = str(free_port())
    settings |= {"API_PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with Program.api(settings) as _:
        async with httpx.AsyncClient(base_url=settings["PUBLIC_URL"], trust_env=False) as http:

            async def ask(path: str, **headers: str) -> int:
                return (await http.get(path, headers=headers)).status_code

            for path in ("/health/detailed", "/metrics", "/stats"):
                assert await ask(path) == 401
                assert await ask(path, Authorization="Bearer wrong") == 401
                assert await ask(path, Authorization=f"Bearer {api.tokens[Role.VIEWER]}") == 403
                assert await ask(path, Authorization=f"Bearer {api.tokens[Role.ADMIN]}") in (200, 503)
                assert await ask(path, **{"X-Admin-Token": environment["ADMIN_TOKEN"]}) in (200, 503)
            assert (await http.get("/health")).status_code in (200, 503)
            await strangers_see_states_alone(http, {"X-Admin-Token": environment["ADMIN_TOKEN"]})


STATES = {"HEALTHY", "DEGRADED", "UNHEALTHY", "healthy", "degraded", "unhealthy", "connected", "disconnected"}
CONSTANT = {"postgresql", 0}
"""The engine, and the overflow that there never is."""


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]


async def strangers_see_states_alone(http: httpx.AsyncClient, admin: dict[str, str]) -> None:
    """No names, words or figures: neither in the schema nor at the routes; ADMIN sees all of it at the same places."""
    for path in ("/health/db", "/health/redis", "/health/workers", "/health/celery"):
        (theirs, ours) = [(await http.get(path, headers=headers)) for headers in ({}, admin)]
        assert theirs.status_code == ours.status_code
        body = theirs.json()
        body.pop("workers", None)
        assert set(leaves(body)) <= STATES | CONSTANT | {None}, path
        assert set(leaves(ours.json())) - STATES - CONSTANT - {None}, path
    whole = (await http.get("/health")).json()
    assert whole.keys() == {"status", "timestamp", "version", "checks"}
    found = [(await http.post("/graphql", json={"query": QUERY}, headers=each)).json()["data"] for each in ({}, admin)]
    theirs, ours = (each["health"] for each in found)
    told = {name: theirs.pop(name) for name in ("timestamp", "version")}
    assert told["version"] == whole["version"]
    assert theirs["workers"].pop("count") == ours["workers"]["count"]
    assert set(leaves(theirs)) <= STATES | CONSTANT | {None}
    assert theirs["problems"] is None
    assert ours["environment"] == "test"
    assert ours["database"]["poolSize"] == 10
    assert isinstance(ours["problems"], list)


SYSTEM_METRICS = """{ systemMetrics {
  uptime uptimePercentage averageResponseTimeMs errorRate messagesPerMinute messagesSentToday activeSenders queueSize
  activeBuffers totalBuffered deduplicationCache totalDeduplicated cpuUtilization memoryUtilization diskUsageGb
  networkThroughputMbps
  models { model usageCount tokensToday averageConfidence averageProcessingTimeMs errorRate } } }"""


async def test_an_admin_sees_how_the_system_operates(well: Api) -> None:
    await factories.sender()
    before = (await well.data(SYSTEM_METRICS))["systemMetrics"]
    await until_noted(well, before["averageResponseTimeMs"])
    found = (await well.data(SYSTEM_METRICS))["systemMetrics"]
    assert found["uptime"] >= before["uptime"]
    assert found["activeSenders"] >= 1
    assert 0 < found["uptimePercentage"] <= 100
    assert 0 <= found["errorRate"] < 1
    assert found["deduplicationCache"] == "postgresql"
    assert found["memoryUtilization"] > 0
    assert found["diskUsageGb"] > 0


async def until_noted(well: Api, before: float) -> None:
    """Waits until the server has written down what it counted."""
    for _ in range(100):
        if (await well.data(SYSTEM_METRICS))["systemMetrics"]["averageResponseTimeMs"] not in (0, before):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was written down")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_others_do_not_see_how_the_system_operates(api: Api, role: Role) -> None:
    assert (await api.refusal(SYSTEM_METRICS, role=role))["code"] == "AUTHORIZATION_ERROR"


async def test_stats_have_the_shape_that_monitors_know(well: Api) -> None:
    answer = await well.http.get("/stats")
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"buffer", "deduplication", "environment"}
    assert body["buffer"].keys() == {"active_buffers", "total_buffered"}
    assert body["deduplication"].keys() == {"cache_type", "total_deduplicated"}
    assert (body["environment"], body["deduplication"]["cache_type"]) == ("test", "postgresql")
    assert all(isinstance(count, int) for count in body["buffer"].values())
