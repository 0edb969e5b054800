"""Campaigns that wait: for somebody, for their template or their senders, for the end of the night, or for ever."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from db.campaigns import Campaign, CampaignStatus
from db.core import connect
from db.core.transaction import transaction
from domain.campaigns import running
from domain.messages import dispatch
from domain.templates.approval import apply_category, apply_status
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import (
    a_campaign,
    a_template,
    arrive,
    events_of,
    leave,
    messages_of,
    refused,
    running_one,
    sender_of,
    standing,
    states,
    stats,
    step,
)
from tests.domain.messages.surroundings import a_sender

RUNNING, PAUSED, COMPLETED = CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.COMPLETED


async def due(campaign: Campaign) -> list[Any]:
    return [row["due_at"] for row in await messages_of(campaign)]


async def test_what_is_paused_stays_and_goes_on_when_somebody_says_so() -> None:
    campaign = await running_one()
    claimed = await dispatch.claim(await sender_of(campaign), 1)
    assert await step("pause", campaign)
    assert await dispatch.depart(claimed) == []
    assert await dispatch.claim(await sender_of(campaign), 10) == []
    parked = "SELECT count(*) FROM message WHERE campaign_id = $1 AND due_at = 'infinity'"
    assert await connect.value(parked, campaign.id) == 3
    await running.start_due()
    await running.complete_all()
    assert await standing(campaign) == (PAUSED, None)
    assert await step("resume", campaign)
    await running.fan_out(campaign.id)
    assert len(await leave(campaign)) == 3
    assert await events_of(campaign) == ["RUNNING", "PAUSED", "RUNNING"]


@pytest.mark.parametrize("word", ["PAUSED", "DISABLED", "REJECTED"])
async def test_a_template_that_may_not_be_sent_pauses_it_until_it_may(word: str) -> None:
    template = await a_template()
    campaign = await running_one(template_id=template.id)
    claimed = await dispatch.claim(await sender_of(campaign), 1)
    await apply_status(word, approval_id=template.approval_id)
    # Nothing leaves from then on, before the clock has come by.
    assert await dispatch.depart(claimed) == []
    await running.start_due()
    assert await standing(campaign) == (PAUSED, f"The template is {word} at WhatsApp.")
    assert await states(campaign) == ["QUEUED"] * 3
    await apply_status("APPROVED", approval_id=template.approval_id)
    await running.start_due()
    await running.fan_out(campaign.id)
    assert await standing(campaign) == (RUNNING, None)
    assert len(await leave(campaign)) == 3


async def test_marketing_waits_for_somebody_who_agrees_to_it() -> None:
    template, group = await a_template(), await crowd(3)
    campaign = await running_one(template_id=template.id, group=group)
    await connect.execute("UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = $1", (await members(group))[0])
    claimed = await dispatch.claim(await sender_of(campaign), 1)
    await apply_category("MARKETING", approval_id=template.approval_id)
    assert await dispatch.depart(claimed) == []
    assert await dispatch.claim(await sender_of(campaign), 10) == []
    await running.start_due()
    await running.start_due()
    status, why = await standing(campaign)
    assert (status, "MARKETING" in (why or "")) == (PAUSED, True)
    assert await step("resume", campaign)
    await running.fan_out(campaign.id)
    assert {row["purpose"] for row in await messages_of(campaign)} == {"MARKETING"}
    assert len(await leave(campaign)) == 2
    assert sorted(await states(campaign)) == ["CANCELLED", "IN_FLIGHT", "IN_FLIGHT"]
    assert (await stats(campaign)).cancelled == 1


async def test_without_a_connected_sender_it_waits_and_goes_on_by_itself() -> None:
    campaign = await running_one()
    sender = await sender_of(campaign)
    await connect.execute("UPDATE sender SET status = 'EXPIRED' WHERE id = $1", sender)
    await running.start_due()
    assert await standing(campaign) == (PAUSED, "No sender of the campaign is connected.")
    assert not await step("resume", campaign)
    await connect.execute("UPDATE sender SET status = 'CONNECTED' WHERE id = $1", sender)
    await running.start_due()
    assert await standing(campaign) == (RUNNING, None)
    assert len(await leave(campaign)) == 3


async def test_what_is_due_waits_paused_where_it_may_not_be_sent() -> None:
    template = await a_template(approval_status="PENDING")
    campaign = await a_campaign(template_id=template.id, status="SCHEDULED", scheduled_at=datetime.now(UTC))
    await running.start_due()
    assert await standing(campaign) == (PAUSED, "The template is PENDING at WhatsApp.")
    assert (await Campaign.get(id=campaign.id)).started_at is None
    await apply_status("APPROVED", approval_id=template.approval_id)
    await running.start_due()
    assert (await standing(campaign))[0] is RUNNING
    assert (await Campaign.get(id=campaign.id)).started_at is not None


@pytest.mark.parametrize("code", [131064, 132000, 132001, 132007])
async def test_an_error_of_the_template_pauses_it_until_somebody_resumes_it(code: int) -> None:
    template = await a_template()
    campaign, other = await running_one(template_id=template.id), await running_one()
    [left] = await leave(campaign, 1)
    await dispatch.settle([(left, refused(code, "Not like this."))])
    status, why = await standing(campaign)
    assert (status, (why or "").startswith(f"WhatsApp says {code}")) == (PAUSED, True)
    assert (await standing(other))[0] is RUNNING
    await running.start_due()
    assert (await standing(campaign))[0] is PAUSED
    assert await events_of(campaign) == ["RUNNING", "PAUSED"]
    assert sorted(await states(campaign))[1:] == ["QUEUED", "QUEUED"]
    assert await step("resume", campaign)


async def test_a_pause_and_a_resume_at_once_end_as_one_of_the_two() -> None:
    for _ in range(5):
        campaign = await running_one()
        await asyncio.gather(
            step("pause", campaign), step("resume", campaign), dispatch.claim(await sender_of(campaign), 10)
        )
        assert (await standing(campaign))[0] in (RUNNING, PAUSED)


# ---------------------------------------------------------------------------
# Quiet hours and the end
# ---------------------------------------------------------------------------


def hours(start: float, end: float) -> dict[str, time]:
    """Quiet hours from so many hours before now until so many after it, by UTC."""
    now = datetime.now(UTC)
    at = [(now + timedelta(hours=each)).timetz().replace(microsecond=0) for each in (start, end)]
    return {"quiet_from": at[0], "quiet_until": at[1]}


async def test_messages_wait_for_the_end_of_the_night_where_the_recipient_is() -> None:
    group = await crowd(3)
    east, west, nowhere = await members(group)
    for contact, zone in ((east, "Asia/Tokyo"), (west, "America/Sao_Paulo"), (nowhere, None)):
        await connect.execute("UPDATE contact SET time_zone = $2 WHERE id = $1", contact, zone)
    campaign = await running_one(group=group, **hours(-1, 1))
    waits = {row["contact_id"]: row["due_at"] - datetime.now(UTC) for row in await messages_of(campaign)}
    assert timedelta(minutes=58) < waits.pop(nowhere) < timedelta(minutes=61)
    assert all(wait <= timedelta() for wait in waits.values()), "there it is day"
    assert {each.outgoing.to for each in await leave(campaign) if each.outgoing}


@pytest.mark.parametrize(("zone", "ahead"), [("Asia/Tokyo", 9), ("Asia/Kathmandu", 5.75), ("Etc/GMT+3", -3)])
async def test_hours_are_those_of_the_zone(zone: str, ahead: float) -> None:
    ask = "SELECT extract(epoch FROM quiet_end($1, $2::timetz::time, $3::timetz::time) - now()) / 3600"
    for start, end, waits in ((-1, 1, 1), (-5, 0.5, 0.5), (1, 3, None), (-3, -1, None), (-20, 2, 2), (-1, 22, 22)):
        night = hours(start + ahead, end + ahead)
        found = await connect.value(ask, zone, night["quiet_from"], night["quiet_until"])
        assert (found is None) == (waits is None)
        assert waits is None or abs(float(found) - waits) < 0.01


CLOCK = """
CREATE SCHEMA clock;
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
  AS $$ SELECT current_setting('clock.now')::timestamptz $$;
