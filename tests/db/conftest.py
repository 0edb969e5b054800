"""Everything here runs in a process that is connected to the database."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _connected(database: None) -> None: ...
