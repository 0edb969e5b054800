"""Components of templates: there and back in both formats, and what WhatsApp has that is none of ours."""

from typing import Any

from db.templates import MessageTemplate, TemplateCategory
from domain.providers.cloud_components import from_components, to_components

EXAMPLES = {
    "name": "Rita",
    "day": "Friday",
    "1": "Rita",
    "2": "Friday",
    "header_1": "Lia",
    "order": "51",
    "button_2": "7",
}


def a_template(content: str, **given: Any) -> MessageTemplate:
    return MessageTemplate(title="t", content=content, **given)


def test_named_placeholders_have_named_examples() -> None:
    template = a_template(
        "Hi {{ name }}, on {{day}}.",
        header={"format": "TEXT", "text": "For {{name}}"},
        footer="Clinic",
        buttons=[
            {"type": "REPLY", "title": "Keep", "payload": "keep:{{order}}"},
            {"type": "URL", "title": "See", "url": "https://ex.example/{{order}}"},
            {"type": "PHONE", "title": "Call", "phone_number": "+351910000111"},
            {"type": "CODE", "title": "Copy", "code": "S{{order}}"},
            {"type": "FLOW", "title": "Form", "flow_id": "66", "screen": "START"},
        ],
    )
    assert to_components(template, EXAMPLES) == [
        {
            "type": "HEADER",
            "format": "TEXT",
            "text": "For {{name}}",
            "example": {"header_text_named_params": [{"param_name": "name", "example": "Rita"}]},
        },
        {
            "type": "BODY",
            "text": "Hi {{name}}, on {{day}}.",
            "example": {
                "body_text_named_params": [
                    {"param_name": "name", "example": "Rita"},
                    {"param_name": "day", "example": "Friday"},
                ]
            },
        },
        {"type": "FOOTER", "text": "Clinic"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Keep"},
                {
                    "type": "URL",
                    "text": "See",
                    "url": "https://ex.example/{{1}}",
                    "example": ["https://ex.example/51"],
                },
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+351910000111"},
                {"type": "COPY_CODE", "example": "S51"},
                {
                    "type": "FLOW",
                    "text": "Form",
                    "flow_id": "66",
                    "flow_action": "navigate",
                    "navigate_screen": "START",
                },
            ],
        },
    ]


def test_numbered_placeholders_have_their_own_numbers_in_each_part() -> None:
    template = a_template(
        "On {{2}}, {{1}}.",
        positional=True,
        header={"format": "TEXT", "text": "For {{header_1}}"},
        buttons=[
            {"type": "REPLY", "title": "Keep"},
            {"type": "URL", "title": "See", "url": "https://ex.example/{{button_2}}"},
        ],
    )
    components = to_components(template, EXAMPLES)
    assert components[0]["text"] == "For {{1}}"
    assert components[0]["example"] == {"header_text": ["Lia"]}
    assert components[1]["example"] == {"body_text": [["Rita", "Friday"]]}
    assert components[2]["buttons"][1]["url"] == "https://ex.example/{{1}}"
    parts = from_components(components, format="POSITIONAL", category=None)
    assert (parts.content, parts.header, parts.positional) == (template.content, template.header, True)
    assert parts.buttons == template.buttons
    assert parts.examples == {"1": "Rita", "2": "Friday", "header_1": "Lia"}
    untold = from_components(components, format=None, category=None)
    assert untold.positional, "numbers in the text say so where WhatsApp does not"


def test_named_ones_come_back_by_their_names_except_in_links() -> None:
    template = a_template(
        "Hi {{name}}, hi.", buttons=[{"type": "URL", "title": "See", "url": "https://ex.example/{{order}}"}]
    )
    parts = from_components(to_components(template, EXAMPLES), format="NAMED", category=None)
    assert (parts.content, parts.positional, parts.examples) == ("Hi {{name}}, hi.", False, {"name": "Rita"})
    assert parts.buttons is not None
    assert parts.buttons[0].get("url") == "https://ex.example/{{button_1}}"


def test_headers_with_files_and_places_have_no_text() -> None:
    for form in ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION"):
        template = a_template("Hi.", header={"format": form, "media_id": 7})
        shown = to_components(template, {}, handle="4::x")[0]
        assert shown == {"type": "HEADER", "format": form, "example": {"header_handle": ["4::x"]}}
        assert from_components([shown], format=None, category=None).header == {"format": form}


def test_a_one_time_code_has_one_name_in_text_and_button() -> None:
    url = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"
    components = [
        {"type": "BODY", "text": "*{{1}}* is your code.", "add_security_recommendation": True},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy", "url": url, "example": [url]}]},
    ]
    parts = from_components(components, format="POSITIONAL", category=TemplateCategory.AUTHENTICATION)
    assert parts.buttons is not None
    assert parts.buttons[0].get("url") == url


def test_what_is_none_of_ours_goes_back_with_an_edit() -> None:
    carousel = {"type": "CAROUSEL", "cards": [{"components": []}]}
    catalogue = {"type": "CATALOG", "text": "View"}
    components = [{"type": "BODY", "text": "Hi."}, carousel, {"type": "BUTTONS", "buttons": [catalogue]}]
    parts = from_components(components, format=None, category=None)
    template = a_template(
        parts.content, header=parts.header, buttons=parts.buttons, other_components=parts.other_components
    )
    assert to_components(template) == [components[0], components[2], carousel]


def test_nothing_that_whatsapp_might_list_is_a_fault_of_ours() -> None:
    strange: list[Any] = [
        None, "BODY", {}, {"type": None}, {"type": "BODY"}, {"type": "BODY", "text": 3}, {"type": "HEADER"},
        {"type": "HEADER", "format": "GIF"}, {"type": "FOOTER"}, {"type": "BUTTONS"}, {"type": "BUTTONS", "buttons": 3},
        {"type": "BUTTONS", "buttons": [None, {}, {"type": "URL"}, {"type": "COPY_CODE", "example": []}]},
        {"type": "BODY", "text": "{{1}}", "example": {"body_text": []}},
        {"type": "BODY", "text": "{{1}}", "example": {"body_text": "x", "body_text_named_params": [1]}},
        {"type": "BODY", "text": "{{1}}", "example": 3},
    ]  # fmt: skip
    for one in strange:
        from_components([one], format=None, category=None)
    from_components(strange, format="SOMETHING", category=None)
