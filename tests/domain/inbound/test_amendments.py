"""Replies, reactions, edits and deletions for everyone, before and after the message that they speak of."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from db.core import connect
from db.inbound import WaitingAmendment
from db.messages import Message
from db.senders import Sender
from domain import contacts, inbound
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.inbound.posts import NOW, body, change, digits_of, events_of, message, received, sent, take_up, wamid
from tests.factories import unique


def reaction(wa_id: str, target: str, emoji: str | None, at: int = NOW) -> dict[str, Any]:
    content = {"message_id": target} if emoji is None else {"message_id": target, "emoji": emoji}
    return message(wa_id, type="reaction", text=None, reaction=content, timestamp=str(at))


def edit(wa_id: str, target: str, text: str, at: int = NOW) -> dict[str, Any]:
    edited = {"original_message_id": target, "message": {"type": "text", "text": {"body": text}}}
    return message(wa_id, type="edit", text=None, edit=edited, timestamp=str(at))


def revoke(wa_id: str, target: str, at: int = NOW) -> dict[str, Any]:
    return message(wa_id, type="revoke", text=None, revoke={"original_message_id": target}, timestamp=str(at))


async def chat(sender: Sender, **given: Any) -> tuple[Message, str]:
    """A message of ours, and whom it went to."""
    number = factories.phone()
    contact = await factories.contact(phone_number=number)
    return await sent(sender, contact_id=contact.id, **given), digits_of(number)


async def standing(row: Message) -> list[str | None]:
    found = await Message.filter(reply_to_id=row.id, type="REACTION", content__isnull=False).order_by("id")
    return [reaction.content for reaction in found]


async def test_a_reply_names_the_message_that_it_answers(sender: Sender) -> None:
    ours, wa_id = await chat(sender)
    assert ours.provider_message_id is not None
    reply = message(wa_id, context={"from": "1", "id": ours.provider_message_id})
    again = message(wa_id, context={"from": wa_id, "id": reply["id"]})
    await take_up(body(change(sender, messages=[reply, again])))
    assert (await received(reply["id"])).reply_to_id == ours.id
    assert (await received(again["id"])).reply_to_id == (await received(reply["id"])).id


async def test_a_reply_that_comes_first_finds_its_message_later(sender: Sender) -> None:
    """Ours is known by WhatsApp's id only once its send is answered, and theirs may be posted in any order."""
    wa_id, first, ours = digits_of(factories.phone()), wamid(), wamid()
    late = message(wa_id, id=first)
    replies = [message(wa_id, context={"id": first}), message(wa_id, context={"id": ours})]
    await take_up(body(change(sender, messages=replies)))
    assert (await received(replies[0]["id"])).reply_to_id is None
    await take_up(body(change(sender, messages=[late])))
    assert (await received(replies[0]["id"])).reply_to_id == (await received(first)).id
    row = await sent(sender, provider_message_id=ours, contact_id=(await received(first)).contact_id)
    await inbound.take_up_waiting()
    assert (await received(replies[1]["id"])).reply_to_id == row.id
    assert await WaitingAmendment.filter(target__in=[first, ours]).count() == 0


async def test_what_belongs_to_another_sender_is_not_touched(sender: Sender) -> None:
    other, wa_id = await chat(await factories.sender())
    assert other.provider_message_id is not None
    reply = message(wa_id, context={"id": other.provider_message_id})
    await take_up(body(change(sender, messages=[reply, revoke(wa_id, other.provider_message_id)])))
    assert (await received(reply["id"])).reply_to_id is None
    assert (await Message.get(id=other.id)).revoked_at is None


async def test_forwarding_products_and_ads_are_kept(sender: Sender) -> None:
    wa_id = digits_of(factories.phone())
    product = {"catalog_id": "91", "product_retailer_id": "p1"}
    ad = {"source_url": "https://fb.example/ad", "source_type": "ad", "headline": "Sale", "ctwa_clid": "clid-1"}
    posted = [
        message(wa_id, context={"forwarded": True}),
        message(wa_id, context={"from": "1", "id": wamid(), "referred_product": product}),
        message(wa_id, referral=ad),
        message(wa_id),
    ]
    await take_up(body(change(sender, messages=posted)))
    rows = [await received(each["id"]) for each in posted]
    assert [row.metadata for row in rows] == [{"forwarded": True}, {"referred_product": product}, None, None]
    assert rows[2].referral == {
        "source_url": "https://fb.example/ad",
        "source_id": None,
        "source_type": "ad",
        "headline": "Sale",
        "body": None,
        "click_id": "clid-1",
    }


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_of_reactions_the_newest_stands_in_any_order(sender: Sender, order: tuple[int, ...]) -> None:
    """Somebody reacts, changes it, takes it back, and reacts once more; each post comes alone, and again."""
    ours, wa_id = await chat(sender)
    target = ours.provider_message_id
    assert target is not None
    told = [reaction(wa_id, target, emoji, NOW + n) for n, emoji in enumerate(["👍", "😂", None, "❤️"])]
    posts = [body(change(sender, messages=[told[n]])) for n in order]
    await take_up(*posts)
    assert await standing(ours) == ["❤️"]
    assert (await events_of(ours)).count("MESSAGE_UPDATED") >= 1
    before = await events_of(ours)
    await take_up(*posts)
    assert await events_of(ours) == before
    assert await events_of(await received(told[0]["id"])) == []


