"""Who was refused is refused again by what is remembered, and only for as long as nothing more fits."""

import asyncio
import itertools
import time
from collections import OrderedDict

import pytest

from db.accounts import Role
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
    monkeypatch.setattr(rates, "_refused", OrderedDict())


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
    viewer = Viewer(role=Role.SALES, user_id=next(_users))
    for _ in range(callers.QUESTIONS_PER_MINUTE):
        await callers.admit_question(viewer)
    with pytest.raises(Refusal) as caught:
        await callers.admit_question(viewer)
    assert caught.value.details["reason"] == "too_many_questions"
    await callers.admit_question(Viewer(role=Role.SALES, user_id=next(_users)))


async def test_all_tokens_of_a_user_ask_the_model_as_often_as_one() -> None:
    user = next(_users)

    def token(id: int) -> Viewer:
        return Viewer(role=Role.SALES, user_id=user, token_id=id)

    for id in range(callers.QUESTIONS_PER_MINUTE):
        await callers.admit_question(token(id))
    with pytest.raises(Refusal) as caught:
        await callers.admit_question(token(callers.QUESTIONS_PER_MINUTE))
    assert caught.value.details["reason"] == "too_many_questions"
    await callers.admit_question(Viewer(role=Role.SALES, user_id=user))
    await callers.admit_question(Viewer(role=Role.SALES, user_id=next(_users), token_id=1))


async def test_all_tokens_of_a_user_have_the_places_of_one() -> None:
    user = next(_users)
    first, second = (Viewer(role=Role.SALES, user_id=user, token_id=id) for id in (1, 2))
    async with callers.turn(first, "operations", 1):
        waits = asyncio.create_task(_has_a_turn(second))
        await asyncio.sleep(0)
        assert not waits.done()
        with pytest.raises(Refusal) as caught:
            await _has_a_turn(Viewer(role=Role.SALES, user_id=user, token_id=3))
        assert caught.value.details["reason"] == "too_many_operations"
        for other in (Viewer(role=Role.SALES, user_id=user), Viewer(role=Role.SALES, user_id=next(_users), token_id=1)):
            await _has_a_turn(other)
    await waits


async def _has_a_turn(viewer: Viewer) -> None:
    async with callers.turn(viewer, "operations", 1, waiting=1):
        pass
