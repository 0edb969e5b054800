"""Typing both ways through WAHA: from setTyping to the person's phone, and from there to whoever watches."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from db.accounts import Role
from db.conversations import Conversation
from db.senders import SenderStatus
from graph.core.ids import encode
from tests.factories import phone
from tests.listening import event, socket_of, subscribe
from tests.running import Api, Program, Simulator
from tests.waha import becomes, drive, make, scanned

T = TypeVar("T")

TYPE = "mutation ($id: ID!, $typing: Boolean!) { setTyping(conversationId: $id, typing: $typing) { unreadCount } }"
WATCH = """
subscription ($filter: EventFilter) {
  conversationEvents(filter: $filter) { typing typist actor { id } conversation { id } }
}
"""


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    async with asyncio.timeout(10):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.02)


async def test_either_side_sees_that_the_other_types(api: Api, worker: Program, simulator: Simulator) -> None:
    sender = await becomes(await scanned(simulator, await make(bot_enabled=False)), SenderStatus.CONNECTED)
    person = f"35191{phone()[-7:]}"

    async def says(kind: str, **given: str) -> None:
        await asyncio.to_thread(drive, simulator, sender, "inbound", **{"from": person, "type": kind, **given})

    async def is_shown(typing: bool) -> bool:
        """The person's phone shows it, or no more."""
        shown = await asyncio.to_thread(simulator.get, f"chats/{sender.session_name}/{person}")
        return shown["typing"] is typing

    await says("text", text="Hello")
    conversation = await until(lambda: Conversation.get_or_none(sender_id=sender.id))
    id = encode("Conversation", conversation.id)
    async with socket_of(api, api.tokens[Role.SALES]) as socket:
        await subscribe(socket, WATCH, filter={"conversationId": id, "types": ["CONVERSATION_TYPING"]})
        await api.gql("{ __typename }")
        shown = await api.data(TYPE, role=Role.SALES, id=id, typing=True)
        assert shown["setTyping"] == {"unreadCount": 0}
        await until(lambda: is_shown(True))
        await api.data(TYPE, role=Role.SALES, id=id, typing=False)
        await until(lambda: is_shown(False))
        ours = [await event(socket) for _ in range(2)]
        theirs = list[dict[str, Any]]()
        for kind in ("typing", "paused", "recording"):
            await says(kind)
            theirs.append(await event(socket))
    assert {each["conversation"]["id"] for each in (*ours, *theirs)} == {id}
    assert [(each["typing"], each["typist"]) for each in ours] == [(True, "OPERATOR"), (False, "OPERATOR")]
    assert all(each["actor"] for each in ours)
    assert [(each["typing"], each["typist"]) for each in theirs] == [
        (True, "CONTACT"),
        (False, "CONTACT"),
        (True, "CONTACT"),
    ]
    assert [each["actor"] for each in theirs] == [None] * 3
