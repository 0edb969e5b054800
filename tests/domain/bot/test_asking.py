"""Which sentences of a question ask."""

import time

import pytest

from domain.bot.knowledge.finding import _ASIDE, _weighed  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "question", ["The winter came. Where is the shop?", "The winter came\nWhere is the shop？ Thanks"]
)
def test_what_stands_beside_a_question_weighs_less(question: str) -> None:
    weights = _weighed(question)
    assert (weights["shop"], weights["winter"]) == (1.0, _ASIDE)


def test_where_nothing_asks_all_weighs_the_same() -> None:
    assert set(_weighed("The winter came. The shop!").values()) == {1.0}


def test_a_long_text_without_an_end_is_looked_through_once() -> None:
    began = time.perf_counter()
    _weighed("a" * 8000)
    short = time.perf_counter() - began
    began = time.perf_counter()
    _weighed("a" * 80_000)
    assert time.perf_counter() - began < 30 * short + 0.05
