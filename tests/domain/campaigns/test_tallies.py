"""Figures of campaigns come from what their messages tell as they move, and are told as progress."""

import time
from typing import Any

import orjson

from db.campaigns import Campaign, run
from db.core import connect
from db.core.transaction import transaction
from db.inbound import takes_in
from db.messages import MessageStatus
from db.senders import Sender
from domain import contacts
from domain.campaigns import running
from domain.core.access import SYSTEM
from domain.messages import by_hand, dispatch
from domain.messages.receipts import settle_statuses
from tests import factories
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import (
    a_template,
    accepted,
    arrive,
    begun,
    leave,
    messages_of,
    refused,
    running_one,
    stats,
    step,
)
from tests.domain.inbound.posts import body, change, digits_of, message, take_up
from tests.domain.messages.surroundings import a_sender, status


async def counted(campaign: Campaign) -> dict[str, int]:
    """Where its messages stand, counted one by one as the figures have it."""
    rows = [row["state"] for row in await messages_of(campaign)]
    pending = [state for state in rows if state in ("QUEUED", "CLAIMED", "IN_FLIGHT", "UNKNOWN")]
    return {
        "recipients": len(rows),
        "pending": len(pending),
        "sent": sum(state in ("SENT", "DELIVERED", "READ") for state in rows),
        "delivered": sum(state in ("DELIVERED", "READ") for state in rows),
        "read": rows.count("READ"),
        "failed": rows.count("FAILED"),
        "unconfirmed": rows.count("UNCONFIRMED"),
        "cancelled": rows.count("CANCELLED"),
    }


async def check(campaign: Campaign) -> None:
    told = await stats(campaign)
    wanted = await counted(campaign)
    assert {name: getattr(told, name) for name in wanted} == wanted


async def progress_of(campaign: Campaign) -> list[dict[str, Any]]:
    found = await connect.rows(
        "SELECT data FROM event WHERE type = 'CAMPAIGN_PROGRESS' AND campaign_id = $1 ORDER BY number", campaign.id
    )
    return [orjson.loads(row["data"]) for row in found]


async def test_figures_follow_messages_wherever_they_move() -> None:
    group = await crowd(8)
    campaign = await running_one(group=group)
    await check(campaign)
    left = await leave(campaign, 7)
    await check(campaign)
    await arrive(left[:4], "sent", "delivered", "read", "failed")
    await check(campaign)
    # One that was refused at once, one in doubt and told of later, and one that comes backwards.
    await dispatch.settle([(left[4], refused(131026)), (left[5], accepted()), (left[6], accepted())])
    await settle_statuses([status(left[5], "read"), status(left[5], "delivered"), status(left[6], "failed")])
    await settle_statuses([status(left[3], "delivered")])
    await check(campaign)
    # One that opts out while it waits, and one that is settled by hand and sent again.
    template = await a_template(category="MARKETING")
    marketing = await running_one(template_id=template.id, group=group)
    await contacts.opt_out(SYSTEM, (await members(group))[0])
    rows = await messages_of(marketing)
    await by_hand.update_status(SYSTEM, rows[1]["id"], status=MessageStatus.FAILED)
    await by_hand.resend(SYSTEM, [rows[1]["id"]])
    await by_hand.update_status(SYSTEM, rows[2]["id"], status=MessageStatus.DELIVERED)
    assert (await stats(marketing)).cancelled == 1
    await check(marketing)
    await step("stop", marketing)
    await running.fan_out(marketing.id)
    await check(marketing)


async def test_what_is_never_confirmed_is_counted_as_that() -> None:
    template = await a_template(category="MARKETING")
    campaign = await running_one(template_id=template.id)
    await leave(campaign, 2)
    await connect.execute(
        "UPDATE message SET state = 'UNKNOWN', lease_until = now() - interval '1 h' WHERE campaign_id = $1"
        " AND state = 'IN_FLIGHT'",
        campaign.id,
    )
    await takes_in()
    await connect.execute("UPDATE intake SET since = now() - interval '2 h', until = now()")
    await dispatch.decide_doubts()
    assert (await stats(campaign)).unconfirmed == 2
    await check(campaign)


