"""What our subscriptions are measured against: `python -m benchmarks.parts.feeds bare|strawberry PORT`.

Both send as many events as a subscription asks for, over the same server with the same settings as ours.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import strawberry
import uvicorn
from strawberry.asgi import GraphQL

DOCUMENT = """
subscription Events($count: Int!) { messageEvents(count: $count) { cursor type message { id status } } }
"""
FRAME = (
    '{"id":"1","type":"next","payload":{"data":{"messageEvents":{"cursor":"RXZlbnQ6MDEyMzQ1Njc6MTIzNDU2Nzg","type":'
    '"MESSAGE_SENT","message":{"id":"TWVzc2FnZToxMjM0NTY3OA","status":"SENT"}}},"extensions":{"cost":{"cost":2,'
    '"limit":10000}}}}'
)


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Sends one and the same text, ready-made."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
    await receive()
    await send({"type": "websocket.send", "text": '{"type":"connection_ack"}'})
    message = orjson.loads((await receive())["text"])
    for _ in range(message["payload"]["variables"]["count"]):
        await send({"type": "websocket.send", "text": FRAME})
        await asyncio.sleep(0)
    await receive()


@strawberry.type
class Message:
    id: strawberry.ID
    status: str


@strawberry.type
class MessageEvent:
    cursor: str
    type: str
    message: Message


@strawberry.type
class Query:
    nothing: str


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def message_events(self, count: int) -> AsyncGenerator[MessageEvent]:
        """Events that are in memory: what Strawberry itself costs, and no more."""
        for number in range(count):
            message = Message(id=strawberry.ID(f"TWVzc2FnZTo{number:08}"), status="SENT")
            yield MessageEvent(cursor=f"RXZlbnQ6MDEyMzQ1Njc6{number:08}", type="MESSAGE_SENT", message=message)
            await asyncio.sleep(0)


def main(kind: str, port: str) -> None:
    app: Any = bare if kind == "bare" else GraphQL[None, None](strawberry.Schema(Query, subscription=Subscription))
    uvicorn.run(
        app, port=int(port), log_config=None, access_log=False, ws="graph.core.wire:SocketProtocol",
        ws_per_message_deflate=False, lifespan="off",
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
