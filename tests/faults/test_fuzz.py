"""What WhatsApp may post, and what it never would: all of it is taken, and all of it again changes nothing."""

import asyncio
import hmac
import json
import secrets
import statistics
import time
from pathlib import Path

import aiohttp
import httpx
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.factories import unique
from tests.faults import expected, shapes, waha_shapes
from tests.faults.conftest import Installation
from tests.faults.expected import RANK
from tests.faults.shapes import NOW, NUMBER, run
from tests.faults.waha_shapes import SESSION

Post = tuple[str, bytes]
"""Where to, below /webhooks, and what."""
posts = st.lists(st.tuples(st.just("whatsapp"), shapes.bodies), min_size=1, max_size=1) | (
    st.lists(st.tuples(st.just("waha"), waha_shapes.bodies), min_size=1, max_size=4)
)
"""WAHA posts each event by itself, so that it takes some to say as much."""
OUT = (f"wamid.{run}.out.", f"{SESSION}:3EB0{run}OUT")
"""What messages of ours are called, but for their number."""
BATCH = 1000
"""Updates of the largest posts that Meta sends."""


def signed(installation: Installation, body: bytes, path: str = "whatsapp") -> dict[str, str]:
    secret, key = (installation.environment[name].encode() for name in ("WHATSAPP_APP_SECRET", "WAHA_HMAC_KEY"))
    if path == "waha":
        return {"X-Webhook-Hmac": hmac.digest(key, body, "sha512").hex()}
    return {"X-Hub-Signature-256": f"sha256={hmac.digest(secret, body, 'sha256').hex()}"}


# ---------------------------------------------------------------------------
# What must hold
# ---------------------------------------------------------------------------

TABLES = {
    "message": "t",
    "contact": "t",
    "contact_phone": "t",
    "contact_identity": "t",
    "contact_duplicate": "t",
    # What is told of its session; when it was last active is of each post.
    "sender": "(t.id, t.status, t.session_since, t.error_message)",
    "conversation": "t",
    "event": "t",
    "waiting_status": "t",
    "waiting_amendment": "t",
    # Workers fetch them meanwhile.
    "file": "(t.id, t.name, t.mime_type, t.source)",
}


async def tables(installation: Installation) -> set[str]:
    """All rows that posts may change."""
    found = set[str]()
    for table, row in TABLES.items():
        found |= {
            each["row"] for each in await installation.fetch(f"SELECT '{table} ' || {row}::text AS row FROM {table} t")
        }
    return found


OURS = """
WITH someone AS (INSERT INTO contact (name, opt_in_status) VALUES ('Rita', 'UNKNOWN') RETURNING id)
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address, content,
                     attempts, provider_message_id, sent_at)
SELECT sender.id, someone.id, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'SENT', '+12025550199', 'hello', 2, $1 || n,
       now()
FROM sender, someone, generate_series(0, 20) n WHERE $2 IN (sender.phone_number_id, sender.session_name)
ON CONFLICT (provider_message_id) WHERE provider_message_id IS NOT NULL DO NOTHING
"""
# Its session is known to be connected since now: whatever is told of it is of an hour ago.
A_SESSION = """
INSERT INTO sender (phone_number, provider, status, session_name, session_since, last_active_at, is_default)
SELECT '+12025550101', 'WAHA', 'CONNECTED', $1::text, now(), now(), false
WHERE NOT EXISTS (SELECT FROM sender WHERE session_name = $1)
"""


async def at_rest(installation: Installation) -> None:
    """Waits until all posts are taken up, what waited for a message that has come is applied, and moods are read."""
    for left in (
        "inbound_post WHERE done_at IS NULL",
        "waiting_status JOIN message USING (provider_message_id)",
        "waiting_amendment w JOIN message m ON m.provider_message_id = w.target AND m.sender_id = w.sender_id",
        # The mood of each is read behind the intake; no row says so before the first was read.
        "event e LEFT JOIN event_reader r ON r.name = 'moods' WHERE e.type = 'MESSAGE_RECEIVED'"
        " AND e.number > coalesce(r.number, 0)",
    ):
        await installation.until_rows(f"SELECT 1 FROM {left} LIMIT 1", 0, seconds=120)


async def prepare(installation: Installation) -> None:
    """Messages of ours that statuses may be of; tried twice, so that none is sent again."""
    await installation.sender()
    await installation.fetch(A_SESSION, SESSION)
    for name, number in zip(OUT, (NUMBER, SESSION), strict=True):
        await installation.fetch(OURS, name, number)


