"""Templates as they are sent: every part filled, in the shapes of part A3 of the wire facts."""

from typing import Any

import orjson
import pytest

from db.core import connect
from db.templates import MessageTemplate, TemplateCategory
from domain.messages import dispatch
from domain.providers.base import Interactive, Media, Outgoing, TemplateContent, Text
from domain.providers.cloud_bodies import body
from domain.templates.rendering import Rendered, render, variables_of
from tests.domain.messages.surroundings import a_contact, a_message, a_sender

RITA = {"name": "Rita", "phone_number": "+351910000111"}


def a_template(content: str = "Hi {{name}}.", **given: Any) -> MessageTemplate:
    return MessageTemplate(title="t", content=content, **given)


def approved(content: str = "Hi {{name}}.", **given: Any) -> MessageTemplate:
    known = {"approval_name": "visit", "language": "pt_PT", "category": TemplateCategory.UTILITY}
    return a_template(content, **known, **given)


def sent(rendered: Rendered) -> dict[str, Any]:
    """What would be posted, as far as it is the template's."""
    return body(Outgoing("+351910000111", "m", rendered.content))


def test_a_text_is_a_text() -> None:
    rendered = render(a_template(), RITA, {})
    assert (rendered.content, rendered.text, rendered.details, rendered.fault) == (
        Text("Hi Rita."),
        "Hi Rita.",
        None,
        None,
    )


def test_what_nothing_fills_stays_and_is_told_of() -> None:
    rendered = render(a_template("{{greeting}} {{ name }}, code {{code}}"), {"name": "Ana"}, {"greeting": "Hi"})
    assert (rendered.text, rendered.missing) == ("Hi Ana, code {{code}}", ["code"])
    assert rendered.fault == "Nothing fills {{code}} for this contact."


def test_named_parameters_carry_their_names() -> None:
    header = {"format": "TEXT", "text": "For {{name}}"}
    buttons = [
        {"type": "REPLY", "title": "Keep", "payload": "keep:{{visit}}"},
        {"type": "URL", "title": "See", "url": "https://ex.example/v/{{visit}}"},
        {"type": "CODE", "title": "Copy", "code": "SUN{{visit}}"},
        {"type": "FLOW", "title": "Form", "flow_id": "66", "payload": "ft-{{visit}}", "data": {"at": ["{{day}}", 1]}},
        {"type": "PHONE", "title": "Call", "phone_number": "+351910000222"},
        {"type": "REPLY", "title": "No"},
    ]
    template = approved("On {{day}}, {{name}}: {{day}}.", header=header, buttons=buttons, footer="Clinic")
    rendered = render(template, RITA, {"visit": 51, "day": "Friday"})
    assert sent(rendered)["template"] == {
        "name": "visit",
        "language": {"code": "pt_PT"},
        "components": [
            {"type": "header", "parameters": [{"type": "text", "parameter_name": "name", "text": "Rita"}]},
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "day", "text": "Friday"},
                    {"type": "text", "parameter_name": "name", "text": "Rita"},
                ],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "keep:51"}],
            },
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "51"}]},
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": "2",
                "parameters": [{"type": "coupon_code", "coupon_code": "SUN51"}],
            },
            {
                "type": "button",
                "sub_type": "flow",
                "index": "3",
                "parameters": [
                    {
                        "type": "action",
                        "action": {"flow_token": "ft-51", "flow_action_data": {"at": ["Friday", 1]}},
                    }
                ],
            },
        ],
    }
    assert rendered.text == "On Friday, Rita: Friday."
    assert rendered.details is not None
    assert rendered.details["header"] == {"format": "TEXT", "text": "For Rita"}
    assert rendered.details["footer"] == "Clinic"
    assert rendered.details["buttons"][1] == {"type": "URL", "title": "See", "url": "https://ex.example/v/51"}
    assert variables_of(template.content, template.header, template.buttons) == ["name", "day", "visit"]


def test_positional_parameters_come_in_the_order_of_their_numbers_and_have_no_names() -> None:
    template = approved(
        "{{2}} before {{10}} and {{1}}.",
        positional=True,
        header={"format": "TEXT", "text": "To {{header_1}}"},
        buttons=[{"type": "URL", "title": "See", "url": "https://ex.example/{{button_1}}"}],
    )
    values = {"1": "one", "2": "two", "10": "ten", "header_1": "Rita", "button_1": "51"}
    components = sent(render(template, {}, values))["template"]["components"]
    assert [[p["text"] for p in part["parameters"]] for part in components] == [["Rita"], ["one", "two", "ten"], ["51"]]
    assert not any("parameter_name" in p for part in components for p in part["parameters"])
    missing = render(template, {}, {"1": "one"}).missing
    assert missing == ["header_1", "2", "10", "button_1"]


