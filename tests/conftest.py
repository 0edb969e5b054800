"""Real parts for all tests: PostgreSQL and Valkey, the API, a worker and the simulator, each started once a session.

Everyone shares one database: tests use names of their own (factories.unique) and clean nothing up.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from db.accounts import Role
from db.core import connect
from db.core.migrate import migrate
from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain.providers import base
from tests import factories
from tests.running import Api, Program, Simulator, free_port
from tests.s3 import S3
from tidings.services import Services, embedded

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """PostgreSQL 18 and Valkey under a folder that goes with the session."""
    with tempfile.TemporaryDirectory(prefix="tidings-test-") as folder, embedded(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def environment(services: Services, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of all test processes, this one included."""
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
        "LOG_LEVEL": "WARNING",
        "LOG_FILE": "-",
    }
    os.environ.update(given)
    get_settings.cache_clear()
    return given


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database(environment: dict[str, str]) -> AsyncIterator[None]:
    """A migrated database, and this process connected to it."""
    await migrate()
    async with connect.connected(application="tidings tests"):
        yield
        await base.close()
        await shared_redis().aclose()


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
        await running.close()


@pytest.fixture(scope="session")
def s3(environment: dict[str, str]) -> Iterator[S3]:
    """S3, as far as we can tell."""
    with S3.running(environment) as running:
        yield running


@pytest.fixture(scope="session")
def worker(environment: dict[str, str], database: None, simulator: Simulator) -> Iterator[Program]:
    """A worker with its clock."""
    with Program.worker(environment) as program:
        yield program
