"""Sliding windows: exact, shared by all processes, all or nothing, and kept here while Redis is away."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from db.core import window
from db.core.redis import make_redis, shared_redis
from db.core.window import Count, Window, give_back, take


def a_window(limit: int = 3, seconds: int = 60, calls: int = 1) -> Window:
    return Window(f"test:{secrets.token_hex(6)}", "calls", limit, seconds, calls)


async def one(given: Window) -> Count:
    counts = await take([given])
    assert counts is not None
    return counts[0]


async def redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for Redis is refused the connection."""
    nowhere = make_redis(timeout=0.2, retries=0)
    nowhere.connection_pool.connection_kwargs["port"] = 1
    monkeypatch.setattr(window, "shared_redis", lambda: nowhere)


async def in_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """As usual."""


@pytest.fixture(autouse=True)
def _fresh(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_ask_again", 0.0)


@pytest.fixture(params=[in_redis, redis_away], ids=lambda counted: counted.__name__)
async def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where calls are counted."""
    place: Callable[[pytest.MonkeyPatch], Awaitable[None]] = request.param
    await place(monkeypatch)


@pytest.mark.usefixtures("counted")
async def test_as_many_as_are_allowed_fit_and_leave_one_by_one() -> None:
    given = a_window(limit=3, seconds=1)
    assert [(await one(given)).remaining for _ in range(2)] == [2, 1]
    await asyncio.sleep(0.5)
    last = await one(given)
    assert (last.remaining, last.wait) == (0, 0)
    assert last.reset == pytest.approx(0.5, abs=0.2), "until the oldest leaves"
    refused = await one(given)
    assert refused.remaining == 0
    assert refused.wait == pytest.approx(0.5, abs=0.2)
    await asyncio.sleep(refused.wait + 0.02)
    assert [(await one(given)).wait > 0 for _ in range(3)] == [False, False, True], "two have left, the third has not"


@pytest.mark.usefixtures("counted")
async def test_what_is_refused_is_not_counted_anywhere() -> None:
    wide, narrow = a_window(limit=10), a_window(limit=1)
    assert await take([wide, narrow]) is not None
    counts = await take([wide, narrow])
    assert counts is not None
    assert [count.wait > 0 for count in counts] == [False, True]
    assert [count.remaining for count in counts] == [9, 0]
    assert (await one(wide)).remaining == 8


@pytest.mark.usefixtures("counted")
async def test_several_calls_at_once_fit_together_or_not_at_all() -> None:
    given = a_window(limit=5)
    more = Window(given.caller, given.kind, 5, 60, calls=3)
    assert (await one(more)).remaining == 2
    refused = await one(more)
    assert (refused.remaining, refused.wait > 59) == (2, True)
    assert (await one(given)).remaining == 1
    never = await one(Window(given.caller, given.kind, 5, 60, calls=6))
    assert never.wait == 60


@pytest.mark.usefixtures("counted")
async def test_a_limit_that_was_lowered_holds_at_once() -> None:
    given = a_window(limit=5)
    for _ in range(5):
        await one(given)
    lowered = await one(Window(given.caller, given.kind, 2, 60))
    assert (lowered.remaining, lowered.wait > 59) == (0, True)


@pytest.mark.usefixtures("counted")
async def test_what_is_given_back_does_not_count() -> None:
    given = a_window(limit=2)
    await one(given)
    await one(given)
    await give_back([given, a_window()])
    assert [(await one(given)).wait > 0 for _ in range(2)] == [False, True]


async def test_many_at_once_never_get_more_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor are there too many for the connections to Redis, as if it were away."""
    monkeypatch.setattr(window, "PATIENCE", 10.0)  # a busy machine is another thing
    given = a_window(limit=20)
    counts = await asyncio.gather(*(one(given) for _ in range(300)))
    assert sum(count.wait == 0 for count in counts) == 20


async def test_calls_are_forgotten_by_redis_itself() -> None:
    given = a_window(seconds=1)
    await one(given)
    assert 0 < await shared_redis().pttl(given.key) <= 1000
    await shared_redis().script_flush()
    assert (await one(given)).remaining == 1, "Redis has lost the script, and is told it again"


async def test_redis_is_left_alone_while_it_is_away_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "AWAY", 0.3)
    given = a_window(limit=3)
    await one(given)
    with monkeypatch.context() as patch:
        await redis_away(patch)
        assert (await one(given)).remaining == 1, "this process knows what Redis has let in for it"
        assert await take([given], lenient=True) is None
    assert (await one(given)).remaining == 0, "Redis is back, and not asked yet"
    await asyncio.sleep(0.35)
    assert (await one(given)).remaining == 1, "it has counted one, and this is the second"


async def test_however_often_redis_goes_away_there_is_one_window_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "AWAY", 0.0)
    given, let_in = a_window(limit=5), 0
    for _ in range(6):
        let_in += sum([(await one(given)).wait == 0 for _ in range(2)])
        with monkeypatch.context() as patch:
            await redis_away(patch)
            let_in += sum([(await one(given)).wait == 0 for _ in range(9)])
    assert let_in <= 2 * 5, "those of Redis, and those of this process"
    assert let_in > 5


async def test_what_redis_let_in_is_kept_no_longer_than_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    here = window._Here()
    monkeypatch.setattr(window, "_here", here)
    given = a_window(limit=3, seconds=1)
    for _ in range(4):
        await one(given)
        await asyncio.sleep(0.4)
    assert len(here.times[given.key]) <= 3


async def test_many_callers_push_out_who_was_here_longest_ago_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    await redis_away(monkeypatch)
    monkeypatch.setattr(window, "MOST_KEPT", 5)
    monkeypatch.setattr(window, "_here", window._Here())
    first, kept = a_window(limit=1), a_window(limit=2)
    await one(first)
    await one(kept)
    for _ in range(3):
        await one(a_window())
    await one(kept)
    await one(a_window())
    assert (await one(kept)).wait > 0, "whoever comes again is still counted"
    assert (await one(first)).wait == 0, "and whoever has not come for longest is forgotten"


async def test_who_is_refused_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    await redis_away(monkeypatch)
    here = window._Here()
    monkeypatch.setattr(window, "_here", here)
    full = a_window(limit=1)
    await one(full)
    for _ in range(10):
        counts = await take([a_window(), full])
        assert counts is not None
        assert counts[1].wait > 0
    assert list(here.times) == [full.key]


async def test_the_log_is_told_once_however_many_find_redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    await redis_away(monkeypatch)
    monkeypatch.setattr(window, "_told", -window.AWAY)
    given = [a_window() for _ in range(100)]
    with capture_logs() as logs:
        await asyncio.gather(*(take([each]) for each in given))
        monkeypatch.setattr(window, "_ask_again", 0.0)
        await asyncio.gather(*(give_back([each]) for each in given))
        assert [line["event"] for line in logs] == ["limits_without_redis"]
        monkeypatch.setattr(window, "_told", window._told - window.AWAY)  # pyright: ignore[reportPrivateUsage]
        await give_back(given)
    assert len(logs) == 2
