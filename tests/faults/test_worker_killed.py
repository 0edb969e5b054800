"""A worker that is killed in the middle of its work costs time and nothing else."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from graph.core.ids import decode
from tests.faults import invariant
from tests.faults.conftest import Installation
from tests.faults.invariant import ARRIVED

IN_FLIGHT = 100
"""Messages that one crash may leave in doubt: a quarter second of the pace of 400 a second, and never more than 100."""

FAULTY = {
    "latency": 0.02,
    "latency_jitter": 0.1,
    "cut_after_accept_share": 0.03,
    "status_first_share": 0.02,
    "shuffle_share": 0.1,
    "duplicate_share": 0.2,
    "duplicate_delay": 0.5,
    "sent_delay": 0.1,
    "delivered_delay": 0.4,
    "read_delay": 0.8,
    "status_jitter": 1.0,
}
"""A provider as it is on a bad day; its receipts stay within the grace of 4 s, on which the promise rests."""
WORSE = {**FAULTY, "error_share": 0.03, "cut_before_accept_share": 0.01, "bad_gateway_share": 0.01}
"""And with sends that were not accepted, some of them without a word: those wait for the grace."""

QUICK_OR_LONG = pytest.mark.parametrize(
    "waits", [False, pytest.param(True, marks=[pytest.mark.soak, pytest.mark.timeout(200)])], ids=["quick", "long"]
)
"""Whether leases of dead workers run out as the clock has it, or are made older by the test."""


class Kills:
    """Kills of the worker during a schedule, and what each left in doubt."""

    def __init__(self, installation: Installation, schedule: str) -> None:
        self.installation = installation
        self.schedule = schedule
        self.doubts: list[int] = []
        self._doubted: set[tuple[int, Any]] = set()
        self._accepted = 0

    async def kill(self) -> None:
        await self.installation.kill_worker()
        in_flight = await self.installation.in_state(self.schedule, "IN_FLIGHT")
        doubted = {(row["id"], row["attempt_id"]) for row in in_flight}
        self.doubts.append(len(doubted - self._doubted))
        assert self.doubts[-1] <= IN_FLIGHT, f"one kill left {self.doubts[-1]} messages in doubt"
        self._doubted |= doubted
        # What was under way to WhatsApp is accepted all the same, after the latency.
        await asyncio.sleep(0.3)
        self._accepted = await self.installation.until_accepted(0)

    async def until_sent(self) -> None:
        """Waits until something was sent since the last kill: on a busy machine a worker takes long to begin."""
        await self.installation.until_accepted(self._accepted + 1, seconds=60)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_1_kill_a_worker_every_two_seconds(
    installation: Installation, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """5,000 sends at a provider with faults, three times in a row: none twice, none lost, none stuck."""
    installation.simulator.configure(seed=seed, **WORSE)
    schedule = await installation.schedule(5000)
    kills = Kills(installation, schedule)
    async with installation.traffic() as others:
        while (await installation.stats(schedule))["pending"] and len(kills.doubts) < 60:
            await asyncio.sleep(2)
            await kills.until_sent()
            await kills.kill()
            installation.worker.start()
        stats = await installation.done(schedule, seconds=300)
    record_property("doubts", kills.doubts)
    record_property("stats", stats)
    assert len(kills.doubts) >= 5
    assert sum(kills.doubts) > 0, "nothing was in flight at any kill, so nothing was tried"
    assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (5000, 0, 0)
    await installation.check_invariant(schedule, *others)


async def test_1_kill_a_worker_twice(installation: Installation) -> None:
    """The same in short: leases of the dead run out at once where that decides nothing, and at the end for the rest."""
    installation.simulator.configure(**FAULTY)
    schedule = await installation.schedule(500)
    kills = Kills(installation, schedule)
    for sent in (50, 200):
        await installation.under_way(schedule, sent)
        await kills.kill()
        await installation.pass_time("CLAIMED")
        installation.worker.start()
    assert sum(kills.doubts) > 0, "nothing was in flight at any kill, so nothing was tried"
    await installation.hurry(schedule)
    stats = await installation.done(schedule)
    assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (500, 0, 0)
    await installation.check_invariant(schedule)


async def check_receipts_settled(installation: Installation, schedule: str, people: int) -> None:
    """Receipts settled all that was in flight, long before its lease was over, with WhatsApp's ids."""
    stats = await installation.done(schedule, seconds=15)
    assert (stats["sent"], stats["unconfirmed"]) == (people, 0)
    given = {row["wamid"] for row in await installation.ledger()}
    assert {row["provider_message_id"] for row in await installation.in_state(schedule, *ARRIVED)} == given
    await installation.check_invariant(schedule)


async def test_2_kill_between_acceptance_and_its_commit(installation: Installation) -> None:
    """The worker has read that WhatsApp accepted, and dies before that is committed."""
    installation.simulator.configure(latency=0.5, sent_delay=3, delivered_delay=3.2, read_delay=3.4)
    schedule = await installation.schedule(30)
    await installation.until_in_state(schedule, "IN_FLIGHT", 30)
    lock = "SELECT 1 FROM message WHERE schedule_id = $1 FOR UPDATE"
    async with installation.locked(lock, decode(schedule, "Schedule")):
        await installation.until_rows(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings worker' AND wait_event_type = 'Lock'"
            " AND query LIKE '%settled AS MATERIALIZED%' LIMIT 1",
            1,
        )
        installation.worker.kill()
    await installation.kill_worker()
    doubtful = await installation.in_state(schedule, "IN_FLIGHT")
    assert len(doubtful) == len(await installation.ledger()) == 30
    assert {row["provider_message_id"] for row in doubtful} == {None}
    installation.worker.start()
    await check_receipts_settled(installation, schedule, 30)


