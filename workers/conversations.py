"""What contacts see of us besides messages, and what the clock does for conversations."""

from domain import conversations
from workers.core.broker import actor
from workers.core.clock import every


@actor()
async def show_read(conversation_id: int) -> None:
    await conversations.tell(conversation_id, typing=False)


@actor()
async def show_typing(conversation_id: int) -> None:
    await conversations.tell(conversation_id, typing=True)


@actor()
async def hide_typing(conversation_id: int) -> None:
    await conversations.tell(conversation_id, typing=False, read=False)


every(5.0)(conversations.hand_back_silent)
