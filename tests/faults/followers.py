"""Clients that follow the event log over sockets, lose them again and again, and resume behind what they saw last."""

import asyncio
import base64
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets import ClientConnection, WebSocketException

from graph.core.ids import decode
from tests.faults.conftest import ADMIN_TOKEN, Installation
from tests.listening import CURSORS, event, socket_with, subscribe

MESSAGES = """
subscription ($filter: EventFilter, $after: String) {
  messageEvents(filter: $filter, after: $after) { cursor type message { id status contact { name } } }
}
"""
"""Events with what they name."""

LOST = (OSError, WebSocketException, TimeoutError)
"""What a client meets while the API is away, or when it is cut."""
_COLUMNS = {"scheduleId": "schedule_id", "contactId": "contact_id", "senderId": "sender_id"}


def number_of(cursor: str) -> int:
    """The event's place in the log, which is for nobody but a test to read."""
    return int(base64.urlsafe_b64decode(cursor + "==").decode().split(":")[2])


class Follower:
    """One client: sees what matches, from a cursor on."""

    def __init__(self, installation: Installation, after: str, document: str = CURSORS, **where: Any) -> None:
        self.installation = installation
        self.document = document
        self.after = after
        self.where = where
        self.seen: list[int] = []
        self.connected = 0
        self.busy = "-"
        self.socket: ClientConnection | None = None

    async def follow(self) -> None:
        """Until it is cancelled, whatever happens to its sockets."""
        cursor = self.after
        while True:
            with suppress(*LOST):
                self.busy = "c"
                async with socket_with(self.installation.api, {"X-Admin-Token": ADMIN_TOKEN}) as self.socket:
                    await subscribe(self.socket, self.document, filter=self.where, after=cursor)
                    self.connected += 1
                    while True:
                        cursor = (await event(self.socket, 3600))["cursor"]
                        self.seen.append(number_of(cursor))
            await asyncio.sleep(random.random() * 0.5)

    def cut(self) -> None:
        """As when a cable is pulled: no farewell, and what was on its way is lost."""
        if self.socket is not None:
            self.socket.transport.abort()

    async def expected(self) -> list[int]:
        """What it must have seen, as the table has it."""
        conditions, values = ["number > $1"], [number_of(self.after)]
        for name, value in self.where.items():
            values.append(value if name == "types" else decode(value, name[0].upper() + name[1:-2]))
            conditions.append(
                f"type = ANY(${len(values)})" if name == "types" else f"{_COLUMNS[name]} = ${len(values)}"
            )
        if self.document is MESSAGES:
            conditions.append("type LIKE 'MESSAGE%'")
        found = await self.installation.fetch(
            f"SELECT number FROM event WHERE {' AND '.join(conditions)} ORDER BY number", *values
        )
        return [row["number"] for row in found]

    async def check(self, seconds: float = 30) -> None:
        """It has seen each of its events once and in order; it may take its time, but not so long without any."""
        expected = await self.expected()
        with suppress(TimeoutError):
            while (count := len(self.seen)) < len(expected):
                async with asyncio.timeout(seconds):
                    while len(self.seen) == count:  # noqa: ASYNC110 - nothing tells when
                        await asyncio.sleep(0.05)
        assert self.seen == expected, (
            f"{self.where}: {len(self.seen)} seen of {len(expected)} in {self.connected} sockets,"
            f" missed {sorted(set(expected) - set(self.seen))[:5]}, {len(self.seen) - len(set(self.seen))} twice"
        )


@asynccontextmanager
async def following(followers: Sequence[Follower]) -> AsyncGenerator[None]:
    """All of them follow meanwhile, and have begun."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follower.follow()) for follower in followers]
        async with asyncio.timeout(30):
            while not all(follower.connected for follower in followers):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.02)
        yield
        for task in tasks:
            task.cancel()


async def newest(installation: Installation) -> str:
    """The cursor of the newest event."""
    [edge] = (await installation.data("{ events(last: 1) { edges { cursor } } }"))["events"]["edges"]
    return edge["cursor"]
