"""What WhatsApp may post, and what it never would: all of it is taken, and all of it again changes nothing."""

import asyncio
import hmac
import json
import re
import secrets
import statistics
import time
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.factories import unique
from tests.faults.conftest import Installation
from tests.faults.shapes import NOW, NUMBER, OBJECT, bodies, run

BATCH = 1000
"""Updates of the largest posts that Meta sends."""


def signed(installation: Installation, body: bytes) -> dict[str, str]:
    secret = installation.environment["WHATSAPP_APP_SECRET"].encode()
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
    "conversation": "t",
    "event": "t",
    "waiting_status": "t",
    "waiting_amendment": "t",
    # Workers fetch them meanwhile.
    "file": "(t.id, t.name, t.mime_type, t.source)",
}


async def tables(installation: Installation) -> dict[str, Any]:
    """All that posts may change, in short."""
    found: dict[str, Any] = {}
    for table, row in TABLES.items():
        key = "number" if table == "event" else "id"
        sql = f"SELECT count(*) AS rows, md5(string_agg({row}::text, '|' ORDER BY t.{key})) AS sum FROM {table} t"
        found[table] = tuple((await installation.fetch(sql))[0])
    return found


OURS = """
WITH someone AS (INSERT INTO contact (name, opt_in_status) VALUES ('Rita', 'UNKNOWN') RETURNING id)
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address, content,
                     attempts, provider_message_id, sent_at)
SELECT sender.id, someone.id, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'SENT', '+12025550199', 'hello', 2, $1 || n,
       now()
FROM sender, someone, generate_series(0, 20) n WHERE sender.phone_number_id = $2
"""


async def at_rest(installation: Installation) -> None:
    """Waits until all posts are taken up, and what waited for a message that has come is applied."""
    for left in (
        "inbound_post WHERE done_at IS NULL",
        "waiting_status JOIN message USING (provider_message_id)",
        "waiting_amendment w JOIN message m ON m.provider_message_id = w.target AND m.sender_id = w.sender_id",
    ):
        await installation.until_rows(f"SELECT 1 FROM {left} LIMIT 1", 0, seconds=120)


async def prepare(installation: Installation) -> None:
    """Messages of ours that statuses may be of; tried twice, so that none is sent again."""
    await installation.sender()
    await installation.fetch(OURS, f"wamid.{run}.out.", NUMBER)


async def fuzz(installation: Installation, count: int, number: int) -> None:
    """So many posts; the number is that of the throw."""
    await prepare(installation)
    [before] = await installation.fetch("SELECT count(*) FROM inbound_post")
    posted: list[bytes] = []
    with httpx.Client(trust_env=False, timeout=30) as client:

        def post(body: bytes) -> None:
            answer = client.post(
                f"{installation.api.url}/webhooks/whatsapp", content=body, headers=signed(installation, body)
            )
            assert answer.status_code == 200, (answer.status_code, body)

        @seed(number)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(bodies)
        def post_any(body: bytes) -> None:
            post(body)
            posted.append(body)

        await asyncio.to_thread(post_any)
        assert len(posted) >= count
        await at_rest(installation)
        assert faults_of(installation) == []
        [kept] = await installation.fetch("SELECT count(*) FROM inbound_post")
        assert kept["count"] - before["count"] == len(posted)
        await check_none_is_lost(installation, posted)
        once = await tables(installation)
        for body in posted:
            await asyncio.to_thread(post, body)
    await at_rest(installation)
    assert await tables(installation) == once
    assert faults_of(installation) == []


def faults_of(installation: Installation) -> list[str]:
    """What any of our programs has logged as an error, but for what WhatsApp says that somebody should look at."""
    log = Path(installation.environment["LOG_FILE"])
    logged = [orjson.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [
        str(line)[:3000]
        for line in logged
        if line["level"] in ("error", "critical") and line["event"] != "sender_needs_somebody"
    ]


def inner(value: Any, key: str) -> list[dict[str, Any]]:
    """The objects in a list of an object, whatever else it may be."""
    found = value.get(key) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def readable(body: bytes) -> set[str]:
    """The ids of the messages in a post that are to us, from somebody, and of a kind that is a row of its own."""
    try:
        envelope = json.loads(body)
    except ValueError:
        return set()
    if not isinstance(envelope, dict) or envelope.get("object", OBJECT) != OBJECT:
        return set()
    changes = [change for entry in inner(envelope, "entry") for change in inner(entry, "changes")]
    return {
        message["id"]
        for change in changes
        if change.get("field", "messages") in ("messages", "smb_message_echoes")
        if isinstance(value := change.get("value"), dict)
        if isinstance(metadata := value.get("metadata"), dict) and metadata.get("phone_number_id") == NUMBER
        for key, names in (("messages", ("from", "from_user_id")), ("message_echoes", ("to",)))
        for message in inner(value, key)
        if str(message.get("id")).startswith("wamid.")
        and any(re.fullmatch(r"[0-9]{10,15}|PT\..+", str(message.get(name))) for name in names)
        and message.get("type") not in ("edit", "revoke")
    }


async def check_none_is_lost(installation: Installation, posted: list[bytes]) -> None:
    """Each message that can be read is a row, whatever stands beside it."""
    expected = set[str]().union(*map(readable, posted))
    assert len(expected) > 100
    rows = await installation.fetch(
        "SELECT provider_message_id FROM message WHERE provider_message_id = ANY($1)", list(expected)
    )
    assert expected - {row["provider_message_id"] for row in rows} == set()


async def test_whatever_is_posted_is_taken_and_again_changes_nothing(installation: Installation) -> None:
    await fuzz(installation, 500, 1)


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_five_thousand_posts_are_taken_and_again_change_nothing(installation: Installation) -> None:
    number = secrets.randbelow(2**32)
    print(f"throw {number}")  # noqa: T201 - to throw the same again
    await fuzz(installation, 5000, number)


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
