"""What contacts see of us besides messages: that they were read, and that somebody types."""

from domain import conversations
from workers.core.broker import actor


@actor()
async def show_read(conversation_id: int) -> None:
    await conversations.tell(conversation_id, typing=False)


@actor()
async def show_typing(conversation_id: int) -> None:
    await conversations.tell(conversation_id, typing=True)
