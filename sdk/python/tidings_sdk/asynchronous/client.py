"""The client: a method for every query, mutation and subscription of the schema, and a few of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar, cast

import httpx

from tidings_sdk import wire
from tidings_sdk.errors import TidingsError
from tidings_sdk.generated.client import AsyncOperations
from tidings_sdk.generated.enums import FilePurpose, Priority
from tidings_sdk.generated.fragments import MessageFields
from tidings_sdk.generated.input_types import ConversationRef, CreateUploadInput, MessageInput, SendMessageInput

Node = TypeVar("Node")
PRIORITIES = [Priority.LOW, Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT]
"""Of 1 to 5."""


class AsyncTidings(AsyncOperations):
    """`AsyncTidings(url, token)`; every call raises TidingsError for what was refused or not answered."""

    async def send_text(
        self, to: str, text: str, *, priority: Priority | int = 3, correlation_id: str | None = None
    ) -> MessageFields:
        """Queues a text for a phone number, or for a conversation by its id. priority: also 1 (lowest) to 5.

        The same correlation_id again gives the first message back and sends nothing.
        """
        number = to.removesuffix("@c.us").removesuffix("@s.whatsapp.net")
        digits = number.removeprefix("+").isdigit()
        where = ConversationRef(phoneNumber=f"+{number.removeprefix('+')}") if digits else ConversationRef(id=to)
        if not isinstance(priority, Priority):
            if not 1 <= priority <= len(PRIORITIES):
                raise ValueError("A priority is 1 to 5.")
            priority = PRIORITIES[priority - 1]
        message = MessageInput(text=text)
        given = SendMessageInput(to=where, message=message, priority=priority, correlationId=correlation_id)
        return await self.send_message(given)

    async def each(self, read: Callable[..., Awaitable[wire.Page[Node]]], **arguments: object) -> AsyncIterator[Node]:
        """Every node of a connection, page by page, read as they are wanted: `each(tidings.contacts, first=50)`."""
        after = arguments.pop("after", None)
        while True:
            page = await read(**arguments, after=after)
            for edge in page.edges:
                yield edge.node
            if not page.page_info.has_next_page:
                return
            after = page.page_info.end_cursor

    async def upload(self, name: str, content: bytes, purpose: FilePurpose = FilePurpose.MEDIA) -> str:
        """Uploads a file: its id, by which it may be used from here on."""
        made = await self.create_upload(CreateUploadInput(name=name, sizeBytes=len(content), purpose=purpose))
        headers = cast("dict[str, str]", made.headers)
        for tried in range(1, self.tries + 1):
            try:
                answer = await self.http.put(made.url, content=content, headers=headers)
            except httpx.TransportError as cut:
                error = wire.unanswered(cut)
            else:
                if answer.is_success:
                    return made.file.id
                error = wire.unreadable(answer)
            if tried == self.tries or not (error.code in wire.NOT_DONE or not error.sent):
                raise error
            await asyncio.sleep(wire.again(error, False, tried, self.wait))
        raise TidingsError("tries must be 1 or more")
