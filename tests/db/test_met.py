"""Pairs of contacts and senders that have messages with each other equal a recount, whatever happened."""

import asyncio
import random

import pytest

from db.accounts import Role
from db.conversations import Conversation
from db.core import connect
from db.core.migrate import migrate
from db.core.transaction import transaction
from db.messages.met import hold
from domain import contacts, conversations
from domain.campaigns import running
from domain.core.access import SYSTEM, Viewer
from tests.crowds import crowd
from tests.databases import database_of_its_own
from tests.domain.campaigns.surroundings import running_one
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.factories import phone

WRONG = """
SELECT 'missing', * FROM (SELECT sender_id, contact_id FROM message EXCEPT TABLE contact_sender) AS missing
UNION ALL
SELECT 'stale', * FROM (TABLE contact_sender EXCEPT SELECT sender_id, contact_id FROM message) AS stale
"""
MANY = """
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts)
SELECT s, c, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 1, 'SENT', 1
FROM unnest($1::bigint[]) AS s, unnest($2::bigint[]) AS c, generate_series(1, 2)
"""


async def wrong() -> list[tuple[str, int, int]]:
    return [tuple(row) for row in await connect.rows(WRONG)]


@pytest.mark.parametrize("seed", range(4))
async def test_pairs_equal_a_recount_after_whatever_happened(database: None, seed: int) -> None:
    chance = random.Random(seed)
    async with database_of_its_own():
        senders = [await a_sender() for _ in range(3)]
        people = [await a_contact() for _ in range(12)]
        for _ in range(60):
            one, other = chance.sample(people, 2) if len(people) > 3 else (people[0], people[1])
            match chance.randrange(6):
                case 0 if len(people) > 3:
                    await contacts.merge(SYSTEM, one, other)
                    people.remove(other)
                case 1 if len(people) > 3:
                    await contacts.erase(SYSTEM, one)
                    people.remove(one)
                case 2:
                    talk = await Conversation.create(contact_id=one, sender_id=chance.choice(senders), address=phone())
                    await conversations.delete(SYSTEM, talk.id)
                case 3:
                    await connect.execute(MANY, chance.sample(senders, 2), chance.sample(people, 2))
                case _:
                    await a_message(chance.choice(senders), one, state="SENT", due_at=None)
            assert await wrong() == []
        assert await connect.value("SELECT count(*) FROM contact_sender") > 0


async def test_a_campaign_that_moves_to_other_senders_takes_its_contacts_along(database: None) -> None:
    async with database_of_its_own():
        one, two = await a_sender(), await a_sender()
        group = await crowd(10)
        campaign = await running_one(one, two, group=group)
        assert await connect.value("SELECT count(*) FROM contact_sender WHERE sender_id = $1", one) == 5
        kept = await connect.value("SELECT min(contact_id) FROM message WHERE sender_id = $1", one)
        await a_message(one, kept, state="SENT", due_at=None)
        await connect.execute("UPDATE sender SET status = 'EXPIRED' WHERE id = $1", one)
        await running.fan_out(campaign.id)
        assert await wrong() == []
        left = await connect.rows("SELECT contact_id FROM contact_sender WHERE sender_id = $1", one)
        assert [row["contact_id"] for row in left] == [kept], "who has another message with it"


async def test_a_message_that_is_written_while_the_last_one_leaves_keeps_its_pair(database: None) -> None:
    async with database_of_its_own():
        one, two, contact = await a_sender(), await a_sender(), await a_contact()
        last = await a_message(one, contact)
        written, leave = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            async with transaction():
                await a_message(one, contact)
                written.set()
                await leave.wait()

        async def move() -> None:
            await written.wait()
            async with transaction():
                await hold([one])
                await connect.execute("UPDATE message SET sender_id = $2 WHERE id = $1", last, two)

        running_both = asyncio.gather(write(), move())
        await written.wait()
        await asyncio.sleep(0.2)
        leave.set()
        await running_both
        assert await wrong() == []


async def test_messages_that_move_to_and_from_a_sender_at_once_keep_its_pair(database: None) -> None:
    async with database_of_its_own():
        one, two, three, contact = await a_sender(), await a_sender(), await a_sender(), await a_contact()
        comes, goes = await a_message(one, contact), await a_message(two, contact)
        came, leave = asyncio.Event(), asyncio.Event()

        async def come() -> None:
            async with transaction():
                await hold([one])
                await connect.execute("UPDATE message SET sender_id = $2 WHERE id = $1", comes, two)
                came.set()
                await leave.wait()

        coming = asyncio.create_task(come())
        await came.wait()
        async with transaction():
            await hold([two])
            await connect.execute("UPDATE message SET sender_id = $2 WHERE id = $1", goes, three)
        leave.set()
        await coming
        assert await wrong() == []


async def test_messages_of_an_older_release_are_counted_in(database: None) -> None:
    async with database_of_its_own(template="template0"):
        await connect.disconnect()
        await migrate(target="models.0011_webhooks")
        await connect.connect()
        one, two = 1, 2
        await connect.execute(MANY, [one, two], [1, 2, 3])
        await connect.disconnect()
        await migrate()
        await connect.connect()
        assert await wrong() == []
        assert await connect.value("SELECT count(*) FROM contact_sender") == 6


async def test_a_bound_token_sees_whom_its_sender_has_messages_with(database: None) -> None:
    one, contact = await a_sender(), await a_contact()
    viewer = Viewer(role=Role.ADMIN, sender_id=one)
    assert await contacts.by_ids(viewer, [contact]) == [None]
    await a_message(one, contact)
    [seen] = await contacts.by_ids(viewer, [contact])
    assert seen is not None
    assert seen.id == contact
