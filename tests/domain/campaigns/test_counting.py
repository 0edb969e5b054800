"""Counting an audience: nobody waits for it, what it overlooks is counted anew, and chunks agree with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from db.accounts import Scope
from db.campaigns import Campaign, CampaignStatus, ExclusionReason
from db.campaigns import preflight as rows
from db.campaigns.preflight import anyone, look
from db.core import connect
from db.core.transaction import transaction
from db.templates import MessageTemplate
from domain import campaigns, contacts, groups
from domain.campaigns.audiences import audience_of
from domain.core.access import SYSTEM
from domain.core.errors import Checks, ErrorCode, Refusal
from tests import factories
from tests.callers import token
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import a_campaign, a_template, messages_of, recipients_of, started
from tests.domain.messages.surroundings import a_message, a_sender

DUPLICATE, CLOSED = ExclusionReason.DUPLICATE_NUMBER, ExclusionReason.WINDOW_CLOSED


@asynccontextmanager
async def counting_held_up() -> AsyncIterator[None]:
    """Whoever counts an audience meanwhile waits until the end, and is waiting once somebody asks for `a_count`."""
    held, enough = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await connect.execute("LOCK TABLE contact_duplicate IN ACCESS EXCLUSIVE MODE")
            held.set()
            await enough.wait()

    holding = asyncio.create_task(hold())
    await held.wait()
    try:
        yield
    finally:
        enough.set()
        await holding


async def until_a_count_waits() -> None:
    sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'contact_duplicate'::regclass)"
    async with asyncio.timeout(10):
        while not await connect.value(sql):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("named", [True, False])
async def test_nobody_waits_while_a_start_counts(named: bool) -> None:
    group = await crowd(3)
    campaign = await a_campaign(group=group)
    template = await MessageTemplate.get(id=campaign.template_id or 0)
    accepted = (await campaigns.preflight(SYSTEM, campaign.id)).id if named else None
    async with counting_held_up():
        starting = asyncio.create_task(campaigns.start(SYSTEM, campaign.id, preflight_id=accepted))
        await until_a_count_waits()
        async with asyncio.timeout(5):
            await groups.update(SYSTEM, group, description="Somebody else's")
            await campaigns.update(SYSTEM, campaign.id, name="Another name")
            await MessageTemplate.filter(id=template.id).update(title=factories.unique())
    begun = await starting
    assert (begun.status, begun.name) == (CampaignStatus.RUNNING, "Another name")


async def test_a_campaign_that_is_changed_while_it_is_counted_is_counted_anew() -> None:
    campaign, somebody, nobody = await a_campaign(), await crowd(3), await crowd(0)
    for named, code in ((True, ErrorCode.PREFLIGHT_OUTDATED), (False, ErrorCode.VALIDATION_ERROR)):
        await campaigns.update(SYSTEM, campaign.id, audience={"group_ids": [somebody]})
        accepted = (await campaigns.preflight(SYSTEM, campaign.id)).id if named else None
        async with counting_held_up():
            starting = asyncio.create_task(campaigns.start(SYSTEM, campaign.id, preflight_id=accepted))
            await until_a_count_waits()
            await campaigns.update(SYSTEM, campaign.id, audience={"group_ids": [nobody]})
        with pytest.raises(Refusal) as caught:
            await starting
        assert caught.value.code is code
    assert (await Campaign.get(id=campaign.id)).status is CampaignStatus.DRAFT


async def test_a_start_looks_no_further_than_the_first_who_is_sent_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_AT_ONCE", 3)
    group = await crowd(7)
    campaign, people = await a_campaign(group=group), await members(group)
    assert ((await anyone(campaign.id)).audience, (await look(campaign.id)).audience) == (3, 7)
    await connect.execute("UPDATE contact_phone SET on_whatsapp = false WHERE contact_id = ANY($1)", people[:6])
    told = await anyone(campaign.id)
    assert (told.audience, told.recipients, told.exclusions) == (7, 1, {ExclusionReason.NOT_ON_WHATSAPP: 6})
    await connect.execute("UPDATE contact SET deleted_at = now() WHERE id = ANY($1)", people[3:])
    assert (await anyone(campaign.id)).audience == 3


async def twins(*pairs: tuple[int, int]) -> None:
    for one, other in pairs:
        sql = "INSERT INTO contact_duplicate (contact_id, other_id, reason) VALUES ($1, $2, '')"
        await connect.execute(sql, one, other)


@pytest.mark.parametrize("chunk", [1, 2, 20])
async def test_chunks_leave_the_twins_out_whom_the_preflight_leaves_out(chunk: int) -> None:
    group, sender = await crowd(6), await a_sender()
    people = await members(group)
    await twins((people[0], people[1]), (people[1], people[2]), (people[3], people[4]))
    opened = "INSERT INTO conversation (sender_id, contact_id, address, window_expires_at)"
    for contact in (*people[:3], people[4], people[5]):
        await connect.execute(f"{opened} VALUES ($1, $2, '+1', now() + interval '1 h')", sender, contact)
    campaign = await a_campaign(sender, group=group, text="Hello")
    told = await look(campaign.id)
    await started(campaign, chunk=chunk)
    found = await recipients_of(campaign)
    assert list(found.values()) == [None, DUPLICATE, DUPLICATE, CLOSED, DUPLICATE, None]
    assert told.exclusions == {DUPLICATE: 3, CLOSED: 1}


async def test_a_number_is_written_to_as_it_was_named() -> None:
    contact = await factories.contact(phone_number=(primary := factories.phone()))
    second, third = factories.phone(), factories.phone()
    for number in (second, third):
        await contacts.create_phone(SYSTEM, contact.id, phone_number=number)
    for named, wanted in (([third, primary], primary), ([third, second], second), ([second], second)):
        given = {"phone_numbers": named, "contact_ids": [contact.id]}
        async with transaction():
            audience = await audience_of(SYSTEM, given, Checks())
        campaign = await a_campaign(audience=audience)
        assert (await look(campaign.id)).first == [(contact.id, wanted)]
        await started(campaign)
        assert [row["address"] for row in await messages_of(campaign)] == [wanted]
    campaign = await a_campaign(audience=audience)
    await connect.execute("UPDATE contact_phone SET on_whatsapp = false WHERE phone_number = $1", second)
    assert (await look(campaign.id)).exclusions == {ExclusionReason.NOT_ON_WHATSAPP: 1}
    await connect.execute(
        "UPDATE contact_phone SET on_whatsapp = CASE WHEN phone_number <> $1 THEN false END WHERE contact_id = $2",
        *(second, contact.id),
    )
    assert (await look(campaign.id)).recipients == 1


async def test_a_bound_token_learns_nothing_of_whose_number_it_names() -> None:
    known, unknown = [await factories.contact(name=name, phone_number=factories.phone()) for name in ("Rita", "Otto")]
    sender = await a_sender()
    await a_message(sender, known.id, direction="INBOUND", state="RECEIVED", due_at=None)
    template = await a_template(content="{{name}}")
    campaign = await a_campaign(sender, template_id=template.id, audience={"contact_ids": [known.id, unknown.id]})
    told = {
        viewer.sender_id: [rendered.text for _, rendered in (await campaigns.preflight(viewer, campaign.id)).samples]
        for viewer in (SYSTEM, token(Scope.READ, Scope.CAMPAIGNS, sender_id=sender))
    }
    assert told == {None: ["Rita", "Otto"], sender: ["Rita"]}
