"""Receivers of webhooks: a server on loopback that keeps what it is told and answers as it is bidden."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import events as log
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.webhooks import Webhook, WebhookDelivery
from domain import webhooks
from domain.core.access import SYSTEM
from domain.events import Place, encode
from domain.webhooks import delivering
from tests.factories import unique

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
Answering = Callable[[dict[str, Any]], Awaitable[int] | int]


@dataclass
class Receiver:
    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])
    answer: Answering = lambda _: 200
    text: str = "thanks"
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies, in the order that they came."""
        return [json.loads(body) for _, body in self.posts]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.posts]

    def numbers(self, name: str = "n") -> list[Any]:
        """What `say` was given, in the order that it came."""
        return [body["data"].get(name) for body in self.told]

    def ids_of_each(self) -> dict[str, set[str]]:
        """Of each event the ids that it came under, by its cursor."""
        found = defaultdict[str, set[str]](set)
        for id, body in zip(self.ids, self.told, strict=True):
            found[body["data"]["cursor"]].add(id)
        return found

    async def reach(self, count: int, seconds: float = 30) -> None:
        """Waits for so many posts."""
        async with asyncio.timeout(seconds), self.news:
            await self.news.wait_for(lambda: len(self.posts) >= count)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.posts.append(({name.lower(): value for name, value in request.headers.items()}, body))
        async with self.news:
            self.news.notify_all()
        found = self.answer(json.loads(body))
        status = found if isinstance(found, int) else await found
        return web.Response(status=status, text=self.text, headers={"Location": self.url} if status == 302 else {})


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/{path:.*}", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{unique('hook')}"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def hook(receiver: Receiver, *events: EventType, **given: Any) -> Webhook:
    """A webhook of a receiver; of contacts, where nothing is named."""
    return await webhooks.create(SYSTEM, url=receiver.url, events=events or [EventType.CONTACT_UPDATED], **given)


async def say(*numbers: int, contact: int = 1, **more: Any) -> int:
    """Records an event for each number, of one contact unless it is told otherwise; the log's head after."""
    async with transaction():
        for number in numbers:
            record(EventType.CONTACT_UPDATED, "Contact", contact, contact_id=contact, data={"n": number}, **more)
    return (await log.read(0, 0)).head


async def place(number: int) -> str:
    """The cursor of an event."""
    return encode(Place((await log.read(0, 0)).epoch, number))


async def deliveries(webhook: Webhook) -> list[WebhookDelivery]:
    return await WebhookDelivery.filter(webhook_id=webhook.id).order_by("event_number", "id")


async def later(webhook: Webhook) -> None:
    """The pauses of its deliveries are over."""
    await WebhookDelivery.filter(webhook_id=webhook.id, status="PENDING").update(next_attempt_at=LONG_AGO)


async def due() -> set[int]:
    """Webhooks that the clock would ring for."""
    return {row["id"] for row in await connect.rows(delivering._DUE)}
