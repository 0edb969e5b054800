"""What each kind of content is in a send to the Cloud API, key by key (wire facts A2, A3)."""

from typing import Any

import pytest

from db.content import InteractiveDetails
from db.templates import TemplateCategory
from domain.providers.base import (
    Cards,
    Content,
    Emoji,
    Interactive,
    Media,
    Outgoing,
    Place,
    TemplateContent,
    Text,
)
from domain.providers.cloud_bodies import body


def interactive(**given: Any) -> InteractiveDetails:
    nothing: dict[str, Any] = {"kind": "interactive", "header": None, "footer": None, "buttons": [], "sections": []}
    return nothing | given  # pyright: ignore[reportReturnType]


REPLIES = [{"type": "REPLY", "title": "Keep", "payload": "keep:51"}, {"type": "REPLY", "title": "Move", "payload": "m"}]
LIST = interactive(
    buttons=[{"type": "LIST", "title": "Slots"}],
    sections=[{"title": "Friday", "rows": [{"payload": "f10", "title": "10:00", "description": "Room 2"}]}],
)
LINK = interactive(buttons=[{"type": "URL", "title": "Pay", "url": "https://ex.example/p/51"}])
FORM = {"type": "FLOW", "title": "Open", "flow_id": "66", "payload": "ft-51", "screen": "START", "data": {"visit": "1"}}
TEMPLATE = TemplateContent(
    "visit",
    "pt_PT",
    TemplateCategory.UTILITY,
    [{"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Rita"}]}],
    "Olá Rita",
)


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (Text("See https://ex.example"), "text", {"body": "See https://ex.example", "preview_url": True}),
        (Media("IMAGE", id="77", caption="Door"), "image", {"id": "77", "caption": "Door"}),
        (Media("IMAGE", link="https://ex.example/a.jpg"), "image", {"link": "https://ex.example/a.jpg"}),
        (Media("VIDEO", id="77", caption="Tour"), "video", {"id": "77", "caption": "Tour"}),
        (Media("AUDIO", id="77", caption="no"), "audio", {"id": "77"}),
        (Media("VOICE", id="77"), "audio", {"id": "77", "voice": True}),
        (
            Media("DOCUMENT", id="77", filename="i.pdf", caption="Invoice"),
            "document",
            {"id": "77", "filename": "i.pdf", "caption": "Invoice"},
        ),
        (Media("STICKER", id="77", caption="no", filename="no"), "sticker", {"id": "77"}),
        (
            Place({"latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": None}),
            "location",
            {"latitude": 41.15, "longitude": -8.61, "name": "Depot"},
        ),
        (
            Cards(
                [{"name": "Rita Sá", "phone_numbers": ["+351910000111"], "emails": ["r@ex.example"], "company": "D"}]
            ),
            "contacts",
            [
                {
                    "name": {"formatted_name": "Rita Sá", "first_name": "Rita Sá"},
                    "phones": [{"phone": "+351910000111", "type": "WORK"}],
                    "emails": [{"email": "r@ex.example", "type": "WORK"}],
                    "org": {"company": "D"},
                }
            ],
        ),
        (Emoji("wamid.1", "👍"), "reaction", {"message_id": "wamid.1", "emoji": "👍"}),
        (Emoji("wamid.1", None), "reaction", {"message_id": "wamid.1", "emoji": ""}),
        (
            Interactive(
                "Keep it?", interactive(buttons=REPLIES, footer="Clinic", header={"format": "TEXT", "text": "V"})
            ),
            "interactive",
            {
                "type": "button",
                "header": {"type": "text", "text": "V"},
                "body": {"text": "Keep it?"},
                "footer": {"text": "Clinic"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "keep:51", "title": "Keep"}},
                        {"type": "reply", "reply": {"id": "m", "title": "Move"}},
                    ]
                },
            },
        ),
        (
            Interactive("Pick", LIST),
            "interactive",
            {
                "type": "list",
                "body": {"text": "Pick"},
                "action": {
                    "button": "Slots",
                    "sections": [
                        {"title": "Friday", "rows": [{"id": "f10", "title": "10:00", "description": "Room 2"}]}
                    ],
                },
            },
        ),
        (
            Interactive("Pay", LINK, Media("IMAGE", id="78")),
            "interactive",
            {
                "type": "cta_url",
                "header": {"type": "image", "image": {"id": "78"}},
                "body": {"text": "Pay"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Pay", "url": "https://ex.example/p/51"},
                },
            },
        ),
        (
            Interactive("Tell us", interactive(buttons=[FORM])),
            "interactive",
            {
                "type": "flow",
                "body": {"text": "Tell us"},
                "action": {
                    "name": "flow",
                    "parameters": {
                        "flow_message_version": "3",
                        "flow_id": "66",
                        "flow_cta": "Open",
                        "flow_token": "ft-51",
                        "mode": "published",
                        "flow_action": "navigate",
                        "flow_action_payload": {"screen": "START", "data": {"visit": "1"}},
                    },
                },
            },
        ),
        (
            Interactive("Open again", interactive(header={"format": "TEXT", "text": "News"}, footer="Clinic")),
            "text",
            {"body": "News\n\nOpen again\n\nClinic", "preview_url": True},
        ),
        (
            TEMPLATE,
            "template",
            {"name": "visit", "language": {"code": "pt_PT"}, "components": TEMPLATE.components},
        ),
        (
            TemplateContent("plain", "en", TemplateCategory.UTILITY, [], "Hi", None, Media("VIDEO", id="79")),
            "template",
            {
                "name": "plain",
                "language": {"code": "en"},
                "components": [{"type": "header", "parameters": [{"type": "video", "video": {"id": "79"}}]}],
            },
        ),
        (
            TemplateContent("plain", "en", TemplateCategory.UTILITY, [], "Hi"),
            "template",
            {"name": "plain", "language": {"code": "en"}},
        ),
    ],
)
def test_each_kind_of_content(content: Content, kind: str, expected: Any) -> None:
    made = body(Outgoing("+5511912345678", "1.x", content))
    assert made == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+5511912345678",
        "biz_opaque_callback_data": "1.x",
        "type": kind,
        kind: expected,
    }


