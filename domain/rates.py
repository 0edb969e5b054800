"""How often callers may ask: each user, each API token, all tokens of a user, and each address without credentials."""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from db.core.settings import get_settings
from db.core.window import Window
from domain import settings
from domain.core import rates
from domain.core.access import Viewer

TOKENS = 5
"""Times the limits of one, which all API tokens of a user have together: fifty tokens are not fifty users."""
QUESTIONS_PER_MINUTE = 20
"""To the model, by queries: it is paid for each, so all tokens of a user have as many as one."""
LISTS_PER_HOUR = 60
"""That are read by links of one caller, from wherever."""


@dataclass(slots=True, weakref_slot=True)
class _Turns:
    places: asyncio.Semaphore
    waiting: int = 0


_turns = WeakValueDictionary[tuple[str, str], _Turns]()


async def admit(viewer: Viewer, *, mutations: int = 0) -> rates.Rate | None:
    """Counts an operation: a query, or so many mutations. Raises Refusal RATE_LIMIT_EXCEEDED.

    Answers None where nobody counts: RATE_LIMITS is off, or Redis is away and `fail_open` says so.
    """
    if not get_settings().rate_limits:
        return None
    limits = settings.known().limits
    windows = _all(viewer, _windows(caller_of(viewer), limits, viewer, mutations))
    return await rates.admit(*windows, lenient=limits.fail_open)


def most_mutations(viewer: Viewer) -> int:
    """Of one operation: more would never fit, however long its caller waited."""
    limits = settings.known().limits
    if not viewer.known:
        return limits.anonymous_calls_per_minute
    return min(limits.rate_limit_per_minute, limits.rate_limit_per_hour)


async def admit_list(viewer: Viewer) -> None:
    """Counts a list that is read by a link of this caller: each is a line in the audit log, which is kept for good."""
    if get_settings().rate_limits:
        windows = _all(viewer, [Window(caller_of(viewer), "lists", LISTS_PER_HOUR, 3600)])
        await rates.admit(*windows, lenient=settings.known().limits.fail_open)


def _all(viewer: Viewer, windows: list[Window]) -> list[Window]:
    """Those of a caller; where it is one of all API tokens of their user too, and of a stranger's site."""
    if not viewer.known:
        return rates.with_site(viewer.ip_address, windows)
    if viewer.token_id is None:
        return windows
    together = holder_of(viewer)
    return windows + [replace(window, caller=together, limit=window.limit * TOKENS) for window in windows]


def _windows(caller: str, limits: settings.Limits, viewer: Viewer, mutations: int) -> list[Window]:
    often = Window(caller, "calls", limits.calls_per_second, 1)
    if not viewer.known:
        return [often, Window(caller, "calls", limits.anonymous_calls_per_minute, 60, max(1, mutations))]
    if not mutations:
        return [often, Window(caller, "queries", limits.queries_per_minute, 60)]
    return [
        often,
        Window(caller, "mutations", limits.rate_limit_per_minute, 60, mutations),
        Window(caller, "mutations", limits.rate_limit_per_hour, 3600, mutations),
    ]


async def admit_question(viewer: Viewer) -> None:
    """Counts a question to the model. Raises Refusal RATE_LIMIT_EXCEEDED."""
    if get_settings().rate_limits:
        window = Window(holder_of(viewer), "questions", QUESTIONS_PER_MINUTE, 60)
        await rates.admit(window, lenient=settings.known().limits.fail_open)


async def admit_request(viewer: Viewer, kind: str, limit: int) -> None:
    """Counts a request beside GraphQL, of which an address may make so many a minute. Raises Refusal."""
    if get_settings().rate_limits:
        _recall(viewer, kind)
        windows = _all(viewer, [Window(caller_of(viewer), kind, limit, 60)])
        await rates.admit(*windows, lenient=settings.known().limits.fail_open)


def recall(viewer: Viewer, query: str | None = None) -> None:
    """Raises Refusal for whoever was refused a moment ago; counts nothing.

    With a document also where it can be no mutation, and queries were refused.
    """
    _recall(viewer, "calls")
    if query is not None and "mutation" not in query:
        _recall(viewer, "queries")


def _recall(viewer: Viewer, kind: str) -> None:
    rates.recall(caller_of(viewer), kind)
    if not viewer.known and (site := rates.site(viewer.ip_address)):
        rates.recall(f"address:{site}", kind)


@asynccontextmanager
async def turn(viewer: Viewer, kind: str, many: int, *, waiting: float = math.inf) -> AsyncGenerator[None]:
    """So many of a holder's at a time in this process, the others wait. Raises Refusal where too many do."""
    key = (holder_of(viewer), kind)
    if (turns := _turns.get(key)) is None:
        _turns[key] = turns = _Turns(asyncio.Semaphore(many))
    if turns.waiting >= waiting:
        raise rates.busy(kind, many, seconds=1)
    turns.waiting += 1
    try:
        await turns.places.acquire()
    finally:
        turns.waiting -= 1
    try:
        yield
    finally:
        turns.places.release()


def caller_of(viewer: Viewer) -> str:
    """Whose calls are counted together: a token's, else a user's, else those from an address."""
    if viewer.token_id is not None:
        return f"token:{viewer.token_id}"
    if viewer.user_id is not None:
        return f"user:{viewer.user_id}"
    return "admin-token" if viewer.known else f"address:{rates.network(viewer.ip_address)}"


def holder_of(viewer: Viewer) -> str:
    """Whose sockets, subscriptions, places and questions are counted together: of all API tokens of a user, else those
    of a caller, and of all strangers of a site. What runs at a time is taken from others, and a user makes fifty tokens
    in a minute.
    """
    if not viewer.known:
        return f"address:{rates.site(viewer.ip_address) or rates.network(viewer.ip_address)}"
    return caller_of(viewer) if viewer.token_id is None else f"tokens:{viewer.user_id}"
