"""Who sees what of the recipients of a campaign."""

import csv
import io
from typing import Any

from db.accounts import Scope
from db.core import connect
from db.core.paging import PageRequest
from domain import campaigns
from domain.core.access import SYSTEM, Viewer
from domain.core.export import opened
from tests.callers import token
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import running_one, sender_of
from tests.domain.messages.surroundings import a_message
from tests.statements import statements


async def lines(url: str | None) -> list[dict[str, str]]:
    assert url is not None
    content = opened(url.rpartition("/")[2]).content
    return list(csv.DictReader(io.StringIO(b"".join([part async for part in content]).decode("utf-8-sig"))))


async def test_a_bound_token_learns_nothing_of_people_whom_its_sender_never_wrote_to() -> None:
    group = await crowd(2, opted_out=2)
    *_, known, stranger = await members(group)
    campaign = await running_one(group=group)
    sender = await sender_of(campaign)
    await connect.execute(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts)"
        " VALUES ($1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'READ', 1)",
        *(sender, known),
    )
    addresses = {
        row["contact_id"]: row["address"]
        for row in await connect.rows("SELECT * FROM campaign_recipient WHERE campaign_id = $1", campaign.id)
    }
    bound = token(*Scope, sender_id=sender)

    async def found(viewer: Viewer, **asked: Any) -> dict[int | None, str | None]:
        pages = await campaigns.pages_of_recipients(viewer, [campaign.id], PageRequest(), **asked)
        rows = pages[campaign.id].rows
        one_by_one = [await campaigns.get_recipient(viewer, row.id) for row in rows]
        assert [row.address for row in one_by_one] == [row.address for row in rows]
        url = await campaigns.recipients_url(viewer, campaign_id=campaign.id, **asked)
        assert [line["address"] or None for line in await lines(url)] == [row.address for row in rows]
        return {row.contact_id: row.address for row in rows}

    assert await found(SYSTEM) == addresses
    assert all(addresses.values())
    assert await found(bound) == {**addresses, stranger: None}
    assert await found(SYSTEM, search=addresses[stranger]) == {stranger: addresses[stranger]}
    assert await found(bound, search=addresses[stranger]) == {}
    assert await found(bound, search=addresses[known]) == {known: addresses[known]}
    names = {line["name"] for line in await lines(await campaigns.recipients_url(bound, campaign_id=campaign.id))}
    assert names == {"Person 1", "Person 2", "Person 3", ""}


async def test_what_hides_them_costs_the_same_for_any_number() -> None:
    campaign = await running_one(group=await crowd(8, opted_out=4))
    bound = token(*Scope, sender_id=await sender_of(campaign))
    counts = list[int]()
    for first in (1, 12):
        with statements() as asked:
            await campaigns.pages_of_recipients(bound, [campaign.id], PageRequest(first=first))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 3


async def test_a_reply_that_was_deleted_with_its_conversation_is_not_taken_along() -> None:
    group = await crowd(1)
    [contact] = await members(group)
    campaign = await running_one(group=group)
    sender = await sender_of(campaign)
    said: dict[str, Any] = {"state": "RECEIVED", "direction": "INBOUND", "author": "CONTACT", "due_at": None}
    reply = await a_message(sender, contact, content="Yes please", **said)
    await connect.execute("UPDATE campaign_recipient SET reply_id = $2 WHERE campaign_id = $1", campaign.id, reply)
    url = await campaigns.recipients_url(SYSTEM, campaign_id=campaign.id)
    [before] = await lines(url)
    await connect.execute("UPDATE message SET deleted_at = now() WHERE id = $1", reply)
    [after] = await lines(url)
    assert (before["reply"], after["reply"]) == ("Yes please", "")
    assert before["replied_at"] == after["replied_at"] != ""
