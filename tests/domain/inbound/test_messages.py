"""Messages that people write to us: kept once, each with the contact who wrote it."""

import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from db.contacts import Contact, ContactIdentity, ContactPhone
from db.messages import Message, MessageType
from db.senders import Sender
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.inbound.posts import NOW, body, change, digits_of, events_of, message, received, take_up
from tests.factories import unique


async def test_a_message_makes_a_contact_with_its_identities(sender: Sender) -> None:
    number, bsuid = factories.phone(), f"BR.{secrets.token_hex(10)}"
    person = {
        "profile": {"name": "Rita Sá", "username": f"@{bsuid[3:]}"},
        "wa_id": digits_of(number),
        "user_id": bsuid,
    }
    posted = message(digits_of(number), "olá 👋", from_user_id=bsuid)
    [post] = await take_up(body(change(sender, contacts=[person], messages=[posted])))
    assert post.errors is None
    row = await received(posted["id"])
    contact = await Contact.get(id=row.contact_id)
    assert (row.sender_id, row.direction, row.author, row.state) == (sender.id, "INBOUND", "CONTACT", "RECEIVED")
    assert (row.type, row.content, row.address) == (MessageType.TEXT, "olá 👋", number)
    assert row.created_at == datetime.fromtimestamp(NOW, UTC)
    assert contact.name == "Rita Sá"
    phone = await ContactPhone.get(contact_id=contact.id)
    assert (phone.phone_number, phone.primary, phone.on_whatsapp) == (number, True, True)
    known = {(i.type, i.value, i.business_account_id) for i in await ContactIdentity.filter(contact_id=contact.id)}
    assert known == {
        ("WA_ID", digits_of(number), None),
        ("BSUID", bsuid, "318800221144667"),
        ("USERNAME", bsuid[3:], None),
    }
    assert await events_of(row) == ["MESSAGE_RECEIVED"]
    assert (await Sender.get(id=sender.id)).last_active_at is not None


@pytest.mark.parametrize(("name", "known_as"), [("\u202eatiR\u202c", "atiR"), ("\u200b\u200d \u2066", None)])
async def test_a_name_turns_nothing_round_and_can_be_seen(sender: Sender, name: str, known_as: str | None) -> None:
    number = factories.phone()
    person = {"profile": {"name": name}, "wa_id": digits_of(number)}
    posted = message(digits_of(number))
    await take_up(body(change(sender, contacts=[person], messages=[posted])))
    contact = await Contact.get(id=(await received(posted["id"])).contact_id)
    assert contact.name == (known_as or number)


@pytest.mark.parametrize(
    ("imported", "writes_from"),
    [
        ("+55119{}", "5511{}"),
        ("+5511{}", "55119{}"),
        ("+52{}12", "521{}12"),
        ("+54911{}", "5411{}"),
        ("+5411{}", "54911{}"),
    ],
)
async def test_national_spellings_find_the_contact(sender: Sender, imported: str, writes_from: str) -> None:
    rest = f"9{secrets.randbelow(10**7):07d}"
    contact = await factories.contact(phone_number=imported.format(rest))
    posted = message(writes_from.format(rest))
    await take_up(body(change(sender, messages=[posted])))
    row = await received(posted["id"])
    assert row.contact_id == contact.id
    # One answers to what the contact wrote from; the number that was imported stays what it is.
    assert row.address == f"+{writes_from.format(rest)}"
    assert [p.phone_number for p in await ContactPhone.filter(contact_id=contact.id)] == [imported.format(rest)]
    assert await ContactIdentity.filter(contact_id=contact.id, type="WA_ID", value=posted["from"]).count() == 1


async def test_an_old_spelling_makes_a_contact_of_todays(sender: Sender) -> None:
    """Mexico no longer dials the 1 that its older WhatsApp accounts carry."""
    rest = f"{secrets.randbelow(9 * 10**9) + 10**9}"
    posted = message(f"521{rest}")
    await take_up(body(change(sender, messages=[posted])))
    row = await received(posted["id"])
    assert (await ContactPhone.get(contact_id=row.contact_id)).phone_number == f"+52{rest}"


async def test_one_whose_phone_is_hidden_is_known_by_bsuid(sender: Sender) -> None:
    bsuid = f"PT.{secrets.token_hex(10)}"
    number = factories.phone()
    first = message(None, "hidden", from_user_id=bsuid)
    person = {"profile": {"username": "@hidden"}, "user_id": bsuid}
    await take_up(body(change(sender, contacts=[person], messages=[first])))
    row = await received(first["id"])
    assert row.address == bsuid
    assert await ContactPhone.filter(contact_id=row.contact_id).count() == 0
    second = message(digits_of(number), "shown", from_user_id=bsuid)
    third = message(digits_of(number), "without the id")
    await take_up(body(change(sender, messages=[second])), body(change(sender, messages=[third])))
    assert (await received(second["id"])).contact_id == row.contact_id
    assert (await received(third["id"])).contact_id == row.contact_id


