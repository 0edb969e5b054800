"""What looks for people's data in all that is told finds it."""

import re

import pytest

from tests import canary
from tests.factories import phone


def test_an_error_tells_no_number_but_one_that_was_given() -> None:
    number = phone()
    given = f"{number[:5]} {number[5:]}"
    for answer in ({"errors": [{"message": f"{number} is taken."}]}, [{"message": number[1:]}]):
        canary.check_errors(answer, f'{{"phoneNumber": "{given}"}}')
        with pytest.raises(AssertionError, match=re.escape(number[1:])):
            canary.check_errors(answer, phone())
    canary.check_errors({"data": {"phoneNumber": number}}, "")


@pytest.mark.parametrize("secret", ["person-0123456789@example.com", "USER-0123456789@EXAMPLE.com", canary.PASSWORD])
def test_an_error_tells_no_email_and_no_password_though_it_was_given(secret: str) -> None:
    with pytest.raises(AssertionError, match="1 times in errors"):
        canary.check_errors({"errors": [{"message": secret}]}, secret)
