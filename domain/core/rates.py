"""How often somebody may do something: counted over sliding windows, and refused with when to come again."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from db.core.window import Count, Window, take
from domain.core.errors import ErrorCode, Refusal

REMEMBERED = 1.0
"""Seconds in which who was refused is refused again by what is remembered: to find it out costs more than to ask."""
_MOST_REMEMBERED = 10_000
SITE = 16
"""Times the limit of a network of IPv6, which all networks of its site have together."""
_PERIODS = {1: "a second", 60: "a minute", 3600: "an hour"}

_refused: OrderedDict[tuple[str, str], tuple[float, Refusal]] = OrderedDict()
"""By caller and kind: until when, by the monotonic clock; the latest stand last."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Where a caller stands: so many calls are left of the limit; `reset`, in seconds since 1970, brings more."""

    limit: int
    remaining: int
    reset: int

    @classmethod
    def of(cls, count: Count) -> Self:
        return cls(count.window.limit, count.remaining, math.ceil(time.time() + (count.wait or count.reset)))

    @classmethod
    def told(cls, details: Mapping[str, Any]) -> Self:
        """As a refusal has it in its details."""
        reset = int(datetime.fromisoformat(details["resetTime"]).timestamp())
        return cls(details["limit"], details["remaining"], reset)


async def admit(*windows: Window, lenient: bool = False) -> Rate | None:
    """Counts calls, which must fit into each window; answers of the one that is nearest to its end.

    Windows of a second are told of only where they refuse: they are always near their end. Raises Refusal
    RATE_LIMIT_EXCEEDED. Answers None where Redis is away and that is to be no hindrance.
    """
    counts = await take(windows, lenient=lenient)
    if counts is None:
        return None
    longest = max(counts, key=lambda count: count.wait)
    if longest.wait > 0:
        refusal = _refusal(longest)
        if longest.remaining == 0:
            _remember(longest, refusal)
        raise refusal
    return Rate.of(min(counts, key=lambda count: (count.window.seconds == 1, count.remaining)))


def recall(caller: str, kind: str) -> None:
    """Raises the Refusal by which calls of a kind were refused a moment ago, where not one more fitted."""
    until, refusal = _refused.get((caller, kind), (0.0, None))
    if refusal is not None and time.monotonic() < until:
        # Each raising would add to the trace of the last.
        raise refusal.with_traceback(None)


def _remember(count: Count, refusal: Refusal) -> None:
    key = (count.window.caller, count.window.kind)
    _refused[key] = (time.monotonic() + min(count.wait, REMEMBERED), refusal)
    _refused.move_to_end(key)
    while len(_refused) > _MOST_REMEMBERED:
        _refused.popitem(last=False)


def network(address: str) -> str:
    """Where a caller is: an IPv4 address, or the 64 bits of an IPv6 one that its owner does not choose."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64].replace(":", "_")
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found), 64), strict=False).network_address)
    return str(found)


def with_site(address: str, windows: list[Window]) -> list[Window]:
    """The windows of an address; of an IPv6 one those of its site too, the /48 around it: its owner may have all 65,536
    networks in it, or share it with thousands of others.
    """
    around = site(address)
    if around is None:
        return windows
    return windows + [replace(each, caller=f"address:{around}", limit=each.limit * SITE) for each in windows]


def site(address: str) -> str | None:
    """The /48 around an IPv6 address; None for others."""
    inner = network(address)
    return str(ipaddress.IPv6Network((int(ipaddress.IPv6Address(inner)), 48), strict=False)) if ":" in inner else None


def busy(what: str, most: int, *, seconds: int = 5) -> Refusal:
    """Too many are at this in the same moment, whoever they are."""
    words = f"Too many {what} are looked at just now; try again in {seconds} s."
    return _told(words, f"too_many_{what.replace(' ', '_')}", Rate(most, 0, math.ceil(time.time()) + seconds), seconds)


def _refusal(count: Count) -> Refusal:
    window, seconds = count.window, math.ceil(count.wait)
    period = _PERIODS.get(window.seconds, f"in {window.seconds // 60} minutes")
    words = f"At most {window.limit} {window.kind} {period} are allowed; try again in {seconds} s."
    return _told(words, "too_many_" + window.kind.replace(" ", "_").replace("-", "_"), Rate.of(count), seconds)


def _told(words: str, reason: str, rate: Rate, seconds: int) -> Refusal:
    return Refusal(
        ErrorCode.RATE_LIMIT_EXCEEDED,
        words,
        reason=reason,
        limit=rate.limit,
        remaining=rate.remaining,
        resetTime=datetime.fromtimestamp(rate.reset, UTC).isoformat().replace("+00:00", "Z"),
        retryAfterSeconds=seconds,
    )
