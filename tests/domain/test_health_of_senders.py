"""Health in words, as far as it is the senders': refused, expired, resting, and those that hear nothing."""

import asyncio

from db.core import connect
from db.senders import Sender
from domain import health
from domain.inbound import journal
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_message
from tests.running import Api, Simulator
from workers import messages


async def test_each_trouble_of_senders_has_its_words(database: None) -> None:
    async with database_of_its_own():
        states = {
            "FAILED": "status = 'FAILED'",
            "EXPIRED": "status = 'EXPIRED'",
            "resting": "paused_until = now() + interval '1 h'",
            "silent": "unheard_since = now() - interval '16 min'",
            "just sent": "unheard_since = now() - interval '14 min'",
        }
        for change in states.values():
            sender = await factories.sender()
            await connect.execute(f"UPDATE sender SET {change} WHERE id = $1", sender.id)
        words = [word for word in await health._problems() if word.startswith("Senders")]
        assert words == [
            "Senders that WhatsApp refuses: 1.",
            "Senders whose sign-in has expired: 1.",
            "Senders that WhatsApp lets rest: 1.",
            "Senders that send and hear of nothing for 15 minutes: 1.",
        ]


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
