"""What a worker counts of its jobs."""

from contextlib import suppress

import asyncpg
import pytest
from redis.exceptions import ConnectionError as AwayError

from workers.core import supervise
from workers.core.supervise import Tally


def fail(tally: Tally, error: Exception) -> None:
    with suppress(type(error)), tally.running("dispatch"):
        raise error


def test_a_job_that_fails_because_others_are_away_is_no_fault_of_ours() -> None:
    tally = Tally()
    for error in (asyncpg.CannotConnectNowError("starting up"), ConnectionRefusedError(), TimeoutError(), AwayError()):
        fail(tally, error)
    assert (tally.failed, tally.processed, tally.tasks) == ({}, 4, [])
    fail(tally, asyncpg.UndefinedColumnError("column does not exist"))
    assert (tally.failed, tally.processed, tally.tasks) == ({"dispatch": 1}, 5, [])


def test_what_failed_a_minute_ago_is_told_of_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally()
    fail(tally, RuntimeError("a fault"))
    assert tally.failed == {"dispatch": 1}
    monkeypatch.setattr(supervise, "FAILED_SECONDS", 0.0)
    assert tally.failed == {}