@pytest.mark.parametrize("form", ["IMAGE", "VIDEO", "DOCUMENT"])
def test_a_header_with_a_file_is_sent_by_whoever_holds_the_file(form: str) -> None:
    template = approved(header={"format": form, "media_id": 7})
    rendered = render(template, RITA, {})
    assert isinstance(rendered.content, TemplateContent)
    assert rendered.content.media is not None
    assert (rendered.content.media.kind, rendered.content.media.file_id) == (form, 7)
    outgoing = Outgoing("+351910000111", "m", rendered.content).holding("990")
    kind = form.lower()
    assert body(outgoing)["template"]["components"][0] == {
        "type": "header", "parameters": [{"type": kind, kind: {"id": "990"}}],
    }  # fmt: skip
    other = render(template, RITA, {}, header={"format": form, "media_id": 8})
    assert isinstance(other.content, TemplateContent)
    assert other.content.media is not None
    assert other.content.media.file_id == 8


def test_a_header_with_a_place_is_a_parameter_and_one_without_is_missing() -> None:
    place = {"latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": None}
    rendered = render(approved("Hi.", header={"format": "LOCATION", "location": place}), RITA, {})
    assert sent(rendered)["template"]["components"] == [
        {
            "type": "header",
            "parameters": [{"type": "location", "location": {"latitude": 41.15, "longitude": -8.61, "name": "Depot"}}],
        }
    ]
    for form in ("LOCATION", "IMAGE"):
        rendered = render(approved(header={"format": form}), RITA, {})
        assert rendered.missing == ["header"]
        assert rendered.fault == "The template has no file or place for its header."


def test_texts_of_ours_become_interactive_messages_or_captions() -> None:
    buttons = [{"type": "REPLY", "title": "Yes", "payload": "yes:{{name}}"}]
    rendered = render(a_template(buttons=buttons, footer="F", header={"format": "IMAGE", "media_id": 3}), RITA, {})
    assert isinstance(rendered.content, Interactive)
    assert rendered.content.media == Media("IMAGE", file_id=3)
    assert rendered.content.details["buttons"] == [{"type": "REPLY", "title": "Yes", "payload": "yes:Rita"}]
    pictured = render(a_template(header={"format": "IMAGE", "media_id": 3}), RITA, {})
    assert pictured.content == Media("IMAGE", file_id=3, caption="Hi Rita.")


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        (a_template("{{x}}"), "The text has over 4096 characters once it is filled in."),
        (
            a_template("{{x}}", buttons=[{"type": "REPLY", "title": "Y", "payload": "y"}]),
            "The text has over 1024 characters once it is filled in.",
        ),
        (
            approved("Hi.", header={"format": "TEXT", "text": "{{x}}"}),
            "The header has over 60 characters once it is filled in.",
        ),
        (
            approved("Hi.", buttons=[{"type": "CODE", "title": "Copy", "code": "{{x}}"}]),
            "The code of button 1 has over 15 characters once it is filled in.",
        ),
        (
            approved("Hi.", buttons=[{"type": "URL", "title": "See", "url": "https://ex.example/{{x}}"}]),
            "The url of button 1 has over 2000 characters once it is filled in.",
        ),
    ],
)
def test_what_grew_too_long_says_what(template: MessageTemplate, fault: str) -> None:
    assert render(template, {}, {"x": "😀" * 2049}).fault == fault


async def test_what_was_rendered_is_kept_and_a_message_has_values_of_its_own() -> None:
    sender = await a_sender()
    template = approved("On {{day}}, {{name}}.", header={"format": "DOCUMENT", "media_id": 5}, footer="F")
    await template.save()
    message = await a_message(
        sender,
        await a_contact(name="Ana"),
        template_id=template.id,
        variables=orjson.dumps({"day": "Friday"}).decode(),
        details=orjson.dumps({"kind": "interactive", "header": {"format": "DOCUMENT", "media_id": 6}}).decode(),
    )
    (departure,) = await dispatch.depart(await dispatch.claim(sender, 10))
    assert departure.outgoing is not None
    assert departure.outgoing.media is not None
    assert departure.outgoing.media.file_id == 6
    row = await connect.row("SELECT content, details FROM message WHERE id = $1", message)
    assert row is not None
    assert row["content"] == "On Friday, Ana."
    assert orjson.loads(row["details"]) == {
        "kind": "interactive",
        "header": {"format": "DOCUMENT", "media_id": 6, "location": None},
        "footer": "F",
        "buttons": [],
        "sections": [],
    }
