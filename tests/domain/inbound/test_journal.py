"""Taking up what WhatsApp posts: in any order, however often, whatever is wrong with a part of it."""

import asyncio
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from db.contacts import Contact, ContactIdentity, ContactPhone
from db.core import connect
from db.inbound import InboundPost, WaitingStatus
from db.messages import Message, MessageState, MessageType
from db.senders import Sender
from domain import contacts, inbound
from domain.core.access import SYSTEM
from domain.core.secrets import stamp
from domain.inbound import effects
from tests import factories
from tests.factories import unique

NOW = int(time.time()) - 60


def wamid() -> str:
    return f"wamid.{unique()}"


def digits_of(number: str) -> str:
    return number.removeprefix("+")


def message(wa_id: str | None, text: str = "olá", **given: Any) -> dict[str, Any]:
    body = {"from": wa_id, "id": wamid(), "timestamp": str(NOW), "type": "text", "text": {"body": text}, **given}
    return {key: value for key, value in body.items() if value is not None}


def status(of: Message | str, kind: str, at: int = NOW, **given: Any) -> dict[str, Any]:
    id = of if isinstance(of, str) else of.provider_message_id
    return {"id": id, "status": kind, "timestamp": str(at), "recipient_id": "351910000111", **given}


def change(sender: Sender | None, **value: Any) -> dict[str, Any]:
    metadata = {"metadata": {"phone_number_id": sender.phone_number_id}} if sender else {}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", **metadata, **value}}


def body(*changes: Any, account: str = "318800221144667") -> dict[str, Any]:
    return {"object": "whatsapp_business_account", "entry": [{"id": account, "changes": list(changes)}]}


async def take_up(*posts: Any) -> list[InboundPost]:
    """Keeps posts (JSON, or bytes) and takes them up; a worker that runs may be faster."""
    rows = [await InboundPost.create(body=p if isinstance(p, bytes) else orjson.dumps(p)) for p in posts]
    async with asyncio.timeout(20):
        while await InboundPost.filter(id__in=[row.id for row in rows], done_at=None).exists():
            await inbound.drain()
    return [await InboundPost.get(id=row.id) for row in rows]


async def sent(sender: Sender, **given: Any) -> Message:
    """A message of ours that WhatsApp has taken."""
    contact = await factories.contact()
    values = {
        "sender_id": sender.id,
        "contact_id": contact.id,
        "direction": "OUTBOUND",
        "author": "SYSTEM",
        "type": "TEXT",
        "purpose": "MARKETING",
        "state": "SENT",
        "attempts": 1,
        "attempt_id": uuid4(),
        "provider_message_id": wamid(),
        "sent_at": datetime.now(UTC),
        **given,
    }
    return await Message.create(**values)


async def received(id: str) -> Message:
    return await Message.get(provider_message_id=id)


async def events_of(row: Message) -> list[str]:
    sql = "SELECT type FROM event WHERE message_id = $1 ORDER BY number"
    return [found["type"] for found in await connect.rows(sql, row.id)]


@pytest.fixture
async def sender() -> Sender:
    return await factories.sender()


# ---------------------------------------------------------------------------
# Messages
# ---------------------------------------------------------------------------


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


async def test_fifty_duplicates_at_once_are_one(sender: Sender) -> None:
    posted = message(digits_of(factories.phone()))
    post = orjson.dumps(body(change(sender, messages=[posted, posted])))
    rows = await asyncio.gather(*(InboundPost.create(body=post) for _ in range(50)))
    await asyncio.gather(*(inbound.drain() for _ in range(8)))
    await take_up(post)
    assert await InboundPost.filter(id__in=[row.id for row in rows], done_at=None).count() == 0
    row = await received(posted["id"])
    assert await events_of(row) == ["MESSAGE_RECEIVED"]
    assert await ContactPhone.filter(phone_number=row.address).count() == 1


