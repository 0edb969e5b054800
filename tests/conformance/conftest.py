"""The toy for suites that other people wrote, and an installation for those that spare nothing."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest_asyncio

from tests import clusters
from tests.clients.node import node as node
from tests.faults.conftest import Installation
from tests.graph.core.conftest import served as served
from tests.running import free_port


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def installation(environment: dict[str, str], cluster: Path) -> AsyncIterator[Installation]:
    """One of its own: some of these suites change and delete whatever they find."""
    api_port = free_port()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="tidings-generated-")))
        services = running.enter_context(clusters.copied(cluster, folder))
        settings = {
            **environment,
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "API_PORT": str(api_port),
            "PUBLIC_URL": f"http://127.0.0.1:{api_port}",
            "WHATSAPP_API_URL": f"http://127.0.0.1:{free_port()}",
            "LOG_LEVEL": "WARNING",
            "LOG_FILE": str(folder / "log"),
        }
        yield (made := Installation(services, settings, running))
        await made.close()
