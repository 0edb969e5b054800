"""A receiver whose webhooks are gone afterwards."""

from collections.abc import AsyncIterator

import pytest_asyncio

from db.webhooks import Webhook
from tests.receivers import Receiver


@pytest_asyncio.fixture
async def receiver(receiver: Receiver) -> AsyncIterator[Receiver]:
    yield receiver
    await Webhook.all().delete()
