"""Phone numbers: everything people write becomes E.164, or a clear refusal."""

import re
from functools import cache
from typing import Any

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from domain.core.errors import ErrorCode, Refusal

_CHAT_ID = re.compile(r"^(\d+)@(?:c\.us|s\.whatsapp\.net)$")
_PUNCTUATION = str.maketrans("", "", " -.()/\u00a0\u2011\u2013")


def parse_phone(value: str, *, field: str | None = None) -> str:
    """E.164 of a number with its country code.

    Read with or without the plus, with 00 for it, with spaces, dashes, dots or brackets, or as a WhatsApp chat id
    (573107601252@c.us). Seven to fifteen digits, the first not 0, of a country code that exists (libphonenumber).
    Whether the number is in use is not asked here: numbering plans change faster than libraries.
    """
    digits = value.strip()
    if chat_id := _CHAT_ID.match(digits):
        digits = chat_id[1]
    digits = digits.translate(_PUNCTUATION)
    digits = digits.removeprefix("+") if digits.startswith("+") else digits.removeprefix("00")
    if not (digits.isascii() and digits.isdigit()):
        raise _refusal(value, field, "A phone number has digits only, after an optional plus.", "invalid_format")
    if digits.startswith("0"):
        raise _refusal(value, field, "The number lacks its country code: it begins with 0.", "no_country_code")
    if not 7 <= len(digits) <= 15:
        raise _refusal(value, field, f"The number has {len(digits)} digits; 7 to 15 are allowed.", "invalid_length")
    if _is_plain(digits):
        return f"+{digits}"
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        raise _refusal(value, field, "No country has this country code.", "invalid_country_code") from None
    if not phonenumbers.is_possible_number(parsed):
        raise _refusal(value, field, "The number has a length that its country does not use.", "invalid_length")
    return f"+{digits}"


def _is_plain(digits: str) -> bool:
    """Whether a number is known to be possible without parsing it, which would take five times as long as all else.

    Its country uses its length, and it does not begin like numbers that libphonenumber reads as something else.
    """
    place = next((place for place in (1, 2, 3) if int(digits[:place]) in COUNTRY_CODE_TO_REGION_CODE), 0)
    lengths, prefix = _plan(digits[:place])
    national = digits[place:]
    if len(national) not in lengths:
        return False
    found = prefix.match(national) if prefix is not None else None
    return found is None or found.end() == 0


@cache
def _plan(country_code: str) -> tuple[frozenset[int], re.Pattern[str] | None]:
    """Lengths of numbers of a country, and what stands before some that is not part of them."""
    if not country_code:
        return frozenset(), None
    code = int(country_code)
    region = COUNTRY_CODE_TO_REGION_CODE[code][0]
    of_region: Any = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    before: str | None = of_region.national_prefix_for_parsing
    lengths: tuple[int, ...] = of_region.general_desc.possible_length
    return frozenset(lengths), re.compile(before) if before else None


def _refusal(value: str, field: str | None, message: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.INVALID_PHONE_NUMBER, message, field=field, reason=reason, providedValue=value[:40])


def country_of(address: str) -> str | None:
    """The country of a number or a BSUID, by ISO 3166-1 alpha-2; None where it tells none."""
    if re.match(r"[A-Z]{2}\.", address):
        return address[:2]
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(address))
    except phonenumbers.NumberParseException:
        # A LID, or digits by which WhatsApp calls somebody and which are no number.
        return None


_TELLING = 5
"""Digits after a calling code that tell whose number it is, where countries share the code (libphonenumber 9)."""


def beginnings_of(country: str) -> dict[str, int]:
    """How addresses begin that may be of a country; how many of their first characters tell whether they are."""
    beginnings = {f"{country}.": len(country) + 1}
    if code := phonenumbers.country_code_for_region(country):
        shared = len(COUNTRY_CODE_TO_REGION_CODE[code]) > 1
        beginnings[f"+{code}"] = len(f"+{code}") + (_TELLING if shared else 0)
    return beginnings


def aliases(number: str) -> list[str]:
    """Other spellings of the same number by which WhatsApp may know it (wire facts, part E); never to send to."""
    if match := re.fullmatch(r"\+521(\d{10})", number):
        return [f"+52{match[1]}"]
    if match := re.fullmatch(r"\+52(\d{10})", number):
        return [f"+521{match[1]}"]
    if match := re.fullmatch(r"\+549(\d{10})", number):
        return [f"+54{match[1]}"]
    if match := re.fullmatch(r"\+54(\d{10})", number):
        return [f"+549{match[1]}"]
    if match := re.fullmatch(r"\+55(\d{2})9(\d{8})", number):
        return [f"+55{match[1]}{match[2]}"]
    if match := re.fullmatch(r"\+55(\d{2})(\d{8})", number):
        return [f"+55{match[1]}9{match[2]}"]
    return []
