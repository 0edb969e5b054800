"""WAHA as the sessions of these tests like it: quick."""

import pytest

from tests.running import Simulator


@pytest.fixture(autouse=True)
def _waha(simulator: Simulator) -> None:
    simulator.configure(waha_start=0.05, waha_patience=0.3)
