"""Webhooks that come twice, backwards, all at once, or before we know what they speak of. Numbers as in the list."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest

from graph.core.ids import decode
from simulator.webhooks import signature
from tests.factories import phone, unique
from tests.faults import invariant
from tests.faults.conftest import Installation

RANKS = {"QUEUED": 0, "CLAIMED": 1, "IN_FLIGHT": 2, "UNKNOWN": 2, "SENT": 3, "FAILED": 4, "DELIVERED": 5, "READ": 6}
TELLS = {"SENT": ["SENT"], "DELIVERED": ["SENT", "DELIVERED"], "READ": ["SENT", "DELIVERED", "READ"]}


@asynccontextmanager
async def steps_noted(installation: Installation) -> AsyncGenerator[None]:
    """PostgreSQL itself notes each step of each message in the table `step` meanwhile."""
    await installation.fetch("CREATE TABLE step (message_id bigint, was text, became text)")
    await installation.fetch(
        "CREATE FUNCTION note_step() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO step VALUES (NEW.id, OLD.state, NEW.state); RETURN NULL; END $$"
    )
    await installation.fetch(
        "CREATE TRIGGER note_step AFTER UPDATE ON message FOR EACH ROW"
        " WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_step()"
    )
    try:
        yield
    finally:
        await installation.fetch("DROP FUNCTION note_step CASCADE")
        await installation.fetch("DROP TABLE step")


async def shuffle(installation: Installation, people: int) -> None:
    """Statuses of a send come backwards, again, and early: answers to a chunk are written down when all are there."""
    installation.simulator.configure(
        shuffle_share=0.5,
        duplicate_share=0.5,
        duplicate_delay=0.3,
        status_first_share=0.3,
        skip_delivered_share=0.3,
        delivered_share=0.9,
        latency_jitter=1.0,
        sent_delay=0.0,
        delivered_delay=0.0,
        read_delay=0.0,
        max_updates=10,
    )
    installation.simulator.post("faults", kind="fail", count=people // 20, code=131026)
    async with steps_noted(installation):
        schedule = await installation.schedule(people)
        stats = await installation.done(schedule, seconds=people)
        await installation.check_invariant(schedule)
        steps = await installation.fetch("SELECT * FROM step")
    assert stats["failed"] == people // 20
    fallen = [dict(step) for step in steps if RANKS[step["was"]] > RANKS[step["became"]]]
    assert not fallen, f"statuses fell: {fallen[:3]}"
    early = Counter(step["became"] for step in steps if step["was"] == "IN_FLIGHT")
    assert early["DELIVERED"] + early["READ"] > people // 20, f"hardly any came before the answer: {early}"
    await check_ranks(installation, schedule)

    before = await told(installation, schedule)
    for which in ("all", "last"):
        installation.simulator.post("webhooks/replay", which=which)
    await installation.check_invariant(schedule)
    assert await told(installation, schedule) == before, "what was told before changed something"


async def check_ranks(installation: Installation, schedule: str) -> None:
    """Each message stands where WhatsApp has it, and each step that it took or implies was told once, in order."""
    outcomes = {row["callback_data"].partition(".")[0]: row["outcome"] for row in await installation.ledger()}
    for row in await told(installation, schedule):
        assert row["state"] == outcomes[str(row["id"])].upper()
        if row["state"] == "FAILED":
            assert row["told"] in (["FAILED"], ["SENT", "FAILED"])
        else:
            assert row["told"] == TELLS[row["state"]]


async def told(installation: Installation, schedule: str) -> list[dict[str, Any]]:
    """Rows of a schedule, and what the log tells of them."""
    found = await installation.fetch(
        """
        SELECT m.id, m.state, m.sent_at, m.delivered_at, m.read_at,
               array_agg(substr(e.type, 9) ORDER BY e.number) AS told
        FROM message m LEFT JOIN event e ON e.message_id = m.id WHERE m.schedule_id = $1 GROUP BY m.id ORDER BY m.id
        """,
        decode(schedule, "Schedule"),
    )
    return [dict(row) for row in found]


async def repeat(installation: Installation, posts: int, times: int) -> None:
    """Different posts, each so many times, in any order and 50 at once, while something is sent: each message in them
    is one row, told once."""
    schedule = await installation.schedule(200)
    bodies = [_post() for _ in range(posts)]
    line = [body for body, _ in bodies for _ in range(times)]
    random.shuffle(line)
    url = f"{installation.api.url}/webhooks/whatsapp"

    async def post(session: aiohttp.ClientSession) -> None:
        while line:
            body = line.pop()
            headers = {"X-Hub-Signature-256": signature(body, installation.environment["WHATSAPP_APP_SECRET"])}
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 200, await answer.text()

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(post(session))
    await invariant.receipts_are_in(installation, 60)
    ids = [id for _, in_one in bodies for id in in_one]
    rows = await installation.fetch(
        "SELECT m.contact_id, m.address, count(e) AS told FROM message m LEFT JOIN event e ON e.message_id = m.id"
        " WHERE m.provider_message_id = ANY($1) GROUP BY m.id",
        ids,
    )
    assert len(rows) == len(ids), "each message has one row"
    assert {row["told"] for row in rows} == {1}
    assert len({row["contact_id"] for row in rows}) == len({row["address"] for row in rows}) == len(ids)
    [parked] = await installation.fetch("SELECT count(*) FROM inbound_post WHERE errors IS NOT NULL")
    assert parked["count"] == 0
    await installation.done(schedule)
    await installation.check_invariant(schedule)


def _post() -> tuple[bytes, list[str]]:
    """What three people wrote, as WhatsApp posts it, and the ids of it."""
    messages = [
        {
            "from": phone().removeprefix("+"),
            "id": f"wamid.{unique()}",
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": "olá"},
        }
        for _ in range(3)
    ]
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "106540352242922"}, "messages": messages}
    entry = {"id": "318800221144667", "changes": [{"field": "messages", "value": value}]}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]}), [
        message["id"] for message in messages
    ]


async def test_20_statuses_backwards_again_and_early(installation: Installation) -> None:
    await shuffle(installation, 100)


@pytest.mark.soak
@pytest.mark.timeout(400)
async def test_20_statuses_of_two_thousand_backwards_again_and_early(installation: Installation) -> None:
    await shuffle(installation, 2000)


async def test_19_a_thousand_posts_of_which_twenty_are_different(installation: Installation) -> None:
    await repeat(installation, 20, 50)


@pytest.mark.soak
async def test_19_ten_thousand_posts_of_which_a_hundred_are_different(installation: Installation) -> None:
    await repeat(installation, 100, 100)


QUEUED_AGAIN = "SELECT 1 FROM message WHERE schedule_id = $1 AND state = 'QUEUED' AND provider_error_code = 131000"


async def test_what_whatsapp_gave_up_by_a_fault_of_its_own_is_sent_once_more(installation: Installation) -> None:
    """The one case in which WhatsApp takes a message twice: it says itself that nobody got the first one."""
    installation.simulator.post("faults", kind="fail", count=5, code=131000)
    schedule = await installation.schedule(30)
    number = decode(schedule, "Schedule")
    await installation.until_rows(QUEUED_AGAIN, 5, number)
    await installation.fetch("UPDATE message SET due_at = now() WHERE schedule_id = $1 AND state = 'QUEUED'", number)
    await installation.done(schedule)
    await invariant.come_to_rest(installation, [schedule], 60)
    stats = await installation.stats(schedule)
    assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (30, 0, 0)
    rows, accepted = await told(installation, schedule), invariant.accepted_by_message(await installation.ledger())
    assert Counter(accepted[row["id"]] for row in rows) == {1: 25, 2: 5}
    for row in rows:
        assert list(dict.fromkeys(row["told"])) == TELLS[row["state"]]
        assert len(row["told"]) < len(TELLS[row["state"]]) + accepted[row["id"]]
    completed = "SELECT 1 FROM event WHERE schedule_id = $1 AND type = 'MESSAGE_COMPLETED'"
    assert len(await installation.fetch(completed, number)) == 1


async def test_what_would_be_sent_once_more_is_cancelled_when_its_sender_is_deleted(installation: Installation) -> None:
    installation.simulator.configure(sent_delay=2)
    installation.simulator.post("faults", kind="fail", count=3, code=131000)
    schedule = await installation.schedule(3)
    await installation.done(schedule)
    await installation.until_rows(QUEUED_AGAIN, 3, decode(schedule, "Schedule"))
    await installation.data("mutation ($id: ID!) { deleteSender(id: $id) }", id=await installation.sender())
    await installation.until_in_state(schedule, "CANCELLED", 3, seconds=20)
    assert (await installation.stats(schedule))["pending"] == 0
