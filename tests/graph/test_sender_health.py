"""What WhatsApp posts of numbers and accounts, taken in where it is posted."""

import asyncio

from db.senders import Sender
from domain.inbound import journal
from domain.senders import health
from tests import factories
from tests.domain.messages.surroundings import a_message
from tests.numbers import a_sender, asked, heard, told
from tests.running import Api, Simulator
from workers import messages


async def test_news_of_a_number_is_looked_into_at_once(api: Api, simulator: Simulator) -> None:
    sender = await a_sender(simulator)
    before = await asked(sender)
    assert before.checked_at is not None
    simulator.post(f"numbers/{sender.phone_number_id}", quality_rating="RED")
    async with asyncio.timeout(10):
        while (await Sender.get(id=sender.id)).quality != "RED":
            await journal.drain()
            await health.check_due()
            await asyncio.sleep(0.02)
    simulator.configure(quality_ratings={})


async def test_a_new_limit_of_the_portfolio_is_taken_in(api: Api, simulator: Simulator) -> None:
    sender = await a_sender(simulator)
    try:
        simulator.post("limit", tier="TIER_250")
        await heard(sender, messaging_limit=250)
        assert await told("SENDER_HEALTH_CHANGED", sender) >= 1
    finally:
        simulator.configure(messaging_limit="TIER_UNLIMITED")


async def test_an_account_that_is_disabled_stops_its_senders_and_one_that_is_restricted_says_so(
    api: Api, simulator: Simulator
) -> None:
    first = await a_sender(simulator)
    second = await factories.sender(business_account_id=first.business_account_id)
    simulator.post("account", event="ACCOUNT_RESTRICTION", waba_id=first.business_account_id)
    async with asyncio.timeout(10):
        while "ACCOUNT_RESTRICTION" not in ((await Sender.get(id=second.id)).last_error or ""):
            await journal.drain()
            await asyncio.sleep(0.02)
    assert (await Sender.get(id=first.id)).status == "CONNECTED"
    simulator.post("account", event="DISABLED_UPDATE", state="DISABLE", waba_id=first.business_account_id)
    await heard(first, status="FAILED")
    found = await heard(second, status="FAILED")
    assert found.error_message == "WhatsApp says DISABLED_UPDATE: DISABLE."


async def test_a_sender_is_waited_for_from_its_first_send_until_a_status_comes(api: Api, simulator: Simulator) -> None:
    sender = await factories.sender()
    simulator.post("faults", kind="silent", phone_number_id=sender.phone_number_id)
    await a_message(sender.id)
    await messages.dispatch(sender.id)
    since = (await Sender.get(id=sender.id)).unheard_since
    assert since is not None
    await a_message(sender.id)
    await messages.dispatch(sender.id)
    async with asyncio.timeout(10):
        while (await Sender.get(id=sender.id)).unheard_since is not None:
            await journal.drain()
            await asyncio.sleep(0.02)