@pytest.mark.parametrize("emoji", ["", None])
async def test_a_reaction_that_is_taken_back_vanishes(sender: Sender, emoji: str | None) -> None:
    ours, wa_id = await chat(sender)
    target = ours.provider_message_id
    assert target is not None
    await take_up(body(change(sender, messages=[reaction(wa_id, target, "👍")])))
    assert await standing(ours) == ["👍"]
    await take_up(body(change(sender, messages=[reaction(wa_id, target, emoji, NOW + 1)])))
    assert await standing(ours) == []


async def test_a_reaction_before_its_message_waits_for_it(sender: Sender) -> None:
    wa_id, target = digits_of(factories.phone()), wamid()
    told = [reaction(wa_id, target, "👍"), reaction(wa_id, target, "😂", NOW + 1)]
    await take_up(body(change(sender, messages=told)))
    row = await sent(sender, provider_message_id=target, contact_id=(await received(told[0]["id"])).contact_id)
    await inbound.take_up_waiting()
    assert await standing(row) == ["😂"]
    assert (await events_of(row)).count("MESSAGE_UPDATED") == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_edits_and_a_deletion_hold_in_any_order(sender: Sender, order: tuple[int, ...]) -> None:
    wa_id, first = digits_of(factories.phone()), wamid()
    told = [
        message(wa_id, "frist", id=first),
        edit(wa_id, first, "first", NOW + 1),
        edit(wa_id, first, "first of all", NOW + 2),
        revoke(wa_id, first, NOW + 3),
    ]
    posts = [body(change(sender, messages=[told[n]])) for n in order]
    await take_up(*posts)
    row = await received(first)
    assert (row.content, row.type) == ("first of all", "TEXT")
    assert row.edited_at == datetime.fromtimestamp(NOW + 2, UTC)
    assert row.revoked_at == datetime.fromtimestamp(NOW + 3, UTC)
    before = await events_of(row)
    assert before[0] == "MESSAGE_RECEIVED"
    assert "MESSAGE_UPDATED" in before
    await take_up(*posts)
    assert await events_of(row) == before
    assert await WaitingAmendment.filter(target=first).count() == 0


async def test_two_edits_of_one_second_end_alike_in_both_orders(sender: Sender) -> None:
    wa_id, ends = digits_of(factories.phone()), set[str | None]()
    for texts in (["a", "b"], ["b", "a"]):
        posted = message(wa_id)
        await take_up(body(change(sender, messages=[posted])))
        for text in texts:
            await take_up(body(change(sender, messages=[edit(wa_id, posted["id"], text)])))
        ends.add((await received(posted["id"])).content)
    assert len(ends) == 1


async def test_nobody_edits_or_deletes_what_we_wrote(sender: Sender) -> None:
    ours, wa_id = await chat(sender, content="ours")
    assert ours.provider_message_id is not None
    told = [edit(wa_id, ours.provider_message_id, "theirs"), revoke(wa_id, ours.provider_message_id)]
    await take_up(body(change(sender, messages=told)))
    row = await Message.get(id=ours.id)
    assert (row.content, row.edited_at, row.revoked_at) == ("ours", None, None)


