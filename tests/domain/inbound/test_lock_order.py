"""What WhatsApp tells of a person while someone changes that person: one waits for the other, and neither fails."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from db.contacts import Contact, ContactDuplicate, ContactPhone, OptInStatus
from db.core.settings import get_settings
from db.inbound import InboundPost, WaitingAmendment, WaitingStatus
from db.messages import Message, MessageState
from db.senders import Sender
from domain import contacts, inbound
from domain.core.access import SYSTEM
from domain.messages import dispatch
from domain.messages.dispatch import Departure
from domain.providers.base import Refused
from domain.providers.reactions import of_code
from tests import factories
from tests.databases import waits_for
from tests.domain.inbound.posts import NOW, body, change, digits_of, message, sent, status, take_up


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


STOPPED = {"code": 131050, "title": "User has stopped marketing"}


async def opt_in_of(*people: Contact) -> list[OptInStatus]:
    return [(await Contact.get(id=each.id)).opt_in_status for each in people]


@asynccontextmanager
async def somebody_else() -> AsyncIterator[asyncpg.Connection]:
    other = await asyncpg.connect(get_settings().database_url)
    try:
        async with other.transaction():
            yield other
    finally:
        await other.close()


async def meets(doing: Coroutine[Any, Any, Any], first: Contact, second: Contact) -> Any:
    """What comes of it while someone locks both, in their order, and then the messages of both, as a merge does."""
    assert first.id < second.id
    async with somebody_else() as other:
        await other.execute("SELECT FROM contact WHERE id = $1 FOR UPDATE", first.id)
        task = asyncio.create_task(doing)
        await waits_for(other)
        await other.execute("SELECT FROM contact WHERE id = $1 FOR UPDATE", second.id)
        both = [first.id, second.id]
        await other.execute("SELECT FROM message WHERE contact_id = ANY($1) ORDER BY id FOR UPDATE", both)
    return await task


async def test_one_who_declines_by_receipt_is_locked_with_all_who_seem_to_be_the_same(sender: Sender) -> None:
    duplicate, row = await factories.contact(), await sent(sender)
    contact = await Contact.get(id=row.contact_id)
    await ContactDuplicate.create(contact_id=duplicate.id, other_id=contact.id, reason="A test.")
    post = body(change(sender, statuses=[status(row, "failed", errors=[STOPPED])]))
    [taken] = await meets(take_up(post), duplicate, contact)
    assert (taken.errors, taken.tries) == (None, 0)
    assert await opt_in_of(contact, duplicate) == [OptInStatus.OPTED_OUT] * 2


async def test_one_who_declines_by_the_answer_to_a_send_too(sender: Sender) -> None:
    duplicate, row = await factories.contact(), await sent(sender, state="IN_FLIGHT", provider_message_id=None)
    contact = await Contact.get(id=row.contact_id)
    await ContactDuplicate.create(contact_id=duplicate.id, other_id=contact.id, reason="A test.")
    assert row.attempt_id is not None
    refused = Refused(of_code(131050, "User has stopped marketing"))
    await meets(dispatch.settle([(Departure(row.id, row.attempt_id, 1, None), refused)]), duplicate, contact)
    assert (await Message.get(id=row.id)).state is MessageState.FAILED
    assert await opt_in_of(contact, duplicate) == [OptInStatus.OPTED_OUT] * 2


async def test_who_writes_and_who_declines_in_one_post_are_locked_at_once(sender: Sender) -> None:
    row = await sent(sender)
    declines, writes = await Contact.get(id=row.contact_id), await factories.contact()
    phone = await ContactPhone.get(contact_id=writes.id)
    post = body(
        change(sender, messages=[message(digits_of(phone.phone_number))]),
        change(sender, statuses=[status(row, "failed", errors=[STOPPED])]),
    )
    [taken] = await meets(take_up(post), declines, writes)
    assert (taken.errors, taken.tries) == (None, 0)
    assert await opt_in_of(declines) == [OptInStatus.OPTED_OUT]


async def test_what_waited_for_a_message_is_applied_one_kind_after_the_other(sender: Sender) -> None:
    row, later = await sent(sender), await factories.contact()
    declines = await Contact.get(id=row.contact_id)
    now = datetime.now(UTC)
    target = str(row.provider_message_id)
    await WaitingAmendment.create(sender_id=sender.id, target=target, kind="REVOKE", at=now, echo=True)
    error = {"number": 131050, "message": "User has stopped marketing"}
    await WaitingStatus.create(provider_message_id=target, status="failed", status_at=now, error=error)
    await meets(inbound.take_up_waiting(), declines, later)
    found = await Message.get(id=row.id)
    assert (found.state, found.revoked_at is not None) == (MessageState.FAILED, True)
    assert await opt_in_of(declines) == [OptInStatus.OPTED_OUT]


@pytest.mark.timeout(60)
async def test_receipts_opt_outs_and_merges_of_the_same_people_at_once_all_end(sender: Sender) -> None:
    """Rounds of real ones, at once: whoever waits gets through, and nobody is taken for the culprit of a circle."""
    for _ in range(15):
        people = [await factories.contact() for _ in range(4)]
        for one, other in itertools.pairwise(people):
            await ContactDuplicate.create(contact_id=one.id, other_id=other.id, reason="A test.")
        rows = [await sent(sender, contact_id=each.id) for each in people]
        told = [status(row, "failed", errors=[STOPPED]) for row in reversed(rows)]
        phones = [await ContactPhone.get(contact_id=each.id) for each in people]
        said = [message(digits_of(phone.phone_number), "STOP") for phone in phones]
        posts = [body(change(sender, messages=[said[n]], statuses=[told[n]])) for n in range(4)]
        done = await asyncio.gather(
            take_up(*posts),
            contacts.opt_out(SYSTEM, people[3].id),
            contacts.merge(SYSTEM, people[1].id, people[2].id),
            contacts.opt_out(SYSTEM, people[0].id),
        )
        taken: list[InboundPost] = done[0]
        assert {(post.errors is None, post.tries) for post in taken} == {(True, 0)}
        assert set(await opt_in_of(people[0], people[1], people[3])) == {OptInStatus.OPTED_OUT}
