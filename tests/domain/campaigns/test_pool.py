"""Several senders share a campaign: a contact stays with the one it knows, and what one cannot send the others do."""

from collections import Counter
from typing import Any

import pytest

from db.campaigns import Campaign, CampaignStatus, run
from db.core import connect
from db.core.transaction import transaction
from domain.campaigns import running
from domain.messages import dispatch
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import a_template, begun, leave, messages_of, running_one, standing
from tests.domain.messages.surroundings import a_contact, a_message, a_sender


async def shares(campaign: Campaign) -> dict[int, int]:
    return dict(Counter(row["sender_id"] for row in await messages_of(campaign)))


async def test_strangers_are_shared_equally_and_others_stay_with_whom_they_know() -> None:
    one, two, three = [await a_sender() for _ in range(3)]
    group = await crowd(12)
    people = await members(group)
    await a_message(two, people[0], state="SENT", due_at=None)
    await a_message(three, people[0], state="CANCELLED", due_at=None)
    await a_message(two, people[1], direction="INBOUND", state="RECEIVED", due_at=None)
    await a_message(one, people[1], state="QUEUED")
    await a_message(await a_sender(), people[2], state="SENT", due_at=None)
    campaign = await running_one(one, two, three, group=group)
    by_contact = {row["contact_id"]: row["sender_id"] for row in await messages_of(campaign)}
    assert (by_contact.pop(people[0]), by_contact.pop(people[1])) == (two, two)
    assert sorted(Counter(by_contact.values()).values()) == [3, 3, 4]


@pytest.mark.parametrize("fault", ["status = 'EXPIRED'", "paused_until = now() + interval '1 h'", "deleted_at = now()"])
async def test_the_share_of_one_that_does_not_send_moves_to_the_others(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = [await a_sender() for _ in range(3)]
    campaign = await running_one(one, two, three, group=await crowd(12))
    assert await shares(campaign) == {one: 4, two: 4, three: 4}
    [left] = await dispatch.depart(await dispatch.claim(one, 1))
    await connect.execute(f"UPDATE sender SET {fault} WHERE id = $1", one)
    await dispatch.cancel_orphans()
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(running, "ring", lambda *bell: rung.append(bell))
    await running.complete_all()
    assert ("fan_out_campaign", campaign.id) in rung
    await running.fan_out(campaign.id, chunk=2)
    moved = await shares(campaign)
    assert moved.pop(one) == 1, "what has left stays"
    assert sorted(moved.values()) in ([5, 6],)
    assert [row["id"] for row in await messages_of(campaign) if row["sender_id"] == one] == [left.id]
    assert {("dispatch", two), ("dispatch", three)} <= set(rung)
    rung.clear()
    await running.complete_all()
    assert ("fan_out_campaign", campaign.id) not in rung


async def test_one_that_stops_while_anothers_share_moves_is_not_held_and_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two, three = [await a_sender() for _ in range(3)]
    campaign = await running_one(one, two, three, group=await crowd(12))
    stop, hold = "UPDATE sender SET paused_until = now() + interval '1 h' WHERE id = $1", run.hold

    async def hold_as_another_stops(ids: list[int]) -> None:
        await hold(ids)
        await connect.execute(stop, two)

    await connect.execute(stop, one)
    with monkeypatch.context() as patch:
        patch.setattr(run, "hold", hold_as_another_stops)
        async with transaction():
            assert await run.move_shares(campaign.id, 100) == [three] * 4
    assert await shares(campaign) == {two: 4, three: 8}
    await running.fan_out(campaign.id)
    assert await shares(campaign) == {three: 12}


async def test_whoever_does_not_send_at_the_start_has_no_share() -> None:
    one, two = await a_sender(), await a_sender(status="EXPIRED")
    group = await crowd(4)
    await a_message(two, (await members(group))[0], state="SENT", due_at=None)
    campaign = await running_one(one, two, group=group)
    assert await shares(campaign) == {one: 4}


async def test_where_nobody_else_sends_the_share_waits() -> None:
    one, two = await a_sender(), await a_sender()
    campaign = await running_one(one, two, group=await crowd(4))
    await connect.execute("UPDATE sender SET paused_until = now() + interval '1 h' WHERE id IN ($1, $2)", one, two)
    await running.fan_out(campaign.id)
    assert await shares(campaign) == {one: 2, two: 2}
    assert (await standing(campaign))[0] is CampaignStatus.RUNNING, "they rest, and go on soon"


async def test_a_text_of_ours_stays_in_the_window_that_it_needs() -> None:
    cloud, waha, other = await a_sender(), await a_sender(provider="WAHA"), await a_sender(provider="WAHA")
    contact = await a_contact()
    await connect.execute(
        "INSERT INTO contact_phone (contact_id, phone_number, is_primary) VALUES ($1, $2, true)",
        contact,
        f"+5511{contact:09d}",
    )
    await a_message(cloud, contact, direction="INBOUND", state="RECEIVED", due_at=None)
    await connect.execute(
        "INSERT INTO conversation (sender_id, contact_id, address, window_expires_at)"
        " VALUES ($1, $2, '+1', now() + interval '1 h')",
        *(cloud, contact),
    )
    group = await crowd(3)
    audience = {"group_ids": [group], "contact_ids": [contact]}
    campaign = await running_one(cloud, waha, other, audience=audience, text="Hello")
    assert (await shares(campaign))[cloud] == 1
    assert sum((await shares(campaign)).values()) == 4
    await connect.execute("UPDATE sender SET status = 'FAILED' WHERE id IN ($1, $2)", cloud, waha)
    await running.fan_out(campaign.id)
    assert await shares(campaign) == {cloud: 1, other: 3}


async def test_messages_of_different_senders_leave_each_at_its_own() -> None:
    one, two = await a_sender(), await a_sender()
    template = await a_template()
    campaign = await begun(one, two, template_id=template.id, group=await crowd(4))
    await running.fan_out(campaign.id, chunk=2)
    for sender in (one, two):
        leaving = await dispatch.depart(await dispatch.claim(sender, 10))
        assert len(leaving) == 2
    assert await leave(campaign) == []
