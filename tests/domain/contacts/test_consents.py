"""The ledger of consents: who said what, how it became known, and what that does to messages."""

from datetime import timedelta

import pytest

from db.accounts import Role, Scope
from db.contacts import Consent, ConsentSource, Contact, ContactDuplicate, OptInStatus
from db.contacts import ContactValues as Values
from db.core import connect
from db.core.paging import PageRequest
from db.core.transaction import transaction
from db.messages import Message, MessageState
from db.schedules import run
from db.schedules.stats import reach
from db.templates import TemplateCategory
from domain import contacts
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only, token
from tests.domain.contacts.surroundings import message, updates_of
from tests.factories import phone

OUT, IN = OptInStatus.OPTED_OUT, OptInStatus.OPTED_IN
MARKETING, UTILITY = TemplateCategory.MARKETING, TemplateCategory.UTILITY


async def ledger(contact: Contact) -> list[tuple[str, str, str, str | None]]:
    """Newest first: purpose, state, source, proof."""
    found = await contacts.pages_of_consents(SYSTEM, [contact.id], PageRequest())
    return [(row.purpose, row.state, row.source, row.proof) for row in found[contact.id].rows]


async def test_each_word_is_an_entry_and_the_newest_holds() -> None:
    actor = Viewer(user_id=(await factories.user()).id, role=Role.SALES)
    contact = await contacts.create(actor, name="Rita", phone_number=phone(), opt_in_status=IN)
    await contacts.opt_out(actor, contact.id, proof=" By phone. ")
    back = await contacts.opt_in(actor, contact.id, proof="Form 12")
    assert await ledger(contact) == [
        ("MARKETING", "OPTED_IN", "API", "Form 12"),
        ("MARKETING", "OPTED_OUT", "API", "By phone."),
        ("MARKETING", "OPTED_IN", "API", None),
    ]
    rows = await Consent.filter(contact_id=contact.id).order_by("-id")
    assert {row.recorded_by_id for row in rows} == {actor.user_id}
    assert (back.opt_in_status, back.opt_in_changed_at) == (IN, rows[0].created_at)
    assert rows[2].created_at == contact.opt_in_changed_at == contact.created_at
    assert await updates_of(contact.id) == [actor.user_id] * 3


async def test_to_repeat_it_changes_nothing_but_another_proof_is_kept() -> None:
    contact = await factories.contact()
    first = await contacts.opt_in(SYSTEM, contact.id)
    assert (await contacts.opt_in(SYSTEM, contact.id)).updated_at == first.updated_at
    await contacts.opt_in(SYSTEM, contact.id, proof="Form 12")
    await contacts.opt_in(SYSTEM, contact.id, proof="Form 12")
    await contacts.opt_in(SYSTEM, contact.id)
    assert [entry[3] for entry in await ledger(contact)] == ["Form 12", None]


async def test_a_proof_has_at_most_500_characters() -> None:
    contact = await factories.contact()
    for doing in (contacts.opt_in, contacts.opt_out):
        wrong = await only(doing(SYSTEM, contact.id, proof="x" * 501))
        assert wrong == (ErrorCode.VALIDATION_ERROR, "proof", "too_long")
    assert await ledger(contact) == []


@pytest.mark.parametrize("purpose", [UTILITY, TemplateCategory.AUTHENTICATION])
async def test_an_opt_out_of_another_purpose_stops_what_schedules_send_and_nothing_else(
    purpose: TemplateCategory,
) -> None:
    contact, other, sender = await factories.contact(), await factories.contact(), await factories.sender()
    answer = await message(contact, sender, MessageState.QUEUED, purpose)
    scheduled, campaign = [await message(contact, sender, MessageState.QUEUED, purpose) for _ in range(2)]
    await Message.filter(id=scheduled.id).update(schedule_id=2**40)
    await Message.filter(id=campaign.id).update(campaign_id=2**40)
    marketing = await message(contact, sender, MessageState.QUEUED)
    out = await contacts.opt_out(SYSTEM, contact.id, purpose=purpose)
    assert (out.opt_in_status, out.opt_in_changed_at, out.declined) == (OptInStatus.UNKNOWN, None, [purpose])
    states = [(await Message.get(id=row.id)).state for row in (answer, marketing, scheduled, campaign)]
    assert states == ["QUEUED", "QUEUED", "CANCELLED", "CANCELLED"]
    assert (await Message.get(id=scheduled.id)).error_code == ErrorCode.OPTED_OUT
    group, template = await factories.group(contact, other), await factories.template()
    for category, reached in ((purpose, 1), (MARKETING, 2)):
        await connect.execute("UPDATE message_template SET category = $2 WHERE id = $1", template.id, category)
        schedule = await connect.value(
            "INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded,"
            " fanned_out_to) VALUES ($1, $2, $3, '{}', 'PROCESSING', now(), 0, 0) RETURNING id",
            template.id,
            group.id,
            sender.id,
        )
        assert await reach(schedule) == (reached, 2 - reached)
        async with transaction():
            await run.fan_out(schedule, 10)
        assert await Message.filter(schedule_id=schedule).count() == reached
    assert (await contacts.opt_in(SYSTEM, contact.id, purpose=purpose)).declined == []
    assert [entry[:2] for entry in await ledger(contact)] == [(purpose, "OPTED_IN"), (purpose, "OPTED_OUT")]


