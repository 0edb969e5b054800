"""The door while the database is frozen: what waits there has a bound."""

import asyncio

import pytest

from domain.core.errors import AwayError
from domain.inbound import door


async def test_posts_that_wait_for_a_frozen_database_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    thawed, written = asyncio.Event(), list[bytes]()

    async def execute(_statement: str, bodies: list[bytes], _providers: object) -> None:
        await thawed.wait()
        written.extend(bodies)

    post = b"x" * 2_000
    monkeypatch.setattr(door.connect, "execute", execute)
    monkeypatch.setattr(door, "ring", lambda _name: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    monkeypatch.setattr(door, "_MOST_WAITING", 35_000)
    waiting = [asyncio.create_task(door.keep(post)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(AwayError):
        await door.keep(post)
    thawed.set()
    await asyncio.gather(*waiting)
    await door.keep(post)
    assert written == [post] * 4
    monkeypatch.setattr(door, "_MOST_WAITING", 0)
    with pytest.raises(AwayError):
        await door.keep(b"")
    assert door._waiting == 0  # pyright: ignore[reportPrivateUsage]
