"""People who write to a sender on which the bot answers, and the bot that answers them, without a worker."""

from datetime import UTC, datetime
from typing import Any

from db.bot import Generation
from db.conversations import BotTurn, Conversation
from db.core import connect
from db.core.transaction import transaction
from db.messages import Message
from domain import conversations
from domain.bot import answering, turns
from domain.conversations import Heard
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.factories import phone

FACT = "Returns. You may return shoes within thirty days of purchase, free of charge, with the receipt.\n"
QUESTION = "May I return shoes?"


class Person:
    """A contact, our side of the conversation with whom is a sender."""

    def __init__(self, sender: int, contact: int) -> None:
        self.sender = sender
        self.contact = contact
        self.address = phone()

    @classmethod
    async def new(cls, **sender: Any) -> "Person":
        return cls(await a_sender(**sender), await a_contact())

    async def writes(self, text: str | None = QUESTION, **given: Any) -> int:
        values = {"direction": "INBOUND", "author": "CONTACT", "state": "RECEIVED", "due_at": None, **given}
        message = await a_message(self.sender, self.contact, content=text, **values)
        async with transaction():
            await conversations.heard([Heard(message, self.sender, self.contact, self.address, datetime.now(UTC))])
        return message

    async def conversation(self) -> Conversation:
        return await Conversation.get(sender_id=self.sender, contact_id=self.contact, deleted_at=None)

    async def turn(self) -> BotTurn | None:
        return await BotTurn.get_or_none(conversation_id=(await self.conversation()).id)

    async def answers(self) -> list[Message]:
        return await Message.filter(sender_id=self.sender, contact_id=self.contact, author="BOT").order_by("id")

    async def answer(self) -> str | None:
        """What the bot has said, at most once."""
        found = await self.answers()
        assert len(found) <= 1
        return found[0].content if found else None

    async def falls_silent(self) -> None:
        """The debounce is over."""
        await connect.execute("UPDATE bot_turn SET due_at = now() WHERE conversation_id = $1", await self.id())

    async def id(self) -> int:
        return (await self.conversation()).id

    async def claimed(self) -> turns.Turn:
        """The turn, taken by a worker of this test."""
        await self.falls_silent()
        mine = [turn for turn in await turns.claim(1000) if turn.conversation_id == await self.id()]
        return mine[0]

    async def is_answered(self) -> None:
        """The bot does its turn."""
        await answering.answer([await self.claimed()])

    async def asks(self, text: str | None = QUESTION, **given: Any) -> str | None:
        """Writes, and what the bot says to it."""
        before = len(await self.answers())
        await self.writes(text, **given)
        await self.is_answered()
        found = await self.answers()
        assert len(found) <= before + 1
        return found[-1].content if len(found) > before else None


async def generation_of(message: Message) -> Generation:
    return await Generation.get(message_id=message.id)