async def test_thousands_say_so_in_a_constant_number_of_statements() -> None:
    async with transaction():
        ids = await contacts.add([Values(name="N", phone_number=phone()) for _ in range(2000)])
    duplicate = await factories.contact()
    await ContactDuplicate.create(contact_id=ids[7], other_id=duplicate.id, reason="x")
    async with transaction():
        assert len(await contacts.say(ids, MARKETING, OUT, ConsentSource.IMPORT, proof="A list")) == 2001
        assert await contacts.say(ids, MARKETING, OUT, ConsentSource.IMPORT) == []
    assert await Contact.filter(id__in=ids, opt_in_status=OUT).count() == 2000
    assert await ledger(duplicate) == [("MARKETING", "OPTED_OUT", "MERGE", "A list")]


async def test_who_is_gone_says_nothing() -> None:
    contact = await factories.contact()
    await contacts.delete(SYSTEM, contact.id)
    async with transaction():
        assert await contacts.say([contact.id], MARKETING, OUT, ConsentSource.API) == []
    assert not await Consent.filter(contact_id=contact.id).exists()


async def test_what_is_heard_late_is_no_entry() -> None:
    contact = await factories.contact(opt_in_status=IN)
    assert contact.opt_in_changed_at
    async with transaction():
        for at, entered in ((-60, 0), (60, 1), (60, 0), (120, 1)):
            said = contact.opt_in_changed_at + timedelta(seconds=at)
            assert len(await contacts.say([contact.id], MARKETING, OUT, ConsentSource.KEYWORD, at=said)) == entered
    assert [entry[1] for entry in await ledger(contact)] == ["OPTED_OUT", "OPTED_OUT", "OPTED_IN"]


@pytest.mark.parametrize(
    ("own", "others", "sources"),
    [
        ([OUT], [IN], ["MERGE", "API", "API"]),
        ([IN], [OUT], ["API", "API"]),
        ([], [IN], ["API"]),
        ([OUT, IN], [IN, OUT], ["API"] * 4),
    ],
)
async def test_a_merge_joins_the_ledgers_and_the_stricter_holds(
    own: list[OptInStatus], others: list[OptInStatus], sources: list[str]
) -> None:
    stays, goes = await factories.contact(), await factories.contact()
    for contact, states in ((stays, own), (goes, others)):
        for state in states:
            doing = contacts.opt_in if state is IN else contacts.opt_out
            await doing(SYSTEM, contact.id)
    await contacts.opt_out(SYSTEM, goes.id, purpose=UTILITY)
    merged = await contacts.merge(SYSTEM, stays.id, goes.id)
    found = [entry for entry in await ledger(stays) if entry[0] == "MARKETING"]
    assert [entry[2] for entry in found] == sources
    assert (found[0][1], merged.opt_in_status) == ((OUT, OUT) if OUT in [*own[-1:], *others[-1:]] else (IN, IN))
    assert merged.declined == [UTILITY]
    assert not await Consent.filter(contact_id=goes.id).exists()


async def test_an_entry_is_seen_by_whom_the_contact_is() -> None:
    contact, sender = await factories.contact(opt_in_status=IN), await factories.sender()
    entry = await Consent.get(contact_id=contact.id)
    assert (await contacts.get_consent(SYSTEM, entry.id)).id == entry.id
    missing = (ErrorCode.NOT_FOUND, "id", None)
    assert await only(contacts.get_consent(token(*Scope, sender_id=sender.id), entry.id)) == missing
    assert await only(contacts.get_consent(SYSTEM, 2**40)) == missing
    await contacts.delete(SYSTEM, contact.id)
    assert await only(contacts.get_consent(SYSTEM, entry.id)) == missing
