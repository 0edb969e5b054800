"""The pace of senders: places that many share, hours that fill up, and pauses as one sender follows another."""

import asyncio
import itertools
import time

import pytest

from db.core import pace
from db.core.pace import Pace, look, reserve
from db.core.redis import shared_redis

_ids = itertools.count(time.time_ns() // 1000)
"""Far from those of senders that other tests send from."""


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "JITTER", 0.0)


def a_pace(**given: float) -> Pace:
    return Pace(next(_ids), **{"rate": 10, **given})  # pyright: ignore[reportArgumentType]


async def test_places_follow_each_other_at_the_rate_however_many_ask() -> None:
    one = a_pace(rate=10)
    waits = sorted(wait for wait in await asyncio.gather(*(reserve(one, 5) for _ in range(6))) if wait is not None)
    assert waits == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5], abs=0.2)
    assert (await look(one))[0] == pytest.approx(3, abs=0.2)


async def test_what_has_no_place_soon_takes_none() -> None:
    one = a_pace(rate=1)
    assert await reserve(one, 6) == 0
    before = (await look(one))[0]
    assert before > pace.PATIENCE
    assert await reserve(one, 1) is None
    assert (await look(one))[0] <= before


async def test_a_pause_is_kept_and_varies(monkeypatch: pytest.MonkeyPatch) -> None:
    one = a_pace(rate=10, delay=4)
    assert await reserve(one, 1) == 0
    assert (await look(one))[0] == pytest.approx(4, abs=0.2)
    monkeypatch.setattr(pace, "JITTER", 0.25)
    pauses = set[float]()
    for _ in range(20):
        other = a_pace(rate=10, delay=4)
        await reserve(other, 1)
        pauses.add(round((await look(other))[0], 1))
    assert min(pauses) >= 2.8
    assert max(pauses) <= 5
    assert len(pauses) > 5


async def test_an_hour_holds_so_many() -> None:
    one = a_pace(rate=1000, per_hour=5)
    assert (await look(one))[1] == 5
    assert await reserve(one, 4) == 0
    assert (await look(one))[1] == 1
    assert await reserve(one, 2) is None
    assert await reserve(one, 1) is not None
    assert (await look(one))[1] == 0
    # An hour later: the minutes in which they left are no longer counted.
    name = f"tidings:hour:{one.sender_id}"
    [(minute, count)] = (await shared_redis().hgetall(name)).items()
    await shared_redis().delete(name)
    await shared_redis().hset(name, str(int(minute) - 60), count)
    assert (await look(one))[1] == 5


async def test_another_sender_waits_for_its_pause_and_gets_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    await shared_redis().delete("tidings:turn")
    monkeypatch.setattr(pace, "PATIENCE", 0.5)
    monkeypatch.setattr(pace, "TURN", 1.0)
    one, other = (a_pace(rate=100, switch_delay=1) for _ in range(2))
    assert await reserve(one, 1) == 0
    assert await reserve(other, 1) is None
    assert await reserve(one, 1) is not None, "its turn has only begun"
    await asyncio.sleep(1.1)
    assert await reserve(one, 1) is None, "the other one has asked for its turn"
    assert await reserve(other, 1) is not None
    assert await reserve(one, 1) is None
    assert await reserve(other, 1) is not None
