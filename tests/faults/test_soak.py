"""Faults that take long: `make soak`. Numbers are those of the list of faults in docs/reliability.md."""

import asyncio

import pytest

from tests.factories import unique
from tests.faults.conftest import Installation

pytestmark = [pytest.mark.soak, pytest.mark.timeout(400)]


async def test_8_redis_is_down_for_ten_seconds(installation: Installation) -> None:
    """The API still takes changes meanwhile, and sending goes on after."""
    schedule = await installation.schedule(1000)
    await installation.under_way(schedule, 100)
    installation.services.valkey.kill()
    await asyncio.sleep(1)
    await installation.data("mutation ($n: String!) { createGroup(input: { name: $n }) { id } }", n=unique())
    await asyncio.sleep(9)
    installation.services.valkey.start()
    assert (await installation.done(schedule, seconds=120))["sent"] == 1000
    await installation.check_invariant(schedule)