def test_a_form_begins_with_its_own_first_screen_where_none_is_named() -> None:
    form = interactive(buttons=[{"type": "FLOW", "title": "Open", "flow_id": "66"}])
    parameters = body(Outgoing("+1", "c", Interactive("x", form)))["interactive"]["action"]["parameters"]
    assert parameters.keys() == {"flow_message_version", "flow_id", "flow_cta", "flow_token", "mode"}


def test_a_bsuid_is_a_recipient_and_no_phone() -> None:
    made = body(Outgoing("PT.99", "c", Text("Hi")))
    assert (made["recipient"], "to" in made) == ("PT.99", False)


def test_a_reply_quotes_its_message_and_a_reaction_quotes_none() -> None:
    assert body(Outgoing("+1", "c", Text("Hi"), "wamid.1"))["context"] == {"message_id": "wamid.1"}
    assert "context" not in body(Outgoing("+1", "c", Emoji("wamid.1", "👍"), "wamid.1"))


def test_a_file_leaves_by_the_id_that_the_provider_gave() -> None:
    sent = Outgoing("+1", "c", Media("IMAGE", file_id=3, caption="x"))
    assert sent.media == sent.content
    assert body(sent.holding("77"))["image"] == {"id": "77", "caption": "x"}
    header = Outgoing("+1", "c", Interactive("Pay", LINK, Media("DOCUMENT", file_id=4, filename="a.pdf")))
    assert header.media is not None
    assert body(header.holding("78"))["interactive"]["header"]["document"] == {"id": "78", "filename": "a.pdf"}
    assert Outgoing("+1", "c", Text("Hi")).media is None
