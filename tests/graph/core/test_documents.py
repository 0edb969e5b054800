"""Documents that are asked again are neither parsed nor validated again, and are looked at as closely as at first."""

from typing import Any

import pytest

from domain.core.access import SYSTEM
from graph.core import limits, operation
from graph.core.context import Context
from graph.schema import schema

PAGE = "query Remembered($first: Int!) { contacts(first: $first) { edges { node { groups { id } } } } }"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done for the documents that are asked."""
    done = list[str]()
    for name in ("parse", "validate"):
        original: Any = getattr(operation, name)

        def note(*args: Any, name: str = name, original: Any = original, **options: Any) -> Any:
            done.append(name)
            return original(*args, **options)

        monkeypatch.setattr(operation, name, note)
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
        patch.setattr(limits, "MAX_COST", 50)
        assert await ask(document, first=1) == []
        assert await ask(document, first=10) == ["COST_LIMIT_EXCEEDED"]
    assert work == ["parse", "validate"]


async def test_mistakes_are_told_each_time(work: list[str]) -> None:
    assert await ask("{ nothing remembered }") == await ask("{ nothing remembered }")
    assert work == ["parse", "validate", "validate"]
    assert await ask("{ remembered") == await ask("{ remembered") == ["VALIDATION_ERROR"]


async def test_long_documents_are_forgotten(work: list[str], database: None) -> None:
    document = PAGE + " " * operation.REMEMBERED_LENGTH
    assert await ask(document, first=1) == await ask(document, first=1) == []
    assert work == ["validate", "validate"]
