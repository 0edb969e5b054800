"""A receiver of webhooks, which are gone afterwards."""

from collections.abc import AsyncIterator

import pytest_asyncio

from db.webhooks import Webhook
from tests.receivers import Receiver, receiving


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
    await Webhook.all().delete()
