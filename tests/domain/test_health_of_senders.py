"""Health in words, as far as it is the senders': refused, expired, resting, and those that hear nothing."""

from db.core import connect
from domain.health import problems
from tests import factories
from tests.databases import database_of_its_own


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
        found = await problems.in_database()
        words = [word for word in found.values() if word and word.startswith("Senders")]
        assert words == [
            "Senders that WhatsApp refuses: 1.",
            "Senders whose sign-in has expired: 1.",
            "Senders that WhatsApp lets rest: 1.",
            "Senders that send and hear of nothing for 15 minutes: 1.",
        ]
