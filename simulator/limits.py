"""Meta's two send limits (B1): messages a second for a number, and messages to one person."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.numbers import Numbers
from simulator.settings import Settings


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Throughput:
    """A token bucket for each number, one second deep; the rate is read at each take, so it can change."""

    def __init__(self, numbers: Numbers, clock: Callable[[], float]) -> None:
        self._numbers = numbers
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def allows(self, phone_number_id: str) -> bool:
        """Take one message from the number's second; False is 130429."""
        rate = self._numbers.throughput(phone_number_id)
        if not rate:
            return True
        now, depth = self._clock(), max(rate, 1.0)
        bucket = self._buckets.get(phone_number_id)
        if bucket is None:
            bucket = self._buckets[phone_number_id] = _Bucket(depth, now)
        bucket.tokens = min(depth, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True


class Pairs:
    """One message in 6 s to a person; up to 45 within 6 s, borrowed: 20 at once cost a pause of 2 min (B1)."""

    _PRUNE_AT = 50_000

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._debts: dict[tuple[str, str], tuple[float, float]] = {}
        """When the pair's burst began, and when all it borrowed is paid back."""
        self._prune_at = self._PRUNE_AT

    def allows(self, phone_number_id: str, person: str) -> bool:
        """Take one message from the pair; False is 131056."""
        if not self._settings.pair_limit:
            return True
        now, interval = self._clock(), self._settings.pair_interval
        pair = (phone_number_id, person)
        began, paid = self._debts.get(pair, (now, now))
        if paid <= now:
            began = paid = now
        elif now - began >= interval or paid - began > (self._settings.pair_burst - 0.5) * interval:
            return False
        self._debts[pair] = (began, paid + interval)
        if len(self._debts) >= self._prune_at:
            self._debts = {pair: debt for pair, debt in self._debts.items() if debt[1] > now}
            self._prune_at = max(self._PRUNE_AT, 2 * len(self._debts))
        return True
