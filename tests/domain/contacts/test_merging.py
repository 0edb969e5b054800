"""Two contacts become one: what moves, whose values win, and that a refusal changes nothing."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import Contact, ContactDuplicate, ContactIdentity, ContactPhone, OptInStatus
from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.events import Event, EventType
from db.groups import Group, GroupMember
from db.leads import Lead, LeadActivity, LeadActivityType
from db.messages import Message, MessageState
from db.senders import Sender
from domain import contacts
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.contacts.surroundings import message, updates_of
from tests.factories import phone

NOW = datetime.now(UTC).replace(microsecond=0)


async def conversation(contact: Contact, sender: Sender, **given: Any) -> Conversation:
    return await Conversation.create(contact_id=contact.id, sender_id=sender.id, address=phone(), **given)


async def scheduled(contact: Contact, sender: Sender, schedule: int, state: MessageState) -> Message:
    made = await message(contact, sender, state)
    await Message.filter(id=made.id).update(schedule_id=schedule)
    return made


async def everything() -> list[object]:
    """All rows that a merge may touch, as text."""
    tables = ("contact", "contact_phone", "contact_identity", "contact_duplicate", "group_member", "message")
    return [
        await connect.value(f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t")
        for table in (*tables, "conversation", "import_row")
    ]


async def test_all_that_one_has_moves_to_the_other() -> None:
    sender, group, common = await factories.sender(), await factories.group(), await factories.group()
    stays = await factories.contact(name="Rita", email=None, company="Acme", group_ids=[common.id])
    goes = await factories.contact(
        name="Rita Sá", email="rita@example.com", company="Other", group_ids=[group.id, common.id]
    )
    await ContactIdentity.create(contact=goes, type="BSUID", value=f"PT.{secrets.token_hex(8)}")
    row, talk = await message(goes, sender, MessageState.SENT), await conversation(goes, sender)
    third = await factories.contact()
    for one, other in ((stays, goes), (goes, third)):
        await ContactDuplicate.create(contact_id=one.id, other_id=other.id, reason="x")
    before = await Group.get(id=group.id)
    actor = await factories.user()
    merged = await contacts.merge(Viewer(user_id=actor.id, role=Role.MARKETER), stays.id, goes.id)

    assert (merged.id, merged.name, merged.company, merged.email) == (stays.id, "Rita", "Acme", "rita@example.com")
    [phones] = await contacts.phones_of(SYSTEM, [stays.id])
    assert [number.primary for number in phones] == [True, False]
    assert (await ContactPhone.filter(contact_id=goes.id).count()) == 0
    assert await ContactIdentity.filter(contact_id=stays.id).count() == 1
    assert (await Message.get(id=row.id)).contact_id == stays.id
    assert (await Conversation.get(id=talk.id)).contact_id == stays.id
    assert {member.group_id for member in await GroupMember.filter(contact_id=stays.id)} == {group.id, common.id}
    assert await GroupMember.filter(contact_id=goes.id).count() == 0
    assert (await Group.get(id=group.id)).updated_at > before.updated_at
    [others] = await contacts.duplicates_of(SYSTEM, [stays.id])
    assert [other.id for other in others] == [third.id]
    gone = await Contact.get(id=goes.id)
    assert (gone.merged_into_id, gone.deleted_at is not None) == (stays.id, True)
    assert (await only(contacts.get(SYSTEM, goes.id)))[0] is ErrorCode.NOT_FOUND
    assert (await updates_of(stays.id))[-1] == (await updates_of(goes.id))[-1] == actor.id


async def test_leads_follow_and_their_trail_says_so() -> None:
    stays, goes, user = await factories.contact(), await factories.contact(), await factories.user()
    lead, gone = [await Lead.create(contact_id=goes.id, title="An offer", deleted_at=at) for at in (None, NOW)]
    await contacts.merge(Viewer(user_id=user.id, role=Role.ADMIN), stays.id, goes.id)
    assert {one.contact_id for one in await Lead.filter(id__in=[lead.id, gone.id])} == {stays.id}
    [activity] = await LeadActivity.filter(lead_id__in=[lead.id, gone.id])
    assert (activity.lead_id, activity.type, activity.user_id) == (lead.id, LeadActivityType.UPDATED, user.id)
    assert activity.changes == {"contact_id": [goes.id, stays.id]}
    [event] = await Event.filter(type=EventType.LEAD_UPDATED, subject_id=lead.id)
    assert (event.contact_id, event.actor_id, event.data) == (stays.id, user.id, {"activity_id": activity.id})


async def test_to_repeat_it_changes_nothing() -> None:
    stays, goes = await factories.contact(), await factories.contact()
    await contacts.merge(SYSTEM, stays.id, goes.id)
    before, told = await everything(), await updates_of(stays.id)
    assert (await contacts.merge(SYSTEM, stays.id, goes.id)).id == stays.id
    assert (await everything(), await updates_of(stays.id)) == (before, told)


async def test_who_was_merged_before_follows() -> None:
    first, second, third = await factories.contact(), await factories.contact(), await factories.contact()
    await contacts.merge(SYSTEM, second.id, first.id)
    await contacts.merge(SYSTEM, third.id, second.id)
    assert (await Contact.get(id=first.id)).merged_into_id == third.id
    assert (await contacts.merge(SYSTEM, third.id, first.id)).id == third.id
    [phones] = await contacts.phones_of(SYSTEM, [third.id])
    assert len(phones) == 3


@pytest.mark.parametrize(
    ("own", "others", "holds"),
    [
        ("UNKNOWN", "OPTED_OUT", "OPTED_OUT"),
        ("OPTED_IN", "OPTED_OUT", "OPTED_OUT"),
        ("OPTED_OUT", "OPTED_IN", "OPTED_OUT"),
        ("UNKNOWN", "OPTED_IN", "OPTED_IN"),
        ("OPTED_IN", "UNKNOWN", "OPTED_IN"),
        ("UNKNOWN", "UNKNOWN", "UNKNOWN"),
    ],
)
async def test_the_stricter_consent_holds(own: str, others: str, holds: str) -> None:
    sender = await factories.sender()
    stays = await factories.contact(opt_in_status=OptInStatus(own))
    goes = await factories.contact(opt_in_status=OptInStatus(others))
    waiting = [await message(one, sender, MessageState.QUEUED) for one in (stays, goes)]
    merged = await contacts.merge(SYSTEM, stays.id, goes.id)
    assert merged.opt_in_status == holds
    assert merged.opt_in_changed_at == (stays if own == holds else goes).opt_in_changed_at
    states = {(await Message.get(id=row.id)).state for row in waiting}
    assert states == {"CANCELLED" if holds == "OPTED_OUT" else "QUEUED"}


async def test_an_opt_out_that_comes_along_reaches_the_others_duplicates() -> None:
    stays, goes = await factories.contact(), await factories.contact(opt_in_status=OptInStatus.OPTED_OUT)
    other = await factories.contact()
    await ContactDuplicate.create(contact_id=stays.id, other_id=other.id, reason="x")
    await contacts.merge(SYSTEM, stays.id, goes.id)
    assert (await Contact.get(id=other.id)).opt_in_status is OptInStatus.OPTED_OUT


async def test_first_and_last_name_are_one_name() -> None:
    stays = await factories.contact(first_name="Rita", name="Rita")
    goes = await factories.contact(first_name="Ana", last_name="Luz", name=None)
    assert (await contacts.merge(SYSTEM, stays.id, goes.id)).last_name is None
    bare = await factories.contact(name="R.")
    merged = await contacts.merge(SYSTEM, bare.id, stays.id)
    assert (merged.name, merged.first_name, merged.last_name) == ("R.", "Rita", None)


async def test_one_without_a_number_gets_a_primary_one() -> None:
    stays, goes = await factories.contact(phone_number=None), await factories.contact()
    await contacts.create_phone(SYSTEM, goes.id, phone_number=phone())
    await contacts.merge(SYSTEM, stays.id, goes.id)
    assert [row.primary for row in (await contacts.phones_of(SYSTEM, [stays.id]))[0]] == [True, False]


@pytest.mark.parametrize(
    ("own", "others", "kept", "becomes"),
    [
        ("DELIVERED", "QUEUED", "own", "CANCELLED"),
        ("QUEUED", "SENT", "others", "CANCELLED"),
        ("FAILED", "READ", "others", "FAILED"),
        ("SENT", "SENT", "own", "SENT"),
        ("IN_FLIGHT", "QUEUED", "own", "CANCELLED"),
    ],
)
async def test_a_schedule_counts_the_person_once(own: str, others: str, kept: str, becomes: str) -> None:
    """Of two messages of one schedule the one that came further stays the schedule's."""
    sender, template = await factories.sender(), await factories.template()
    stays, goes = await factories.contact(), await factories.contact()
    group = await factories.group(stays, goes)
    schedule = await connect.value(
        "INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, recipients, excluded,"
        " fanned_out_to) VALUES ($1, $2, $3, '{}', 'PROCESSING', now(), 2, 0, 0) RETURNING id",
        template.id,
        group.id,
        sender.id,
    )
    rows = {
        "own": await scheduled(stays, sender, schedule, MessageState(own)),
        "others": await scheduled(goes, sender, schedule, MessageState(others)),
    }
    await contacts.merge(SYSTEM, stays.id, goes.id)
    after = {key: await Message.get(id=row.id) for key, row in rows.items()}
    spare = "others" if kept == "own" else "own"
    assert {row.contact_id for row in after.values()} == {stays.id}
    assert after[kept].schedule_id == schedule
    assert after[kept].state == (own if kept == "own" else others)
    assert (after[spare].schedule_id, after[spare].state) == (None, becomes)
    assert (after[spare].due_at is None) or becomes == "QUEUED"
    assert await connect.value("SELECT recipients FROM schedule WHERE id = $1", schedule) == 1
    told = "SELECT count(*) FROM event WHERE type = 'MESSAGE_CANCELLED' AND message_id = $1 AND schedule_id = $2"
    assert await connect.value(told, after[spare].id, schedule) == (1 if becomes == "CANCELLED" else 0)


