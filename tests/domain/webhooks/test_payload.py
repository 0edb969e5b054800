"""What a body says, and how it is signed: as S1's receivers and those of Standard Webhooks check it."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import standardwebhooks

from db import events as log
from db.conversations import EscalationReason
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.webhooks import Webhook
from domain import conversations, webhooks
from domain.contacts import privacy
from domain.core.access import SYSTEM
from domain.core.errors import Refusal
from domain.core.ids import global_id
from domain.webhooks import delivering, payload, writing
from domain.webhooks.signing import check_secret, headers, new_secret
from tests import factories
from tests.callers import only
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.receivers import Receiver, deliveries, hook, say

BODY = b'{"event":"message.sent","timestamp":"2024-01-01T10:00:00Z","data":{}}'


def as_s1_checks(body: bytes, signature: str, secret: str) -> bool:
    """S1's sample, as it stands there."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


@pytest.mark.parametrize(
    "secret",
    [new_secret(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a-secret-of-our-own-choice"],
    ids=["made", "the standard's", "ours"],
)
def test_public_libraries_take_our_signatures(secret: str) -> None:
    made = headers("msg_1", datetime.now(UTC), BODY, [secret])
    theirs = standardwebhooks.Webhook(secret if secret.startswith("whsec_") else secret.encode())
    assert theirs.verify(BODY, made)["event"] == "message.sent"
    assert as_s1_checks(BODY, made["X-Webhook-Signature"], secret)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        theirs.verify(BODY + b" ", made)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(new_secret()).verify(BODY, made)
    old = headers("msg_1", datetime.now(UTC) - timedelta(minutes=6), BODY, [secret])
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        theirs.verify(BODY, old)


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the specification's libraries."""
    at = datetime.fromtimestamp(1614265330, UTC)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("secret", "reason"),
    [("x" * 23, "too_short"), ("x" * 101, "too_long"), ("", "required"), ("whsec_" + "é" * 24, "invalid_secret")],
)
def test_secrets_that_are_not_taken(secret: str, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_secret(secret)
    assert (caught.value.field, caught.value.details["reason"]) == ("secret", reason)
    assert "providedValue" not in caught.value.details


async def test_two_secrets_are_valid_for_a_day_after_one_is_changed(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    old = webhook.secret or ""
    assert standardwebhooks.Webhook(old)
    assert len(base64.b64decode(old.removeprefix("whsec_"))) == 32
    new = (await webhooks.rotate(SYSTEM, webhook.id)).secret or ""
    assert new != old
    assert (await webhooks.get(SYSTEM, webhook.id)).secret is None
    assert old.encode() not in bytes((await Webhook.get(id=webhook.id)).sealed)
    await say(1)
    await webhooks.deliver(webhook.id)
    [(told, body)] = receiver.posts
    for secret in (old, new):
        assert standardwebhooks.Webhook(secret).verify(body, told)["event"] == "contact.updated"
    assert as_s1_checks(body, told["x-webhook-signature"], new)
    assert as_s1_checks(body, told["x-webhook-signature-previous"], old)
    until = (await Webhook.get(id=webhook.id)).old_until or datetime.now(UTC)
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    assert told["webhook-id"] == told["x-webhook-id"] == global_id("WebhookDelivery", (await deliveries(webhook))[0].id)
    await Webhook.filter(id=webhook.id).update(old_until=datetime.now(UTC))
    await say(2)
    await webhooks.deliver(webhook.id)
    told, body = receiver.posts[1]
    assert "x-webhook-signature-previous" not in told
    assert standardwebhooks.Webhook(new).verify(body, told)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(old).verify(body, told)


async def told_of(type: EventType, kind: str, id: int, **more: Any) -> dict[str, Any]:
    async with transaction():
        record(type, kind, id, **more)
    reading = await log.read(0, 1, newest=True)
    [body] = await payload.bodies(reading.events)
    return payload.orjson.loads(body)


async def test_a_sent_message_is_told_as_s1_has_it() -> None:
    sender, contact = await a_sender(), await a_contact()
    at = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    message = await a_message(sender, contact, state="SENT", provider_message_id="wamid.X", sent_at=at)
    about = {"sender_id": sender, "contact_id": contact, "schedule_id": 77, "message_id": message}
    body = await told_of(EventType.MESSAGE_SENT, "Message", message, **about)
    assert list(body) == ["event", "timestamp", "data"]
    assert body["event"] == "message.sent"
    assert datetime.fromisoformat(body["timestamp"]).utcoffset() == timedelta(0)
    assert body["timestamp"].endswith("Z")
    data = body["data"]
    assert {name: data[name] for name in ("schedule_id", "recipient_id", "message_id", "sent_at")} == {
        "schedule_id": global_id("Schedule", 77),
        "recipient_id": global_id("Contact", contact),
        "message_id": "wamid.X",
        "sent_at": "2026-11-22T12:30:00Z",
    }
    assert data["subject_id"] == global_id("Message", message)
    assert "content" not in data
    failed = await told_of(EventType.MESSAGE_FAILED, "Message", message, **about, data={"error": "No."})
    assert (failed["event"], failed["data"]["error"]) == ("message.failed", "No.")
    done = await told_of(EventType.MESSAGE_COMPLETED, "Schedule", 77, schedule_id=77, data={"stats": {"sent": 1}})
    assert (done["event"], done["data"]["stats"]) == ("message.completed", {"sent": 1})
    heard = await told_of(EventType.MESSAGE_RECEIVED, "Message", message, **about)
    assert (heard["data"]["type"], heard["data"]["content"]) == ("TEXT", "Hello")


async def test_a_closed_conversation_brings_its_transcript_and_an_escalated_one_its_reason() -> None:
    sender = await factories.sender()
    made = await conversations.create(
        SYSTEM, phone_number=factories.phone(), sender_id=sender.id, initial_message="Good morning"
    )
    reason = EscalationReason.MANUAL
    body = await told_of(EventType.CONVERSATION_ESCALATED, "Conversation", made.id, data={"reason": reason.value})
    assert (body["event"], body["data"]["reason"]) == ("conversation.escalated", reason.value)
    body = await told_of(EventType.CONVERSATION_CLOSED, "Conversation", made.id)
    assert body["data"]["transcript"].endswith("Good morning")
    assert body["data"]["conversation_id"] == global_id("Conversation", made.id)


async def test_what_was_told_of_an_erased_contact_is_forgotten(receiver: Receiver) -> None:
    contact, other = await factories.contact(), await factories.contact()
    webhook = await hook(receiver)
    await say(1, contact=contact.id)
    await say(2, contact=other.id)
    await webhooks.deliver(webhook.id)
    receipt = await privacy.erase(SYSTEM, contact.id)
    for _ in range(20):
        await privacy.run_receipt(receipt.id)
    assert [row.contact_id for row in await deliveries(webhook)] == [other.id]


async def test_in_production_nothing_inside_is_told(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by its number, nor by a name that leads there, nor one that came to lead there later."""
    webhook = await hook(receiver)
    for module in (delivering, writing):
        monkeypatch.setattr(module, "get_settings", lambda: SimpleNamespace(production=True))
    for url in (receiver.url, "http://127.1/", "http://2130706433/", "http://[::ffff:169.254.169.254]/"):
        refused = await only(webhooks.create(SYSTEM, url=url, events=[EventType.LEAD_CREATED]))
        assert refused == ("VALIDATION_ERROR", "url", "invalid_url")
    await connect.execute("UPDATE webhook SET url = replace(url, '127.0.0.1', 'localhost') WHERE id = $1", webhook.id)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    assert (row.status.value, row.error_message) == ("PENDING", "This address is not one of the public internet.")
    assert receiver.posts == []
