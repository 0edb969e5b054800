"""Exports and erasures: what is handed out, what is forgotten, what remains, and that nothing is sent any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from db.accounts import Role, Scope
from db.campaigns import Campaign
from db.contacts import Consent, Contact, ContactIdentity, ContactIdentityType, JobStatus, OptInStatus, PrivacyReceipt
from db.core import connect
from db.core.paging import PageRequest
from db.core.settings import get_settings
from db.events import EventType
from db.files import File, FilePurpose
from db.messages import Message, MessageState
from domain import contacts, webhooks
from domain.contacts import imports, privacy, sources
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.files import tending
from domain.files.storage import path_of
from tests import factories
from tests.callers import check_callers, only, token
from tests.domain.contacts.importing import imported, started, who
from tests.domain.contacts.surroundings import message, traces
from tests.factories import phone, unique


async def somebody(**given: Any) -> tuple[Contact, str, str]:
    """A contact of whom there is something of every kind, its number, and a word that stands in all of it."""
    number, word = phone(), unique("Quixote")
    contact = await factories.contact(
        name=word,
        email=f"{word}@example.com",
        phone_number=number,
        tags=[word],
        attributes={"a": word},
        opt_in_status=OptInStatus.OPTED_OUT,
        **given,
    )
    await contacts.opt_out(SYSTEM, contact.id, proof=word)
    await ContactIdentity.create(contact_id=contact.id, type=ContactIdentityType.BSUID, value=f"PT.{word}")
    await factories.group(contact)
    sender = await factories.sender()
    received = await File.create(name=f"{word}.jpg", status=JobStatus.COMPLETED, metadata={"a": word})
    path_of(received.id).parent.mkdir(parents=True, exist_ok=True)
    path_of(received.id).write_text(word)
    for state in (MessageState.QUEUED, MessageState.SENT):
        made = await message(contact, sender, state)
        await Message.filter(id=made.id).update(
            content=word,
            address=number,
            provider_message_id=unique(word),
            correlation_id=unique(word),
            error_message=word,
            media_id=received.id,
            **{key: {"a": word} for key in ("variables", "details", "referral", "metadata")},
        )
        await connect.execute(
            "INSERT INTO waiting_amendment (sender_id, target, kind, at, echo, message_id, content, author)"
            " VALUES ($1, $2, 'LINK', now(), false, $3, $4, $5)",
            *(sender.id, unique(), made.id, word, [number]),
        )
        sources = f'[{{"file_id": {received.id}, "passage": "{word}", "score": 1}}]'
        await connect.execute(
            "INSERT INTO generation (message_id, confidence, processing_ms, sources) VALUES ($1, 1, 1, $2::jsonb)",
            *(made.id, sources),
        )
    await Message.filter(contact_id=contact.id, state=MessageState.SENT).update(direction="INBOUND", sentiment=0.5)
    await connect.execute(
        "INSERT INTO conversation (contact_id, sender_id, address, metadata, tags, escalation_note)"
        " VALUES ($1, $2, $3, $4::jsonb, $5, $6)",
        *(contact.id, sender.id, number, f'{{"a": "{word}"}}', [word], word),
    )
    await connect.execute(
        "INSERT INTO inbound_post (body, done_at, errors) VALUES ($1, now(), $2::jsonb)",
        f'{{"from":"{number[1:]}","text":"{word}"}}'.encode(),
        f'["{word}"]',
    )
    await connect.execute(
        "INSERT INTO campaign_recipient (campaign_id, contact_id, address) VALUES ($1, $2, $3)",
        *((await Campaign.create(name=unique(), variables={})).id, contact.id, number),
    )
    await imported(f"name,phone\n{word},{number}\n")
    await contacts.run_receipt((await contacts.export(SYSTEM, contact.id)).id)
    await connect.execute("UPDATE event SET data = $2::jsonb WHERE contact_id = $1", contact.id, f'{{"w":"{word}"}}')
    return contact, number, word


async def kept(number: str, word: str) -> list[str]:
    """Where anything of the person still stands, once bytes of files that were deleted are gone."""
    while await tending.tend():
        continue
    return await traces(number[1:], word)


async def test_an_export_holds_everything_and_is_kept_for_a_week() -> None:
    contact, number, word = await somebody()
    actor = Viewer(user_id=(await factories.user()).id, role=Role.MARKETER)
    asked = await contacts.export(actor, contact.id)
    assert (asked.status, asked.requested_by_id, asked.file_id) == (JobStatus.QUEUED, actor.user_id, None)
    await contacts.run_receipt(asked.id)
    receipt = await contacts.get_receipt(SYSTEM, asked.id)
    assert (receipt.status, receipt.completed_at is not None) == (JobStatus.COMPLETED, True)
    told_of = {"campaigns": 1, "consents": 2, "conversations": 1, "files": 1, "messages": 2, "phones": 1}
    assert {kind: receipt.counts[kind] for kind in told_of} == told_of
    assert receipt.file_id is not None
    file = await File.get(id=receipt.file_id)
    assert (file.purpose, file.mime_type) == (FilePurpose.EXPORT, "application/json")
    told = orjson.loads(path_of(file.id).read_bytes())
    assert (told["contact"]["name"], told["contact"]["attributes"]) == (word, {"a": word})
    assert [row["phone_number"] for row in told["phones"]] == [number]
    assert [row["content"] for row in told["messages"]] == [word, word]
    assert [row["sentiment"] for row in told["messages"]] == [None, 0.5]
    assert [row["state"] for row in told["consents"]] == ["OPTED_OUT", "OPTED_OUT"]
    await contacts.run_receipt(asked.id)
    assert await File.filter(purpose=FilePurpose.EXPORT, name=file.name).count() == 2
    await contacts.expire_exports()
    assert (await File.get(id=file.id)).deleted_at is None
    await connect.execute("UPDATE file SET created_at = now() - interval '8 days' WHERE id = $1", file.id)
    await contacts.expire_exports()
    assert (await File.get(id=file.id)).deleted_at is not None


async def test_an_erasure_leaves_figures_the_receipt_and_an_opt_out() -> None:
    contact, number, word = await somebody()
    other, _, others_word = await somebody()
    asked = await contacts.erase(SYSTEM, contact.id)
    assert (await Message.filter(contact_id=contact.id).order_by("id"))[0].state is MessageState.CANCELLED
    assert (await only(contacts.get(SYSTEM, contact.id)))[0] is ErrorCode.NOT_FOUND
    assert (await contacts.erase(SYSTEM, contact.id)).id == asked.id
    await contacts.run_receipt(asked.id)
    receipt = await contacts.get_receipt(SYSTEM, asked.id)
    assert receipt.status is JobStatus.COMPLETED
    assert {key: receipt.counts[key] for key in ("messages", "files", "posts", "conversations")} == {
        "messages": 2,
        "files": 3,
        "posts": 1,
        "conversations": 1,
    }
    assert await kept(number, word) == []
    rows = await Message.filter(contact_id=contact.id)
    file = await File.get(id=rows[0].media_id)
    assert (len(rows), file.name, file.deleted_at is not None) == (2, "erased", True)
    assert (await Contact.get(id=other.id)).name == others_word
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
        contact, number, _ = await somebody()
        await contacts.erase(SYSTEM, contact.id)
        numbers.append(number)
    one, two = await factories.contact(), await factories.contact()
    await contacts.create_phone(SYSTEM, one.id, phone_number=numbers[0])
    [[own]] = await contacts.phones_of(SYSTEM, [two.id])
    await contacts.update_phone(SYSTEM, own.id, phone_number=numbers[1])
    assert {(await Contact.get(id=each.id)).opt_in_status for each in (one, two)} == {OptInStatus.OPTED_OUT}


async def test_what_is_in_flight_and_posts_that_wait_hold_up_its_end() -> None:
    contact, number, word = await somebody()
    flying = await message(contact, await factories.sender(), MessageState.IN_FLIGHT)
    post = await connect.value(
        "INSERT INTO inbound_post (body) VALUES ($1) RETURNING id", f'{{"wa_id":"{number[1:]}"}}'.encode()
    )
    asked = await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.RUNNING
    await Message.filter(id=flying.id).update(state="SENT", lease_until=None, content=word)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.RUNNING
    await connect.execute("UPDATE inbound_post SET done_at = now() WHERE id = $1", post)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.COMPLETED
    assert await kept(number, word) == []


@asynccontextmanager
async def erasing_up_to_events(receipt: PrivacyReceipt) -> AsyncIterator[None]:
    """Meanwhile a worker that erases is past messages, and waits for events of the contact; it ends thereafter."""
    waits = (
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE event SET data = NULL%'"
    )
    holder = await connect.open_session(get_settings())
    holding = holder.transaction()
    await holding.start()
    await holder.execute("SELECT FROM event WHERE contact_id = $1 FOR UPDATE", receipt.contact_id)
    erasing = asyncio.create_task(contacts.run_receipt(receipt.id))
    async with asyncio.timeout(10):
        while not await connect.rows(waits):  # noqa: ASYNC110 - of PostgreSQL
            await asyncio.sleep(0.01)
    yield
    await holding.rollback()
    await holder.close()
    await erasing


async def ended(receipt: PrivacyReceipt) -> bool:
    return (await PrivacyReceipt.get(id=receipt.id)).status is JobStatus.COMPLETED


async def test_what_was_in_flight_and_settles_while_its_worker_is_past_messages_is_forgotten_too() -> None:
    contact, number, word = await somebody()
    flying = await message(contact, await factories.sender(), MessageState.IN_FLIGHT)
    asked = await contacts.erase(SYSTEM, contact.id)
    async with erasing_up_to_events(asked):
        await Message.filter(id=flying.id).update(state="SENT", lease_until=None, address=number, content=word)
    assert not await ended(asked)
    await contacts.run_receipt(asked.id)
    assert await ended(asked)
    assert await kept(number, word) == []


async def test_whoever_has_read_events_of_the_person_and_tells_a_webhook_of_them_is_waited_for() -> None:
    contact, number, word = await somebody()
    webhook = await webhooks.create(SYSTEM, url="https://example.com/", events=[EventType.LEAD_CREATED])
    asked = await contacts.erase(SYSTEM, contact.id)
    teller = await connect.open_session(get_settings())
    telling = teller.transaction()
    async with erasing_up_to_events(asked):
        await telling.start()
        read = await teller.fetchval("SELECT data FROM event WHERE contact_id = $1 AND data IS NOT NULL", contact.id)
    assert not await ended(asked)
    await teller.execute(
        "INSERT INTO webhook_delivery (webhook_id, event_number, type, body, subject, contact_id, attempt_log)"
        " VALUES ($1, 1, 'CONTACT_UPDATED', $2, 'Contact:1', $3, '[]')",
        *(webhook.id, read, contact.id),
    )
    await telling.commit()
    await teller.close()
    await contacts.run_receipt(asked.id)
    assert await ended(asked)
    assert await kept(number, word) == []


async def test_one_that_was_deleted_or_merged_before_is_erased_too() -> None:
    contact, *here = await somebody()
    merged, *there = await somebody()
    await contacts.merge(SYSTEM, contact.id, merged.id)
    assert (await only(contacts.erase(SYSTEM, merged.id)))[0] is ErrorCode.NOT_FOUND
    await contacts.delete(SYSTEM, contact.id)
    asked = await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(asked.id)
    assert await kept(*here) == await kept(*there) == []
    assert (await Contact.get(id=merged.id)).name == "Erased"


async def test_an_export_of_one_who_was_erased_meanwhile_fails() -> None:
    contact, *_ = await somebody()
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


async def test_an_export_that_an_erasure_meets_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    contact, number, word = await somebody()
    asked = await contacts.export(SYSTEM, contact.id)
    written = privacy._written

    async def until_it_is_erased(*given: Any) -> AsyncIterator[bytes]:
        async for part in written(*given):
            yield part
        erasure = await contacts.erase(SYSTEM, contact.id)
        await contacts.run_receipt(erasure.id)

    monkeypatch.setattr(privacy, "_written", until_it_is_erased)
    await contacts.run_receipt(asked.id)
    receipt = await PrivacyReceipt.get(id=asked.id)
    assert (receipt.status, receipt.file_id) == (JobStatus.FAILED, None)
    assert await kept(number, word) == []


async def test_an_export_that_is_cut_off_after_its_bytes_were_kept_is_made_in_the_same_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contact = await factories.contact()
    asked = await contacts.export(SYSTEM, contact.id)
    done = privacy._done

    async def die(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(privacy, "_done", die)
    with pytest.raises(asyncio.CancelledError):
        await contacts.run_receipt(asked.id)
    cut_off = await PrivacyReceipt.get(id=asked.id)
    assert (cut_off.status, cut_off.file_id is not None) == (JobStatus.RUNNING, True)
    monkeypatch.setattr(privacy, "_done", done)
    await contacts.run_receipt(asked.id)
    receipt = await PrivacyReceipt.get(id=asked.id)
    assert (receipt.status, receipt.file_id) == (JobStatus.COMPLETED, cut_off.file_id)
    assert await File.filter(name=f"contact-{contact.id}.json").count() == 1


async def test_an_erasure_waits_for_who_began_before_it_and_may_write_of_the_person_still() -> None:
    contact, number, word = await somebody()
    elsewhere = await connect.open_session(get_settings())
    writing = elsewhere.transaction()
    await writing.start()
    await elsewhere.execute("SELECT 1")
    asked = await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.RUNNING
    await elsewhere.execute(
        "INSERT INTO campaign_recipient (campaign_id, contact_id, address) VALUES ($1, $2, $3)",
        *((await Campaign.create(name=unique(), variables={})).id, contact.id, number),
    )
    await writing.commit()
    await elsewhere.close()
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.COMPLETED
    assert await kept(number, word) == []


async def test_an_erasure_waits_for_an_import_that_has_met_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    number, word = phone(), unique("Quixote")
    monkeypatch.setattr(sources, "CHUNK", 1)
    job = await started(f"name,phone\n{word},{number}\nAna,{phone()}\n")
    step = imports._step

    async def one_step(*given: Any, **options: Any) -> bool:
        await step(*given, **options)
        return False

    monkeypatch.setattr(imports, "_step", one_step)
    await contacts.run_import(job.id)
    asked = await contacts.erase(SYSTEM, (await who(number)).id)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.RUNNING
    monkeypatch.setattr(imports, "_step", step)
    await contacts.run_import(job.id)
    await contacts.run_receipt(asked.id)
    assert (await PrivacyReceipt.get(id=asked.id)).status is JobStatus.COMPLETED
    assert await kept(number, word) == []


async def test_a_list_that_failed_keeps_nobody() -> None:
    number, word = phone(), unique("Quixote")
    job = await contacts.start_import(SYSTEM, contacts=[{"name": word, "phone_number": number}])
    assert await traces(word) == ["contact_import"]
    await imports._fail(job.id, "It failed after row {}.")
    assert await traces(word, number[1:]) == []
