"""How fast a sender may send now, and why: for the dispatcher in numbers, for people in words."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
from asyncpg import Record

from db.core import connect, pace
from db.core.pace import Pace
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.messages.reach import PORTFOLIO, Portfolio
from db.senders import SenderProvider
from domain import settings
from domain.core.access import Viewer, allow
from domain.core.secrets import unseal
from domain.providers.base import Account
from domain.senders.faults import HALVINGS

STANDARD = 80.0
"""Messages a second that WhatsApp takes from a number of the Cloud API, until it says something else (B1)."""
WAHA = 1.0
"""The same of a session of WhatsApp Web: no faster than a nimble person."""
WAHA_PER_HOUR = 1000

_PACE = f"""sender.id, provider, messages_per_second, messaging_limit, {HALVINGS} AS halvings,
  {PORTFOLIO} AS portfolio"""

_DEPARTING = f"""
SELECT {_PACE}, phone_number, session_name, phone_number_id, access_token, closed_countries FROM sender
WHERE id = $1 AND deleted_at IS NULL AND status = 'CONNECTED' AND (paused_until IS NULL OR paused_until <= now())
"""


@dataclass(frozen=True, slots=True)
class Departing:
    """A sender that may send: as whom, how fast, and to how many people outside a window in a day."""

    phone_number: str
    account: Account
    pace: Pace
    portfolio: Portfolio | None
    closed_countries: frozenset[str]
    """Where it may not write to."""


async def departing(id: int) -> Departing | None:
    """For the dispatcher; None while the sender may not send."""
    if (sender := await connect.row(_DEPARTING, id)) is None:
        return None
    if sender["provider"] == SenderProvider.WAHA:
        account = Account(id, "", "", SenderProvider.WAHA, sender["session_name"] or "")
    elif sender["phone_number_id"] is None or sender["access_token"] is None:
        return None
    else:
        account = Account(id, sender["phone_number_id"], unseal(sender["access_token"]))
    limits = (await _pace(sender), _portfolio(sender), frozenset(sender["closed_countries"]))
    return Departing(sender["phone_number"], account, *limits)


def _portfolio(sender: Record) -> Portfolio | None:
    """What limits to how many people it may write; None for a sender that nothing limits."""
    return None if sender["messaging_limit"] is None else Portfolio(sender["portfolio"], sender["messaging_limit"])


async def held_back(ids: Sequence[int]) -> set[int]:
    """Those of these senders that may be waiting for their pace: its pauses, their turn or the end of an hour."""
    rows = await connect.rows(f"SELECT {_PACE} FROM sender WHERE id = ANY($1)", list(ids))
    held = await asyncio.gather(*[pace.holds_back(await _pace(row)) for row in rows])
    return {row["id"] for row, holds in zip(rows, held, strict=True) if holds}


async def has_sent(id: int) -> None:
    """Notes that WhatsApp took something from a sender: from here on its statuses are waited for."""
    await connect.execute("UPDATE sender SET unheard_since = now() WHERE id = $1 AND unheard_since IS NULL", id)


def full_rate(provider: str, told: int | None) -> float:
    """Messages a second of a sender that nothing slows down."""
    usual = WAHA if provider == SenderProvider.WAHA else STANDARD
    return get_settings().send_rate or told or usual


async def _pace(sender: Record) -> Pace:
    now = await settings.current()
    waha = sender["provider"] == SenderProvider.WAHA
    per_hour = now.limits.messages_per_hour
    return Pace(
        sender["id"],
        full_rate(sender["provider"], sender["messages_per_second"]) / 2 ** int(sender["halvings"]),
        delay=now.delays.message_delay if waha else 0,
        switch_delay=now.delays.sender_switch_delay if waha else 0,
        per_hour=WAHA_PER_HOUR if per_hour is None and waha else per_hour,
    )


# ---------------------------------------------------------------------------
# For people
# ---------------------------------------------------------------------------


class PacingState(StrEnum):
    NORMAL = "NORMAL"
    SLOWED = "SLOWED"
    PAUSED = "PAUSED"


@dataclass(frozen=True, slots=True)
class SenderPacing:
    """How a sender sends now."""

    id: int
    state: PacingState
    reason: str
    until: datetime | None
    messages_per_second: float
    remaining_this_hour: int | None
    pace: Pace
    """What it keeps to while it sends."""

    def seconds(self, messages: int, now: datetime) -> float | None:
        """Until the last of so many would leave; None where nothing says that it sends again."""
        rests = 0.0
        if self.state is PacingState.PAUSED:
            if self.until is None and self.remaining_this_hour != 0:
                return None
            rests = max(0.0, (self.until - now).total_seconds()) if self.until is not None else 0.0
        takes = messages / self.pace.mean
        if self.pace.per_hour is not None:
            takes = max(takes, (messages - (self.remaining_this_hour or 0)) / self.pace.per_hour * 3600)
        return rests + takes


# Of each portfolio once, however many of its numbers are asked for.
_REACHED = f"""
WITH reached AS MATERIALIZED (
  SELECT portfolio_id, count(*) AS people, min(reached_at) + interval '24 h' AS next FROM portfolio_reach
  WHERE reached_at > now() - interval '24 h'
    AND portfolio_id = ANY(ARRAY(SELECT {PORTFOLIO} FROM sender WHERE id = ANY($1)))
  GROUP BY portfolio_id
)"""

_SHOWN = f"""{_REACHED}
SELECT {_PACE}, status, error_message, deleted_at, paused_until, last_error, slowed_until, slowed_reason, now() AS now,
       coalesce(reached.people, 0) AS people, reached.next
