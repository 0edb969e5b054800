"""Placeholders of templates: {{name}} in a text, and what fills them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from db.contacts import Contact
from domain.core.errors import ErrorCode, Refusal, text

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
"""Anything else between braces, such as {{a.b}}, is text like the rest."""

EXAMPLES = {
    "name": "Rita Sousa",
    "first_name": "Rita",
    "last_name": "Sousa",
    "email": "rita@example.com",
    "company": "Example Ltd",
    "job_title": "Buyer",
    "phone_number": "+351910000111",
}
"""What every contact may fill, with the example that WhatsApp is given where none is named."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A content, cut into text and placeholders once."""

    pieces: tuple[str, ...]
    """Text and names by turns; text first and last."""
    variables: tuple[str, ...]
    """Names, each once, in order of first use."""

    def render(self, values: Mapping[str, str]) -> str:
        """The text with what the values fill; the other placeholders stay, without spaces in their braces."""
        pieces = list(self.pieces)
        pieces[1::2] = [values.get(name) or f"{{{{{name}}}}}" for name in pieces[1::2]]
        return "".join(pieces)

    def missing(self, values: Mapping[str, str]) -> list[str]:
        """Placeholders that the values do not fill; an empty value fills nothing."""
        return [name for name in self.variables if not values.get(name)]


@lru_cache(maxsize=1024)
def compile_template(content: str) -> Compiled:
    pieces = tuple(_PLACEHOLDER.split(content))
    return Compiled(pieces, tuple(dict.fromkeys(pieces[1::2])))


def variables_in(text: str | None) -> tuple[str, ...]:
    """Names of the placeholders of a text that may be none."""
    return compile_template(text).variables if text else ()


def word(value: Any) -> str:
    """A value as it reads in a text."""
    return value if isinstance(value, str) else str(value).lower()


def own_values(contact: Contact, phone_number: str | None) -> dict[str, str]:
    """What a contact fills by itself: its attributes, what every contact has, which wins over those, and its number."""
    values = {name: word(value) for name, value in contact.attributes.items()}
    known = {name: getattr(contact, name, None) for name in EXAMPLES} | {"phone_number": phone_number}
    return values | {name: value for name, value in known.items() if value}


def fill(own: Mapping[str, str], variables: Mapping[str, Any]) -> dict[str, str]:
    """Values for placeholders: a contact's own, over which go variables, which may hold placeholders of the contact.

    A variable with a placeholder that the contact does not fill is left out, and so missing; one that is null, too.
    """
    values = dict(own)
    for name, value in variables.items():
        if value is None:
            values[name] = ""
            continue
        wording = compile_template(word(value))
        values[name] = "" if wording.missing(own) else wording.render(own)
    return values


def check_variables(variables: Any, *, field: str = "variables") -> dict[str, Any]:
    """A flat object of texts, numbers and truth values: at most 100, of at most 1,000 characters each."""

    def wrong(message: str, reason: str) -> Refusal:
        return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)

    if not isinstance(variables, dict | None):
        raise wrong("This must be an object.", "not_an_object")
    given = cast("dict[str, Any]", variables or {})
    if len(given) > 100:
        raise wrong("At most 100 variables are allowed.", "too_many")
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z0-9_]{1,64}", name):
            raise wrong("A variable's name has 1 to 64 letters, digits and _.", "invalid_name")
        if not isinstance(value, str | int | float | bool):
            raise wrong(f"The value of {name} must be a text, a number or a truth value.", "invalid_value")
        text(str(value), field, most=1000, least=0)
    return given