async def test_2_kill_between_acceptance_and_its_answer(installation: Installation) -> None:
    """WhatsApp has accepted, and the worker dies before it reads so."""
    installation.simulator.configure(sent_delay=3, delivered_delay=3.2, read_delay=3.4)
    installation.simulator.post("faults", kind="cut_after_accept", count=30, seconds=60)
    schedule = await installation.schedule(30)
    await installation.until_in_state(schedule, "IN_FLIGHT", 30)
    await installation.until_accepted(30)
    await installation.kill_worker()
    assert len(await installation.in_state(schedule, "IN_FLIGHT")) == 30
    installation.worker.start()
    await check_receipts_settled(installation, schedule, 30)


@QUICK_OR_LONG
async def test_3_kill_between_departure_and_acceptance(installation: Installation, waits: bool) -> None:
    """Committed to leave, and never at WhatsApp: after the grace sent once where that is harmless, else unconfirmed.

    A worker keeps nothing between that commit and the answer, so it is the same whether a byte has left or not.
    """
    await installation.sender()
    useful, marketing = await installation.template(), await installation.template("MARKETING")
    some, others = await installation.group(10), await installation.group(10)
    installation.simulator.post("faults", kind="cut_before_accept", count=20, seconds=100)
    # Both wait in the queue, so that one run takes them: the POSTs of another would end before the kill.
    await installation.pause()
    harmless = await installation.plan(useful, some)
    harmful = await installation.plan(marketing, others)
    for schedule in (harmless, harmful):
        await installation.until_in_state(schedule, "QUEUED", 10)
    await installation.resume()
    for schedule in (harmless, harmful):
        await installation.until_in_state(schedule, "IN_FLIGHT", 10)
    await installation.kill_worker()
    for schedule in (harmless, harmful):
        assert len(await installation.in_state(schedule, "IN_FLIGHT")) == 10
    assert await installation.ledger() == []
    # The kill may have come before the POST: the faults that are left are not for what is sent from here on.
    installation.simulator.post("reset", keep=["templates"])
    killed = await installation.fetch("SELECT now() AS at")
    installation.worker.start()
    async with installation.traffic() as more:
        if not waits:
            # Else the time that passes would be without any receipt, and that is silence.
            heard_of = "SELECT 1 FROM sender WHERE status_watermark > $1 AND deleted_at IS NULL"
            await installation.until_rows(heard_of, 1, killed[0]["at"])
            await installation.pass_time("IN_FLIGHT")
        sent = await installation.done(harmless, seconds=60)
        unsent = await installation.done(harmful, seconds=60)
    assert (sent["sent"], sent["unconfirmed"]) == (10, 0)
    assert (unsent["sent"], unsent["unconfirmed"]) == (0, 10)
    assert {row["attempts"] for row in await installation.in_state(harmless, *ARRIVED)} == {2}
    assert {row["attempts"] for row in await installation.in_state(harmful, "UNCONFIRMED")} == {1}
    await installation.check_invariant(harmless, harmful, *more)


@pytest.mark.soak
async def test_kill_at_the_last_messages_of_all(installation: Installation) -> None:
    """Nothing is sent after them, so no receipt ever passes them by the grace: they are late, and not lost."""
    await installation.sender()
    template, some, others = await installation.template(), await installation.group(20), await installation.group(10)
    # What arrives is read some two seconds after the last messages have left; WhatsApp gives whole seconds.
    installation.simulator.configure(read_delay=4.5)
    first = await installation.plan(template, some)
    last = await installation.plan(template, others, ahead=3)
    await installation.until_accepted(20)
    installation.simulator.post("faults", kind="cut_before_accept", count=10, seconds=100)
    await installation.until_in_state(last, "IN_FLIGHT", 10)
    await installation.kill_worker()
    doubtful = await installation.in_state(last, "IN_FLIGHT")
    assert len(doubtful) == 10
    installation.simulator.forget_faults()
    installation.worker.start()
    await invariant.receipts_are_in(installation, seconds=60)
    [sender] = await installation.fetch("SELECT status_watermark AS told FROM sender WHERE deleted_at IS NULL")
    attempted = doubtful[0]["updated_at"]
    younger = sender["told"] - attempted
    assert installation.grace / 30 < younger < installation.grace, "it is another rule that is tried"
    for schedule, people in ((first, 20), (last, 10)):
        stats = await installation.done(schedule)
        assert (stats["sent"], stats["unconfirmed"]) == (people, 0)
    assert {row["attempts"] for row in await installation.in_state(last, *ARRIVED)} == {2}
    await installation.check_invariant(first, last)


@pytest.mark.soak
async def test_kill_with_marketing_never_sends_twice(installation: Installation) -> None:
    """Marketing that is in doubt and was never received is not sent again by itself."""
    installation.simulator.configure(latency=0.1, bad_gateway_share=0.03)
    schedule = await installation.schedule(400, category="MARKETING")
    kills = Kills(installation, schedule)
    for sent in (60, 180):
        await installation.under_way(schedule, sent)
        await kills.kill()
        await installation.pass_time("CLAIMED")
        installation.worker.start()
    async with installation.traffic() as others:
        await installation.hurry(schedule)
        stats = await installation.done(schedule)
    assert stats["sent"] + stats["unconfirmed"] == 400
    assert stats["unconfirmed"] > 0, "every doubt was settled by a receipt, so nothing was tried"
    await installation.check_invariant(schedule, *others)
