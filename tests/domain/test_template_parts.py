"""Header, footer and buttons of templates: each limit of WhatsApp's, with one refusal for each field at fault."""

from typing import Any

import pytest

from db.templates import MessageTemplate, TemplateCategory
from domain import templates
from domain.core.access import SYSTEM
from domain.templates.submission import Approval
from tests import factories
from tests.callers import refused
from tests.factories import unique
from tests.running import Simulator


@pytest.fixture(autouse=True)
def _whatsapp(simulator: Simulator) -> None: ...


def reply(title: str = "Yes", **more: Any) -> dict[str, Any]:
    return {"type": "REPLY", "title": title, **more}


def link(url: str = "https://ex.example/a", **more: Any) -> dict[str, Any]:
    return {"type": "URL", "title": "See", "url": url, **more}


PHONE = {"type": "PHONE", "title": "Call", "phone_number": "+351910000111"}
CODE = {"type": "CODE", "title": "Copy", "code": "SUN25"}
FLOW = {"type": "FLOW", "title": "Form", "flow_id": "660077"}

Faults = list[tuple[str | None, Any]]


async def faults(approval: Approval | None, **given: Any) -> Faults:
    """Field and reason of each refusal; and nothing was stored."""
    title = unique("parts")
    values = {"title": title, "content": "Hello {{name}}, hi.", **given}
    found = await refused(templates.create(SYSTEM, approval=approval, **values))
    assert not await MessageTemplate.filter(title=title).exists()
    return [(field, reason) for _, field, reason in found]


def submission(**given: Any) -> Approval:
    return Approval(language="en_US", category=TemplateCategory.UTILITY, **given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"content": "{{name}} is first."}, [("content", "placeholder_at_edge")]),
        ({"content": "Last is {{name}} "}, [("content", "placeholder_at_edge")]),
        ({"content": "😀" * 513}, [("content", "too_long")]),
        ({"header": {"text": "x" * 61}}, [("header.text", "too_long")]),
        ({"header": {"text": "😀" * 31}}, [("header.text", "too_long")]),
        ({"header": {"text": "{{name}} {{company}}"}}, [("header.text", "too_many_placeholders")]),
        (
            {"header": {"location": {"latitude": 91, "longitude": float("nan")}}},
            [("header.location.latitude", "out_of_range"), ("header.location.longitude", "out_of_range")],
        ),
        ({"footer": "x" * 61}, [("footer", "too_long")]),
        ({"footer": "For {{name}}"}, [("footer", "placeholder")]),
        ({"buttons": [reply(str(n)) for n in range(11)]}, [("buttons", "too_many")]),
        ({"buttons": [link(), link(), link()]}, [("buttons", "too_many")]),
        ({"buttons": [PHONE, PHONE]}, [("buttons", "too_many")]),
        ({"buttons": [CODE, CODE]}, [("buttons", "too_many")]),
        ({"buttons": [reply("x" * 26)]}, [("buttons[0].title", "too_long")]),
        ({"buttons": [reply(), reply("{{name}}")]}, [("buttons[1].title", "placeholder")]),
        ({"buttons": [reply(payload="x" * 257)]}, [("buttons[0].payload", "too_long")]),
        ({"buttons": [link("ftp://ex.example")]}, [("buttons[0].url", "invalid_format")]),
        ({"buttons": [link("https://ex.example/{{name}}/b")]}, [("buttons[0].url", "placeholder_within")]),
        ({"buttons": [link("https://{{name}}")]}, [("buttons[0].url", "invalid_format")]),
        ({"buttons": [link("https://ex.example/{{name}}{{company}}")]}, [("buttons[0].url", "placeholder_within")]),
        ({"buttons": [link("https://ex.example/" + "x" * 2000)]}, [("buttons[0].url", "too_long")]),
        ({"buttons": [{**CODE, "code": "x" * 16}]}, [("buttons[0].code", "too_long")]),
        ({"buttons": [{**FLOW, "flow_id": ""}]}, [("buttons[0].flowId", "required")]),
        ({"buttons": [{**FLOW, "data": {"a": 1}}]}, [("buttons[0].screen", "required")]),
        ({"buttons": [{"type": "LIST", "title": "Pick"}]}, [("buttons[0].type", "not_in_templates")]),
        ({"content": "Hi {{1}} and {{name}}, hi."}, [("content", "mixed_placeholders")]),
        ({"content": "Hi {{1}} and {{3}}, hi."}, [("content", "mixed_placeholders")]),
        ({"content": "Hi {{1}}, hi.", "header": {"text": "{{name}}"}}, [("header.text", "mixed_placeholders")]),
        (
            {"content": "Hi {{1}}, hi.", "buttons": [reply(), link("https://ex.example/{{button_1}}")]},
            [("buttons[1].url", "mixed_placeholders")],
        ),
        (
            {"footer": "x" * 61, "header": {"text": ""}, "buttons": [reply(""), link("")]},
            [
                ("header.text", "required"),
                ("footer", "too_long"),
                ("buttons[0].title", "required"),
                ("buttons[1].url", "required"),
            ],
        ),
    ],
)
async def test_what_whatsapp_would_not_approve_is_refused_before_it_is_asked(
    given: dict[str, Any], expected: Faults
) -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    assert await faults(submission(sender_id=sender.id, examples={"1": "a", "3": "b", "button_1": "c"}), **given) == (
        expected
    )