async def test_nobody_touches_what_stands_in_the_chat_of_another(sender: Sender) -> None:
    """An id is no secret between people who forward to each other: what it names must be of the same chat."""
    ours, wa_id = await chat(sender)
    theirs, stranger = message(wa_id, "theirs"), digits_of(factories.phone())
    assert ours.provider_message_id is not None
    reply = message(stranger, context={"id": theirs["id"]})
    liked = reaction(stranger, ours.provider_message_id, "👎")
    forged = [edit(stranger, theirs["id"], "forged", NOW + 1), revoke(stranger, theirs["id"], NOW + 1), reply, liked]
    # Whichever comes first.
    await take_up(body(change(sender, messages=forged)), body(change(sender, messages=[theirs])))
    again = [edit(stranger, theirs["id"], "forged", NOW + 2), revoke(stranger, theirs["id"], NOW + 2)]
    await take_up(body(change(sender, messages=again)))
    row = await received(theirs["id"])
    assert (row.content, row.edited_at, row.revoked_at) == ("theirs", None, None)
    assert [(await received(each["id"])).reply_to_id for each in (reply, liked)] == [None, None]
    assert await standing(ours) == []
    assert await events_of(row) == ["MESSAGE_RECEIVED"]
    assert await WaitingAmendment.filter(target__in=[theirs["id"], ours.provider_message_id]).count() == 0
    await take_up(body(change(sender, messages=[revoke(wa_id, theirs["id"], NOW + 3)])))
    assert (await received(theirs["id"])).revoked_at is not None


async def test_who_writes_from_elsewhere_and_is_known_edits_their_own(sender: Sender) -> None:
    """By their number then, by a BSUID now: whoever is found to be one contact is one person."""
    wa_id, bsuid = digits_of(factories.phone()), f"PT.{unique()}"
    first = message(wa_id, from_user_id=bsuid)
    later = edit("", first["id"], "better", NOW + 1) | {"from_user_id": bsuid}
    await take_up(body(change(sender, messages=[first])), body(change(sender, messages=[later])))
    assert (await received(first["id"])).content == "better"


async def test_an_edit_that_waits_goes_along_with_a_merge(sender: Sender) -> None:
    """Its message is known only once both are one contact: it was sent from the number that stays."""
    first, other = digits_of(factories.phone()), digits_of(factories.phone())
    written = message(first)
    await take_up(
        body(change(sender, messages=[message(first), message(other), edit(other, written["id"], "new", NOW + 1)]))
    )
    people = [(await Message.get(address=f"+{each}")).contact_id for each in (first, other)]
    await contacts.merge(SYSTEM, people[0], people[1])
    await take_up(body(change(sender, messages=[written])))
    assert (await received(written["id"])).content == "new"


async def test_an_edited_caption_keeps_its_file(sender: Sender) -> None:
    wa_id = digits_of(factories.phone())
    posted = message(wa_id, type="image", text=None, image={"id": "1", "caption": "Frnot"})
    edited = {"original_message_id": posted["id"], "message": {"type": "image", "image": {"caption": "Front"}}}
    later = message(wa_id, type="edit", text=None, edit=edited)
    await take_up(body(change(sender, messages=[posted, later])))
    row = await received(posted["id"])
    assert (row.type, row.content) == ("IMAGE", "Front")


async def test_what_names_no_message_is_kept_with_its_reason(sender: Sender) -> None:
    wa_id = digits_of(factories.phone())
    wrong = [
        message(wa_id, type="edit", text=None, edit={}),
        message(wa_id, type="edit", text=None, edit={"original_message_id": "wamid.1"}),
        message(wa_id, type="edit", text=None, edit={"original_message_id": "wamid.1", "message": {"type": "x"}}),
        message(wa_id, type="revoke", text=None, revoke="wamid.1"),
        revoke("", "wamid.1"),
    ]
    good = message(wa_id)
    [post] = await take_up(body(change(sender, messages=[*wrong, good])))
    assert post.errors == [
        "entry[0].changes[0].messages[0]: a message of type edit that names no message",
        "entry[0].changes[0].messages[1]: an edit without a message",
        "entry[0].changes[0].messages[2]: an edit whose message cannot be read",
        "entry[0].changes[0].messages[3]: a message of type revoke that names no message",
        "entry[0].changes[0].messages[4]: a message of type revoke from nobody",
    ]
    assert await received(good["id"])


async def test_what_waits_is_kept_once_and_for_as_long_as_posts_are(sender: Sender) -> None:
    wa_id, target = digits_of(factories.phone()), wamid()
    post = body(change(sender, messages=[revoke(wa_id, target), edit(wa_id, target, "x")]))
    await take_up(post, post)
    await take_up(post)
    assert await WaitingAmendment.filter(target=target).count() == 2
    sql = "UPDATE waiting_amendment SET created_at = now() - $2::int * interval '1 hour' WHERE target = $1"
    for hours, left in ((7 * 24 - 1, 2), (7 * 24 + 1, 0)):
        await connect.execute(sql, target, hours)
        await inbound.take_up_waiting()
        assert await WaitingAmendment.filter(target=target).count() == left
