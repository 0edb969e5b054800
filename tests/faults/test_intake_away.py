"""The API is away, so that WhatsApp cannot tell what became of messages: that is no sign that it never saw them."""

from datetime import timedelta

import pytest

from tests.faults.conftest import Installation
from tests.faults.invariant import ARRIVED

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]
FIRST_ATTEMPT = {1}


async def until_time(installation: Installation, moment: object) -> None:
    await installation.until_rows("SELECT 1 WHERE now() > $1", 1, moment)


async def test_the_api_is_away_for_longer_than_silence_takes(installation: Installation) -> None:
    """What was told until then is younger than the last messages, which WhatsApp has, and nobody is there to hear so.

    The worker was there all along.
    """
    await installation.sender()
    template, some, others = await installation.template(), await installation.group(20), await installation.group(10)
    installation.simulator.configure(read_delay=4)
    first = await installation.plan(template, some)
    await installation.until_accepted(20)
    installation.simulator.configure(sent_delay=6, delivered_delay=6.2, read_delay=6.4)
    installation.simulator.post("faults", kind="cut_after_accept", count=10, seconds=0.1)
    last = await installation.plan(template, others, ahead=0.5)
    await installation.until_in_state(last, "UNKNOWN", 10)
    [doubtful, *_] = await installation.in_state(last, "UNKNOWN")
    attempted = doubtful["lease_until"] - timedelta(seconds=25)
    told = "SELECT 1 FROM sender WHERE status_watermark > $1 AND deleted_at IS NULL"
    await installation.until_rows(told, 1, attempted + installation.grace / 30)
    with installation.without_api():
        await until_time(installation, attempted + 5 * installation.grace)
        assert len(await installation.in_state(last, "UNKNOWN")) == 10, "it was decided while nobody listened"
    for schedule, people in ((first, 20), (last, 10)):
        stats = await installation.done(schedule)
        assert (stats["sent"], stats["unconfirmed"]) == (people, 0)
    assert {row["attempts"] for row in await installation.in_state(last, *ARRIVED)} == FIRST_ATTEMPT
    await installation.check_invariant(first, last)


async def test_21_the_api_is_away_for_longer_than_the_grace_during_a_send(installation: Installation) -> None:
    """Once it is back WhatsApp tells of what it accepts from then on, and only later again what it could not tell."""
    installation.simulator.configure(retry_gap=2.5, sent_delay=1, delivered_delay=1.2, read_delay=1.4)
    await installation.sender()
    template, people, one = await installation.template(), await installation.group(30), await installation.group(1)
    installation.simulator.post("faults", kind="cut_after_accept", count=30, seconds=0.1)
    schedule = await installation.plan(template, people)
    await installation.until_in_state(schedule, "UNKNOWN", 30)
    with installation.without_api():
        [doubtful, *_] = await installation.in_state(schedule, "UNKNOWN")
        # WhatsApp tells once more after 2.5, 5 and 10 s: the last of these is yet to come.
        await until_time(installation, doubtful["lease_until"] - timedelta(seconds=25 - 12))
    later = await installation.plan(template, one, ahead=0.1)
    await installation.done(later)
    stats = await installation.done(schedule)
    assert (stats["sent"], stats["unconfirmed"]) == (30, 0)
    assert {row["attempts"] for row in await installation.in_state(schedule, *ARRIVED)} == FIRST_ATTEMPT
    await installation.check_invariant(schedule, later)
