"""The sender that posts are for."""

import pytest
import structlog

from db.senders import Sender
from tests import factories


@pytest.fixture(autouse=True, scope="session")
def _plain_tracebacks() -> None:
    """As the product writes them; the usual ones show all variables, and take seconds for a batch of posts."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture
async def sender() -> Sender:
    return await factories.sender()
