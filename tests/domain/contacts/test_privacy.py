"""Exports and erasures: what is handed out, what is forgotten, what remains, and that nothing is sent any more."""

from typing import Any

import orjson
import pytest

from db.accounts import Role, Scope
from db.campaigns import Campaign, CampaignRecipient
from db.contacts import Consent, Contact, JobStatus, OptInStatus, PrivacyReceipt
from db.core import connect
from db.core.paging import PageRequest
from db.files import File, FilePurpose
from db.messages import Message, MessageState
from domain import contacts
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.files.storage import path_of
from tests import factories
from tests.callers import check_callers, only, token
from tests.domain.contacts.surroundings import message
from tests.factories import phone, unique

WORD = "Quixote"


async def somebody(**given: Any) -> tuple[Contact, str]:
    """A contact of whom there is something of every kind."""
    number = phone()
    contact = await factories.contact(
        name=WORD,
        email=f"{WORD}@example.com",
        phone_number=number,
        tags=[WORD],
        attributes={"a": WORD},
        opt_in_status=OptInStatus.OPTED_OUT,
        **given,
    )
    sender = await factories.sender()
    received = await File.create(name=f"{WORD}.jpg", status=JobStatus.COMPLETED)
    for state in (MessageState.QUEUED, MessageState.SENT):
        made = await message(contact, sender, state)
        await Message.filter(id=made.id).update(
            content=WORD, address=number, provider_message_id=unique(WORD), variables={"a": WORD}, media_id=received.id
        )
    await Message.filter(contact_id=contact.id, state=MessageState.SENT).update(direction="INBOUND")
    await connect.execute(
        "INSERT INTO conversation (contact_id, sender_id, address, metadata) VALUES ($1, $2, $3, '{}')",
        *(contact.id, sender.id, number),
    )
    await connect.execute(
        "INSERT INTO inbound_post (body, done_at) VALUES ($1, now())", f'{{"from":"{number[1:]}"}}'.encode()
    )
    campaign = await Campaign.create(name=WORD, variables={})
    await CampaignRecipient.create(campaign_id=campaign.id, contact_id=contact.id, address=number)
    await connect.execute("UPDATE event SET data = $2::jsonb WHERE contact_id = $1", contact.id, f'{{"w":"{WORD}"}}')
    return contact, number


async def kept(contact: Contact, number: str) -> list[str]:
    """Tables in which something of the person still stands."""
    tables = ["contact", "contact_phone", "contact_identity", "consent", "message", "conversation", "event"]
    tables += ["campaign_recipient", "import_row", "group_member", "inbound_post", "privacy_receipt"]
    found = list[str]()
    for table in tables:
        text = "encode(body, 'escape')" if table == "inbound_post" else "t::text"
        sql = f"SELECT EXISTS (SELECT FROM {table} t WHERE {text} LIKE ANY($1))"
        words = [f"%{number[1:]}%"] if table == "inbound_post" else [f"%{number[1:]}%", f"%{WORD}%"]
        own = {"contact": "id", "inbound_post": None}.get(table, "contact_id")
        values: list[Any] = [words]
        if own:
            sql = sql.replace("LIKE ANY($1))", f"LIKE ANY($1) AND {own} = $2)")
            values.append(contact.id)
        if await connect.value(sql, *values):
            found.append(table)
    return found


async def test_an_export_holds_everything_and_is_kept_for_a_week() -> None:
    contact, number = await somebody()
    actor = Viewer(user_id=(await factories.user()).id, role=Role.MARKETER)
    asked = await contacts.export(actor, contact.id)
    assert (asked.status, asked.requested_by_id, asked.file_id) == (JobStatus.QUEUED, actor.user_id, None)
    await contacts.run_receipt(asked.id)
    receipt = await contacts.get_receipt(SYSTEM, asked.id)
    assert (receipt.status, receipt.completed_at is not None) == (JobStatus.COMPLETED, True)
    told_of = {"campaigns": 1, "consents": 1, "conversations": 1, "files": 1, "messages": 2, "phones": 1}
    assert {kind: receipt.counts[kind] for kind in told_of} == told_of
    assert receipt.file_id is not None
    file = await File.get(id=receipt.file_id)
    assert (file.purpose, file.mime_type) == (FilePurpose.EXPORT, "application/json")
    told = orjson.loads(path_of(file.id).read_bytes())
    assert (told["contact"]["name"], told["contact"]["attributes"]) == (WORD, {"a": WORD})
    assert [row["phone_number"] for row in told["phones"]] == [number]
    assert [row["content"] for row in told["messages"]] == [WORD, WORD]
    assert [row["state"] for row in told["consents"]] == ["OPTED_OUT"]
    await contacts.run_receipt(asked.id)
    assert await File.filter(purpose=FilePurpose.EXPORT, name=file.name).count() == 1
    await contacts.expire_exports()
    assert (await File.get(id=file.id)).deleted_at is None
    await connect.execute("UPDATE file SET created_at = now() - interval '8 days' WHERE id = $1", file.id)
    await contacts.expire_exports()
    assert (await File.get(id=file.id)).deleted_at is not None


