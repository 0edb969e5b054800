"""Replies, reactions, edits and deletions for everyone, before and after the message that they speak of."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from db.core import connect
from db.inbound import WaitingAmendment
from db.messages import Message
from db.senders import Sender
from domain import inbound
from tests import factories
from tests.domain.inbound.posts import NOW, body, change, digits_of, events_of, message, received, sent, take_up, wamid


def reaction(wa_id: str, target: str, emoji: str | None, at: int = NOW) -> dict[str, Any]:
    content = {"message_id": target} if emoji is None else {"message_id": target, "emoji": emoji}
    return message(wa_id, type="reaction", text=None, reaction=content, timestamp=str(at))


def edit(wa_id: str, target: str, text: str, at: int = NOW) -> dict[str, Any]:
    edited = {"original_message_id": target, "message": {"type": "text", "text": {"body": text}}}
    return message(wa_id, type="edit", text=None, edit=edited, timestamp=str(at))


def revoke(wa_id: str, target: str, at: int = NOW) -> dict[str, Any]:
    return message(wa_id, type="revoke", text=None, revoke={"original_message_id": target}, timestamp=str(at))


async def standing(row: Message) -> list[str | None]:
    found = await Message.filter(reply_to_id=row.id, type="REACTION", content__isnull=False).order_by("id")
    return [reaction.content for reaction in found]


async def test_a_reply_names_the_message_that_it_answers(sender: Sender) -> None:
    ours, wa_id = await sent(sender), digits_of(factories.phone())
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
    row = await sent(sender, provider_message_id=ours)
    await inbound.take_up_waiting()
    assert (await received(replies[1]["id"])).reply_to_id == row.id
    assert await WaitingAmendment.filter(target__in=[first, ours]).count() == 0


async def test_what_belongs_to_another_sender_is_not_touched(sender: Sender) -> None:
    other, wa_id = await sent(await factories.sender()), digits_of(factories.phone())
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
    ours, wa_id = await sent(sender), digits_of(factories.phone())
    target = ours.provider_message_id
    assert target is not None
    told = [reaction(wa_id, target, emoji, NOW + n) for n, emoji in enumerate(["👍", "😂", None, "❤️"])]
    other = reaction(digits_of(factories.phone()), target, "🎉")
    posts = [body(change(sender, messages=[told[n]])) for n in order]
    await take_up(*posts, body(change(sender, messages=[other])))
    assert sorted(await standing(ours), key=str) == sorted(["❤️", "🎉"])
    assert (await events_of(ours)).count("MESSAGE_UPDATED") >= 1
    before = await events_of(ours)
    await take_up(*posts)
    assert await events_of(ours) == before
    assert await events_of(await received(told[0]["id"])) == []


@pytest.mark.parametrize("emoji", ["", None])
async def test_a_reaction_that_is_taken_back_vanishes(sender: Sender, emoji: str | None) -> None:
    ours, wa_id = await sent(sender), digits_of(factories.phone())
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
    row = await sent(sender, provider_message_id=target)
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
    ours, wa_id = await sent(sender, content="ours"), digits_of(factories.phone())
    assert ours.provider_message_id is not None
    told = [edit(wa_id, ours.provider_message_id, "theirs"), revoke(wa_id, ours.provider_message_id)]
    await take_up(body(change(sender, messages=told)))
    row = await Message.get(id=ours.id)
    assert (row.content, row.edited_at, row.revoked_at) == ("ours", None, None)


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
    ]
    good = message(wa_id)
    [post] = await take_up(body(change(sender, messages=[*wrong, good])))
    assert post.errors == [
        "entry[0].changes[0].messages[0]: a message of type edit that names no message",
        "entry[0].changes[0].messages[1]: an edit without a message",
        "entry[0].changes[0].messages[2]: an edit whose message cannot be read",
        "entry[0].changes[0].messages[3]: a message of type revoke that names no message",
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