async def test_folding_changes_no_figure_and_tells_of_progress_once() -> None:
    campaign, silent = await running_one(group=await crowd(5)), await running_one()
    await running.fold()
    before = len(await progress_of(silent))
    await arrive(await leave(campaign, 3), "sent", "delivered", "read")
    told = await stats(campaign)
    await running.fold()
    await running.fold()
    assert await stats(campaign) == told
    *_, last = await progress_of(campaign)
    assert last["status"] == "RUNNING"
    assert (last["stats"]["pending"], last["stats"]["sent"], last["stats"]["read"]) == (2, 3, 1)
    assert len(await progress_of(silent)) == before, "nothing of it has moved"
    rows = "SELECT count(*) FROM campaign_tally WHERE campaign_id = $1"
    assert await connect.value(rows, campaign.id) == 4


async def test_who_writes_back_has_replied_once_to_each_campaign() -> None:
    sender = await factories.sender()
    await Sender.filter(id=sender.id).update(status="CONNECTED")
    contact = await factories.contact()
    phone = await connect.value("SELECT phone_number FROM contact_phone WHERE contact_id = $1", contact.id)
    audience = {"contact_ids": [contact.id]}
    first, second, late = [await running_one(sender.id, audience=audience) for _ in range(3)]
    unsent, elsewhere = (
        await running_one(sender.id, audience=audience),
        await running_one(await a_sender(), audience=audience),
    )
    for campaign in (first, second, late, elsewhere):
        await connect.execute(
            "UPDATE message SET state = 'SENT', attempts = 1, due_at = NULL, sent_at = now() - interval '2 min'"
            " WHERE campaign_id = $1",
            campaign.id,
        )
    week = "UPDATE message SET sent_at = now() - interval '7 days 5 min' WHERE campaign_id = $1"
    await connect.execute(week, late.id)
    posts = [message(digits_of(phone), text, timestamp=str(int(time.time()))) for text in ("sim", "obrigada")]
    await take_up(*(body(change(sender, messages=[each])) for each in posts))
    reply = (
        "SELECT m.provider_message_id FROM campaign_recipient r JOIN message m ON m.id = r.reply_id"
        " WHERE r.campaign_id = $1"
    )
    for campaign in (first, second):
        assert await connect.value(reply, campaign.id) == posts[0]["id"]
        assert (await stats(campaign)).replies == 1
    for campaign in (late, unsent, elsewhere):
        assert await connect.value(reply, campaign.id) is None
        assert (await stats(campaign)).replies == 0


async def test_who_is_merged_while_the_audience_is_frozen_is_written_to_once() -> None:
    goes, stays = await factories.contact(), await factories.contact()
    campaign = await begun(audience={"contact_ids": [goes.id, stays.id]})
    async with transaction():
        fanning = await run.lock_fanning(campaign.id)
        assert fanning is not None
        await run.fan_out(fanning, 1)
    await contacts.merge(SYSTEM, stays.id, goes.id)
    await running.fan_out(campaign.id, chunk=1)
    assert [row["contact_id"] for row in await messages_of(campaign)] == [stays.id]
    assert (await Campaign.get(id=campaign.id)).recipients == 1
    await check(campaign)


async def test_a_merge_counts_the_person_once() -> None:
    stays, goes = await factories.contact(), await factories.contact()
    people = {"contact_ids": [stays.id, goes.id]}
    both_wait, one_left = [await running_one(audience=people) for _ in range(2)]
    [left] = await leave(one_left, 1)
    await arrive([left], "delivered")
    await connect.execute("UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = $1", stays.id)
    one_excluded = await running_one(audience=people)
    assert (one_excluded.recipients, one_excluded.excluded) == (1, 1)
    await connect.execute("UPDATE contact SET opt_in_status = 'UNKNOWN' WHERE id = $1", stays.id)
    alone = await running_one(audience={"contact_ids": [goes.id]})
    await contacts.merge(SYSTEM, stays.id, goes.id)
    for campaign in (both_wait, one_left, one_excluded, alone):
        found = await connect.rows("SELECT * FROM campaign_recipient WHERE campaign_id = $1", campaign.id)
        assert [(row["contact_id"], row["exclusion"]) for row in found] == [(stays.id, None)]
        now = await Campaign.get(id=campaign.id)
        assert (now.recipients, now.excluded) == (1, 0)
        assert [row["contact_id"] for row in await messages_of(campaign)] == [stays.id]
        await check(campaign)
    assert (await stats(one_left)).delivered == 1
