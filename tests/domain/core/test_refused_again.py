"""Who was refused is refused again by what is remembered, and only for as long as nothing more fits."""

import asyncio
import itertools
import time

import pytest

from db.core import window
from db.core.settings import get_settings
from db.core.window import Window
from domain import rates as callers
from domain.core import rates
from domain.core.access import Viewer
from domain.core.errors import Refusal
from tests.factories import unique

_users = itertools.count(10**9)


@pytest.fixture(autouse=True)
def _limits(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(window, "_ask_again", 0.0)


async def test_what_is_full_is_remembered_until_something_fits() -> None:
    caller = unique("caller")
    two = Window(caller, "calls", 2, 1)
    for _ in range(2):
        await rates.admit(two)
        rates.recall(caller, "calls")
    with pytest.raises(Refusal) as first:
        await rates.admit(two)
    with pytest.raises(Refusal) as again:
        rates.recall(caller, "calls")
    assert again.value is first.value
    rates.recall(caller, "queries")
    rates.recall(unique("caller"), "calls")
    end = time.monotonic() + 5
    while True:
        try:
            rates.recall(caller, "calls")
            break
        except Refusal:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
    await rates.admit(two)


async def test_what_did_not_fit_as_a_whole_is_not_remembered() -> None:
    """A smaller one may fit."""
    caller = unique("caller")
    with pytest.raises(Refusal):
        await rates.admit(Window(caller, "calls", 2, 60, calls=3))
    rates.recall(caller, "calls")
    await rates.admit(Window(caller, "calls", 2, 60))


async def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers without credentials may have a new address each time."""
    monkeypatch.setattr(rates, "_MOST_REMEMBERED", 2)
    names = [unique("caller") for _ in range(3)]
    for name in names:
        await rates.admit(Window(name, "calls", 1, 60))
        with pytest.raises(Refusal):
            await rates.admit(Window(name, "calls", 1, 60))
    rates.recall(names[0], "calls")
    with pytest.raises(Refusal):
        rates.recall(names[2], "calls")


async def test_questions_to_the_model_have_a_limit_of_their_own() -> None:
    viewer = Viewer(user_id=next(_users))
    for _ in range(callers.QUESTIONS_PER_MINUTE):
        await callers.admit_question(viewer)
    with pytest.raises(Refusal) as caught:
        await callers.admit_question(viewer)
    assert caught.value.details["reason"] == "too_many_questions"
    await callers.admit_question(Viewer(user_id=next(_users)))
