"""What WhatsApp says of numbers: asked for within its limits, told by webhook, and what it does to the pace."""

import json
from typing import Any

import pytest

from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.senders import Sender
from domain import senders
from domain.core.access import SYSTEM
from domain.providers.cloud_numbers import _number, limit_of
from domain.senders import faults, health
from graph.core import ids
from tests import factories
from tests.domain.inbound.posts import NOW, body, take_up
from tests.domain.messages.surroundings import a_message
from tests.factories import unique
from tests.numbers import a_sender, asked, told
from tests.running import Simulator
from tests.statements import counted
from workers import messages


async def rate(sender: Sender) -> float:
    found = await senders.departing(sender.id)
    assert found is not None
    return found.pace.rate


async def test_a_number_is_read_and_told_of_once(simulator: Simulator) -> None:
    sender = await a_sender(simulator)
    simulator.configure(messaging_limit="TIER_2K")
    try:
        found = await asked(sender)
        assert (found.quality, found.messages_per_second, found.messaging_limit) == ("GREEN", 80, 2000)
        assert (found.display_name, found.display_name_status) == ("Simulated business", "APPROVED")
        assert await told("SENDER_HEALTH_CHANGED", sender) == 1
        await asked(sender)
        assert await told("SENDER_HEALTH_CHANGED", sender) == 1
    finally:
        simulator.configure(messaging_limit="TIER_UNLIMITED")
    assert (await asked(sender)).messaging_limit is None


@pytest.mark.parametrize(
    ("told", "rate"),
    [
        ({"throughput": {"level": "STANDARD"}}, 80),
        ({"throughput": {"level": "HIGH"}}, 1000),
        # Used in the phone's app as well: 20 a second, whatever its level (B1).
        ({"throughput": {"level": "HIGH"}, "is_on_biz_app": True}, 20),
        ({"throughput": {"level": "HIGH"}, "is_on_biz_app": False}, 1000),
        ({"throughput": {"level": "NOT_APPLICABLE"}}, None),
        ({}, None),
    ],
)
def test_how_many_messages_a_second_whatsapp_takes(told: dict[str, Any], rate: int | None) -> None:
    assert _number(told).messages_per_second == rate


async def test_a_sender_that_is_liked_less_goes_slower_for_hours(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "send_rate", None)
    sender = await a_sender(simulator)
    await asked(sender)
    assert await rate(sender) == 80
    simulator.configure(quality_ratings={sender.phone_number_id: "YELLOW"})
    await asked(sender)
    assert await rate(sender) == 40
    simulator.configure(quality_ratings={sender.phone_number_id: "RED"})
    await asked(sender)
    assert await rate(sender) == 10
    await asked(sender)
    assert await rate(sender) == 10, "it has not fallen further"
    [pacing] = await senders.pacing(SYSTEM, [sender.id])
    assert pacing.reason.startswith("At WhatsApp its quality fell from YELLOW to RED; back to 80 a second by ")
    await connect.execute("UPDATE sender SET slowed_until = now() + interval '59 min' WHERE id = $1", sender.id)
    assert await rate(sender) == 40
    simulator.configure(quality_ratings={})


async def test_an_expired_token_is_found_and_burns_nothing(simulator: Simulator) -> None:
    simulator.configure(expired_tokens=["the-old-one"])
    try:
        sender = await a_sender(simulator, access_token="the-old-one")
        message = await a_message(sender.id)
        found = await asked(sender)
    finally:
        simulator.configure(expired_tokens=[])
    assert (found.status, found.last_error_code) == ("EXPIRED", 190)
    assert await told("SENDER_STATUS_CHANGED", sender) == 2
    assert await connect.value("SELECT state FROM message WHERE id = $1", message) == "QUEUED"
    [pacing] = await senders.pacing(SYSTEM, [sender.id])
    assert (pacing.state, pacing.messages_per_second) == ("PAUSED", 0)
    assert pacing.reason.startswith("The sender is EXPIRED: ")


@pytest.mark.parametrize(("told", "status"), [("NOT_VERIFIED", "FAILED"), ("EXPIRED", "CONNECTED")])
async def test_nothing_leaves_from_a_number_that_is_not_verified(simulator: Simulator, told: str, status: str) -> None:
    """A code that was once given and has expired since keeps nothing from leaving."""
    sender = await a_sender(simulator)
    simulator.configure(verifications={sender.phone_number_id: told})
    try:
        found = await asked(sender)
        await a_message(sender.id)
        await messages.dispatch(sender.id)
    finally:
        simulator.configure(verifications={})
    assert found.status == status
    assert found.error_message == (health.UNVERIFIED if status == "FAILED" else None)
    left = await connect.value("SELECT state FROM message WHERE sender_id = $1", sender.id)
    assert left == ("QUEUED" if status == "FAILED" else "SENT")


async def test_a_number_that_is_blocked_says_why_once(simulator: Simulator) -> None:
    sender = await a_sender(simulator)
    simulator.configure(number_refusals={sender.phone_number_id: 131031})
    try:
        await asked(sender)
        found = await asked(sender)
    finally:
        simulator.configure(number_refusals={})
    assert (found.status, found.last_error_code) == ("CONNECTED", 131031)
    assert await told("SENDER_HEALTH_CHANGED", sender) == 2, "what it is, and what is wrong"


