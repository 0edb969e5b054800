"""What WAHA posts, made up, and how a post is read or taken up."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

import orjson

from db.inbound import InboundPost
from db.senders import Sender, SenderProvider, SenderStatus
from domain import inbound
from domain.inbound import waha
from domain.inbound.envelope import Envelope, Written
from tests.factories import phone, unique

NOW = int(time.time()) - 60
RECEIVED = datetime.now(UTC)


async def a_sender(**given: Any) -> Sender:
    return await Sender.create(
        **{
            "phone_number": phone(),
            "provider": SenderProvider.WAHA,
            "status": SenderStatus.CONNECTED,
            "session_name": unique("s"),
            **given,
        }
    )


def event(kind: str, payload: Any, session: str = "clinic", **given: Any) -> dict[str, Any]:
    me = {"id": "351910000333@c.us", "pushName": "Clinic"}
    return {"id": unique("evt"), "timestamp": NOW * 1000, "event": kind, "session": session, "me": me,
            "engine": "NOWEB", "payload": payload, **given}  # fmt: skip


def message(chat: str = "351910000111@c.us", body: str = "ola", *, own: bool = False, **given: Any) -> dict[str, Any]:
    me = "351910000333@c.us"
    return {
        "id": f"{'true' if own else 'false'}_{chat}_{unique('3EB0').replace('-', '')}",
        "timestamp": NOW,
        "from": me if own else chat,
        "to": chat if own else me,
        "fromMe": own,
        "source": "app",
        "body": body,
        "hasMedia": False,
        "media": None,
        "ack": 1,
        "replyTo": None,
        **given,
    }


def read(kind: str, payload: Any, **given: Any) -> Envelope:
    return waha.read(json.dumps(event(kind, payload, **given)).encode(), RECEIVED)


def one(payload: Any) -> Written:
    envelope = read("message.any", payload)
    assert envelope.errors == []
    [written] = envelope.messages
    return written


async def take_up(sender: Sender, *events: tuple[str, Any]) -> list[InboundPost]:
    rows = [
        await InboundPost.create(
            provider=SenderProvider.WAHA, body=orjson.dumps(event(kind, payload, str(sender.session_name)))
        )
        for kind, payload in events
    ]
    async with asyncio.timeout(20):
        while await InboundPost.filter(id__in=[row.id for row in rows], done_at=None).exists():
            await inbound.drain()
    return [await InboundPost.get(id=row.id) for row in rows]


def name_of(sender: Sender, payload: dict[str, Any]) -> str:
    return f"{sender.session_name}:{payload['id'].split('_')[2]}"