async def test_a_bsuid_in_from_is_no_phone(sender: Sender) -> None:
    bsuid = f"PT.{secrets.token_hex(10)}"
    posted = message(bsuid)
    await take_up(body(change(sender, messages=[posted])))
    row = await received(posted["id"])
    assert row.address == bsuid
    assert await ContactPhone.filter(contact_id=row.contact_id).count() == 0


async def test_one_who_changes_numbers_stays_the_same(sender: Sender) -> None:
    old, new = digits_of(factories.phone()), digits_of(factories.phone())
    system = {"type": "user_changed_number", "body": "User changed numbers", "wa_id": new}
    posts = [message(old), message(old, type="system", text=None, system=system), message(new)]
    for posted in posts:
        await take_up(body(change(sender, messages=[posted])))
    rows = [await received(posted["id"]) for posted in posts]
    assert len({row.contact_id for row in rows}) == 1
    assert rows[1].type is MessageType.SYSTEM


async def test_identities_are_never_taken_from_another(sender: Sender) -> None:
    """A BSUID finds one contact and the number another: nothing is merged, the surer one has the message."""
    bsuid, number = f"PT.{secrets.token_hex(10)}", factories.phone()
    known, other = await factories.contact(), await factories.contact(phone_number=number)
    await ContactIdentity.create(contact=known, type="BSUID", value=bsuid)
    await ContactIdentity.create(contact=other, type="WA_ID", value=digits_of(number))
    posted = message(digits_of(number), from_user_id=bsuid)
    await take_up(body(change(sender, messages=[posted])))
    assert (await received(posted["id"])).contact_id == known.id
    assert (await ContactIdentity.get(type="WA_ID", value=digits_of(number))).contact_id == other.id
    assert (await ContactPhone.get(phone_number=number)).contact_id == other.id


async def test_who_was_deleted_comes_back_as_somebody_new(sender: Sender) -> None:
    number = factories.phone()
    gone = await factories.contact(phone_number=number)
    old = message(digits_of(number))
    await take_up(body(change(sender, messages=[old])))
    await contacts.delete(SYSTEM, gone.id)
    new = message(digits_of(number))
    await take_up(body(change(sender, messages=[old])), body(change(sender, messages=[new])))
    assert (await received(old["id"])).contact_id == gone.id
    assert (await received(new["id"])).contact_id != gone.id


async def test_without_metadata_the_default_sender_is_taken(sender: Sender) -> None:
    default = await Sender.get(is_default=True, deleted_at=None)
    posted = message(digits_of(factories.phone()))
    bare = {"entry": [{"changes": [{"value": {"messages": [posted]}}]}]}
    await take_up(bare)
    assert (await received(posted["id"])).sender_id == default.id


async def test_a_number_of_nobody_is_acknowledged_and_left(sender: Sender) -> None:
    stranger = message(digits_of(factories.phone()))
    ours = message(digits_of(factories.phone()))
    foreign = {"field": "messages", "value": {"metadata": {"phone_number_id": unique()}, "messages": [stranger]}}
    await take_up(body(foreign, change(sender, messages=[ours])))
    assert await Message.filter(provider_message_id=stranger["id"]).count() == 0
    assert await Message.filter(provider_message_id=ours["id"]).count() == 1


async def test_a_stop_told_to_whatsapp_opts_out_all_whom_it_may_mean(sender: Sender) -> None:
    rest = f"9{secrets.randbelow(10**7):07d}"
    both = [await factories.contact(phone_number=f"+55119{rest}"), await factories.contact(phone_number=f"+5511{rest}")]

    def told(value: str, at: int = NOW) -> dict[str, Any]:
        preference = {"wa_id": f"5511{rest}", "category": "marketing_messages", "value": value, "timestamp": at}
        return body({"field": "user_preferences", "value": {"user_preferences": [preference]}})

    await take_up(told("stop"))
    assert {(await Contact.get(id=contact.id)).opt_in_status for contact in both} == {"OPTED_OUT"}
    await take_up(told("resume"))
    assert {(await Contact.get(id=contact.id)).opt_in_status for contact in both} == {"OPTED_OUT"}
    await take_up(told("resume", NOW + 1))
    # An agreement is of the one alone whom it names.
    assert [(await Contact.get(id=contact.id)).opt_in_status for contact in both] == ["OPTED_OUT", "OPTED_IN"]