async def test_numbers_are_asked_in_turn_and_within_the_limit_of_their_account(simulator: Simulator) -> None:
    account = unique("waba")
    await connect.execute("UPDATE sender SET checked_at = now() WHERE checked_at IS NULL")
    many = [await factories.sender(business_account_id=account) for _ in range(20)]

    async def age(seconds: int) -> int:
        """How many of them are asked once the last look was so long ago."""
        await connect.execute(
            "UPDATE sender SET checked_at = now() - make_interval(secs => $2) WHERE business_account_id = $1",
            account,
            float(seconds),
        )
        await health.check_due()
        sql = "SELECT count(*) FROM sender WHERE business_account_id = $1 AND checked_at > now() - interval '60 s'"
        return await connect.value(sql, account)

    assert await age(301) == 0
    assert await age(721) == health.AT_ONCE
    await connect.execute("UPDATE sender SET deleted_at = now() WHERE id = ANY($1)", [one.id for one in many[5:]])
    assert await age(301) == 5


async def test_a_number_whose_token_cannot_be_read_keeps_no_other_from_being_asked(simulator: Simulator) -> None:
    """SECRET_KEY was lost, and not every token is entered anew yet."""
    await connect.execute("UPDATE sender SET checked_at = now()")
    locked, other = await a_sender(simulator), await a_sender(simulator)
    await connect.execute("UPDATE sender SET access_token = '\\x00' WHERE id = $1", locked.id)
    for sender, seconds in ((locked, 900.0), (other, 800.0)):
        ago = "UPDATE sender SET checked_at = now() - make_interval(secs => $2), quality = 'UNKNOWN' WHERE id = $1"
        await connect.execute(ago, sender.id, seconds)
    await health.check_due()
    await Sender.filter(id=locked.id).update(access_token=None)
    assert (await Sender.get(id=other.id)).quality == "GREEN"


async def test_what_an_account_is_told_once_more_changes_nothing() -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    assert sender.business_account_id is not None

    def post(words: str, at: int) -> dict[str, Any]:
        value = {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": words}]}
        whole = body({"field": "account_update", "value": value}, account=sender.business_account_id or "")
        whole["entry"][0]["time"] = at
        return whole

    first, second = post("half \ud83d and \0" + "x" * 5000, NOW), post("again", NOW + 1)
    await take_up(*(json.dumps(each).encode() for each in (first, second)))
    before, events = await Sender.get(id=sender.id), await told("SENDER_HEALTH_CHANGED", sender)
    assert (before.last_error, events) == ("WhatsApp says ACCOUNT_RESTRICTION: again.", 2)
    await take_up(*(json.dumps(each).encode() for each in (first, second)))
    after = await Sender.get(id=sender.id)
    assert (after.last_error, after.last_error_at) == (before.last_error, before.last_error_at)
    assert await told("SENDER_HEALTH_CHANGED", sender) == 2


async def test_a_sender_that_a_person_has_mended_is_not_halted_by_what_is_told_once_more() -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    disabled = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    post = body({"field": "account_update", "value": disabled}, account=sender.business_account_id or "")
    again, later = ({**post, "entry": [{**post["entry"][0], "time": at}]} for at in (NOW, NOW + 60))
    for told_now, status in ((again, "FAILED"), (again, "CONNECTED"), (later, "FAILED")):
        await senders.connect_sender(SYSTEM, sender.id)
        await take_up(told_now)
        assert (await Sender.get(id=sender.id)).status == status


@pytest.mark.parametrize("field", health.FIELDS)
async def test_a_number_of_which_there_is_news_is_asked_for_at_once(field: str) -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    await connect.execute("UPDATE sender SET checked_at = now() WHERE id = $1", sender.id)
    value = {"display_phone_number": sender.phone_number.removeprefix("+"), "event": "ACCOUNT_RECONNECTED"}
    [done] = await take_up(body({"field": field, "value": value}, account=sender.business_account_id or ""))
    assert done.errors is None
    assert await connect.value("SELECT checked_at < now() - interval '23 h' FROM sender WHERE id = $1", sender.id)


async def test_news_too_long_to_be_any_are_kept_with_their_reason() -> None:
    account = unique("waba")
    sender = await factories.sender(business_account_id=account)
    [done] = await take_up(body({"field": "account_update", "value": {"event": "x" * 70_000}}, account=account))
    assert done.errors == ["entry[0].changes[0]: it is too long."]
    assert (await Sender.get(id=sender.id)).last_error is None


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        *[("TIER_50", 50), ("TIER_250", 250), ("TIER_1K", 1000), ("TIER_100K", 100_000), (2000, 2000)],
        *[("TIER_UNLIMITED", None), ("TIER_NOT_SET", None), (-1, None), (True, None), (None, None), ({}, None)],
    ],
)
def test_tiers(told: object, limit: int | None) -> None:
    assert limit_of(told) == limit


async def test_every_event_of_a_sender_says_its_status_at_that_moment() -> None:
    sender = await factories.sender()
    async with transaction():
        faults.changed(sender.id)
    await connect.execute("UPDATE sender SET status = 'FAILED' WHERE id = $1", sender.id)
    query = """query ($id: ID!) {
      events(filter: { senderId: $id, types: [SENDER_HEALTH_CHANGED] }, last: 1) {
        edges { node { ... on SenderEvent { status } } }
      }
    }"""
    data, _ = await counted(query, id=ids.encode("Sender", sender.id))
    assert data["events"]["edges"] == [{"node": {"status": "CONNECTED"}}]