async def fuzz(installation: Installation, count: int, number: int) -> int:
    """So many throws, of a post or some; the number is that of the throws. Answers how many posts they were."""
    await prepare(installation)
    [before] = await installation.fetch("SELECT count(*) FROM inbound_post")
    posted: list[Post] = []
    with httpx.Client(trust_env=False, timeout=30) as client:

        def post(path: str, body: bytes) -> None:
            answer = client.post(
                f"{installation.api.url}/webhooks/{path}", content=body, headers=signed(installation, body, path)
            )
            assert answer.status_code == 200, (answer.status_code, path, body)

        @seed(number)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(posts)
        def post_any(given: list[Post]) -> None:
            for each in given:
                post(*each)
            posted.extend(given)

        await asyncio.to_thread(post_any)
        assert len(posted) >= count
        await at_rest(installation)
        assert faults_of(installation) == []
        [kept] = await installation.fetch("SELECT count(*) FROM inbound_post")
        assert kept["count"] - before["count"] == len(posted)
        await check_none_is_lost(installation, posted)
        once = await tables(installation)
        for path, body in posted:
            await asyncio.to_thread(post, path, body)
    await at_rest(installation)
    changed = sorted(await tables(installation) ^ once)
    assert changed == [], "\n".join(changed[:20])
    assert faults_of(installation) == []
    return len(posted)


def faults_of(installation: Installation) -> list[str]:
    """What any program of ours has logged as an error, but for states and words of WhatsApp's."""
    log = Path(installation.environment["LOG_FILE"])
    logged = [orjson.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [
        str(line)[:3000]
        for line in logged
        if line["level"] in ("error", "critical") and line["event"] not in ("sender_needs_somebody", "problem")
    ]


async def check_none_is_lost(installation: Installation, posted: list[Post]) -> None:
    """Each message that can be read is a row, whatever stands beside it; each status of one of ours has moved it."""
    messages, states = expected.of(posted)
    assert len(messages) > 50
    rows = await installation.fetch(
        "SELECT provider_message_id FROM message WHERE provider_message_id = ANY($1)", list(messages)
    )
    assert messages - {row["provider_message_id"] for row in rows} == set()
    ours = await installation.fetch(
        "SELECT provider_message_id AS name, state FROM message WHERE provider_message_id LIKE ANY($1)"
        " AND author = 'SYSTEM'",
        [f"{prefix}%" for prefix in OUT],
    )
    assert len(ours) == 21 * len(OUT)
    behind = {row["name"]: row["state"] for row in ours if RANK[row["state"]] < RANK[states.get(row["name"], "SENT")]}
    assert behind == {}
    told_of = {name for name in states if name in {row["name"] for row in ours}}
    for prefix in OUT:
        assert sum(name.startswith(prefix) for name in told_of) >= 3, "hardly any status was of a message of ours"


async def test_whatever_is_posted_is_taken_and_again_changes_nothing(installation: Installation) -> None:
    await fuzz(installation, 400, 1)


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_five_thousand_posts_are_taken_and_again_change_nothing(installation: Installation) -> None:
    number = secrets.randbelow(2**32)
    print(f"throw {number}")  # noqa: T201 - to throw the same again
    assert await fuzz(installation, 3300, number) >= 5000


@pytest.mark.soak
async def test_answers_stay_quick_while_posts_of_a_thousand_updates_arrive(installation: Installation) -> None:
    """Meta asks for a median of 250 ms at most."""
    await installation.sender()
    url = f"{installation.api.url}/webhooks/whatsapp"
    ids: list[str] = []

    def batch(size: int) -> bytes:
        told = [
            {
                "from": f"3519200{n:05d}",
                "id": f"wamid.{unique()}",
                "timestamp": str(NOW),
                "type": "text",
                "text": {"body": "olá " * 20},
            }
            for n in range(size)
        ]
        ids.extend(message["id"] for message in told)
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, "messages": told}
        return json.dumps({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).encode()

    async with aiohttp.ClientSession() as session:

        async def post(body: bytes) -> float:
            started = time.perf_counter()
            async with session.post(url, data=body, headers=signed(installation, body)) as answer:
                assert answer.status == 200
            return time.perf_counter() - started

        async def pour(bodies: list[bytes]) -> None:
            for body in bodies:
                await post(body)

        # Made before: what the client takes for it is not for the answers to bear.
        whole = [batch(BATCH) for _ in range(16)]
        small = [batch(1) for _ in range(40)]
        large = [asyncio.create_task(pour(whole[start::2])) for start in range(2)]
        took = [await post(body) for body in small]
        await asyncio.gather(*large)
    assert statistics.median(took) < 0.125
    await at_rest(installation)
    [kept] = await installation.fetch("SELECT count(*) FROM message WHERE provider_message_id = ANY($1)", ids)
    assert kept["count"] == len(ids)