async def test_a_stop_of_a_stranger_is_kept(sender: Sender) -> None:
    """Who is imported or writes later has declined already."""
    number = factories.phone()
    told = {"wa_id": digits_of(number), "category": "marketing_messages", "value": "stop", "timestamp": NOW}
    await take_up(body({"field": "user_preferences", "value": {"user_preferences": [told]}}))
    known = await ContactPhone.get(phone_number=number)
    assert (await Contact.get(id=known.contact_id)).opt_in_status == "OPTED_OUT"


async def test_what_is_told_late_or_once_more_does_not_undo_what_was_said_since(sender: Sender) -> None:
    """A resume of last week, posted again, would send marketing to someone who has opted out meanwhile."""
    phone = factories.phone()
    contact = await factories.contact(phone_number=phone)

    def told(value: str, at: int) -> dict[str, Any]:
        preference = {"wa_id": digits_of(phone), "category": "marketing_messages", "value": value, "timestamp": at}
        return body({"field": "user_preferences", "value": {"user_preferences": [preference]}})

    async def status() -> str:
        return (await Contact.get(id=contact.id)).opt_in_status

    resume = told("resume", NOW)
    await take_up(resume)
    assert await status() == "OPTED_IN"
    await contacts.opt_out(SYSTEM, contact.id)
    await take_up(resume)
    assert await status() == "OPTED_OUT"
    await take_up(told("stop", NOW - 1))
    await contacts.opt_in(SYSTEM, contact.id)
    await take_up(told("stop", NOW))
    assert await status() == "OPTED_IN"
    await take_up(told("stop", int(datetime.now(UTC).timestamp())))
    assert await status() == "OPTED_OUT"


async def test_a_stop_without_a_time_holds_and_posted_again_changes_nothing(sender: Sender) -> None:
    number = factories.phone()
    contact = await factories.contact(phone_number=number)
    told = {"wa_id": digits_of(number), "category": "marketing_messages", "value": "stop"}
    post = body({"field": "user_preferences", "value": {"user_preferences": [told]}})
    await take_up(post)
    before = await Contact.get(id=contact.id)
    assert before.opt_in_status == "OPTED_OUT"
    await take_up(post)
    assert (await Contact.get(id=contact.id)).opt_in_changed_at == before.opt_in_changed_at


async def test_a_stop_without_a_time_holds_against_a_start_of_before_that_comes_late(sender: Sender) -> None:
    """Of one who had declined already; posted again it changes nothing for them or for their duplicates either."""
    number = f"9{secrets.randbelow(10**7):07d}"
    both = [await factories.contact(phone_number=f"+5511{more}{number}") for more in ("9", "")]
    told = {"wa_id": f"55119{number}", "category": "marketing_messages", "value": "stop"}
    preferences = [
        body({"field": "user_preferences", "value": {"user_preferences": [preference]}})
        for preference in (
            {**told, "timestamp": NOW},
            told,
            {**told, "value": "resume", "timestamp": NOW + 5},
        )
    ]

    async def contacts_now() -> list[tuple[str, datetime | None]]:
        found = [await Contact.get(id=contact.id) for contact in both]
        return [(contact.opt_in_status, contact.opt_in_changed_at) for contact in found]

    for post in preferences:
        await take_up(post)
    before = await contacts_now()
    assert [status for status, _ in before] == ["OPTED_OUT", "OPTED_OUT"]
    for post in preferences:
        await take_up(post)
    assert await contacts_now() == before


async def test_a_bsuid_of_two_contacts_is_whose_it_was_first(sender: Sender) -> None:
    """Whom a post means would change from time to time, and make duplicates of people who are none."""
    bsuid, former = f"PT.{secrets.token_hex(10)}", f"PT.{secrets.token_hex(10)}"
    first = message(None, from_user_id=bsuid)
    await take_up(body(change(sender, messages=[first])))
    system = {"type": "user_changed_user_id", "previous_user_id": former, "user_id": bsuid}
    moved = message(None, from_user_id=former, type="system", system=system)
    await take_up(body(change(sender, messages=[moved]), account="another"))
    owner, other = await received(first["id"]), await received(moved["id"])
    assert owner.contact_id != other.contact_id
    assert await ContactIdentity.filter(type="BSUID", value=bsuid).count() == 2
    for account in ("318800221144667", "another"):
        again = message(None, from_user_id=bsuid)
        await take_up(body(change(sender, messages=[again]), account=account))
        assert (await received(again["id"])).contact_id == owner.contact_id
