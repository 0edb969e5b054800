"""The sender that posts are for."""

import pytest

from db.senders import Sender
from tests import factories


@pytest.fixture
async def sender() -> Sender:
    return await factories.sender()
