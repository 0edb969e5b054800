"""Documents that are asked again are neither parsed nor validated again, and are looked at as closely as at first."""

from typing import Any

import pytest
from strawberry.schema import schema as strawberry_schema

from db.core.settings import get_settings
from domain.core.access import SYSTEM
from graph.core import limits, operation
from graph.core.context import Context
from graph.schema import schema

PAGE = "query Remembered($first: Int!) { contacts(first: $first) { edges { node { groups { id } } } } }"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done for the documents that are asked."""
    done = list[str]()
    for place, name in ((strawberry_schema, "parse"), (operation, "validate")):
        original: Any = getattr(place, name)

        def note(*args: Any, name: str = name, original: Any = original, **options: Any) -> Any:
            done.append(name)
            return original(*args, **options)

        monkeypatch.setattr(place, name, note)
    return done


async def ask(document: str, **variables: Any) -> list[str]:
    """The codes of what is refused."""
    result = await schema.execute(document, variables, Context(SYSTEM, "test"))
    return [error.extensions["code"] for error in result.errors or []]  # pyright: ignore[reportOptionalSubscript]


async def test_the_second_time_is_cheaper(work: list[str], database: None) -> None:
    assert await ask(PAGE, first=1) == []
    assert await ask(PAGE, first=2) == []
    assert work == ["parse", "validate"]


async def test_variables_count_each_time(work: list[str], database: None) -> None:
    document = f"{PAGE} # again"
    assert await ask(document, first=1) == []
    assert await ask(document, first="one") == ["VALIDATION_ERROR"]
    assert await ask(document) == ["VALIDATION_ERROR"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "most_cost", lambda: 50)
        assert await ask(document, first=1) == []
        assert await ask(document, first=10) == ["COST_LIMIT_EXCEEDED"]
    assert work == ["parse", "validate"]


async def test_mistakes_are_told_each_time(work: list[str]) -> None:
    assert await ask("{ nothing remembered }") == await ask("{ nothing remembered }")
    assert await ask("{ remembered") == await ask("{ remembered") == ["VALIDATION_ERROR"]
    assert work == ["parse", "validate"] * 2 + ["parse"] * 2


async def test_what_is_refused_takes_no_place_of_what_is_not(database: None) -> None:
    for number in range(operation.REMEMBERED + 3):
        assert await ask(f"{{ nothing{number} }}") == ["VALIDATION_ERROR"]
    assert not any("nothing" in str(key) for key in operation.remembered)
    for number in range(operation.REMEMBERED + 3):
        assert await ask(f"query Numbered{number} {{ __typename }}") == []
    assert len(operation.remembered) == operation.REMEMBERED


async def test_a_schema_that_may_be_asked_for_no_more_is_refused_though_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = "query Remembered { __schema { queryType { name } } }"
    for allowed in (True, False, True, False):
        monkeypatch.setattr(get_settings(), "introspection", allowed)
        assert (await ask(document) == []) is allowed


async def test_long_documents_are_forgotten(work: list[str], database: None) -> None:
    document = PAGE + " " * operation.REMEMBERED_LENGTH
    assert await ask(document, first=1) == await ask(document, first=1) == []
    assert work == ["parse", "validate"] * 2
