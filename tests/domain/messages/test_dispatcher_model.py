"""The dispatcher beside a simple model of it: sends, receipts, pauses, crashes and jumps of the clock, in any order.

Three workers do by hand what a worker does, step by step, so that another may come between any two. WhatsApp is a set
of what it has accepted, and of receipts that are on their way for no longer than the grace. The clock jumps in that
everything which waits becomes so much older.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import pytest
from asyncpg import Record
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.core import connect
from db.core.settings import get_settings
from db.inbound import takes_in
from domain import contacts
from domain.core.access import SYSTEM
from domain.messages import dispatch
from domain.messages.dispatch import Departure
from domain.messages.receipts import Status, settle_statuses
from domain.providers.base import Accepted, InDoubt, NotSent, Outcome, Refused
from domain.providers.reactions import of_code
from tests.domain.messages.surroundings import FAULT, a_contact, a_message, a_sender, status
from workers.messages import MOST_PAUSE

GRACE = 600.0
"""Seconds; far longer than a run takes by the clock on the wall, which goes on as well."""
JUMPS = (2, 16, 30, 700, 2500)
"""Less than a pause, past the lease of a claim, past that of a flight, past the grace, past four times the grace."""
ANSWERS = (
    "accepted",
    "accepted, then given up",
    "lost",
    "lost, then given up",
    "nothing",
    "refused",
    "later",
    "unsent",
)
ARRIVED = ("SENT", "DELIVERED", "READ")
RANK = {"SENT": 1, "FAILED": 2, "DELIVERED": 3, "READ": 4}
FOLLOWS = {
    "QUEUED": {"CLAIMED", "IN_FLIGHT", "UNKNOWN", *ARRIVED, "FAILED", "UNCONFIRMED", "CANCELLED"},
    "CLAIMED": {"QUEUED", "IN_FLIGHT", "UNKNOWN", *ARRIVED, "FAILED", "UNCONFIRMED", "CANCELLED"},
    "IN_FLIGHT": {"QUEUED", "UNKNOWN", *ARRIVED, "FAILED", "UNCONFIRMED"},
    "UNKNOWN": {"QUEUED", *ARRIVED, "FAILED", "UNCONFIRMED"},
    "UNCONFIRMED": {*ARRIVED, "FAILED", "QUEUED"},
    "SENT": {"DELIVERED", "READ", "FAILED"},
    "DELIVERED": {"READ"},
    "READ": set[str](),
    "FAILED": set[str](),
    "CANCELLED": set[str](),
}
"""Where a message may stand after a step, by where it stood before."""

R = TypeVar("R")


@dataclass
class Sent:
    """A message as the model has it."""

    contact: int
    marketing: bool
    accepted: int = 0
    """How often WhatsApp has taken it."""
    given_up: bool = False
    """WhatsApp has taken it, and tells later that it could not be delivered."""
    told: int = 0
    """How far its receipts have come."""
    refusals: int = 0
    refused: bool = False
    """For good."""
    opted_out: bool = False
    state: str = "QUEUED"


@dataclass
class Hand:
    """What one worker holds: claimed, then leaving since a time, then answered."""

    chunk: list[Departure]
    left_at: float | None = None
    outcomes: list[tuple[Departure, Outcome]] | None = None

    @property
    def step(self) -> str:
        if self.outcomes is not None:
            return "answered"
        return "claimed" if self.left_at is None else "left"


def some(*steps: str) -> Any:
    """Where some worker is at one of these steps."""
    return precondition(lambda machine: any(hand.step in steps for hand in machine.hands.values()))


Place = st.integers(0, 50)
"""One of those that there are."""


class Dispatcher(RuleBasedStateMachine):
    loop: ClassVar[asyncio.AbstractEventLoop]

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.connected = True
        self.sent: dict[int, Sent] = {}
        self.hands: dict[int, Hand] = {}
        self.receipts: list[Status] = []

    def run(self, coroutine: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def worker(self, place: int, *steps: str) -> int:
        """One that is at one of these steps."""
        found = [worker for worker, hand in self.hands.items() if hand.step in steps]
        return found[place % len(found)]

    @initialize()
    def begin(self) -> None:
        self.sender = self.run(a_sender())
        self.run(takes_in())
        self.run(connect.execute("UPDATE intake SET since = now() - interval '1 day', until = now()"))

    @rule(count=st.integers(1, 3), marketing=st.booleans())
    def send(self, count: int, marketing: bool) -> None:
        for _ in range(count):
            contact = self.run(a_contact())
            purpose = "MARKETING" if marketing else "UTILITY"
            self.sent[self.run(a_message(self.sender, contact, purpose=purpose))] = Sent(contact, marketing)

    @precondition(lambda self: self.connected and len(self.hands) < 3)
    @rule(most=st.integers(1, 5))
    def claim(self, most: int) -> None:
        chunk = self.run(dispatch.claim(self.sender, most))
        for other in self.hands.values():
            held = {(departure.id, departure.attempt_id) for departure in other.chunk}
            assert not held & {(departure.id, departure.attempt_id) for departure in chunk}, "claimed twice"
        if chunk:
            self.hands[min({1, 2, 3} - self.hands.keys())] = Hand(chunk)

    @some("claimed")
    @rule(place=Place)
    def depart(self, place: int) -> None:
        hand = self.hands[self.worker(place, "claimed")]
        leaving = self.run(dispatch.depart(hand.chunk))
        assert self.connected or not leaving, "it left a sender that is halted"
        for departure in leaving:
            sent = self.sent[departure.id]
            assert not (sent.marketing and sent.opted_out), "it left for somebody who opted out"
        hand.chunk, hand.left_at = leaving, self.now

    @some("left")
    @rule(place=Place, answers=st.lists(st.sampled_from(ANSWERS), min_size=5, max_size=5))
    def post(self, place: int, answers: list[str]) -> None:
        hand = self.hands[self.worker(place, "left")]
        assert hand.left_at is not None
        still = self.now - hand.left_at >= MOST_PAUSE
        hand.outcomes = [
            (departure, NotSent("The worker stood still.") if still else self.answer(departure, answer))
            for departure, answer in zip(hand.chunk, answers, strict=False)
        ]

    def answer(self, departure: Departure, answer: str) -> Outcome:
        """What WhatsApp does with a message, and what the worker hears of it."""
        sent = self.sent[departure.id]
        heard, _, then = answer.partition(", then ")
        if heard in ("accepted", "lost"):
            sent.accepted += 1
            assert sent.accepted == 1, f"WhatsApp has message {departure.id} twice"
            sent.given_up = bool(then)
            if sent.given_up:
                told = [status(departure, "sent"), status(departure, "failed", error=FAULT)]
            else:
                told = [status(departure, kind) for kind in ("sent", "delivered", "read")]
            self.receipts += told
            return Accepted(told[0].provider_message_id) if heard == "accepted" else InDoubt("no answer")
        if answer == "refused":
            sent.refused = True
            return Refused(FAULT)
        if answer == "later":
            sent.refusals += 1
            return Refused(of_code(131016, "Service unavailable"))
        return NotSent("no connection") if answer == "unsent" else InDoubt("no answer")

    @some("answered")
    @rule(place=Place)
    def settle(self, place: int) -> None:
        outcomes = self.hands.pop(self.worker(place, "answered")).outcomes
        assert outcomes is not None
        self.run(dispatch.settle(outcomes))

    @some("claimed")
    @rule(place=Place)
    def give_back(self, place: int) -> None:
        self.run(dispatch.give_back(self.hands.pop(self.worker(place, "claimed")).chunk))

    @precondition(lambda self: self.hands)
    @rule(place=Place)
    def crash(self, place: int) -> None:
        del self.hands[self.worker(place, "claimed", "left", "answered")]

    @precondition(lambda self: self.receipts)
    @rule(place=Place, again=st.booleans())
    def receive(self, place: int, again: bool) -> None:
        """Any receipt that is on its way, before others or after, and perhaps once more later."""
        place %= len(self.receipts)
        self.take_up([self.receipts[place] if again else self.receipts.pop(place)])

    def take_up(self, told: list[Status]) -> None:
        self.run(settle_statuses(told))
        self.run(connect.execute("UPDATE sender SET status_watermark = now() WHERE id = $1", self.sender))
        for one in told:
            sent = self.sent[int((one.callback or "").partition(".")[0])]
            sent.told = max(sent.told, RANK[one.status.upper()])

    @rule(seconds=st.sampled_from(JUMPS))
    def jump(self, seconds: int) -> None:
        """Receipts come within the grace: that is what the promise rests on."""
        if seconds > GRACE and self.receipts:
            told, self.receipts = self.receipts, []
            self.take_up(told)
        self.now += seconds
        older = "make_interval(secs => $2)"
        self.run(connect.execute(
            f"UPDATE message SET lease_until = lease_until - {older}, due_at = due_at - {older}"
            " WHERE sender_id = $1", self.sender, seconds,
        ))  # fmt: skip
        self.run(connect.execute(
            f"UPDATE sender SET status_watermark = status_watermark - {older} WHERE id = $1", self.sender, seconds
        ))  # fmt: skip

    @rule()
    def tick(self) -> None:
        self.run(takes_in())
        self.run(dispatch.expire_leases())
        self.run(dispatch.decide_doubts())

    @rule()
    def pause_or_resume(self) -> None:
        self.halt(self.connected)

    def halt(self, halted: bool) -> None:
        self.connected = not halted
        state = "STOPPED" if halted else "CONNECTED"
        self.run(connect.execute("UPDATE sender SET status = $2 WHERE id = $1", self.sender, state))

    @precondition(lambda self: self.sent)
    @rule(place=Place)
    def opt_out(self, place: int) -> None:
        sent = [*self.sent.values()][place % len(self.sent)]
        self.run(contacts.opt_out(SYSTEM, sent.contact))
        sent.opted_out = True

    @invariant()
    def holds(self) -> None:
        if self.sent:
            for row in self.run(connect.rows("SELECT * FROM message WHERE id = ANY($1)", [*self.sent])):
                self.check(row, self.sent[row["id"]])

    def check(self, row: Record, sent: Sent) -> None:
        was, sent.state = sent.state, row["state"]
        assert sent.state == was or sent.state in FOLLOWS[was], f"from {was} to {sent.state}"
        assert (row["due_at"] is not None) == (sent.state == "QUEUED"), dict(row)
        assert (row["lease_until"] is not None) == (sent.state in ("CLAIMED", "IN_FLIGHT", "UNKNOWN")), dict(row)
        if sent.state in ARRIVED:
            assert sent.accepted == 1, "it is said to be sent, and WhatsApp does not have it"
            assert RANK[sent.state] >= sent.told
        assert sent.told == 0 or sent.state in (*ARRIVED, "FAILED"), "what a receipt told is not believed"
        assert sent.told != RANK["FAILED"] or sent.state == "FAILED", "it could not be delivered, and nobody is told"
        assert (
            sent.state != "FAILED"
            or sent.told == RANK["FAILED"]
            or sent.refused
            or sent.refusals >= dispatch.MOST_ATTEMPTS
        )
        assert sent.state != "CANCELLED" or (sent.opted_out and sent.marketing and not sent.accepted)

    def teardown(self) -> None:
        """Everybody is well again: whatever waits comes to its end, and each message ends as the model has it."""
        if not self.sent:
            return
        self.halt(False)
        self.hands.clear()
        for _ in range(12):
            self.jump(2500)
            self.tick()
            while chunk := self.run(dispatch.claim(self.sender, 5)):
                self.hands[1] = Hand(chunk)
                self.depart(0)
                self.post(0, ["accepted"] * 5)
                self.settle(0)
            self.holds()
        self.jump(2500)
        self.holds()
        for id, sent in self.sent.items():
            if sent.accepted:
                end = "FAILED" if sent.given_up else "READ"
                assert sent.state == end, f"message {id} is {end}, and the row says {sent.state}"
            else:
                assert sent.state in ("FAILED", "CANCELLED", "UNCONFIRMED"), f"message {id} is lost: {sent.state}"
                assert sent.marketing or sent.state != "CANCELLED"
        self.run(connect.execute("UPDATE sender SET deleted_at = now() WHERE id = $1", self.sender))


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(40, 40), pytest.param(500, 80, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])],
    ids=["quick", "long"],
)
async def test_whatever_happens_in_whatever_order_it_does_as_the_model(
    monkeypatch: pytest.MonkeyPatch, examples: int, steps: int
) -> None:
    monkeypatch.setattr(get_settings(), "send_grace", GRACE)
    Dispatcher.loop = asyncio.get_running_loop()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=examples < 100,
        # The steps that led to a failure are told as they were: to shorten them takes longer than a test may.
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Dispatcher, settings=chosen)