async def test_two_messages_of_one_correlation_id_are_both_kept() -> None:
    sender, stays, goes = await factories.sender(), await factories.contact(), await factories.contact()
    rows = [await message(one, sender, MessageState.SENT) for one in (stays, goes)]
    await Message.filter(id__in=[row.id for row in rows]).update(correlation_id="order-1")
    await contacts.merge(SYSTEM, stays.id, goes.id)
    after = [await Message.get(id=row.id) for row in rows]
    assert [(row.contact_id, row.correlation_id) for row in after] == [(stays.id, "order-1"), (stays.id, None)]


async def test_two_conversations_with_one_sender_become_one() -> None:
    sender, stays, goes = await factories.sender(), await factories.contact(), await factories.contact()
    operator = await factories.user(role=Role.SALES)
    last = await message(goes, sender, MessageState.SENT)
    own = await conversation(
        stays,
        sender,
        status="CLOSED",
        closed_at=NOW,
        unread_count=1,
        tags=["vip", "b"],
        metadata={"a": 1},
        last_message_at=NOW - timedelta(hours=2),
        window_expires_at=NOW + timedelta(hours=22),
    )
    other = await conversation(
        goes,
        sender,
        status="ESCALATED",
        handler="OPERATOR",
        assigned_to_id=operator.id,
        unread_count=2,
        tags=["a", "b"],
        metadata={"a": 2, "b": 3},
        last_message_id=last.id,
        last_message_at=NOW,
        window_expires_at=NOW + timedelta(hours=24),
    )
    file = await connect.value("INSERT INTO file (name, conversation_id) VALUES ('a.jpg', $1) RETURNING id", other.id)
    await contacts.merge(SYSTEM, stays.id, goes.id)
    one = await Conversation.get(id=own.id)
    assert (one.status, one.handler, one.assigned_to_id, one.closed_at) == ("ESCALATED", "OPERATOR", operator.id, None)
    assert (one.unread_count, one.tags, one.metadata) == (3, ["a", "b", "vip"], {"a": 1, "b": 3})
    assert (one.last_message_id, one.last_message_at, one.address) == (last.id, NOW, other.address)
    assert one.window_expires_at == NOW + timedelta(hours=24)
    assert (await Conversation.get(id=other.id)).deleted_at is not None
    assert await connect.value("SELECT conversation_id FROM file WHERE id = $1", file) == own.id
    told = "SELECT subject_id FROM event WHERE type = 'CONVERSATION_UPDATED' AND contact_id = $1 AND sender_id = $2"
    assert [row["subject_id"] for row in await connect.rows(told, stays.id, sender.id)] == [own.id]


