"""Every type of message that WhatsApp passes on, in words."""

from typing import Any

import pytest

from db.messages import MessageType
from domain.inbound.content import describe


@pytest.mark.parametrize(
    ("message", "type", "content"),
    [
        ({"type": "text", "text": {"body": " ola "}}, "TEXT", "ola"),
        ({"type": "image", "image": {"id": "1", "caption": "Front door"}}, "IMAGE", "Front door"),
        ({"type": "image", "image": {"id": "1"}}, "IMAGE", "Image"),
        ({"type": "video", "video": {"id": "1", "caption": "Tour"}}, "VIDEO", "Tour"),
        ({"type": "document", "document": {"id": "1", "filename": "invoice.pdf"}}, "DOCUMENT", "invoice.pdf"),
        ({"type": "audio", "audio": {"id": "1", "voice": True}}, "VOICE", "Voice message"),
        ({"type": "audio", "audio": {"id": "1"}}, "AUDIO", "Audio"),
        ({"type": "sticker", "sticker": {"id": "1", "animated": True}}, "STICKER", "Sticker"),
        (
            {"type": "location", "location": {"latitude": 41.15, "longitude": -8.61, "name": "Depot"}},
            "LOCATION",
            "Depot, 41.15, -8.61",
        ),
        (
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "Rita Sá"}}, {"name": {}}, None]},
            "CONTACTS",
            "Rita Sá",
        ),
        (
            {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": {"id": "k", "title": "Keep"}},
            },
            "INTERACTIVE_REPLY",
            "Keep",
        ),
        (
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "f10", "title": "10:00"}},
            },
            "INTERACTIVE_REPLY",
            "10:00",
        ),
        (
            {"type": "interactive", "interactive": {"nfm_reply": {"body": "Sent", "response_json": "{}"}}},
            "INTERACTIVE_REPLY",
            "Sent",
        ),
        ({"type": "interactive"}, "INTERACTIVE_REPLY", "A reply of type unknown"),
        ({"type": "button", "button": {"payload": "keep:51", "text": "Keep"}}, "INTERACTIVE_REPLY", "Keep"),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}, "REACTION", "👍"),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1"}}, "REACTION", "Reaction taken back"),
        ({"type": "order", "order": {"product_items": [{}, {}]}}, "ORDER", "Order of 2 products"),
        ({"type": "system", "system": {"body": "User changed numbers"}}, "SYSTEM", "User changed numbers"),
        (
            {"type": "unsupported", "unsupported": {"type": "poll"}},
            "UNSUPPORTED",
            "A message that WhatsApp does not pass on (poll)",
        ),
        ({"type": "hologram", "hologram": {}}, "UNSUPPORTED", "A message of type hologram"),
        ({"type": 7, "text": []}, "UNSUPPORTED", "A message of type 7"),
        ({"text": {"body": "no type"}}, "TEXT", "no type"),
        ({"type": "text", "text": "not an object"}, "TEXT", "A message of type text"),
    ],
)
def test_every_type_has_words(message: dict[str, Any], type: str, content: str) -> None:
    assert describe(message) == (MessageType(type), content)
