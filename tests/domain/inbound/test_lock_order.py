"""What WhatsApp tells of a person while someone changes that person: one waits for the other, and neither fails."""

import asyncio

import asyncpg

from db.contacts import Contact, ContactDuplicate, ContactPhone, OptInStatus
from db.core.settings import get_settings
from db.messages import Message, MessageState
from db.senders import Sender
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.inbound.posts import NOW, body, change, digits_of, message, sent, status, take_up


async def waits_for(other: asyncpg.Connection) -> None:
    """Until someone waits for a lock of this connection."""
    waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
    async with asyncio.timeout(10):
        while not await other.fetchval(waiting):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)


async def test_an_opt_out_meets_a_stop_and_a_receipt_of_the_same_person(sender: Sender) -> None:
    row = await sent(sender)
    phone = await ContactPhone.get(contact_id=row.contact_id)
    stop = {"wa_id": digits_of(phone.phone_number), "category": "marketing_messages", "value": "stop", "timestamp": NOW}
    post = body(
        change(sender, messages=[message(digits_of(phone.phone_number), "STOP")], statuses=[status(row, "delivered")]),
        {"field": "user_preferences", "value": {"user_preferences": [stop]}},
    )
    other = await asyncpg.connect(get_settings().database_url)
    try:
        # As the API opts someone out: the contact, then what waits to be sent to it.
        async with other.transaction():
            await other.execute("SELECT FROM contact WHERE id = $1 FOR NO KEY UPDATE", row.contact_id)
            taking = asyncio.create_task(take_up(post))
            await waits_for(other)
            await other.execute("SELECT FROM message WHERE contact_id = $1 ORDER BY id FOR UPDATE", row.contact_id)
            await other.execute("SELECT FROM contact_phone WHERE contact_id = $1 FOR UPDATE", row.contact_id)
        [taken] = await taking
    finally:
        await other.close()
    assert taken.errors is None
    assert (await Message.get(id=row.id)).state is MessageState.DELIVERED
    assert (await Contact.get(id=row.contact_id)).opt_in_status is OptInStatus.OPTED_OUT


async def test_a_merge_meets_news_of_a_duplicate_of_both(sender: Sender) -> None:
    """What is told of one locks all who seem to be the same; so must a merge, which may opt them all out."""
    other_one, stays, goes = [await factories.contact() for _ in range(3)]
    await ContactDuplicate.create(contact_id=other_one.id, other_id=stays.id, reason="A test.")
    await contacts.opt_out(SYSTEM, goes.id)
    other = await asyncpg.connect(get_settings().database_url)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM contact WHERE id = $1 FOR NO KEY UPDATE", other_one.id)
            merging = asyncio.create_task(contacts.merge(SYSTEM, stays.id, goes.id))
            await waits_for(other)
            await other.execute("SELECT FROM contact WHERE id = $1 FOR NO KEY UPDATE", stays.id)
        await merging
    finally:
        await other.close()
    merged = await Contact.filter(id__in=[other_one.id, stays.id]).values_list("opt_in_status", flat=True)
    assert list(merged) == [OptInStatus.OPTED_OUT] * 2
