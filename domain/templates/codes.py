"""Templates for one-time codes: what a person says of them, where WhatsApp writes the words."""

from collections.abc import Mapping
from typing import Any

from db.templates import MessageTemplate, TemplateCategory
from domain.core.errors import Checks, optional_text, utf16
from domain.providers import cloud_codes
from domain.providers.cloud_components import from_components
from domain.templates.parts import wrong
from domain.templates.placeholders import variables_in

_WORDING = ("content", "header", "footer", "buttons")
_FIELD = "approval.oneTimeCode"


def check_code(check: Checks, wording: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a one-time code, which are good only if `check` stays empty."""
    _refuse_words(check, wording)
    minutes, label = given.get("expires_in_minutes"), None
    with check():
        if minutes is not None and not 1 <= minutes <= cloud_codes.MOST_MINUTES:
            words = f"A code runs out after 1 to {cloud_codes.MOST_MINUTES} minutes."
            raise wrong(words, f"{_FIELD}.expiresInMinutes", "out_of_range")
    with check():
        label = optional_text(given.get("button_title"), f"{_FIELD}.buttonTitle", most=25, length=utf16)
        if variables_in(label):
            raise wrong("What stands on a button has no placeholders.", f"{_FIELD}.buttonTitle", "placeholder")
    components = cloud_codes.asked(advice=given.get("security_advice", True), minutes=minutes, label=label)
    read = from_components(components, format="POSITIONAL", category=TemplateCategory.AUTHENTICATION)
    return {
        "content": read.content,
        "header": None,
        "footer": read.footer,
        "buttons": read.buttons,
        "other_components": read.other_components,
    }


def check_change(check: Checks, template: MessageTemplate, changes: Mapping[str, Any]) -> None:
    """Of a one-time code nothing but the title is ours to change."""
    if cloud_codes.components_of(template) is not None:
        _refuse_words(check, changes)


def _refuse_words(check: Checks, given: Mapping[str, Any]) -> None:
    for name in _WORDING:
        with check():
            if given.get(name):
                raise wrong("WhatsApp writes all of a one-time code itself: leave this out.", name, "not_for_codes")