async def test_rows_of_an_import_follow() -> None:
    stays, goes = await factories.contact(), await factories.contact()
    job = await connect.value(
        "INSERT INTO contact_import (status, source, total, position, on_duplicate, group_ids, created, updated,"
        " skipped, failed) VALUES ('COMPLETED', '[]', 1, 1, 'SKIP', '[]', 1, 0, 0, 0) RETURNING id"
    )
    row = await connect.value(
        "INSERT INTO import_row (contact_import_id, row, verdict, contact_id) VALUES ($1, 1, 'CREATED', $2)"
        " RETURNING id",
        job,
        goes.id,
    )
    await contacts.merge(SYSTEM, stays.id, goes.id)
    assert await connect.value("SELECT contact_id FROM import_row WHERE id = $1", row) == stays.id


async def test_refusals_change_nothing() -> None:
    stays, goes, gone = await factories.contact(), await factories.contact(), await factories.contact()
    await contacts.delete(SYSTEM, gone.id)
    for one in (stays, goes):
        for _ in range(10):
            await contacts.create_phone(SYSTEM, one.id, phone_number=phone())
    before = await everything()
    same = (ErrorCode.VALIDATION_ERROR, "duplicateId", "same_contact")
    assert await only(contacts.merge(SYSTEM, stays.id, stays.id)) == same
    missing = [(ErrorCode.NOT_FOUND, "id", None), (ErrorCode.NOT_FOUND, "duplicateId", None)]
    assert await refused(contacts.merge(SYSTEM, 2**62, 2**62 - 1)) == missing
    assert await only(contacts.merge(SYSTEM, gone.id, stays.id)) == missing[0]
    assert await only(contacts.merge(SYSTEM, stays.id, gone.id)) == missing[1]
    crowded = (ErrorCode.VALIDATION_ERROR, "duplicateId", "too_many")
    assert await only(contacts.merge(SYSTEM, stays.id, goes.id)) == crowded
    bound = token(Scope.CONTACTS, sender_id=(await factories.sender()).id)
    assert (await only(contacts.merge(bound, stays.id, goes.id)))[0] is ErrorCode.AUTHORIZATION_ERROR
    assert await everything() == before


async def test_who_may_merge() -> None:
    await check_callers(
        lambda viewer: contacts.merge(viewer, 2**62, 2**62 - 1), {Role.ADMIN, Role.MARKETER}, Scope.CONTACTS
    )


async def test_two_who_merge_the_same_at_once_merge_once() -> None:
    stays, goes = await factories.contact(), await factories.contact()
    done = await asyncio.gather(
        contacts.merge(SYSTEM, stays.id, goes.id),
        contacts.merge(SYSTEM, goes.id, stays.id),
        contacts.merge(SYSTEM, stays.id, goes.id),
        return_exceptions=True,
    )
    live = await Contact.filter(id__in=[stays.id, goes.id], deleted_at=None)
    assert len(live) == 1
    assert {one.id for one in done if isinstance(one, Contact)} == {live[0].id}
    assert await ContactPhone.filter(contact_id=live[0].id).count() == 2


async def test_who_was_merged_before_is_found_by_an_index() -> None:
    async with transaction():
        await connect.execute("SET LOCAL enable_seqscan = off")
        plan = await connect.rows("EXPLAIN SELECT FROM contact WHERE id = 7 OR merged_into_id = 7")
    assert "Seq Scan" not in str(plan)
