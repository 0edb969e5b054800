"""Campaigns as they are prepared: what may be given, what fits together, and what changes when."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.campaigns import Campaign, CampaignStatus, CampaignType, RecipientOutcome
from db.contacts import Contact, ContactIdentityType, ContactPhone
from db.core import connect
from db.files import File
from db.messages import MessageType
from domain import campaigns, contacts, groups, senders, templates
from domain.campaigns.reading import pool_of
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only, refused
from tests.crowds import crowd
from tests.databases import database_of_its_own
from tests.drafts import columns, draft, put_into
from tests.factories import unique
from tests.plans import approved_template, stopped_sender

INVALID, MISSING, STATE = ErrorCode.VALIDATION_ERROR, ErrorCode.NOT_FOUND, ErrorCode.INVALID_STATE
TOMORROW = datetime.now(UTC) + timedelta(days=1)


async def file(mime_type: str = "image/png", **given: Any) -> int:
    """A file whose bytes are said to be here."""
    values = {"name": "f", "mime_type": mime_type, "size_bytes": 10, "status": "COMPLETED", **given}
    return (await File.create(**values)).id


async def a_picture_template() -> int:
    picture = {"media": {"file_id": await file()}}
    return (await templates.create(SYSTEM, title=unique(), content="Hi", header=picture)).id


# ---------------------------------------------------------------------------
# Creating
# ---------------------------------------------------------------------------


async def test_a_draft_is_kept_as_it_was_given() -> None:
    user = await factories.user(role=Role.MARKETER)
    group, contact, number = await crowd(1), await factories.contact(), factories.phone()
    earlier, sender = await draft(), await stopped_sender()
    made = await draft(
        Viewer(user_id=user.id, role=Role.MARKETER),
        name=" Spring ",
        description=" About spring ",
        type=CampaignType.BROADCAST,
        content="Hello {{name}}",
        variables={"code": "7", "hello": "Hi {{first_name}}"},
        media={"file_id": (picture := await file())},
        sender_ids=[sender],
        quiet_hours={"start": time(21), "end": time(8)},
        expires_at=TOMORROW,
        audience={
            "group_ids": [group, group],
            "contact_ids": [contact.id],
            "phone_numbers": [number],
            "outcome": {"campaign_id": earlier.id, "outcome": [RecipientOutcome.SENT, RecipientOutcome.SENT]},
        },
    )
    stored = await campaigns.get(SYSTEM, made.id)
    assert (stored.name, stored.description, stored.status) == ("Spring", "About spring", CampaignStatus.DRAFT)
    assert (stored.text, stored.template_id, stored.category) == ("Hello {{name}}", None, None)
    assert stored.variables == {"code": "7", "hello": "Hi {{first_name}}"}
    assert (stored.media_id, stored.media_type) == (picture, MessageType.IMAGE)
    assert (stored.quiet_from, stored.quiet_until) == (time(21, tzinfo=UTC), time(8, tzinfo=UTC))
    assert (stored.expires_at, stored.created_by_id) == (TOMORROW, user.id)
    new = await Contact.get(name=number)
    assert stored.audience == {
        "group_ids": [group],
        "contact_ids": sorted([contact.id, new.id]),
        "phone_ids": [(await ContactPhone.get(contact_id=new.id)).id],
        "campaign_id": earlier.id,
        "outcomes": ["SENT"],
    }
    assert await pool_of(made.id) == [sender]
    assert (stored.started_at, stored.ended_at, stored.recipients, stored.corrections) == (None, None, None, {})


async def test_a_name_is_made_of_the_sender_and_the_time() -> None:
    named, nameless = await factories.sender(name="Shop"), await factories.sender()
    now = await connect.value("SELECT now()")
    of_named, of_nameless = await draft(sender_ids=[named.id]), await draft(sender_ids=[nameless.id])
    assert of_named.name.startswith(f"Shop, {now:%Y-%m-%d %H:}")
    assert of_nameless.name.startswith(f"{nameless.phone_number}, {now:%Y}")
    assert of_named.name.endswith(" UTC")


async def test_the_default_sender_sends_where_none_is_named() -> None:
    default = await factories.sender(is_default=True)
    made = await campaigns.create(SYSTEM, content="Hi")
    assert await pool_of(made.id) == [default.id]


async def test_without_any_sender_nothing_is_drafted(database: None) -> None:
    async with database_of_its_own():
        assert await only(campaigns.create(SYSTEM, content="Hi")) == (INVALID, "senderIds", "no_sender")
        assert await Campaign.all().count() == 0


async def test_what_is_wrong_is_told_field_by_field_and_nothing_is_kept() -> None:
    before, people = await Campaign.all().count(), await Contact.all().count()
    told = await refused(
        campaigns.create(
            SYSTEM,
            name=" ",
            description="x" * 1001,
            template_id=987654321,
            content="both",
            variables={"a": []},
            sender_ids=[987654321],
            quiet_hours={"start": time(8), "end": time(8)},
            expires_at=datetime.now(UTC) - timedelta(seconds=1),
            audience={
                "group_ids": [987654321],
                "contact_ids": [987654321],
                "phone_numbers": [factories.phone(), "12", "0351912345678"],
                "outcome": {"campaign_id": 987654321, "outcome": []},
            },
        )
    )
    assert {(code, field) for code, field, _ in told} == {
        (INVALID, "name"),
        (INVALID, "description"),
        (INVALID, "content"),
        (INVALID, "variables"),
        (MISSING, "senderIds"),
        (INVALID, "quietHours.end"),
        (INVALID, "expiresAt"),
        (MISSING, "audience.groupIds"),
        (MISSING, "audience.contactIds"),
        (ErrorCode.INVALID_PHONE_NUMBER, "audience.phoneNumbers[1]"),
        (ErrorCode.INVALID_PHONE_NUMBER, "audience.phoneNumbers[2]"),
        (MISSING, "audience.outcome.campaignId"),
        (INVALID, "audience.outcome.outcome"),
    }
    assert (await Campaign.all().count(), await Contact.all().count()) == (before, people)


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({}, "content", "required"),
        ({"content": ""}, "content", "required"),
        ({"content": "x" * 5001}, "content", "too_long"),
        ({"content": "Hi", "name": "x" * 256}, "name", "too_long"),
        ({"content": "Hi", "sender_ids": []}, "senderIds", "required"),
        ({"content": "Hi", "sender_ids": list(range(1, 102))}, "senderIds", "too_many"),
        ({"content": "Hi", "audience": {"group_ids": list(range(1, 102))}}, "audience.groupIds", "too_many"),
        ({"content": "Hi", "audience": {"contact_ids": list(range(1, 10_002))}}, "audience.contactIds", "too_many"),
        (
            {"content": "Hi", "audience": {"phone_numbers": [str(n) for n in range(10_001)]}},
            "audience.phoneNumbers",
            "too_many",
        ),
    ],
)
async def test_each_bound_is_kept(given: dict[str, Any], field: str, reason: str) -> None:
    await factories.sender(is_default=True)
    before = await Campaign.all().count()
    assert await only(campaigns.create(SYSTEM, **given)) == (INVALID, field, reason)
    assert await Campaign.all().count() == before


async def test_the_bounds_themselves_are_allowed() -> None:
    made = await draft(name="x" * 255, description="y" * 1000, content="z" * 5000)
    assert (len(made.name), len(made.description or ""), len(made.text or "")) == (255, 1000, 5000)


async def test_of_ten_thousand_bad_numbers_a_hundred_are_told() -> None:
    told = await refused(draft(audience={"phone_numbers": ["12"] * 10_000}))
    assert len(told) == 100


async def test_an_approved_template_needs_senders_of_its_account() -> None:
    account = unique("waba")
    template, own = await approved_template(account), await stopped_sender(business_account_id=account)
    other = await stopped_sender()
    assert await only(draft(template_id=template.id, sender_ids=[own, other])) == (
        INVALID,
        "senderIds",
        "other_account",
    )
    made = await draft(template_id=template.id, sender_ids=[own])
    assert (made.template_id, made.text, made.category) == (template.id, None, template.category)
    await only(campaigns.update(SYSTEM, made.id, sender_ids=[own, other]))
    assert await pool_of(made.id) == [own]


async def test_a_file_fits_what_it_goes_with() -> None:
    picture, film, sound = await file(), await file("video/mp4"), await file("audio/mpeg")
    above = await a_picture_template()
    plain = (await factories.template()).id
    assert await only(draft(media={"file_id": sound})) == (INVALID, "media", "not_taken")
    assert await only(draft(template_id=plain, media={"file_id": picture})) == (INVALID, "media", "wrong_format")
    assert await only(draft(template_id=above, media={"file_id": film})) == (INVALID, "media", "wrong_format")
    assert (await draft(template_id=above, media={"file_id": picture})).media_id == picture
    assert (await draft(template_id=above)).media_id is None
    missing = (await draft(media={"file_id": film})).media_type
    assert missing is MessageType.VIDEO
    assert (await only(draft(media={"file_id": 987654321})))[:2] == (MISSING, "media.fileId")


async def test_a_url_is_fetched_once_and_only_from_outside() -> None:
    made = await draft(media={"url": "https://example.com/menu.pdf"})
    kept = await File.get(id=made.media_id)
    assert (made.media_type, kept.source) == (MessageType.DOCUMENT, {"url": "https://example.com/menu.pdf"})
    before = await File.all().count()
    assert (await only(draft(media={"url": "ftp://example.com/menu.pdf"})))[1] == "media.url"
    assert await File.all().count() == before


# ---------------------------------------------------------------------------
# Numbers
# ---------------------------------------------------------------------------


async def test_numbers_find_those_who_have_them_and_make_contacts_of_the_others() -> None:
    owner = await factories.contact(phone_number="+5511987650001")
    known = await factories.contact(phone_number=None)
    await connect.execute(
        "INSERT INTO contact_identity (contact_id, type, value) VALUES ($1, $2, $3)",
        *(known.id, ContactIdentityType.WA_ID, "351912000001"),
    )
    numbers = ["+55 11 98765-0001", "551187650001", "+351912000001", "+5521987650002", "552187650002", "+5521987650002"]
    made = await draft(audience={"phone_numbers": numbers})
    people = made.audience["contact_ids"]
    assert len(people) == 3
    assert {owner.id, known.id} < set(people)
    [new] = set(people) - {owner.id, known.id}
    contact = await Contact.get(id=new)
    assert contact.name in ("+5521987650002", "+552187650002")
    again = await draft(audience={"phone_numbers": numbers})
    assert again.audience == made.audience
    told = await connect.value("SELECT count(*) FROM event WHERE type = 'CONTACT_UPDATED' AND contact_id = $1", new)
    assert told == 1


async def test_two_who_bring_the_same_new_numbers_at_once_make_one_contact_of_each() -> None:
    numbers = [factories.phone() for _ in range(50)]
    one, other = await asyncio.gather(
        draft(audience={"phone_numbers": numbers}), draft(audience={"phone_numbers": numbers[::-1]})
    )
    assert one.audience == other.audience
    assert len(one.audience["contact_ids"]) == 50


# ---------------------------------------------------------------------------
# Changing
# ---------------------------------------------------------------------------


async def test_what_is_given_changes_and_the_rest_stays() -> None:
    group, earlier = await crowd(1), await draft()
    made = await draft(
        name="One", description="d", variables={"a": "1"}, audience={"group_ids": [group]}, expires_at=TOMORROW,
        quiet_hours={"start": time(21), "end": time(8)}, media={"file_id": await file()},
    )  # fmt: skip
    changed = await campaigns.update(SYSTEM, made.id, name="Two")
    assert columns(changed) | {"name": "", "updated_at": 0} == columns(made) | {"name": "", "updated_at": 0}
    assert (changed.name, changed.updated_at > made.updated_at) == ("Two", True)
    sender = await stopped_sender()
    changed = await campaigns.update(
        SYSTEM, made.id, description=None, variables=None, quiet_hours=None, expires_at=None, media=None,
        sender_ids=[sender], audience={"outcome": {"campaign_id": earlier.id, "outcome": [RecipientOutcome.FAILED]}},
    )  # fmt: skip
    assert (changed.description, changed.variables, changed.expires_at) == (None, {}, None)
    assert (changed.quiet_from, changed.quiet_until, changed.media_id, changed.media_type) == (None,) * 4
    assert changed.audience == {"campaign_id": earlier.id, "outcomes": ["FAILED"]}
    assert await pool_of(made.id) == [sender]
    assert (await campaigns.update(SYSTEM, made.id, audience=None)).audience == {}


async def test_a_template_takes_the_place_of_the_text_and_back() -> None:
    template, made = await factories.template(), await draft(content="One")
    changed = await campaigns.update(SYSTEM, made.id, template_id=template.id)
    assert (changed.template_id, changed.text) == (template.id, None)
    changed = await campaigns.update(SYSTEM, made.id, content="Two")
    assert (changed.template_id, changed.text) == (None, "Two")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"template_id": 1, "content": "both"}, "content"),
        ({"template_id": None}, "content"),
        ({"content": None, "template_id": None}, "content"),
        ({"name": None}, "name"),
        ({"sender_ids": []}, "senderIds"),
        ({"media": {"file_id": 987654321}}, "media.fileId"),
        ({"audience": {"contact_ids": [987654321]}}, "audience.contactIds"),
    ],
)
async def test_a_change_that_is_refused_changes_nothing(changes: dict[str, Any], field: str) -> None:
    made = await draft(audience={"group_ids": [await crowd(1)]})
    before = await Campaign.get(id=made.id), await pool_of(made.id)
    told = await refused(campaigns.update(SYSTEM, made.id, **{"description": "new", **changes}))
    assert [each[1] for each in told] == [field]
    after = await Campaign.get(id=made.id), await pool_of(made.id)
    assert (columns(after[0]), after[1]) == (columns(before[0]), before[1])


async def test_a_kept_file_must_fit_a_new_template() -> None:
    made = await draft(media={"file_id": await file()})
    plain, above = (await factories.template()).id, await a_picture_template()
    assert await only(campaigns.update(SYSTEM, made.id, template_id=plain)) == (INVALID, "media", "wrong_format")
    assert (await campaigns.update(SYSTEM, made.id, template_id=above)).template_id == above
    assert (await campaigns.update(SYSTEM, made.id, template_id=plain, media=None)).media_id is None


async def test_a_campaign_is_no_audience_of_its_own() -> None:
    made = await draft()
    own = {"outcome": {"campaign_id": made.id, "outcome": [RecipientOutcome.SENT]}}
    assert (await only(campaigns.update(SYSTEM, made.id, audience=own)))[1:] == ("audience.outcome.campaignId", "same")


@pytest.mark.parametrize("status", list(CampaignStatus))
async def test_name_and_description_change_at_any_time_the_rest_only_in_a_draft(status: CampaignStatus) -> None:
    made = await draft()
    await put_into(made, status)
    changed = await campaigns.update(SYSTEM, made.id, name="New", description="New")
    assert (changed.name, changed.description, changed.status) == ("New", "New", status)
    if status is CampaignStatus.DRAFT:
        assert (await campaigns.update(SYSTEM, made.id, content="New")).text == "New"
        return
    before = await Campaign.get(id=made.id)
    for changes in ({"content": "Newer"}, {"name": "Newer", "variables": {}}, {"audience": None}):
        assert (await only(campaigns.update(SYSTEM, made.id, **changes)))[:2] == (STATE, "id")
    assert columns(await Campaign.get(id=made.id)) == columns(before)


@pytest.mark.parametrize("status", list(CampaignStatus))
async def test_only_what_is_at_rest_is_deleted(status: CampaignStatus) -> None:
    made = await draft()
    await put_into(made, status)
    if status in (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED):
        assert (await only(campaigns.delete(SYSTEM, made.id)))[:2] == (STATE, "id")
        assert (await Campaign.get(id=made.id)).deleted_at is None
        return
    assert await campaigns.delete(SYSTEM, made.id) == made.id
    assert (await only(campaigns.get(SYSTEM, made.id)))[:2] == (MISSING, "id")
    assert [found and found.name for found in await campaigns.by_ids(SYSTEM, [made.id, 2**40])] == [made.name, None]
    assert (await only(campaigns.delete(SYSTEM, made.id)))[:2] == (MISSING, "id")


async def test_a_copy_is_a_draft_with_all_but_the_figures() -> None:
    user = await factories.user()
    made = await draft(
        name="Spring", description="d", variables={"a": "1"}, audience={"group_ids": [await crowd(1)]},
        expires_at=TOMORROW, quiet_hours={"start": time(21), "end": time(8)}, media={"file_id": await file()},
        sender_ids=[await stopped_sender(), await stopped_sender()],
    )  # fmt: skip
    await Campaign.filter(id=made.id).update(
        status=CampaignStatus.COMPLETED, recipients=5, excluded=2, corrections={"sent": 1}, started_at=TOMORROW,
        ended_at=TOMORROW, error_message="e",
    )  # fmt: skip
    copy = await campaigns.duplicate(Viewer(user_id=user.id, role=Role.ADMIN), made.id)
    same = ("description", "text", "variables", "media_id", "media_type", "audience", "quiet_from", "quiet_until")
    assert [getattr(copy, name) for name in same] == [getattr(made, name) for name in same]
    assert (copy.name, copy.status, copy.created_by_id) == ("Copy of Spring", CampaignStatus.DRAFT, user.id)
    blank = ("expires_at", "recipients", "started_at", "ended_at", "error_message", "scheduled_at")
    assert [getattr(copy, name) for name in blank] == [None] * 6
    assert (copy.excluded, copy.corrections, copy.fanned_out_to) == (0, {}, 0)
    assert await pool_of(copy.id) == await pool_of(made.id)
    assert (await campaigns.duplicate(SYSTEM, made.id, name="Autumn")).name == "Autumn"
    assert (await only(campaigns.duplicate(SYSTEM, made.id, name=" ")))[1] == "name"


async def test_a_copy_leaves_out_senders_that_are_gone() -> None:
    default = await factories.sender(is_default=True)
    one, other = await stopped_sender(), await stopped_sender()
    made = await draft(sender_ids=[one, other])
    await senders.delete(SYSTEM, one)
    assert await pool_of((await campaigns.duplicate(SYSTEM, made.id)).id) == [other]
    await senders.delete(SYSTEM, other)
    assert await pool_of((await campaigns.duplicate(SYSTEM, made.id)).id) == [default.id]


async def test_groups_and_contacts_that_are_gone_are_named_no_more() -> None:
    contact, group = await factories.contact(), await crowd(1)
    await contacts.delete(SYSTEM, contact.id)
    await groups.delete(SYSTEM, group)
    assert (await only(draft(audience={"contact_ids": [contact.id]})))[:2] == (MISSING, "audience.contactIds")
    assert (await only(draft(audience={"group_ids": [group]})))[:2] == (MISSING, "audience.groupIds")
