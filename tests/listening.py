"""A client of subscriptions, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets import ClientConnection, Subprotocol
from websockets.asyncio.client import connect as connect_socket

from db.contacts import Contact
from db.core.transaction import transaction
from db.events import EventType, read, record
from domain.events import Place, encode
from graph.core import ids
from tests import canary
from tests.running import Api

CURSORS = """
subscription ($filter: EventFilter, $after: String) {
  events(filter: $filter, after: $after) { cursor type ... on ResourceEvent { subject { id } } }
}
"""


@asynccontextmanager
async def socket_of(api: Api, token: str, **options: Any) -> AsyncIterator[ClientConnection]:
    async with socket_with(api, {"Authorization": f"Bearer {token}"}, **options) as socket:
        yield socket


@asynccontextmanager
async def socket_with(api: Api, credentials: dict[str, str], **options: Any) -> AsyncIterator[ClientConnection]:
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect_socket(api.ws_url, subprotocols=protocols, proxy=None, **options) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": credentials}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def subscribe(socket: ClientConnection, query: str, id: str = "1", **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"type": "subscribe", "id": id, "payload": payload}))


async def receive(socket: ClientConnection, seconds: float = 10) -> dict[str, Any]:
    async with asyncio.timeout(seconds):
        found = json.loads(await socket.recv())
    canary.check_errors(found.get("payload"), "")
    return found


async def event(socket: ClientConnection, seconds: float = 10) -> dict[str, Any]:
    """The next event, of whatever field."""
    message = await receive(socket, seconds)
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    [found] = message["payload"]["data"].values()
    return found


async def closing(socket: ClientConnection, seconds: float = 5) -> int:
    """The code of the close that comes within so many seconds."""
    async with asyncio.timeout(seconds):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


async def now() -> str:
    reading = await read(0, 0)
    return encode(Place(reading.epoch, reading.head))


async def say(contact: Contact, *, times: int = 1, **more: Any) -> None:
    async with transaction():
        for _ in range(times):
            record(EventType.CONTACT_UPDATED, "Contact", contact.id, contact_id=contact.id, **more)


def of(contact: Contact) -> dict[str, Any]:
    return {"contactId": ids.encode("Contact", contact.id)}
