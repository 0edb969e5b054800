"""Real parts for all tests: PostgreSQL and Valkey, the API, a worker and the simulator, each started once a session.

Everyone shares one database: tests use names of their own (factories.unique) and clean nothing up.
"""

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from db.accounts import Role
from db.core import connect
from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain.providers import base
from tests import canary, clusters, factories
from tests.canary import PASSWORD
from tests.receivers import Receiver, receiving
from tests.running import Api, Program, Simulator, free_port
from tests.s3 import S3
from tidings.services import Services

# What is loaded for the tests stays: to look through it as often as usual takes some of the time of each process.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """What all databases of a run are copied from, by all of its processes."""
    own = tmp_path_factory.getbasetemp()
    return clusters.made((own if worker_id == "master" else own.parent) / "cluster")


@pytest.fixture(scope="session")
def services(cluster: Path) -> Iterator[Services]:
    """PostgreSQL 18 and Valkey under a folder that goes with the session."""
    with (
        tempfile.TemporaryDirectory(prefix="tidings-test-") as folder,
        clusters.copied(cluster, Path(folder)) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def environment(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of all test processes, this one included; in the end nothing that was sent stands in their log."""
    log = tmp_path_factory.mktemp("log") / "log"
    api_port, simulator_port = free_port(), free_port()
    given = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "SECRET_KEY": "a-secret-key-for-tests-of-32-bytes-and-more",
        "API_PORT": str(api_port),
        "PUBLIC_URL": f"http://127.0.0.1:{api_port}",
        "WHATSAPP_API_URL": f"http://127.0.0.1:{simulator_port}",
        "WHATSAPP_APP_SECRET": "an-app-secret",
        "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
        "WAHA_URL": f"http://127.0.0.1:{simulator_port}",
        "WAHA_API_KEY": "simulator-key",
        "WAHA_HMAC_KEY": "a-key-of-webhooks",
        "ADMIN_TOKEN": "an-admin-token-of-32-bytes-and-more-xx",
        "SEND_GRACE": "4",
        "SEND_RATE": "1000",
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "INFO",
        "LOG_FILE": str(log),
    }
    os.environ.update(given)
    get_settings.cache_clear()
    log.touch()
    yield given
    canary.check_log(log)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database(environment: dict[str, str]) -> AsyncIterator[None]:
    """This process connected to the database."""
    async with connect.connected(application="tidings tests"):
        yield
        told = await connect.rows("SELECT type, data::text FROM event WHERE data IS NOT NULL")
        await base.close()
        await shared_redis().aclose()
    canary.check("\n".join(f"{row['type']} {row['data']}" for row in told), "events")


@pytest.fixture(scope="session")
def simulator(environment: dict[str, str]) -> Iterator[Simulator]:
    """WhatsApp, as far as we can tell."""
    with Program.simulator(environment) as program:
        yield Simulator(environment["WHATSAPP_API_URL"], program)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(environment: dict[str, str], database: None) -> AsyncIterator[Api]:
    """The API in a process of its own, with a signed-in user of each role."""
    with Program.api(environment) as program:
        running = Api(environment["PUBLIC_URL"], program)
        for role in Role:
            user = await factories.user(role=role, password=PASSWORD)
            running.tokens[role] = await running.sign_in(user.email, PASSWORD)
        yield running
        figures = (await running.http.get("/metrics")).text
        await running.close()
        canary.check_figures(figures)
        assert canary.check_log(Path(environment["LOG_FILE"])), "requests are written down"


@pytest.fixture(scope="session")
def s3(environment: dict[str, str]) -> Iterator[S3]:
    """S3, as far as we can tell."""
    with S3.running(environment) as running:
        yield running


@pytest.fixture(scope="session")
def worker(environment: dict[str, str], database: None, simulator: Simulator) -> Iterator[Program]:
    """A worker with its clock, and figures at a port of its own."""
    port = free_port()
    with Program.worker({**environment, "METRICS_PORT": str(port)}) as program:
        yield program
        canary.check_figures(httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver of webhooks on loopback."""
    async with receiving() as made:
        yield made
