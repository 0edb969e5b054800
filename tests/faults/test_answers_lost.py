"""A provider that accepts and does not say so, or says no for now: each message is sent once in the end."""

import pytest

from tests.faults.conftest import Installation
from tests.faults.invariant import ARRIVED

LONG = [pytest.mark.soak, pytest.mark.timeout(300)]


@pytest.mark.parametrize("people", [600, pytest.param(5000, marks=LONG)])
async def test_18_one_reply_in_twenty_is_dropped_after_acceptance(installation: Installation, people: int) -> None:
    """Receipts settle them all, none by the grace: each was sent at its first attempt."""
    installation.simulator.configure(cut_after_accept_share=0.05, latency=0.02)
    schedule = await installation.schedule(people)
    stats = await installation.done(schedule, seconds=120)
    assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (people, 0, 0)
    sent = await installation.in_state(schedule, *ARRIVED)
    assert {row["attempts"] for row in sent} == {1}
    await installation.check_invariant(schedule)


async def test_documented_errors_are_tried_again(installation: Installation) -> None:
    """A storm of documented errors, some with a 5xx."""
    installation.simulator.configure(error_share=0.2)
    schedule = await installation.schedule(150)
    stats = await installation.done(schedule)
    assert stats["sent"] == 150
    await installation.check_invariant(schedule)