async def test_drains_side_by_side_leave_nothing(sender: Sender) -> None:
    """Whoever finds another at it goes; the other must then see what the first came for."""
    ids: list[str] = []

    async def come() -> None:
        for _ in range(10):
            posted = message(digits_of(factories.phone()))
            ids.append(posted["id"])
            await InboundPost.create(body=orjson.dumps(body(change(sender, messages=[posted]))))
            await inbound.drain()

    await asyncio.gather(*(come() for _ in range(6)))
    assert await Message.filter(provider_message_id__in=ids).count() == 60


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

    def told(value: str) -> dict[str, Any]:
        preference = {"wa_id": f"5511{rest}", "category": "marketing_messages", "value": value, "timestamp": NOW}
        return body({"field": "user_preferences", "value": {"user_preferences": [preference]}})

    await take_up(told("stop"))
    assert {(await Contact.get(id=contact.id)).opt_in_status for contact in both} == {"OPTED_OUT"}
    await take_up(told("resume"))
    assert {(await Contact.get(id=contact.id)).opt_in_status for contact in both} == {"OPTED_IN"}


# ---------------------------------------------------------------------------
# Statuses
# ---------------------------------------------------------------------------


async def test_statuses_move_a_message_forward_in_any_order(sender: Sender) -> None:
    row = await sent(sender)
    await take_up(
        body(change(sender, statuses=[status(row, "read", NOW + 3)])),
        body(change(sender, statuses=[status(row, "sent", NOW + 1), status(row, "delivered", NOW + 2)])),
        body(change(sender, statuses=[status(row, "read", NOW + 3), status(row, "delivered", NOW + 2)])),
    )
    row = await Message.get(id=row.id)
    assert row.state is MessageState.READ
    assert row.read_at == datetime.fromtimestamp(NOW + 3, UTC)
    assert (await events_of(row)).count("MESSAGE_READ") == 1
    watermark = (await Sender.get(id=sender.id)).status_watermark
    assert watermark == datetime.fromtimestamp(NOW + 3, UTC)


async def test_the_watermark_never_falls_nor_runs_ahead(sender: Sender) -> None:
    row = await sent(sender)
    await take_up(body(change(sender, statuses=[status(row, "sent", NOW)])))
    await take_up(body(change(sender, statuses=[status(row, "delivered", NOW - 500)])))
    assert (await Sender.get(id=sender.id)).status_watermark == datetime.fromtimestamp(NOW, UTC)
    await take_up(body(change(sender, statuses=[status(row, "read", NOW + 10**6)])))
    watermark = (await Sender.get(id=sender.id)).status_watermark
    assert watermark is not None
    assert watermark <= datetime.now(UTC) + timedelta(seconds=1)


async def test_played_is_read_and_a_failure_keeps_its_error(sender: Sender) -> None:
    voice, lost = await sent(sender), await sent(sender)
    error = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "Not on WhatsApp."}}
    await take_up(
        body(change(sender, statuses=[status(voice, "played")])),
        body(change(sender, contacts=[{"wa_id": "1"}], statuses=[status(lost, "failed", errors=[error])])),
    )
    assert (await Message.get(id=voice.id)).state is MessageState.READ
    lost = await Message.get(id=lost.id)
    assert (lost.state, lost.provider_error_code, lost.error_code) == (MessageState.FAILED, 131026, "NOT_ON_WHATSAPP")
    assert lost.error_message == "Not on WhatsApp."


async def test_statuses_ahead_of_their_message_wait_for_it(sender: Sender) -> None:
    id = wamid()
    error = {"code": 131047, "message": "Re-engagement message"}
    other = wamid()
    await take_up(
        body(change(sender, statuses=[status(id, "delivered"), status(id, "sent")])),
        body(change(sender, statuses=[status(other, "failed", errors=[error])])),
    )
    assert await WaitingStatus.filter(provider_message_id=id).count() == 2
    row = await sent(sender, provider_message_id=id)
    failed = await sent(sender, provider_message_id=other)
    await inbound.take_up_waiting()
    assert (await Message.get(id=row.id)).state is MessageState.DELIVERED
    failed = await Message.get(id=failed.id)
    assert (failed.state, failed.error_code, failed.provider_error_code) == ("FAILED", "WINDOW_CLOSED", 131047)
    assert await WaitingStatus.filter(provider_message_id__in=[id, other]).count() == 0


