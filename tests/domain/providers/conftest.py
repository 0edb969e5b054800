"""Sends here do not wait long."""

from collections.abc import AsyncIterator

import httpx
import pytest

from domain.providers import base


@pytest.fixture(autouse=True)
async def _impatient(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A client that waits half a second, so that timeouts can be tried, with two connections."""
    await base.close()
    monkeypatch.setattr(base, "TIMEOUT", httpx.Timeout(0.5, connect=0.5, pool=0.3))
    yield
    await base.close()
