"""Rows on their way into an answer."""

import pytest
from tortoise.models import Model

from domain.core.access import SYSTEM
from graph.core.context import Context
from graph.schema import schema
from tests import factories

DOCUMENT = "{ contacts(first: 2) { edges { node { id groups { id } } } } groups(first: 1) { edges { node { id } } } }"


async def test_rows_are_shown_and_not_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tortoise makes them awaitable: a task for each took a tenth of a list's time."""
    await factories.contact()
    awaited = list[Model]()
    original = Model.__await__

    def note(self: Model) -> object:
        awaited.append(self)
        return original(self)

    monkeypatch.setattr(Model, "__await__", note)
    result = await schema.execute(DOCUMENT, context_value=Context(SYSTEM, "test"))
    assert not result.errors
    assert result.data
    assert result.data["contacts"]["edges"]
    assert awaited == []