FROM sender LEFT JOIN reached ON reached.portfolio_id = {PORTFOLIO}
WHERE sender.id = ANY($1)
"""


@allow()
async def pacing(viewer: Viewer, ids: list[int]) -> list[SenderPacing]:
    """Of senders that the caller holds already."""
    told = await asyncio.gather(*(_told(row) for row in await connect.rows(_SHOWN, ids)))
    found = {each.id: each for each in told}
    return [found[id] for id in ids]


async def _told(sender: Record) -> SenderPacing:
    keeps = await _pace(sender)
    wait, left = await pace.look(keeps)
    full = full_rate(sender["provider"], sender["messages_per_second"])

    def say(state: PacingState, reason: str, until: datetime | None = None) -> SenderPacing:
        rate = 0.0 if state is PacingState.PAUSED else keeps.mean
        return SenderPacing(sender["id"], state, reason, until, rate, left, keeps)

    if sender["deleted_at"] is not None or sender["status"] != "CONNECTED":
        words = f": {sender['error_message']}" if sender["error_message"] else "."
        return say(PacingState.PAUSED, f"The sender is {sender['status']}{words}")
    if sender["paused_until"] is not None and sender["paused_until"] > sender["now"]:
        words = f"WhatsApp says: {sender['last_error'] or 'not now'}; goes on at {_clock(sender['paused_until'])}."
        return say(PacingState.PAUSED, words, sender["paused_until"])
    if left == 0:
        words = f"All {keeps.per_hour} messages of this hour have left; more as their minutes pass."
        return say(PacingState.PAUSED, words)
    if sender["messaging_limit"] is not None and sender["people"] >= sender["messaging_limit"]:
        later = f"; the next may be written to at {_clock(sender['next'])}" if sender["next"] else ""
        limit = f"WhatsApp's limit of {sender['messaging_limit']} people outside a service window in 24 hours"
        return say(PacingState.SLOWED, f"{limit} is reached{later}. Answers still leave.", sender["next"])
    if sender["halvings"]:
        words = f"{sender['slowed_reason']}; back to {full:g} a second by {_clock(sender['slowed_until'])}."
        return say(PacingState.SLOWED, words, sender["slowed_until"])
    if wait > pace.PATIENCE:
        return say(PacingState.NORMAL, f"The next message leaves in {wait:.0f} s, after its pause.")
    if keeps.delay:
        return say(PacingState.NORMAL, f"A pause of about {keeps.delay:g} s after each message.")
    return say(PacingState.NORMAL, f"As fast as it may: {keeps.rate:g} a second.")


def _clock(at: datetime) -> str:
    return f"{at:%H:%M} UTC"


MOST_COUNTED = 10_000
"""Messages of a queue that are counted; of more there is an estimate, since counting takes as long as they are many."""

_COUNT = f"""
SELECT s.id, (SELECT count(*) FROM (
  SELECT FROM message WHERE sender_id = s.id AND due_at < 'infinity' LIMIT {MOST_COUNTED + 1}) AS counted) AS waiting
FROM unnest($1::bigint[]) AS s(id)
"""

# In the words of the statistics message_waiting: PostgreSQL keeps how often each sender stands there.
_ESTIMATE = "(SELECT FROM message WHERE CASE WHEN due_at < 'infinity' THEN sender_id END = {})"


@allow()
async def queued(viewer: Viewer, ids: list[int]) -> list[int]:
    """How many messages wait for each sender, without those of schedules that are held; over 10,000 an estimate."""
    counts: dict[int, int] = {row["id"]: row["waiting"] for row in await connect.rows(_COUNT, ids)}
    counts |= await _estimated([id for id, waiting in counts.items() if waiting > MOST_COUNTED])
    return [counts[id] for id in ids]


async def _estimated(ids: Sequence[int]) -> dict[int, int]:
    """What PostgreSQL's statistics say of long queues, all in one plan."""
    if not ids:
        return {}
    async with transaction():
        # Workers of a parallel plan would each be told a part of the rows.
        await connect.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        parts = " UNION ALL ".join(_ESTIMATE.format(id) for id in ids)
        [whole] = orjson.loads(await connect.value(f"EXPLAIN (FORMAT JSON) {parts}"))
    plan = whole["Plan"]
    plans = plan["Plans"] if len(ids) > 1 else [plan]
    return {id: max(each["Plan Rows"], MOST_COUNTED + 1) for id, each in zip(ids, plans, strict=True)}


@allow()
async def reached(viewer: Viewer, ids: list[int]) -> list[int]:
    """To how many people the portfolio of each sender has written outside a service window in the last 24 hours."""
    found = await connect.rows(
        f"{_REACHED} SELECT sender.id, people FROM sender JOIN reached ON reached.portfolio_id = {PORTFOLIO}"
        " WHERE sender.id = ANY($1)",
        ids,
    )
    counts: dict[int, int] = {row["id"]: row["people"] for row in found}
    return [counts.get(id, 0) for id in ids]


def finishes_at(told: SenderPacing, waiting: int, now: datetime) -> datetime | None:
    """When the last of so many messages would leave; None while it sends none, and when none waits."""
    seconds = told.seconds(waiting, now)
    if told.state is PacingState.PAUSED or not waiting or seconds is None:
        return None
    return now + timedelta(seconds=seconds)
