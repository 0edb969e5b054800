"""A sender's health and pace over the API: in numbers and in words, for many senders as for one."""

import pytest

from db.core import connect
from db.senders import Sender, SenderProvider, SenderStatus
from graph.core.ids import encode
from tests import factories
from tests.domain.messages.surroundings import a_message
from tests.running import Api
from tests.statements import counted

PACING = """query ($id: ID!) { sender(id: $id) {
  health { quality messagesPerSecond messagingLimit messagingLimitUsed displayName displayNameStatus
           lastErrorCode lastError lastErrorAt checkedAt }
  pacing { state reason until messagesPerSecond remainingThisHour queued finishesAt } } }"""
MANY = "query ($first: Int) { senders(first: $first) { edges { node { health { messagingLimitUsed } "
MANY += "pacing { reason queued finishesAt } } } } }"


async def test_a_sender_tells_how_fast_it_sends_and_why(api: Api) -> None:
    # Without an access token the clock of a worker that runs does not ask for it meanwhile.
    sender = await Sender.create(
        phone_number=factories.phone(), provider=SenderProvider.CLOUD_API, status=SenderStatus.CONNECTED
    )
    from_api = encode("Sender", sender.id)
    found = (await api.data(PACING, id=from_api))["sender"]
    assert found["health"] is None, "WhatsApp was not asked yet"
    assert found["pacing"] == {
        "state": "NORMAL",
        "reason": "As fast as it may: 1000 a second.",
        "until": None,
        "messagesPerSecond": 1000,
        "remainingThisHour": None,
        "queued": 0,
        "finishesAt": None,
    }
    await connect.execute(
        "UPDATE sender SET checked_at = now(), quality = 'YELLOW', messaging_limit = 250, last_error_code = 131048,"
        " last_error = 'Spam rate limit hit', last_error_at = now(), paused_until = now() + interval '1 h',"
        " display_name = 'Clinic', display_name_status = 'APPROVED' WHERE id = $1",
        sender.id,
    )
    for _ in range(3):
        await a_message(sender.id)
    found = (await api.data(PACING, id=from_api))["sender"]
    health, pacing = found["health"], found["pacing"]
    assert health.pop("checkedAt")
    assert health.pop("lastErrorAt")
    assert health == {
        "quality": "YELLOW",
        "messagesPerSecond": 80,
        "messagingLimit": 250,
        "messagingLimitUsed": 0,
        "displayName": "Clinic",
        "displayNameStatus": "APPROVED",
        "lastErrorCode": 131048,
        "lastError": "Spam rate limit hit",
    }
    assert (pacing["state"], pacing["messagesPerSecond"], pacing["finishesAt"]) == ("PAUSED", 0, None)
    assert pacing["reason"].startswith("WhatsApp says: Spam rate limit hit; goes on at ")
    assert pacing["until"] is not None
    assert pacing["queued"] == 3


async def test_a_waha_sender_has_an_hour_and_pauses_and_no_health(api: Api) -> None:
    sender = await factories.sender()
    await connect.execute("UPDATE sender SET provider = 'WAHA' WHERE id = $1", sender.id)
    await connect.execute("UPDATE sender SET checked_at = now() WHERE id = $1", sender.id)
    found = (await api.data(PACING, id=encode("Sender", sender.id)))["sender"]
    assert found["health"] is None
    assert found["pacing"]["remainingThisHour"] == 1000


@pytest.mark.usefixtures("database")
async def test_many_senders_take_as_many_statements_as_one() -> None:
    for _ in range(4):
        sender = await factories.sender()
        await connect.execute("UPDATE sender SET messaging_limit = 250, checked_at = now() WHERE id = $1", sender.id)
    _, one = await counted(MANY, first=1)
    _, many = await counted(MANY, first=5)
    assert one == many