async def test_a_number_to_call_is_a_number() -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    found = await faults(submission(sender_id=sender.id), buttons=[{**PHONE, "phone_number": "12"}])
    assert [field for field, _ in found] == ["buttons[0].phoneNumber"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"buttons": [reply(), reply("No"), reply("Maybe"), reply("Later")]}, [("buttons", "too_many")]),
        ({"buttons": [reply(), link()]}, [("buttons", "mixed")]),
        ({"buttons": [link(), link()]}, [("buttons", "mixed")]),
        ({"buttons": [reply("x" * 21)]}, [("buttons[0].title", "too_long")]),
        ({"buttons": [PHONE]}, [("buttons[0].type", "approval_only")]),
        ({"buttons": [CODE]}, [("buttons[0].type", "approval_only")]),
        ({"header": {"location": {"latitude": 1, "longitude": 1}}}, [("header.location", "approval_only")]),
        ({"header": {"text": "Visit"}}, [("buttons", "required")]),
        ({"footer": "Clinic"}, [("buttons", "required")]),
        ({"content": "x" * 1025, "buttons": [reply()]}, [("content", "too_long")]),
    ],
)
async def test_a_text_of_ours_is_what_an_interactive_message_may_be(given: dict[str, Any], expected: Faults) -> None:
    assert await faults(None, **given) == expected


async def test_a_text_of_ours_keeps_its_parts_and_changes_them_one_by_one() -> None:
    template = await templates.create(
        SYSTEM, title="t", content="{{name}}", header={"text": "Visit"}, footer="F", buttons=[reply(), reply("No")]
    )
    stored = await templates.get(SYSTEM, template.id)
    assert stored.header == {"format": "TEXT", "text": "Visit"}
    assert stored.buttons == [
        {"type": "REPLY", "title": "Yes", "payload": "Yes"},
        {"type": "REPLY", "title": "No", "payload": "No"},
    ]
    changed = await templates.update(SYSTEM, template.id, buttons=[link("https://ex.example/{{x}}/y")])
    assert (changed.footer, len(changed.buttons or [])) == ("F", 1)
    assert await refused(templates.update(SYSTEM, template.id, buttons=None)) == [
        ("VALIDATION_ERROR", "buttons", "required")
    ]
    assert await refused(templates.update(SYSTEM, template.id, content="x" * 1025)) == [
        ("VALIDATION_ERROR", "content", "too_long")
    ]
    bare = await templates.update(SYSTEM, template.id, header=None, footer=None, buttons=[])
    assert (bare.header, bare.footer, bare.buttons) == (None, None, None)
    assert (await templates.update(SYSTEM, template.id, content="y" * 5000)).content == "y" * 5000
