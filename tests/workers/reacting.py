"""A message of a schedule that WhatsApp has something against, and all that the error may concern."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.schedules import Schedule, ScheduleStatus
from db.senders import Sender
from domain.inbound import journal
from tests import factories
from tests.domain.messages.surroundings import a_message
from tests.factories import unique
from workers import messages


@dataclass
class Case:
    """A message of a schedule that is being sent, its sender, and another sender of the same account."""

    sender: Sender
    neighbour: Sender
    contact_id: int
    phone: str
    template_id: int
    schedule_id: int
    message_id: int
    code: int

    async def message(self) -> Any:
        return await connect.row("SELECT *, due_at - now() AS wait FROM message WHERE id = $1", self.message_id)

    async def due(self) -> None:
        await connect.execute("UPDATE message SET due_at = now() WHERE id = $1 AND state = 'QUEUED'", self.message_id)

    async def send(self) -> None:
        """Makes the message due, and waits until what WhatsApp has against it is written down."""
        await self.due()
        await messages.dispatch(self.sender.id)
        async with asyncio.timeout(60):
            while (await self.message())["provider_error_code"] != self.code:
                await journal.drain()
                await asyncio.sleep(0.02)

    async def another(self, address: str) -> Any:
        """One more message of the sender, once it has been dealt with."""
        async with transaction():
            id = await a_message(self.sender.id, self.contact_id, address=address)
        dealt_with = ("FAILED", "SENT", "DELIVERED", "READ")
        async with asyncio.timeout(60):
            while (row := await connect.row("SELECT * FROM message WHERE id = $1", id))["state"] not in dealt_with:
                await messages.dispatch(self.sender.id)
                await asyncio.sleep(0.02)
        return row

    async def senders(self) -> tuple[Sender, Sender]:
        return await Sender.get(id=self.sender.id), await Sender.get(id=self.neighbour.id)

    async def schedule(self) -> Any:
        return await connect.row("SELECT status, error_message FROM schedule WHERE id = $1", self.schedule_id)

    async def queued(self) -> None:
        found = await self.message()
        assert (found["state"], found["provider_error_code"]) == ("QUEUED", self.code)

    async def failed(self, error: str = "WHATSAPP_API_ERROR") -> None:
        found = await self.message()
        assert (found["state"], found["provider_error_code"], found["error_code"]) == ("FAILED", self.code, error)

    async def window_open(self) -> bool:
        sql = "SELECT window_expires_at > now() FROM conversation WHERE contact_id = $1"
        return await connect.value(sql, self.contact_id)

    async def nothing_else(self, *, window_open: bool = True) -> None:
        """Sender, account, campaign, contact, conversation and number are as they were."""
        assert await self.window_open() is window_open
        for sender in await self.senders():
            assert (sender.status, sender.paused_until, sender.slowed_until) == ("CONNECTED", None, None)
        assert (await self.schedule())["status"] == "PROCESSING"
        assert await connect.value("SELECT opt_in_status FROM contact WHERE id = $1", self.contact_id) == "UNKNOWN"
        assert await connect.value("SELECT on_whatsapp FROM contact_phone WHERE phone_number = $1", self.phone) is None


async def a_case(code: int) -> Case:
    account, phone = unique("waba"), factories.phone()
    sender, neighbour = [await factories.sender(business_account_id=account) for _ in range(2)]
    contact, template = await factories.contact(phone_number=phone), await factories.template("Hello")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await Conversation.create(sender_id=sender.id, contact_id=contact.id, address=phone, window_expires_at=tomorrow)
    # In one transaction, with one more message that waits, and none of them due: another worker neither ends the
    # schedule nor sends the message before its fault is there.
    async with transaction():
        schedule = await Schedule.create(
            template_id=template.id,
            group_id=(await factories.group(contact)).id,
            sender_id=sender.id,
            variables={},
            outcome=ScheduleStatus.PROCESSING,
            recipients=2,
            send_at=datetime.now(UTC),
        )
        of_schedule = {"template_id": template.id, "schedule_id": schedule.id, "due_at": tomorrow}
        await a_message(sender.id, **of_schedule)
        message_id = await a_message(sender.id, contact.id, address=phone, purpose="MARKETING", **of_schedule)
    return Case(sender, neighbour, contact.id, phone, template.id, schedule.id, message_id, code)
