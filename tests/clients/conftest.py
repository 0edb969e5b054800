"""Clients that other people wrote."""

from collections.abc import Iterator

import pytest

from tests.clients.node import node as node
from tests.running import Simulator


@pytest.fixture
def readers(simulator: Simulator) -> Iterator[None]:
    """People who read everything, after a moment, so that something is left to happen after a cut."""
    before = simulator.get("settings")
    simulator.configure(read_delay=1.5, read_share=1)
    yield
    simulator.configure(read_delay=before["read_delay"], read_share=before["read_share"])