async def test_statuses_that_wait_in_vain_are_dropped_after_a_day(sender: Sender) -> None:
    id = wamid()
    await take_up(body(change(sender, statuses=[status(id, "read")])))
    await inbound.take_up_waiting()
    assert await WaitingStatus.filter(provider_message_id=id).count() == 1
    sql = "UPDATE waiting_status SET created_at = now() - interval '25 h' WHERE provider_message_id = $1"
    await connect.execute(sql, id)
    await inbound.take_up_waiting()
    assert await WaitingStatus.filter(provider_message_id=id).count() == 0


async def test_statuses_of_another_number_of_the_account_do_not_wait(sender: Sender) -> None:
    id = wamid()
    other = change(None, metadata={"phone_number_id": unique()}, statuses=[status(id, "sent")])
    await take_up(body(other))
    assert await WaitingStatus.filter(provider_message_id=id).count() == 0


async def test_statuses_of_another_program_do_not_wait(sender: Sender) -> None:
    """WhatsApp tells every program that is subscribed to an account of all its messages."""
    id = wamid()
    await take_up(body(change(sender, statuses=[status(id, "sent", biz_opaque_callback_data="not ours")])))
    assert await WaitingStatus.filter(provider_message_id=id).count() == 0


async def test_the_callback_finds_a_message_whose_answer_was_lost(sender: Sender) -> None:
    row = await sent(sender, state="UNKNOWN", provider_message_id=None, sent_at=None)
    assert row.attempt_id is not None
    id = wamid()
    named = f"{row.id}.{row.attempt_id.hex}"
    callback = f"{named}.{stamp(named)}"
    await take_up(body(change(sender, statuses=[status(id, "delivered", biz_opaque_callback_data=callback)])))
    row = await Message.get(id=row.id)
    assert (row.state, row.provider_message_id) == (MessageState.DELIVERED, id)


# ---------------------------------------------------------------------------
# What is wrong
# ---------------------------------------------------------------------------


async def test_one_bad_element_costs_its_neighbours_nothing(sender: Sender) -> None:
    """Several entries and changes, with something wrong in the midst of each."""
    number, row = digits_of(factories.phone()), await sent(sender)
    good = [message(number, word) for word in ("one", "two", "three")]
    last = message(number, "last")
    messages = [good[0], "nonsense", good[1], {"id": wamid(), "type": "text"}, {"from": number}, good[2]]
    statuses = [{"status": "sent"}, None, status(row, "delivered"), status(row, "dancing"), {"id": 7}]
    post = body(
        change(sender, messages=messages), "no change", {"field": "messages"}, change(sender, statuses=statuses)
    )
    post["entry"] = [None, {"changes": "none"}, *post["entry"], body(change(sender, messages=[last]))["entry"][0]]
    [done] = await take_up(post)
    assert await Message.filter(provider_message_id__in=[m["id"] for m in [*good, last]]).count() == 4
    assert (await Message.get(id=row.id)).state is MessageState.DELIVERED
    assert done.errors == [
        "entry[2].changes[0].messages[1]: not an object",
        "entry[2].changes[0].messages[3]: a message from nobody",
        "entry[2].changes[0].messages[4]: a message without an id",
        "entry[2].changes[1]: it has no value.",
        "entry[2].changes[2]: it has no value.",
        "entry[2].changes[3].statuses[0]: a status without an id",
        "entry[2].changes[3].statuses[1]: not an object",
        "entry[2].changes[3].statuses[4]: a status without a status",
    ]


