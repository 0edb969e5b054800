"""Posts that come once more after their person was erased: by WhatsApp, or by whoever kept a signed one."""

import orjson

from db.contacts import Contact, JobStatus, PrivacyReceipt
from db.core import connect
from db.messages import Message
from db.senders import Sender
from domain import contacts, inbound
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.contacts.surroundings import traces
from tests.domain.inbound.posts import body, change, digits_of, message, received, take_up
from tests.domain.inbound.test_amendments import edit
from tests.domain.inbound.test_echoes import echo, echoes
from tests.factories import unique


async def test_what_an_erased_person_said_brings_nobody_back(sender: Sender) -> None:
    wa_id, word = digits_of(factories.phone()), unique("Quixote")
    said = [message(wa_id, f"{word} {n}") for n in range(2)]
    people = [{"wa_id": wa_id, "profile": {"name": word}}]
    posts = [
        orjson.dumps(body(each))
        for each in (
            change(sender, contacts=people, messages=said),
            change(sender, messages=[edit(wa_id, said[0]["id"], f"{word} changed")]),
            echoes(sender, echo(wa_id, f"{word} from us")),
        )
    ]
    await take_up(*posts)
    row = await received(said[0]["id"])
    asked = await contacts.erase(SYSTEM, row.contact_id)
    await contacts.run_receipt(asked.id)
    receipt = await PrivacyReceipt.get(id=asked.id)
    assert (receipt.status, receipt.counts["messages"]) == (JobStatus.COMPLETED, 3)
    assert await traces(wa_id, word) == []
    before = await Message.filter(sender_id=sender.id).count(), await Contact.all().count()
    done = await take_up(*posts)
    assert [post.errors for post in done] == [None] * 3
    assert (await Message.filter(sender_id=sender.id).count(), await Contact.all().count()) == before
    assert await traces(wa_id, word) == ["inbound_post"], "which are forgotten after a week"
    await connect.execute(
        "UPDATE inbound_post SET created_at = now() - interval '8 days' WHERE id = ANY($1)", [post.id for post in done]
    )
    await inbound.trim()
    assert await traces(wa_id, word) == []


async def test_whoever_was_erased_and_writes_again_is_somebody_new(sender: Sender) -> None:
    wa_id = digits_of(factories.phone())
    said = message(wa_id)
    await take_up(body(change(sender, messages=[said])))
    first = await received(said["id"])
    await contacts.run_receipt((await contacts.erase(SYSTEM, first.contact_id)).id)
    anew = message(wa_id, "hello again")
    await take_up(body(change(sender, messages=[said, anew])))
    row = await received(anew["id"])
    assert row.contact_id != first.contact_id
    assert await Message.filter(contact_id=row.contact_id).count() == 1