async def test_an_erasure_leaves_figures_the_receipt_and_an_opt_out() -> None:
    contact, number = await somebody()
    other, _ = await somebody()
    asked = await contacts.erase(SYSTEM, contact.id)
    assert (await Message.filter(contact_id=contact.id).order_by("id"))[0].state is MessageState.CANCELLED
    assert (await only(contacts.get(SYSTEM, contact.id)))[0] is ErrorCode.NOT_FOUND
    assert (await contacts.erase(SYSTEM, contact.id)).id == asked.id
    await connect.execute(
        "DELETE FROM file WHERE name LIKE $1 AND id NOT IN (SELECT media_id FROM message)", f"{WORD}%"
    )
    await contacts.run_receipt(asked.id)
    receipt = await contacts.get_receipt(SYSTEM, asked.id)
    assert receipt.status is JobStatus.COMPLETED
    assert {key: receipt.counts[key] for key in ("messages", "files", "posts", "conversations")} == {
        "messages": 2,
        "files": 1,
        "posts": 1,
        "conversations": 1,
    }
    assert await kept(contact, number) == []
    rows = await Message.filter(contact_id=contact.id)
    file = await File.get(id=rows[0].media_id)
    assert (len(rows), file.name, file.deleted_at is not None) == (2, "erased", True)
    assert (await Contact.get(id=other.id)).name == WORD
    before = receipt.counts
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).counts == before
    back = await factories.contact(phone_number=number)
    assert (await Contact.get(id=back.id)).opt_in_status is OptInStatus.OPTED_OUT
    assert (await Consent.get(contact_id=back.id)).proof == "Opted out before being deleted or erased."
    await contacts.opt_in(SYSTEM, back.id)
    await contacts.delete(SYSTEM, back.id)
    again = await factories.contact(phone_number=number)
    assert (await Contact.get(id=again.id)).opt_in_status is OptInStatus.UNKNOWN


async def test_an_opt_out_comes_back_with_a_number_that_is_added_or_changed() -> None:
    numbers = list[str]()
    for _ in range(2):
        contact, number = await somebody()
        await contacts.erase(SYSTEM, contact.id)
        numbers.append(number)
    one, two = await factories.contact(), await factories.contact()
    await contacts.create_phone(SYSTEM, one.id, phone_number=numbers[0])
    [[own]] = await contacts.phones_of(SYSTEM, [two.id])
    await contacts.update_phone(SYSTEM, own.id, phone_number=numbers[1])
    assert {(await Contact.get(id=each.id)).opt_in_status for each in (one, two)} == {OptInStatus.OPTED_OUT}


async def test_what_is_in_flight_and_posts_that_wait_hold_up_its_end() -> None:
    contact, number = await somebody()
    flying = await message(contact, await factories.sender(), MessageState.IN_FLIGHT)
    post = await connect.value(
        "INSERT INTO inbound_post (body) VALUES ($1) RETURNING id", f'{{"wa_id":"{number[1:]}"}}'.encode()
    )
    asked = await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.RUNNING
    await Message.filter(id=flying.id).update(state="SENT", lease_until=None, content=WORD)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.RUNNING
    await connect.execute("UPDATE inbound_post SET done_at = now() WHERE id = $1", post)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.COMPLETED
    assert await kept(contact, number) == []


async def test_one_that_was_deleted_or_merged_before_is_erased_too() -> None:
    contact, number = await somebody()
    merged, former = await somebody()
    await contacts.merge(SYSTEM, contact.id, merged.id)
    assert (await only(contacts.erase(SYSTEM, merged.id)))[0] is ErrorCode.NOT_FOUND
    await contacts.delete(SYSTEM, contact.id)
    asked = await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(asked.id)
    for each in (number, former):
        assert await kept(contact, each) == []
    assert (await Contact.get(id=merged.id)).name == "Erased"


async def test_an_export_of_one_who_was_erased_meanwhile_fails() -> None:
    contact, _ = await somebody()
    asked = await contacts.export(SYSTEM, contact.id)
    await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(asked.id)
    receipt = await PrivacyReceipt.get(id=asked.id)
    assert (receipt.status, receipt.file_id) == (JobStatus.FAILED, None)


async def test_who_may_and_that_a_refusal_changes_nothing() -> None:
    here, count = 2**40, await PrivacyReceipt.all().count()
    await check_callers(lambda v: contacts.erase(v, here), {Role.ADMIN}, Scope.CONTACTS)
    await check_callers(lambda v: contacts.export(v, here), {Role.ADMIN, Role.MARKETER}, Scope.CONTACTS)
    await check_callers(lambda v: contacts.get_receipt(v, here), {Role.ADMIN, Role.MARKETER}, Scope.CONTACTS)
    contact = await factories.contact()
    bound = token(*Scope, sender_id=(await factories.sender()).id)
    for doing in (contacts.erase(bound, contact.id), contacts.export(bound, contact.id)):
        assert (await only(doing))[0] is ErrorCode.AUTHORIZATION_ERROR
    missing = (ErrorCode.NOT_FOUND, "id", None)
    for doing in (contacts.erase(SYSTEM, here), contacts.export(SYSTEM, here), contacts.get_receipt(SYSTEM, here)):
        assert await only(doing) == missing
    assert await PrivacyReceipt.all().count() == count
    assert (await Contact.get(id=contact.id)).deleted_at is None
    assert (await contacts.find(SYSTEM, search=contact.name, page=PageRequest(first=1))).rows


@pytest.mark.parametrize("asked", ["export", "erase"])
async def test_the_clock_rings_for_what_is_left(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rung = list[int]()
    monkeypatch.setattr("domain.contacts.privacy.ring", lambda actor, id: rung.append(id))
    contact = await factories.contact()
    receipt = await getattr(contacts, asked)(SYSTEM, contact.id)
    rung.clear()
    await contacts.ring_open_receipts()
    assert receipt.id in rung
