"""Numbers that need no parsing are those that libphonenumber holds possible, and no others."""

import random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberFormat, PhoneNumberType

from domain.core import phone
from domain.core.errors import Refusal
from domain.core.phone import beginnings_of, country_of, parse_phone

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


def test_a_few_digits_tell_the_country_where_countries_share_a_code() -> None:
    some = random.Random(5)
    for code, countries in COUNTRY_CODE_TO_REGION_CODE.items():
        if countries == ("001",):
            continue  # Of no country: freephone and satellites.
        if len(countries) == 1:
            assert beginnings_of(countries[0])[f"+{code}"] == len(f"+{code}")
            continue
        told = dict[tuple[int, str], str]()
        for country in countries:
            for kind in vars(PhoneNumberType).values():
                example = phonenumbers.example_number_for_type(country, kind) if isinstance(kind, int) else None
                if example is None:
                    continue
                number = phonenumbers.format_number(example, PhoneNumberFormat.E164)
                begins = number[: beginnings_of(country)[f"+{code}"]]
                for _ in range(50):
                    rest = "".join(some.choices("0123456789", k=len(number) - len(begins)))
                    found = country_of(begins + rest)
                    assert found is None or told.setdefault((len(number), begins), found) == found, begins + rest
        assert told
