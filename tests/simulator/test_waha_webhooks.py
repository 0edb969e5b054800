"""WAHA's webhooks: envelope, signature, retries, everything people do (D4)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest

from simulator.waha.hooks import gap, sign

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig

ALICE = "351910000111@c.us"


async def figure(rig: Rig, name: str) -> int:
    return (await rig.control("GET", "waha"))["webhooks"][name]


def test_the_vector_of_the_documentation() -> None:
    signed = sign(b'{"event":"message","session":"default","engine":"WEBJS"}', "my-secret-key")
    assert signed.startswith("208f8a55dde9e055")
    assert signed.endswith("76153fa89")


async def test_envelope_headers_and_signature(rig: Rig) -> None:
    await rig.session(customHeaders=[{"name": "X-T", "value": "7"}])
    whole = await rig.write(**{"from": "+351 910 000 111", "text": "olá 👋", "name": "Rita"})
    await rig.endpoint.until(lambda: rig.endpoint.told("message"))
    [place] = [n for n, each in enumerate(rig.endpoint.events) if each["event"] == "message"]
    event, headers, body = (
        each[place] for each in (rig.endpoint.events, rig.endpoint.event_headers, rig.endpoint.event_bodies)
    )
    assert event["id"].startswith("evt_")
    assert len(event["id"]) == 30
    assert event["timestamp"] > 10**12
    assert event["payload"]["timestamp"] < 10**11
    assert (event["session"], event["metadata"], event["engine"]) == ("clinic", {"tenant": "t7"}, "NOWEB")
    assert event["me"]["id"] == "351910000333@c.us"
    assert event["environment"] == {"version": "2026.7.1", "engine": "NOWEB", "tier": "PLUS"}
    payload = event["payload"]
    assert (payload["id"], payload["from"], payload["to"]) == (whole, ALICE, None)
    assert (payload["body"], payload["fromMe"], payload["source"], payload["hasMedia"]) == (
        "olá 👋",
        False,
        "app",
        False,
    )
    assert payload["_data"]["pushName"] == "Rita"
    assert headers["X-Webhook-Hmac"] == hmac.new(b"hook-key", body, hashlib.sha512).hexdigest()
    assert headers["X-Webhook-Hmac-Algorithm"] == "sha512"
    assert headers["X-T"] == "7"
    assert headers["X-Webhook-Timestamp"].isdecimal()
    assert headers["X-Webhook-Request-Id"]


async def test_only_wanted_events_come_and_any_holds_ones_own(rig: Rig) -> None:
    await rig.session(events=["message", "message.any"])
    await rig.text()
    await rig.write(**{"from": "351910000111", "text": "ola"})
    await rig.write(**{"from": "351910000111", "text": "typed here", "from_me": True})
    await rig.endpoint.until(lambda: len(rig.endpoint.told("message.any")) == 3)
    assert [each["body"] for each in rig.endpoint.told("message")] == ["ola"]
    sources = {each["body"]: (each["fromMe"], each["source"]) for each in rig.endpoint.told("message.any")}
    assert sources == {"Ola": (True, "api"), "ola": (False, "app"), "typed here": (True, "app")}
    assert rig.endpoint.told("message.ack") == []


async def test_reactions_edits_and_revocations(rig: Rig) -> None:
    await rig.session()
    _, answer = await rig.text()
    mine = f"true_{ALICE}_{answer['key']['id']}"
    theirs = await rig.write(**{"from": "351910000111", "text": "ola"})
    doing: dict[str, Any] = {"from": "351910000111"}
    await rig.write(**doing, type="reaction", message_id=mine, emoji="👍")
    await rig.write(**doing, type="reaction", message_id=mine, emoji="")
    await rig.write(**doing, type="edit", message_id=theirs, text="olá!")
    await rig.endpoint.until(lambda: rig.endpoint.told("message.edited"))
    await rig.write(**doing, type="revoke", message_id=theirs)
    [revoked] = await rig.endpoint.until(lambda: rig.endpoint.told("message.revoked"))
    await rig.endpoint.until(lambda: len(rig.endpoint.told("message.reaction")) == 2)
    reactions = {each["reaction"]["text"]: each for each in rig.endpoint.told("message.reaction")}
    assert set(reactions) == {"👍", ""}
    assert reactions["👍"]["reaction"]["messageId"] == mine
    assert isinstance(reactions["👍"]["timestamp"], float)
    [edited] = rig.endpoint.told("message.edited")
    assert (edited["body"], edited["editedMessageId"]) == ("olá!", theirs.rpartition("_")[2])
    assert (revoked["before"]["id"], revoked["before"]["body"]) == (theirs, "olá!")
    assert revoked["revokedMessageId"] == theirs.rpartition("_")[2]


async def test_media_is_downloaded_with_the_key(rig: Rig) -> None:
    await rig.session()
    async with rig.http.post(
        f"{rig.url}/_simulator/media", data=b"\x89PNG", params={"mime_type": "image/png", "filename": "a.png"}
    ) as response:
        media_id = (await response.json())["id"]
    await rig.write(**{"from": "351910000111", "type": "image", "media_id": media_id, "text": "door"})
    [heard] = await rig.endpoint.until(lambda: rig.endpoint.told("message"))
    assert (heard["hasMedia"], heard["body"]) == (True, "door")
    assert (heard["media"]["mimetype"], heard["media"]["filename"]) == ("image/png", "a.png")
    async with rig.http.get(heard["media"]["url"]) as response:
        assert response.status == 401
    async with rig.http.get(heard["media"]["url"], headers={"X-Api-Key": "simulator-key"}) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", b"\x89PNG")
    await rig.write(**{"from": "351910000111", "type": "image"})
    await rig.endpoint.until(lambda: len(rig.endpoint.told("message")) == 2)
    assert (rig.endpoint.told("message")[1]["hasMedia"], rig.endpoint.told("message")[1]["media"]) == (True, None)


@pytest.mark.parametrize(
    ("policy", "gaps"),
    [("constant", [2, 2, 2, None]), ("linear", [2, 4, 6, None]), ("exponential", [2, 4, 8, None])],
)
def test_gaps_by_policy(policy: str, gaps: list[float | None]) -> None:
    retries = {"policy": policy, "delaySeconds": 2, "attempts": 3}
    assert [gap(retries, attempt) for attempt in (1, 2, 3, 4)] == gaps


async def test_retries_until_taken_and_no_further_than_asked(rig: Rig) -> None:
    retries = {"policy": "constant", "delaySeconds": 0.01, "attempts": 2}
    await rig.session(events=["message"], retries=retries)
    rig.endpoint.refuse = 2
    await rig.write(**{"from": "351910000111", "text": "ola"})
    await rig.endpoint.until(lambda: len(rig.endpoint.events) == 3)
    assert len(set(rig.endpoint.event_bodies)) == 1
    rig.endpoint.events.clear()
    rig.endpoint.refuse = 9
    await rig.write(**{"from": "351910000111", "text": "again"})
    await rig.endpoint.until(lambda: len(rig.endpoint.events) == 3)
    await rig.until(lambda: figure(rig, "dropped"))
    assert await figure(rig, "pending") == 0
    assert len(rig.endpoint.events) == 3


async def test_hours_of_retries_pass_at_once(rig: Rig) -> None:
    await rig.session(events=["message"], retries={"policy": "constant", "delaySeconds": 3600, "attempts": 1})
    rig.endpoint.refuse = 1
    await rig.write(**{"from": "351910000111", "text": "ola"})
    await rig.endpoint.until(lambda: rig.endpoint.events)
    await rig.until(lambda: figure(rig, "failures"))
    await rig.control("POST", "clock", {"jump": 3601})
    await rig.endpoint.until(lambda: len(rig.endpoint.events) == 2)


async def test_signatures_bad_and_missing_on_demand(rig: Rig) -> None:
    await rig.session(events=["message"])
    for kind in ("good", "bad", "missing"):
        said = await rig.control("POST", "waha/clinic/raw", {"body": {"event": "x"}, "signature": kind})
        assert [each["status"] for each in said["answers"]] == [200]
    right = hmac.new(b"hook-key", b'{"event":"x"}', hashlib.sha512).hexdigest()
    signed = [each.get("X-Webhook-Hmac") for each in rig.endpoint.event_headers]
    assert signed[0] == right
    assert signed[1] not in (right, None)
    assert signed[2] is None


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"text": "x"}, "from is needed"),
        ({"from": "351910000111"}, "text must be"),
        ({"from": "351910000111", "type": "song"}, "type is one of"),
        ({"from": "351910000111", "type": "edit", "text": "x"}, "message_id is needed"),
        ({"from": "351910000111", "text": "x", "colour": 1}, "Unknown: colour"),
        ({"lid": "77", "text": "x"}, "lid is"),
        ({"from": "351910000111", "type": "image", "media_id": "1"}, "no media"),
    ],
)
async def test_what_nobody_could_write_is_refused(rig: Rig, asked: dict[str, Any], says: str) -> None:
    await rig.session()
    assert says in (await rig.control("POST", "waha/clinic/inbound", asked, expect=400))["error"]
    assert rig.endpoint.told("message") == []


async def test_who_types_is_told_of_where_one_has_asked_for_it(rig: Rig) -> None:
    await rig.session(events=["presence.update"])
    person = {"from": "351910000111"}
    await rig.write(**person, type="typing")
    assert (await rig.waha("POST", f"clinic/presence/{ALICE}/subscribe"))[0] == 201
    await rig.write(**person, type="recording")
    [told] = await rig.endpoint.until(lambda: rig.endpoint.told("presence.update"))
    assert told == {
        "id": ALICE,
        "presences": [{"participant": ALICE, "lastKnownPresence": "recording", "lastSeen": None}],
    }
