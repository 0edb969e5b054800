"""Every type of message that WhatsApp passes on, typed; and what is not as documented, kept raw."""

from typing import Any

import orjson
import pytest

from domain.inbound.content import read
from domain.inbound.envelope import Media, Said

PHOTO = {"id": "770011", "mime_type": "image/jpeg", "sha256": "q83v", "url": "https://media.example/770011"}


@pytest.mark.parametrize(
    ("message", "type", "content", "details"),
    [
        ({"type": "text", "text": {"body": " ola "}}, "TEXT", "ola", None),
        ({"text": {"body": "no type"}}, "TEXT", "no type", None),
        (
            {"type": "location", "location": {"latitude": 41.15, "longitude": -8.61, "name": "Depot"}},
            "LOCATION",
            "Depot, 41.15, -8.61",
            {"kind": "location", "latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": None},
        ),
        (
            {
                "type": "contacts",
                "contacts": [
                    {
                        "name": {"formatted_name": "Rita Sá", "first_name": "Rita"},
                        "phones": [{"phone": "+351 910 000 111", "wa_id": "351910000111"}, {"wa_id": "351910000112"}],
                        "emails": [{"email": "rita@ex.example"}, {}],
                        "org": {"company": "Depot"},
                    },
                    {"phones": [{"phone": "112"}]},
                    {"name": {}},
                    None,
                ],
            },
            "CONTACTS",
            "Rita Sá, 112",
            {
                "kind": "contacts",
                "cards": [
                    {
                        "name": "Rita Sá",
                        "phone_numbers": ["+351 910 000 111", "351910000112"],
                        "emails": ["rita@ex.example"],
                        "company": "Depot",
                    },
                    {"name": "112", "phone_numbers": ["112"], "emails": [], "company": None},
                ],
            },
        ),
        (
            {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": {"id": "keep:51", "title": "Keep"}},
            },
            "INTERACTIVE_REPLY",
            "Keep",
            {"kind": "interactive_reply", "payload": "keep:51", "title": "Keep", "answers": None},
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "list_reply",
                    "list_reply": {"id": "f10", "title": "10:00", "description": "x"},
                },
            },
            "INTERACTIVE_REPLY",
            "10:00",
            {"kind": "interactive_reply", "payload": "f10", "title": "10:00", "answers": None},
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "nfm_reply",
                    "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"ft-51","n":[1,2]}'},
                },
            },
            "INTERACTIVE_REPLY",
            "Sent",
            {"kind": "interactive_reply", "payload": "ft-51", "title": "Sent", "answers": {"n": [1, 2]}},
        ),
        (
            {"type": "interactive", "interactive": {"nfm_reply": {"name": "flow", "response_json": '{"a":'}}},
            "INTERACTIVE_REPLY",
            "flow",
            {"kind": "interactive_reply", "payload": None, "title": "flow", "answers": '{"a":'},
        ),
        (
            {"type": "button", "button": {"payload": "keep:51", "text": "Keep"}},
            "INTERACTIVE_REPLY",
            "Keep",
            {"kind": "interactive_reply", "payload": "keep:51", "title": "Keep", "answers": None},
        ),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}, "REACTION", "👍", None),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}}, "REACTION", None, None),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1"}}, "REACTION", None, None),
        (
            {
                "type": "order",
                "order": {
                    "catalog_id": 91,
                    "product_items": [
                        {"product_retailer_id": "p1", "quantity": 2, "item_price": 23.9, "currency": "EUR"},
                        {"product_retailer_id": "p2", "quantity": "1", "item_price": "5", "currency": "EUR"},
                    ],
                },
            },
            "ORDER",
            "Order of 2 products",
            {
                "kind": "order",
                "catalog_id": "91",
                "items": [
                    {"product_id": "p1", "quantity": 2, "price": "23.9", "currency": "EUR"},
                    {"product_id": "p2", "quantity": 1, "price": "5", "currency": "EUR"},
                ],
            },
        ),
        ({"type": "system", "system": {"body": "User changed numbers"}}, "SYSTEM", "User changed numbers", None),
        ({"type": "system"}, "SYSTEM", None, None),
    ],
)
def test_every_type_is_typed(message: dict[str, Any], type: str, content: str | None, details: Any) -> None:
    said = read(message)
    assert (said.type, said.content, said.details) == (type, content, details)


