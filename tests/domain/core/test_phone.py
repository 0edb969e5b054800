"""Numbers that need no parsing are those that libphonenumber holds possible, and no others."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.core import phone
from domain.core.errors import Refusal
from domain.core.phone import parse_phone

CODES = st.sampled_from([str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE])
NUMBERS = st.builds(str.__add__, CODES, st.text("0123456789", min_size=2, max_size=14))


def possible(digits: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def taken(number: str) -> bool:
    try:
        return parse_phone(number) == number
    except Refusal:
        return False


@settings(max_examples=5000, deadline=None)
@given(NUMBERS | st.text("0123456789", min_size=1, max_size=16))
def test_the_short_way_and_the_long_one_end_alike(digits: str) -> None:
    right = 7 <= len(digits) <= 15 and not digits.startswith("0") and possible(digits)
    assert taken(f"+{digits}") == right


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_example_numbers_of_all_countries_are_taken(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is not None:
        assert taken(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))


def test_most_numbers_go_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone.phonenumbers, "parse", None)
    for number in ("+5511961230345", "+34612345678", "+447400123456", "+12025550123", "+525512345678"):
        assert parse_phone(number) == number
