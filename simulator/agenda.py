"""What is to happen when: cheap for a million entries, read in ticks."""

import heapq
from typing import Generic, TypeVar

T = TypeVar("T")

_TICKS_A_SECOND = 200


class Agenda(Generic[T]):
    """Entries by tick of 5 ms, and a heap of the ticks: adding is O(1) for all but the first entry of a tick."""

    def __init__(self) -> None:
        self._by_tick: dict[int, list[T]] = {}
        self._ticks: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, due: float, entry: T) -> None:
        """Put `entry` down for `due`, in seconds of the caller's clock."""
        tick = int(due * _TICKS_A_SECOND) + 1
        entries = self._by_tick.get(tick)
        if entries is None:
            self._by_tick[tick] = [entry]
            heapq.heappush(self._ticks, tick)
        else:
            entries.append(entry)
        self._count += 1

    def next(self) -> float | None:
        """When the first entry is due."""
        return self._ticks[0] / _TICKS_A_SECOND if self._ticks else None

    def due(self, now: float) -> list[T]:
        """Take out everything due by `now`, in order of time."""
        last = int(now * _TICKS_A_SECOND)
        taken: list[T] = []
        while self._ticks and self._ticks[0] <= last:
            taken.extend(self._by_tick.pop(heapq.heappop(self._ticks)))
        self._count -= len(taken)
        return taken
