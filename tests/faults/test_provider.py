"""WhatsApp itself is unwell: it answers nothing readable, or slowly, or only so much a second."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from graph.core.ids import decode
from tests.factories import phone
from tests.faults.conftest import Installation
from tests.faults.invariant import ARRIVED, accepted_by_message, whose

LONG = [pytest.mark.soak, pytest.mark.timeout(400)]
Figure = Callable[[str, object], None]


@pytest.mark.parametrize("people", [80, pytest.param(2000, marks=LONG)], ids=["quick", "long"])
async def test_15_a_storm_of_5xx_without_a_code(
    installation: Installation, record_property: Figure, people: int
) -> None:
    """Every answer is a page of HTML, and half of them are lies: WhatsApp has the message all the same."""
    schedule = await installation.schedule(people, ahead=3)
    for _ in range(people // 20):
        installation.simulator.post("faults", kind="bad_gateway_after_accept", count=10, seconds=0)
        installation.simulator.post("faults", kind="bad_gateway", count=10)
    column, number = whose(schedule)
    tried = f"SELECT 1 FROM message WHERE {column} = $1 AND attempts > 0"
    await installation.until_rows(tried, people, number, seconds=120)
    async with installation.traffic() as others:
        stats = await installation.done(schedule, seconds=120)
    assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (people, 0, 0)
    rows = await installation.in_state(schedule, *ARRIVED)
    attempts = [row["attempts"] for row in rows]
    assert attempts.count(1) >= people // 2, "what WhatsApp had was settled by its receipt"
    assert attempts.count(2) > 0, "nothing was tried again, so nothing was tried"
    record_property("settled by receipts", attempts.count(1))
    record_property("sent again after the grace", people - attempts.count(1))
    await installation.check_invariant(schedule, *others)


async def another_sender(installation: Installation) -> str:
    made = await installation.data(
        "mutation ($input: CreateSenderInput!) { createSender(input: $input) { id } }",
        input={
            "phoneNumber": phone(),
            "provider": "CLOUD_API",
            "phoneNumberId": "206540352242922",
            "businessAccountId": "318800221144667",
            "accessToken": "another-token",
        },
    )
    return made["createSender"]["id"]


PLAN = "mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id } }"


async def p95(installation: Installation, schedule: str) -> float:
    """Seconds from being queued to being sent that all but a twentieth of its messages took at most."""
    [found] = await installation.fetch(
        "SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - created_at)) AS seconds"
        " FROM message WHERE schedule_id = $1",
        decode(schedule, "Schedule"),
    )
    return float(found["seconds"])


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("slow", "people", "grace"),
    [(4.0, 100, "4"), pytest.param(30.0, 1000, "60", marks=LONG)],
    ids=["quick", "long"],
)
async def test_16_slow_answers_to_one_sender_are_no_other_senders_delay(
    installation: Installation, record_property: Figure, slow: float, people: int, grace: str
) -> None:
    """Answers that take longer than a POST may, 20 s, are doubts, which receipts settle: nothing is sent twice."""
    usual, other = await installation.sender(), await another_sender(installation)
    template, some, many = await installation.template(), await installation.group(50), await installation.group(people)

    async def plan(sender: str, group: str) -> str:
        input = {"templateId": template, "groupId": group, "senderId": sender, "sendAt": datetime.now(UTC).isoformat()}
        made = await installation.data(PLAN, input=input)
        return made["createSchedule"]["id"]

    with installation.workers(1, SEND_GRACE=grace):
        undisturbed = await plan(other, many)
        await installation.done(undisturbed, seconds=60)
        installation.simulator.post("faults", kind="slow", count=50, seconds=slow, phone_number_id="106540352242922")
        held = await plan(usual, some)
        await installation.until_in_state(held, "IN_FLIGHT", 1)
        beside = await plan(other, many)
        await installation.done(beside, seconds=60)
        assert await installation.in_state(held, "IN_FLIGHT", "CLAIMED", "QUEUED", "UNKNOWN"), "it was not slow"
        before, after = await p95(installation, undisturbed), await p95(installation, beside)
        record_property("p95 of the other sender alone", f"{before:.2f} s")
        record_property("p95 beside the slow one", f"{after:.2f} s")
        stats = await installation.done(held, seconds=150)
    assert (stats["sent"], stats["unconfirmed"]) == (50, 0)
    assert {row["attempts"] for row in await installation.in_state(held, *ARRIVED)} == {1}
    assert after < 1.5 * before + 0.3, "the other sender waited for the slow one"
    await installation.check_invariant(held, undisturbed, beside)
    await installation.data("mutation ($id: ID!) { deleteSender(id: $id) }", id=other)


async def tries(installation: Installation, schedule: str) -> int:
    [row] = await installation.fetch(
        "SELECT sum(attempts) AS tries FROM message WHERE schedule_id = $1", decode(schedule, "Schedule")
    )
    return int(row["tries"])


@pytest.mark.parametrize("people", [400, pytest.param(3000, marks=LONG)], ids=["quick", "long"])
async def test_17_a_limited_rate_is_obeyed_and_none_is_lost(
    installation: Installation, record_property: Figure, people: int
) -> None:
    """WhatsApp takes 100 a second where 400 are sent: the sender halves its rate until no more is refused."""
    sender = await installation.sender()
    installation.simulator.configure(throughput=100)
    try:
        schedule = await installation.schedule(people)
        before = await installation.until_accepted(people * 3 // 4, seconds=150)
        tried = await tries(installation, schedule)
        stats = await installation.done(schedule, seconds=200)
        assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (people, 0, 0)
        late = await tries(installation, schedule) - tried - (people - before)
        accepted = sorted(row["accepted_at"] for row in await installation.ledger())
        assert max(accepted_by_message(await installation.ledger()).values()) == 1
        refused = await tries(installation, schedule) - people
        number = decode(sender, "Sender")
        [row] = await installation.fetch("SELECT slowed_until > now() AS slowed FROM sender WHERE id = $1", number)
        assert row["slowed"], "it was never slowed down"
        assert refused < people, f"{refused} refusals of {people}: it went on as before"
        # Of a few seconds the last quarter is no rest yet.
        assert people < 1000 or late < people / 100, f"{late} refusals in the last quarter: it goes on too fast"
        record_property("refused", refused)
        record_property("refused of the last quarter", late)
        record_property("accepted a second", f"{people / max(1.0, accepted[-1] - accepted[0]):.0f}")
        await installation.check_invariant(schedule)
    finally:
        installation.simulator.configure(throughput=0)
        await installation.fetch("UPDATE sender SET slowed_until = NULL WHERE id = $1", decode(sender, "Sender"))