SET LOCAL search_path = clock, pg_catalog, public;
"""
"""What asks for now() in this transaction hears what is set."""


@pytest.mark.parametrize(
    ("now", "start", "end", "ends"),
    [
        # On 29 March 2026 the hour from two to three is left out.
        ("03-29T00:30", 22, 8, "03-29T06:00"),
        ("03-28T21:30", 22, 8, "03-29T06:00"),
        ("03-29T00:59", 22, 2.5, "03-29T01:30"),  # Half past two, which there is not, is half past three.
        ("03-29T01:00", 22, 2.5, None),
        ("03-29T00:59", 2.5, 6, None),
        ("03-29T01:00", 2.5, 6, "03-29T04:00"),
        ("03-29T21:00", 22, 8, "03-30T06:00"),
        # On 25 October 2026 there are two of it.
        ("10-24T23:30", 22, 8, "10-25T07:00"),
        ("10-24T20:30", 22, 8, "10-25T07:00"),
        ("10-25T00:15", 22, 2.5, "10-25T01:30"),  # From the first quarter past two until the second half past.
        ("10-25T00:45", 22, 2.5, None),
        ("10-25T01:15", 22, 2.5, "10-25T01:30"),
        ("10-25T01:45", 22, 2.5, None),
    ],
)
async def test_a_night_in_which_the_clocks_change_ends_by_the_clock_on_the_wall(
    now: str, start: float, end: float, ends: str | None
) -> None:
    """In Berlin; the moments are by UTC."""
    clock = [time(int(hour), int(hour % 1 * 60)) for hour in (start, end)]
    async with transaction():
        async with connect.connection() as connection:
            await connection.execute(CLOCK)
        await connect.value("SELECT set_config('clock.now', $1, true)", f"2026-{now}Z")
        found = await connect.value("SELECT public.quiet_end('Europe/Berlin', $1, $2)", *clock)
        await connect.execute("DROP SCHEMA clock CASCADE")
    assert found == (None if ends is None else datetime.fromisoformat(f"2026-{ends}+00:00"))


async def test_a_zone_that_nobody_knows_counts_as_utc() -> None:
    night = hours(-1, 1)
    ask = "SELECT quiet_end($1, $2::timetz::time, $3::timetz::time) > now()"
    assert await connect.value(ask, "Mars/Olympus", night["quiet_from"], night["quiet_until"])


async def test_what_the_night_overtakes_in_the_queue_waits_too() -> None:
    campaign = await running_one()
    await Campaign.filter(id=campaign.id).update(**hours(-1, 1))
    assert await dispatch.claim(await sender_of(campaign), 10) == []
    assert all(timedelta(minutes=58) < at - datetime.now(UTC) < timedelta(minutes=61) for at in await due(campaign))
    assert (await stats(campaign)).pending == 3
    # Whoever says something else from the same sender does not wait with them.
    other = await running_one(await sender_of(campaign))
    assert len(await leave(other)) == 3


async def test_what_the_night_overtakes_on_its_way_out_does_not_leave() -> None:
    campaign = await running_one()
    claimed = await dispatch.claim(await sender_of(campaign), 2)
    await Campaign.filter(id=campaign.id).update(**hours(-1, 1))
    assert await dispatch.depart(claimed) == []
    assert await states(campaign) == ["QUEUED"] * 3
    assert await leave(campaign) == []
    assert all(timedelta(minutes=58) < at - datetime.now(UTC) < timedelta(minutes=61) for at in await due(campaign))


async def test_what_has_not_left_by_the_end_is_cancelled_and_says_why() -> None:
    campaign = await running_one()
    [claimed] = await dispatch.claim(await sender_of(campaign), 1)
    [left] = await leave(campaign, 1)
    await Campaign.filter(id=campaign.id).update(expires_at=datetime.now(UTC))
    assert await dispatch.depart([claimed]) == []
    assert await leave(campaign) == []
    await arrive([left], "delivered")
    await running.fan_out(campaign.id)
    assert sorted(await states(campaign)) == ["CANCELLED", "CANCELLED", "DELIVERED"]
    cancelled = [row for row in await messages_of(campaign) if row["state"] == "CANCELLED"]
    assert {row["error_code"] for row in cancelled} == {"MESSAGE_EXPIRED"}
    assert all("time has passed" in row["error_message"] for row in cancelled)
    await running.complete_all()
    assert (await standing(campaign))[0] is COMPLETED


async def test_the_clock_finds_what_has_expired_though_it_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = await running_one()
    assert await step("pause", campaign)
    await Campaign.filter(id=campaign.id).update(expires_at=datetime.now(UTC))
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(running, "ring", lambda *bell: rung.append(bell))
    await running.complete_all()
    assert ("fan_out_campaign", campaign.id) in rung
    await running.fan_out(campaign.id)
    assert await states(campaign) == ["CANCELLED"] * 3
    assert (await standing(campaign))[0] is COMPLETED


async def test_what_a_dead_worker_left_is_rung_for(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, other = await running_one(), await running_one(await a_sender())
    await step("pause", campaign)
    await dispatch.claim(await sender_of(campaign), 10)
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(running, "ring", lambda *bell: rung.append(bell))
    await running.complete_all()
    assert ("fan_out_campaign", campaign.id) not in rung, "a paused one is left alone"
    await step("resume", campaign)
    await step("stop", other)
    rung.clear()
    await running.complete_all()
    assert {("fan_out_campaign", campaign.id), ("fan_out_campaign", other.id)} <= set(rung)