@pytest.mark.parametrize(
    "wrong",
    [b"", b"hello", b"[]", b"null", b"\xff\xfe", b'{"entry":', b"[" * 100_000, b'{"object":"page","entry":[1]}'],
)
async def test_a_body_that_is_no_envelope_is_kept_and_done(sender: Sender, wrong: bytes) -> None:
    posted = message(digits_of(factories.phone()))
    done, _ = await take_up(wrong, body(change(sender, messages=[posted])))
    assert done.body == wrong
    assert (done.errors is None) == (b"page" in wrong)
    assert await received(posted["id"])


async def test_texts_that_postgresql_cannot_hold_are_mended(sender: Sender) -> None:
    posted = message(digits_of(factories.phone()), "half an emoji \ud83d and a \0 zero")
    raw = json.dumps(body(change(sender, messages=[posted]))).encode()
    [done] = await take_up(raw)
    assert done.errors is None
    assert (await received(posted["id"])).content == "half an emoji ? and a  zero"


async def test_poison_is_parked_alone(sender: Sender) -> None:
    """What cannot be stored, for whatever reason, is parked with its error; all around it is taken up."""
    number, row = digits_of(factories.phone()), await sent(sender)
    good = [message(number, f"good {n}") for n in range(20)]
    poison = message(number, unique("poison"))
    text = poison["text"]["body"]
    posts = [body(change(sender, messages=[m])) for m in good[:18]]
    posts.insert(9, body(change(sender, messages=[good[18], poison, good[19]], statuses=[status(row, "read")])))
    await connect.execute(f"ALTER TABLE message ADD CONSTRAINT poison CHECK (content <> '{text}') NOT VALID")
    try:
        done = await take_up(*posts)
    finally:
        await connect.execute("ALTER TABLE message DROP CONSTRAINT poison")
    assert await Message.filter(provider_message_id__in=[m["id"] for m in good]).count() == 20
    assert (await Message.get(id=row.id)).state is MessageState.READ
    assert [index for index, post in enumerate(done) if post.errors] == [9]
    assert done[9].errors is not None
    assert len(done[9].errors) == 1
    assert poison["id"] in done[9].errors[0]
    assert "CheckViolationError" in done[9].errors[0]
    assert await Message.filter(provider_message_id=poison["id"]).count() == 0


async def test_an_outage_parks_nothing(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: Any) -> list[int]:
        raise ConnectionResetError("PostgreSQL went away")

    posted = message(digits_of(factories.phone()))
    with monkeypatch.context() as patched:
        patched.setattr(effects, "contacts_of", away)
        # Nobody rings, so a worker sees the post only when its clock strikes just now.
        post = await InboundPost.create(body=orjson.dumps(body(change(sender, messages=[posted]))))
        with pytest.raises(ConnectionResetError):
            await inbound.drain()
        post = await InboundPost.get(id=post.id)
    assert post.errors is None
    await take_up(post.body)
    assert await received(posted["id"])


async def test_old_posts_are_forgotten_and_open_ones_are_not(sender: Sender) -> None:
    old, young, open_one = await take_up(*[{"object": "other", "x": unique()}] * 3)
    sql = "UPDATE inbound_post SET created_at = now() - interval '8 days' WHERE id = ANY($1)"
    await connect.execute(sql, [old.id, open_one.id])
    await connect.execute("UPDATE inbound_post SET done_at = NULL WHERE id = $1", open_one.id)
    await inbound.trim()
    assert await InboundPost.get_or_none(id=old.id) is None
    assert await InboundPost.get_or_none(id=young.id)
    assert await InboundPost.get_or_none(id=open_one.id)
    # An open post keeps doubts undecided, those of other tests too.
    await inbound.drain()


async def test_a_busy_day_is_forgotten_at_once() -> None:
    await connect.execute(
        "INSERT INTO inbound_post (body, created_at, done_at)"
        " SELECT '', now() - interval '8 days', now() FROM generate_series(1, 10001)"
    )
    await inbound.trim()
    left = "SELECT count(*) FROM inbound_post WHERE done_at IS NOT NULL AND created_at < now() - interval '7 days'"
    assert await connect.value(left) == 0
