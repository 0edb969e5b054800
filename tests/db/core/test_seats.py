"""Seats that processes share: so many and no more, until they are left, or nobody renews them."""

import asyncio

import pytest

from db.core import seats
from db.core.redis import shared_redis
from db.core.seats import Seat
from tests.factories import unique

pytestmark = pytest.mark.usefixtures("environment")


def forget(*given: Seat) -> None:
    """As a process does that dies."""
    for seat in given:
        assert seat.owner is not None
        del seats._held[seat.name]
        seats._taken[seat.owner] -= 1


async def test_there_are_so_many_over_all_processes() -> None:
    owner, elsewhere, here = unique("owner"), Seat(), [Seat() for _ in range(3)]
    assert await elsewhere.take(owner, 3)
    forget(elsewhere)
    assert [await seat.take(owner, 3) for seat in here] == [True, True, False]
    assert await Seat().take(unique("owner"), 3), "another's are others"
    await here[0].leave()
    assert await here[2].take(owner, 3)
    assert await here[1].take(unique("owner"), 3), "who moves gives up the first"
    assert await here[0].take(owner, 3)


async def test_who_dies_leaves_the_seats_and_who_lives_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "LEASE", 0.5)
    owner, dead, alive, next = unique("owner"), Seat(), Seat(), Seat()
    assert await dead.take(owner, 2)
    assert await alive.take(owner, 2)
    forget(dead)
    assert not await next.take(owner, 2)
    async with asyncio.timeout(5):
        while not await next.take(owner, 2):
            await seats.renew()
            await asyncio.sleep(0.05)
    assert await shared_redis().zrange(f"tidings:seats:{owner}", 0, -1) == [alive.name.encode(), next.name.encode()]


async def test_each_process_counts_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        async def eval(self, *given: object) -> int:
            raise ConnectionError

    owner, some = unique("owner"), [Seat() for _ in range(3)]
    monkeypatch.setattr(seats, "shared_redis", Away)
    assert [await seat.take(owner, 2) for seat in some] == [True, True, False]
    await seats.renew()
    monkeypatch.undo()
    await seats.renew()
    assert await shared_redis().zcard(f"tidings:seats:{owner}") == 2, "and tells Redis when it is back"
    await some[0].leave()
    assert await some[2].take(owner, 2)


async def test_a_redis_that_does_not_answer_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many seats there are: the look at the rights of their sockets comes after it."""
    asked = 0

    class Frozen:
        async def eval(self, *given: object) -> int:
            nonlocal asked
            asked += 1
            return await asyncio.Future[int]()

    monkeypatch.setattr(seats, "shared_redis", Frozen)
    monkeypatch.setattr(seats, "_held", {f"name {number}": "key" for number in range(20 * seats.TOGETHER)})
    async with asyncio.timeout(2 * seats.PATIENCE):
        await seats.renew()
    assert asked == 1


async def test_nobody_counts_while_redis_is_away_where_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        async def eval(self, *given: object) -> int:
            raise ConnectionError

    owner, some = unique("owner"), [Seat() for _ in range(4)]
    with monkeypatch.context() as patch:
        patch.setattr(seats, "shared_redis", Away)
        assert [await seat.take(owner, 2, lenient=True) for seat in some[:3]] == [True] * 3
    assert not await Seat().take(owner, 2), "it is full when Redis is back"
    await seats.renew()
    assert not await some[3].take(owner, 2, lenient=True), "which then counts for all"