@pytest.mark.parametrize(
    ("message", "type", "content", "media"),
    [
        (
            {"type": "image", "image": PHOTO | {"caption": "Front door"}},
            "IMAGE",
            "Front door",
            Media("770011", "https://media.example/770011", "image/jpeg", "q83v"),
        ),
        ({"type": "video", "video": {"id": "1"}}, "VIDEO", None, Media("1")),
        (
            {"type": "document", "document": {"id": "1", "filename": "i.pdf"}},
            "DOCUMENT",
            None,
            Media("1", filename="i.pdf"),
        ),
        # A name that is shown as aexe.pdf, and one of which nothing is shown.
        (
            {"type": "document", "document": {"id": "1", "filename": "a\u202efdp.exe"}},
            "DOCUMENT",
            None,
            Media("1", filename="afdp.exe"),
        ),
        ({"type": "document", "document": {"id": "1", "filename": "\u200b\u202e"}}, "DOCUMENT", None, Media("1")),
        ({"type": "audio", "audio": {"id": "1", "voice": True}}, "VOICE", None, Media("1")),
        ({"type": "audio", "audio": {"id": "1"}}, "AUDIO", None, Media("1")),
        ({"type": "sticker", "sticker": {"id": "1", "animated": True}}, "STICKER", None, Media("1")),
        ({"type": "image", "image": {"caption": "no file"}}, "IMAGE", "no file", None),
    ],
)
def test_files_are_announced(message: dict[str, Any], type: str, content: str | None, media: Media | None) -> None:
    said = read(message)
    assert (said.type, said.content, said.media, said.details) == (type, content, media, None)


@pytest.mark.parametrize(
    ("message", "word", "content"),
    [
        (
            {"type": "unsupported", "unsupported": {"type": "poll"}},
            "poll",
            "A message that WhatsApp does not pass on (poll)",
        ),
        ({"type": "unsupported"}, "unsupported", "A message that WhatsApp does not pass on"),
        ({"type": "hologram", "hologram": {}}, "hologram", "A message of type hologram"),
        ({"type": 7, "text": []}, "7", "A message of type 7"),
        ({}, "unknown", "A message of type unknown"),
        ({"type": "text", "text": "not an object"}, "text", "A message of type text"),
        ({"type": "interactive"}, "interactive", "A message of type interactive"),
        (
            {"type": "interactive", "interactive": {"call_permission_reply": {"response": "accept"}}},
            "interactive",
            "A message of type interactive",
        ),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, "location", "A message of type location"),
        ({"type": "location", "location": {"latitude": float("nan"), "longitude": 0}}, "location", None),
        ({"type": "contacts", "contacts": []}, "contacts", "A message of type contacts"),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, "reaction", "A message of type reaction"),
        ({"type": "order", "order": {"catalog_id": "1", "product_items": []}}, "order", "A message of type order"),
        (
            {
                "type": "order",
                "order": {
                    "catalog_id": "1",
                    "product_items": [
                        {"product_retailer_id": "p", "quantity": 1, "item_price": "much", "currency": "EUR"}
                    ],
                },
            },
            "order",
            "A message of type order",
        ),
    ],
)
def test_what_is_not_as_documented_is_kept_raw(message: dict[str, Any], word: str, content: str | None) -> None:
    said = read(message)
    assert said.type == "UNSUPPORTED"
    assert said.content == (content or f"A message of type {word}")
    assert said.details is not None
    assert {key: said.details[key] for key in ("kind", "word")} == {"kind": "unsupported", "word": word}
    assert set(said.details["raw"]) == set(message)


def test_what_cannot_be_stored_is_mended_in_what_is_kept_raw() -> None:
    deep: Any = "deep"
    for _ in range(200):
        deep = [deep]
    said = read({"type": "x", "x": {"a": "\ud83d\0", "b": 10**30, "c": float("inf"), "d": deep}})
    assert said.details is not None
    raw = said.details["raw"]["x"]
    assert (raw["a"], raw["b"], raw["c"]) == ("?", str(10**30), None)
    assert len(orjson.dumps(raw)) < 200
    long = read({"type": "y", "y": "é" * 100_000})
    assert long.details is not None
    assert len(long.details["raw"].encode()) <= 65_536


@pytest.mark.parametrize(
    ("error", "type"),
    [
        ({"type": "unsupported", "errors": [{"code": 131051, "title": "Unsupported"}]}, "UNSUPPORTED"),
        ({"type": "video", "errors": [{"code": 131052, "title": "Media not found"}]}, "VIDEO"),
        ({"type": "unsupported", "errors": [{"code": 131060, "message": "Unavailable"}]}, "UNSUPPORTED"),
    ],
)
def test_errors_stay_with_their_message(error: dict[str, Any], type: str) -> None:
    said: Said = read(error)
    assert said.type == type
    assert said.error is not None
    assert said.error.provider_code == error["errors"][0]["code"]
    assert said.error.message in ("Unsupported", "Media not found", "Unavailable")
