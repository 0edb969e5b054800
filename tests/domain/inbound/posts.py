"""What WhatsApp posts, element by element, and taking it up."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson

from db.core import connect
from db.inbound import InboundPost
from db.messages import Message
from db.senders import Sender
from domain import inbound
from tests import factories
from tests.factories import unique

NOW = int(time.time()) - 60


def wamid() -> str:
    return f"wamid.{unique()}"


def digits_of(number: str) -> str:
    return number.removeprefix("+")


def message(wa_id: str | None, text: str = "olá", **given: Any) -> dict[str, Any]:
    body = {"from": wa_id, "id": wamid(), "timestamp": str(NOW), "type": "text", "text": {"body": text}, **given}
    return {key: value for key, value in body.items() if value is not None}


def status(of: Message | str, kind: str, at: int = NOW, **given: Any) -> dict[str, Any]:
    id = of if isinstance(of, str) else of.provider_message_id
    return {"id": id, "status": kind, "timestamp": str(at), "recipient_id": "351910000111", **given}


def change(sender: Sender | None, **value: Any) -> dict[str, Any]:
    metadata = {"metadata": {"phone_number_id": sender.phone_number_id}} if sender else {}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", **metadata, **value}}


def body(*changes: Any, account: str = "318800221144667") -> dict[str, Any]:
    return {"object": "whatsapp_business_account", "entry": [{"id": account, "changes": list(changes)}]}


async def take_up(*posts: Any) -> list[InboundPost]:
    """Keeps posts (JSON, or bytes) and takes them up; a worker that runs may be faster."""
    rows = [await InboundPost.create(body=p if isinstance(p, bytes) else orjson.dumps(p)) for p in posts]
    async with asyncio.timeout(20):
        while await InboundPost.filter(id__in=[row.id for row in rows], done_at=None).exists():
            await inbound.drain()
    return [await InboundPost.get(id=row.id) for row in rows]


async def sent(sender: Sender, **given: Any) -> Message:
    """A message of ours that WhatsApp has taken."""
    contact = await factories.contact()
    values = {
        "sender_id": sender.id,
        "contact_id": contact.id,
        "direction": "OUTBOUND",
        "author": "SYSTEM",
        "type": "TEXT",
        "purpose": "MARKETING",
        "state": "SENT",
        "attempts": 1,
        "attempt_id": uuid4(),
        "provider_message_id": wamid(),
        "sent_at": datetime.now(UTC),
        **given,
    }
    return await Message.create(**values)


async def received(id: str) -> Message:
    return await Message.get(provider_message_id=id)


async def events_of(row: Message) -> list[str]:
    sql = "SELECT type FROM event WHERE message_id = $1 ORDER BY number"
    return [found["type"] for found in await connect.rows(sql, row.id)]
