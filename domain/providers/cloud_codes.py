"""One-time codes: templates whose words are WhatsApp's own, and of which we say only what goes with them (A3, A7).

In place of a text WhatsApp is told whether to advise not to share the code, and when it runs out. It lists the words
that it made of that, in the template's language; until then the English ones stand here.
"""

from collections.abc import Sequence
from typing import Any, cast

from db.templates import MessageTemplate

Json = dict[str, Any]

VARIABLE = "1"
"""Name of the placeholder that the code fills, in the text and on the button."""
MOST_CHARACTERS = 15
"""Of a code."""
MOST_MINUTES = 90
EXAMPLE = "123456"

_TEXT, _ADVICE = "*{{1}}* is your verification code.", " For your security, do not share this code."
_EXPIRY = "This code expires in {} minutes."


def asked(*, advice: bool, minutes: int | None, label: str | None) -> list[Json]:
    """Components that ask for a one-time code with a button that copies it."""
    button = {"type": "OTP", "otp_type": "COPY_CODE", **({"text": label} if label else {})}
    return [
        {"type": "BODY", "add_security_recommendation": advice},
        *([{"type": "FOOTER", "code_expiration_minutes": minutes}] if minutes else []),
        {"type": "BUTTONS", "buttons": [button]},
    ]


def components_of(template: MessageTemplate) -> list[Json] | None:
    """What a one-time code is asked for by; None for a template with words of its own."""
    kept = template.other_components or []
    return kept if any(component.get("type") == "BODY" for component in kept) else None


def is_code(components: Sequence[Json]) -> bool:
    """Whether WhatsApp lists a one-time code: it shows the button as a link of its own, or as what it was asked for."""
    return any(_is_code(button) for component in components for button in _buttons(component))


def ours(components: Sequence[Json]) -> list[Json]:
    """Components as one would ask for them, of those that WhatsApp lists."""
    kept: list[Json] = []
    for component in components:
        match str(component.get("type", "")).upper():
            case "BODY":
                kept.append({"type": "BODY", "add_security_recommendation": _advises(component)})
            case "FOOTER" if isinstance(minutes := component.get("code_expiration_minutes"), int):
                kept.append({"type": "FOOTER", "code_expiration_minutes": minutes})
            case "BUTTONS":
                kept.append({"type": "BUTTONS", "buttons": [_asked(button) for button in _buttons(component)]})
            case _:
                pass
    return kept


def text_of(component: Json) -> str:
    """The words of a body: WhatsApp's, or the English ones where it lists none with a place for the code."""
    said = component.get("text")
    if isinstance(said, str) and "{{1}}" in said:
        return said.replace("\0", "")
    return _TEXT + (_ADVICE if _advises(component) else "")


def footer_of(component: Json) -> str | None:
    """The words below it, likewise."""
    said, minutes = component.get("text"), component.get("code_expiration_minutes")
    if isinstance(said, str) and said:
        return said.replace("\0", "")[:60]
    return _EXPIRY.format(minutes) if isinstance(minutes, int) else None


def _buttons(component: Json) -> list[Json]:
    buttons: Any = component.get("buttons")
    found = cast("list[Any]", buttons) if isinstance(buttons, list) else []
    return [cast("Json", button) for button in found if isinstance(button, dict)]


def _is_code(button: Json) -> bool:
    return str(button.get("type", "")).upper() == "OTP" or "whatsapp.com/otp/code/" in str(button.get("url"))


def _advises(component: Json) -> bool:
    return component.get("add_security_recommendation") is True


def _asked(button: Json) -> Json:
    if str(button.get("type", "")).upper() == "OTP":
        return button
    kind = next((kind for kind in ("ONE_TAP", "ZERO_TAP") if kind in str(button.get("url"))), "COPY_CODE")
    kept = {name: button[name] for name in ("text", "autofill_text", "supported_apps") if button.get(name)}
    return {"type": "OTP", "otp_type": kind, **kept}
