"""Tests that want a program or packages which this machine lacks."""

import os
from typing import NoReturn

import pytest


def lacks(what: str) -> NoReturn:
    """Skips the test; fails it where CI is set, as build machines do: there nobody reads what was skipped."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)
