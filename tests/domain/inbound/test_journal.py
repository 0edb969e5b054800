"""Taking up what WhatsApp posts: in any order, however often, whatever is wrong with a part of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from db.contacts import ContactPhone
from db.core import connect
from db.core.settings import get_settings
from db.inbound import InboundPost
from db.messages import Message, MessageState
from db.senders import Sender
from domain import inbound
from domain.core import traffic
from domain.health import problems
from domain.health.problems import Kind
from domain.inbound import cloud, journal
from tests import factories
from tests.domain.inbound.posts import (
    body,
    change,
    digits_of,
    events_of,
    message,
    received,
    sent,
    status,
    take_up,
    wamid,
)
from tests.factories import unique


async def test_fifty_duplicates_at_once_are_one(sender: Sender) -> None:
    posted = message(digits_of(factories.phone()))
    post = orjson.dumps(body(change(sender, messages=[posted, posted])))
    before = traffic.tally["deduplicated"], traffic.tally["received"]
    rows = await asyncio.gather(*(InboundPost.create(body=post) for _ in range(50)))
    await asyncio.gather(*(inbound.drain() for _ in range(8)))
    await take_up(post)
    assert await InboundPost.filter(id__in=[row.id for row in rows], done_at=None).count() == 0
    row = await received(posted["id"])
    assert await events_of(row) == ["MESSAGE_RECEIVED"]
    assert await ContactPhone.filter(phone_number=row.address).count() == 1
    counted = traffic.tally["deduplicated"], traffic.tally["received"]
    assert [now - then for now, then in zip(counted, before, strict=True)] == [101, 1], "of 102"


async def test_what_is_posted_once_more_long_after_counts_no_second_time(sender: Sender) -> None:
    """By whoever kept a signed post: the signature holds for ever, and what was taken up is forgotten after a week."""
    posted, row = message(digits_of(factories.phone())), await sent(sender)
    told = status(row, "read")
    posts = [orjson.dumps(body(change(sender, messages=[posted]))), orjson.dumps(body(change(sender, statuses=[told])))]
    kept = await take_up(*posts)
    first = await received(posted["id"])
    await connect.execute(
        "UPDATE inbound_post SET created_at = now() - interval '60 days', done_at = now() - interval '60 days'"
        " WHERE id = ANY($1)",
        [each.id for each in kept],
    )
    await connect.execute(
        "UPDATE message SET created_at = created_at - interval '60 days' WHERE id = ANY($1)", [first.id, row.id]
    )
    await inbound.trim()
    before = [await events_of(first), await events_of(row)]
    messages = await Message.filter(sender_id=sender.id).count()
    await take_up(*posts)
    assert await Message.filter(sender_id=sender.id).count() == messages
    assert [await events_of(first), await events_of(row)] == before
    assert (await Message.get(id=row.id)).state is MessageState.READ
    assert await ContactPhone.filter(phone_number=first.address).count() == 1


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


_HUGE = "1" + "0" * 400


@pytest.mark.parametrize(
    ("before", "message", "wrong"),
    [
        ('{"field": [], "value": {"event": "x"}}', "", True),
        ('{"field": "account_update", "value": {"event": "\\ud800", "display_phone_number": [[]]}}', "", False),
        ('{"value": {"errors": [{"code": 1, "message": "\\ud800 \\u0000"}]}}', "", True),
        ("{}", '"type": "location", "location": {"latitude": HUGE, "longitude": 1}', True),
        (
            "{}",
            '"type": "order", "order": {"catalog_id": "1", "product_items": [{"product_retailer_id": "x",'
            ' "currency": "USD", "quantity": 1, "item_price": "1e999999999"}]}',
            True,
        ),
    ],
)
async def test_nothing_that_is_posted_stops_the_journal(sender: Sender, before: str, message: str, wrong: bool) -> None:
    """A body that its reader stumbled over would be taken up again for ever, and all later ones with it."""
    number, odd, after = digits_of(factories.phone()), wamid(), wamid()
    said = message.replace("HUGE", _HUGE) or '"type": "text", "text": {"body": "odd"}'
    messages = f'[{{"id": "{odd}", "from": "{number}", {said}}},'
    messages += f' {{"id": "{after}", "from": "{number}", "type": "text", "text": {{"body": "after"}}}}]'
    metadata = f'{{"phone_number_id": "{sender.phone_number_id}"}}'
    value = f'{{"field": "messages", "value": {{"metadata": {metadata}, "messages": {messages}}}}}'
    post = f'{{"entry": [{{"id": "{unique()}", "changes": [{before}, {value}]}}]}}'
    [done] = await take_up(post.encode())
    assert (done.errors is not None) == (wrong or before == "{}"), done.errors
    assert await received(odd)
    assert await received(after)


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
    """While PostgreSQL is away nothing can be written of the post either: it counts as no try."""

    async def away(*_: Any) -> int:
        raise ConnectionResetError("PostgreSQL went away")

    posted = message(digits_of(factories.phone()))
    post = await InboundPost.create(body=orjson.dumps(body(change(sender, messages=[posted]))))
    with monkeypatch.context() as patched:
        patched.setattr(connect, "execute", away)
        with pytest.raises(ConnectionResetError):
            await inbound.drain()
    post = await InboundPost.get(id=post.id)
    assert (post.done_at, post.errors, post.tries, post.retry_at) == (None, None, 0, None)
    await inbound.drain()
    assert await received(posted["id"])


@asynccontextmanager
async def failing(text: str) -> AsyncIterator[None]:
    """PostgreSQL refuses messages with this text each time as if it would pass (40001)."""
    await connect.execute(
        "CREATE FUNCTION in_vain() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'try again' USING ERRCODE = 'serialization_failure'; END $$"
    )
    await connect.execute(
        f"CREATE TRIGGER in_vain BEFORE INSERT ON message FOR EACH ROW WHEN (NEW.content = '{text}')"
        " EXECUTE FUNCTION in_vain()"
    )
    try:
        yield
    finally:
        await connect.execute("DROP FUNCTION in_vain CASCADE")


async def test_what_fails_again_and_again_lets_others_go_first_and_is_parked_at_last(sender: Sender) -> None:
    number = digits_of(factories.phone())
    good = [message(number, f"good {n}") for n in range(20)]
    vain = message(number, unique("vain"))
    changes = [change(sender, messages=[each]) for each in good[:19]]
    changes.insert(5, change(sender, messages=[vain, good[19]]))
    posts = [await InboundPost.create(body=orjson.dumps(body(each))) for each in changes]
    waits: list[float] = []
    due = "UPDATE inbound_post SET retry_at = now() WHERE id = $1 RETURNING extract(epoch FROM old.retry_at - now())"
    async with failing(vain["text"]["body"]):
        for tries in range(2, 7):
            assert await inbound.drain() is False
            # All others are taken up; one that is not due does not wake anybody, and is not taken up.
            assert await Message.filter(provider_message_id__in=[m["id"] for m in good[:19]]).count() == 19
            assert await inbound.drain() is False
            post = await InboundPost.get(id=posts[5].id)
            assert (post.done_at, post.errors, post.tries) == (None, None, tries)
            waits.append(float(await connect.value(due, post.id)))
        before = (await problems.in_database())[Kind.POSTS_NOT_UNDERSTOOD]
        assert await inbound.drain() is False
    assert waits == [pytest.approx(4.0**n, abs=3) for n in range(1, 6)]
    parked = await InboundPost.get(id=posts[5].id)
    assert parked.done_at is not None
    assert parked.errors is not None
    assert len(parked.errors) == 1
    assert vain["id"] in parked.errors[0]
    assert "SerializationError" in parked.errors[0]
    assert await received(good[19]["id"])
    assert await Message.filter(provider_message_id=vain["id"]).count() == 0
    assert (await problems.in_database())[Kind.POSTS_NOT_UNDERSTOOD] not in (None, before)


async def test_what_was_put_off_and_then_goes_well_is_like_any_other(sender: Sender) -> None:
    posted = message(digits_of(factories.phone()), unique("late"))
    async with failing(posted["text"]["body"]):
        post = await InboundPost.create(body=orjson.dumps(body(change(sender, messages=[posted]))))
        await inbound.drain()
    assert await connect.execute("UPDATE inbound_post SET retry_at = now() WHERE id = $1", post.id) == 1
    await inbound.drain()
    post = await InboundPost.get(id=post.id)
    assert post.done_at is not None
    assert post.errors is None
    assert await events_of(await received(posted["id"])) == ["MESSAGE_RECEIVED"]


async def test_what_others_hold_for_long_puts_posts_off_and_parks_none(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal stands no longer than a statement may take, also where a frozen worker has what it wants."""
    monkeypatch.setattr(journal, "_STATEMENT_SECONDS", 0.2)
    posted = message(digits_of(factories.phone()), unique("held"))
    post = await InboundPost.create(body=orjson.dumps(body(change(sender, messages=[posted]))))
    holder = await connect.open_session(get_settings())
    try:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("LOCK TABLE message IN EXCLUSIVE MODE")
        await inbound.drain()
        held = await InboundPost.get(id=post.id)
        assert (held.done_at, held.errors) == (None, None)
        assert held.tries > 0
        await transaction.rollback()
    finally:
        await holder.close()
    await connect.execute("UPDATE inbound_post SET retry_at = now() WHERE id = $1", post.id)
    await inbound.drain()
    post = await InboundPost.get(id=post.id)
    assert (post.done_at is not None, post.errors) == (True, None)
    assert await events_of(await received(posted["id"])) == ["MESSAGE_RECEIVED"]


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


async def test_a_reader_that_fails_holds_nothing_up(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(body: bytes, received: Any) -> Any:
        if b"poison" in body:
            raise RuntimeError("a fault of ours")
        return cloud.read(body, received)

    posted = message(digits_of(factories.phone()))
    monkeypatch.setattr(journal, "READERS", {**journal.READERS, "CLOUD_API": broken})
    poison, good = await take_up(b'{"x":"poison"}', body(change(sender, messages=[posted])))
    assert poison.errors == ["It could not be read: RuntimeError('a fault of ours')"]
    assert good.errors is None
    assert await received(posted["id"])


async def test_a_field_that_is_no_text_is_kept_with_its_reason(sender: Sender) -> None:
    posted = message(digits_of(factories.phone()))
    [post] = await take_up(body({"field": [], "value": {"x": 1}}, change(sender, messages=[posted])))
    assert post.errors == ["entry[0].changes[0]: its field is no text."]
    assert await received(posted["id"])
