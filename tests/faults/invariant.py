"""I0, which holds after every fault: each person has exactly one message at WhatsApp, or a row that says why not."""

import asyncio
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import asyncpg

from graph.core.ids import split

if TYPE_CHECKING:
    from tests.faults.conftest import Installation

ARRIVED = ("SENT", "DELIVERED", "READ")
_ENDS = (*ARRIVED, "FAILED", "UNCONFIRMED", "CANCELLED")
checked = Counter[str]()
"""How many messages were held to I0 since somebody cleared it."""
# A late receipt may still turn what was given up into what was sent; a failure holds unless the message arrived.
_RANK = {"UNCONFIRMED": 0, "CANCELLED": 0, "SENT": 1, "FAILED": 2, "DELIVERED": 3, "READ": 4}


def whose(id: str) -> tuple[str, int]:
    """The column of messages and events that names a schedule or a campaign, and its number."""
    kind, number = split(id)
    return f"{kind.lower()}_id", number


async def come_to_rest(installation: "Installation", schedules: list[str], seconds: float) -> None:
    """Waits until nothing is under way: no message and no receipt."""
    end = time.monotonic() + seconds
    while pending := sum([(await installation.stats(schedule))["pending"] for schedule in schedules]):
        assert time.monotonic() < end, f"{pending} messages are pending"
        await asyncio.sleep(0.2)
    await receipts_are_in(installation, seconds)


async def receipts_are_in(installation: "Installation", seconds: float) -> None:
    """Waits until WhatsApp has told everything, and everything that it told is taken up."""
    end = time.monotonic() + seconds
    while True:
        webhooks = installation.simulator.get("ledger/summary")["webhooks"]["pending"]
        [kept] = await installation.fetch(
            "SELECT (SELECT count(*) FROM inbound_post WHERE done_at IS NULL) AS posts,"
            " (SELECT count(*) FROM waiting_status) AS statuses"
        )
        if not (webhooks or kept["posts"] or kept["statuses"]):
            return
        assert time.monotonic() < end, f"{webhooks} webhooks are pending, and {dict(kept)} kept"
        await asyncio.sleep(0.2)


async def check(installation: "Installation", schedules: list[str]) -> None:
    """Rows, ledger, log and figures of schedules and campaigns agree; they must have come to rest."""
    accepted = accepted_by_message(await installation.ledger())
    known = await installation.fetch("SELECT id FROM message WHERE id = ANY($1)", list(accepted))
    assert len(known) == len(accepted), "WhatsApp has messages that no row knows"
    await _check_stuck(installation)
    for schedule in schedules:
        column, number = whose(schedule)
        rows = await installation.fetch(f"SELECT * FROM message WHERE {column} = $1 ORDER BY id", number)
        checked["messages"] += len(rows)
        for row in rows:
            _check_row(row, accepted[row["id"]])
        addresses = Counter(row["address"] for row in rows if row["address"] is not None)
        assert max(addresses.values(), default=0) <= 1, f"two rows for one person: {addresses.most_common(1)}"
        if column == "campaign_id":
            await _check_recipients(installation, number, {row["contact_id"] for row in rows})
        await _check_events(installation, schedule, {row["id"]: row["state"] for row in rows})
        await _check_figures(installation, schedule, Counter(row["state"] for row in rows))


def accepted_by_message(ledger: list[dict[str, Any]]) -> Counter[int]:
    """How often WhatsApp accepted each message, by the id that our callback carries."""
    return Counter(int(row["callback_data"].partition(".")[0]) for row in ledger)


def _check_row(row: asyncpg.Record, accepted: int) -> None:
    assert row["state"] in _ENDS, f"stuck: {dict(row)}"
    assert row["due_at"] is None, f"ended and queued at once: {dict(row)}"
    assert row["lease_until"] is None, f"ended and leased at once: {dict(row)}"
    assert accepted <= 1, f"{row['address']} was sent {accepted} messages"
    erased = row["address"] is None
    if row["state"] in ARRIVED:
        assert accepted == 1, f"{row['address']} was sent none, but its row says {row['state']}"
        assert erased or row["provider_message_id"], f"sent without WhatsApp's id: {dict(row)}"
    else:
        assert erased or row["error_message"], f"no reason given: {dict(row)}"
        assert accepted == 0 or row["state"] != "CANCELLED", f"cancelled and sent: {dict(row)}"


async def _check_stuck(installation: "Installation") -> None:
    """Nowhere has a lease run out and nobody looked at it: the clock does so every second."""
    stuck = await installation.fetch(
        "SELECT id, state, lease_until FROM message"
        " WHERE state IN ('CLAIMED', 'IN_FLIGHT') AND lease_until < now() - interval '5 s'"
        " OR state IN ('CLAIMED', 'IN_FLIGHT', 'UNKNOWN') AND lease_until IS NULL"
        # Four times the grace of 4 s without a receipt ends any doubt; attempted 25 s before its lease ends.
        " OR state = 'UNKNOWN' AND lease_until - interval '25 s' < now() - greatest(interval '25 s', 4 * $1::interval)"
        "   - interval '5 s'",
        installation.grace,
    )
    assert not stuck, f"held beyond their limit: {[dict(row) for row in stuck][:3]}"


async def _check_recipients(installation: "Installation", number: int, written_to: set[int]) -> None:
    """Everyone in the frozen audience is there once, with a message or with the reason why there is none."""
    rows = await installation.fetch("SELECT * FROM campaign_recipient WHERE campaign_id = $1", number)
    people = Counter(row["contact_id"] for row in rows)
    assert max(people.values(), default=0) <= 1
    assert {row["contact_id"] for row in rows if row["exclusion"] is None} == written_to


async def _check_events(installation: "Installation", schedule: str, states: dict[int, str]) -> None:
    """The log tells each step of a message once, in an order in which no status falls, up to where its row stands."""
    told: dict[int, list[str]] = {id: [] for id in states}
    completed = began = held = 0
    column, number = whose(schedule)
    events = await installation.fetch(
        f"SELECT type, message_id, data ->> 'status' AS status FROM event WHERE {column} = $1 ORDER BY number", number
    )
    for event in events:
        if event["message_id"] is not None:
            told[event["message_id"]].append(event["type"].removeprefix("MESSAGE_"))
        step = event["status"] if event["type"] == "CAMPAIGN_STATUS_CHANGED" else event["type"]
        completed += step in ("MESSAGE_COMPLETED", "COMPLETED", "STOPPED")
        began += step in ("MESSAGE_PROCESSING", "RUNNING")
        held += step in ("MESSAGE_HELD", "PAUSED")
    for id, steps in told.items():
        ranks = [_RANK[step] for step in steps]
        assert all(one < next for one, next in pairwise(ranks)), f"message {id} fell: {steps}"
        assert steps, f"message {id} is {states[id]} and the log is silent"
        assert steps[-1] == states[id], f"message {id} is {states[id]}, and the log says {steps}"
    assert completed == 1, f"told {completed} times that it is complete"
    assert 1 <= began <= held + 1, f"told {began} times that it begins, and {held} times that it is held"


async def _check_figures(installation: "Installation", schedule: str, states: Counter[str]) -> None:
    """What the API counts is what the rows say."""
    shown = await installation.stats(schedule)
    counted = {
        "recipients": states.total(),
        "pending": 0,
        "sent": sum(states[state] for state in ARRIVED),
        "delivered": states["DELIVERED"] + states["READ"],
        "read": states["READ"],
        "failed": states["FAILED"],
        "unconfirmed": states["UNCONFIRMED"],
        "cancelled": states["CANCELLED"],
    }
    assert {name: shown[name] for name in counted} == counted
