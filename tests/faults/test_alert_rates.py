"""The alert rules on rates, and on targets that are down: each state is brought about, and seen by real scrapes."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from aiohttp import web

from tests.domain.bot.model import Model, answering, serving
from tests.domain.bot.talking import QUESTION
from tests.faults.alerts import Scrapes, read, rules
from tests.faults.conftest import Installation
from tests.faults.followers import Follower, following, newest
from tests.running import free_port

pytestmark = [pytest.mark.soak, pytest.mark.timeout(120)]
RULES = rules()


class Prometheus:
    """Scrapes the API and the worker, and knows which of them is up."""

    def __init__(self, installation: Installation, port: int) -> None:
        self.installation = installation
        self.targets = {
            "tidings-api": f"{installation.environment['PUBLIC_URL']}/metrics",
            "tidings-worker": f"http://127.0.0.1:{port}/metrics",
        }
        self.scrapes = Scrapes()

    def forget(self) -> None:
        self.scrapes = Scrapes()

    async def scrape(self) -> None:
        texts: list[str] = []
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            for job, url in self.targets.items():
                try:
                    text, up = (await http.get(url)).raise_for_status().text, 1
                except httpx.HTTPError:
                    text, up = "", 0
                texts.append(f'{text}up{{job="{job}"}} {up}\n')
        self.scrapes.taken.append((time.monotonic(), read(*texts)))

    async def sees(self, alert: str) -> bool:
        await self.scrape()
        return self.scrapes.holds(RULES[alert])

    async def until(self, alert: str, *, over: bool = False, seconds: float = 45) -> None:
        end = time.monotonic() + seconds
        while await self.sees(alert) is over:
            assert time.monotonic() < end, f"{alert} is {'still' if over else 'not'} seen"
            await asyncio.sleep(0.5)

    async def tells(self, name: str, **labels: str) -> float:
        """A figure as it is scraped now, of all processes together."""
        await self.scrape()
        wanted = labels.items()
        values = self.scrapes.taken[-1][1].items()
        return sum(value for (called, given), value in values if called == name and wanted <= dict(given).items())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def model() -> AsyncIterator[Model]:
    async with serving(answering()) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watched(installation: Installation, model: Model) -> AsyncIterator[Prometheus]:
    """A worker that tells its figures, and asks a model."""
    port = free_port()
    installation.worker.environment |= {
        "METRICS_PORT": str(port),
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_KEY": "a-key",
        "OPENAI_MODEL": "large",
    }
    installation.worker.stop()
    installation.worker.start()
    await installation.sender()
    # Of what was never sent no rate is known.
    await installation.done(await installation.schedule(1))
    yield Prometheus(installation, port)


@pytest_asyncio.fixture(loop_scope="session")
async def prometheus(watched: Prometheus) -> Prometheus:
    """It has scraped once, and all is well."""
    watched.forget()
    await watched.scrape()
    return watched


@asynccontextmanager
async def without_table(installation: Installation, name: str) -> AsyncIterator[None]:
    """As after a migration that went wrong."""
    await installation.fetch(f"ALTER TABLE {name} RENAME TO {name}_away")
    try:
        yield
    finally:
        await installation.fetch(f"ALTER TABLE {name}_away RENAME TO {name}")


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.2)


async def test_an_api_is_away(installation: Installation, prometheus: Prometheus) -> None:
    assert not await prometheus.sees("TidingsApiAway")
    with installation.without_api():
        assert await prometheus.sees("TidingsApiAway")
    assert not await prometheus.sees("TidingsApiAway")


async def test_requests_end_in_faults_of_ours(installation: Installation, prometheus: Prometheus) -> None:
    async with without_table(installation, "audit_entry"):
        for _ in range(8):
            answer = await installation.api.gql("{ auditEntries(first: 1) { edges { node { id } } } }")
            assert answer["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
        assert await prometheus.sees("TidingsFaults")
    # Mistakes of callers are none.
    prometheus.forget()
    await prometheus.scrape()
    for _ in range(8):
        assert "errors" in await installation.api.gql("{ nothing }")
    assert not await prometheus.sees("TidingsFaults")


async def test_some_of_the_clocks_work_fails(installation: Installation, prometheus: Prometheus) -> None:
    assert not await prometheus.sees("TidingsTicksFail")
    async with without_table(installation, "contact_import"):
        await prometheus.until("TidingsTicksFail")
        assert await prometheus.tells("tidings_tick_failing", tick="domain.contacts.imports.ring_open_imports") == 1
    await prometheus.until("TidingsTicksFail", over=True)


async def test_answers_of_whatsapp_are_lost(installation: Installation, prometheus: Prometheus) -> None:
    await installation.done(await installation.schedule(2))
    assert not await prometheus.sees("TidingsSendsInDoubt")
    installation.simulator.post("faults", kind="cut_after_accept", count=3)
    schedule = await installation.schedule(3)
    await prometheus.until("TidingsSendsInDoubt")
    await installation.done(schedule)


async def test_whatsapp_is_slow(installation: Installation, prometheus: Prometheus) -> None:
    assert not await prometheus.sees("TidingsProviderSlow")
    installation.simulator.configure(latency=5.5)
    try:
        schedule = await installation.schedule(1)
        await prometheus.until("TidingsProviderSlow")
    finally:
        installation.simulator.configure(latency=0)
    await installation.done(schedule)


async def test_the_language_model_fails(installation: Installation, prometheus: Prometheus, model: Model) -> None:
    def ask() -> None:
        said = {"from": f"35194{secrets.randbelow(10**7):07d}", "text": QUESTION}
        installation.simulator.post("inbound", phone_number_id="106540352242922", **said)

    async def answered() -> bool:
        return await prometheus.tells("tidings_model_seconds_count", result="answered") > 0

    ask()
    await until(answered)
    prometheus.forget()
    await prometheus.scrape()
    model.answers[:] = [web.json_response({"error": {"message": "overloaded"}}, status=500)]
    ask()
    await prometheus.until("TidingsModelFails")
    model.answers[:] = [answering()]


async def test_each_figure_moves_with_what_it_counts(installation: Installation, prometheus: Prometheus) -> None:
    counted: dict[str, dict[str, str]] = {
        "tidings_sends_total": {"sender": "+12025550100", "result": "accepted"},
        "tidings_provider_seconds_count": {"provider": "CLOUD_API", "result": "accepted"},
        "tidings_webhook_lag_seconds_count": {"provider": "CLOUD_API"},
        "tidings_job_seconds_count": {"job": "dispatch", "result": "done"},
        "tidings_request_seconds_count": {"path": "/graphql", "status": "2xx"},
        "tidings_events_total": {},
    }
    before = {name: await prometheus.tells(name, **labels) for name, labels in counted.items()}
    client = Follower(installation, await newest(installation))
    async with following([client]):
        await installation.done(await installation.schedule(1))
        assert await prometheus.tells("tidings_sockets") == 1
        assert await prometheus.tells("tidings_socket_operations") == 1
    for name, labels in counted.items():

        async def moved(name: str = name, labels: dict[str, str] = labels) -> bool:
            return await prometheus.tells(name, **labels) > before[name]

        await until(moved)

    async def gone() -> bool:
        return await prometheus.tells("tidings_sockets") == 0

    await until(gone)
    assert await prometheus.tells("tidings_database_connections", state="limit") == 20, "of two processes"
