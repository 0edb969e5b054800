"""Figures of conversations, as the clock has counted them (db/analytics)."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from db.analytics import talk
from db.analytics.talk import Pace
from db.conversations import ConversationStatus
from domain.analytics.periods import Period, TrendInterval, steps
from domain.core.access import Viewer, allow

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Standing:
    """How conversations stand now in which something was said in a period."""

    total: int
    by_status: dict[ConversationStatus, int]
    unread: int
    urgent: int
    unassigned: int
    satisfaction_score: float | None

    @property
    def resolution_rate(self) -> float:
        return self.by_status[ConversationStatus.CLOSED] / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Trend:
    first_day: date
    conversations: int
    messages: int
    average_response_time: float | None
    """Seconds."""


@dataclass(slots=True)
class Talking:
    """Figures of conversations in a period; each statement is run once, for whoever asks for its figures first."""

    period: Period
    sender_id: int | None
    _running: dict[str, asyncio.Task[Any]] = field(default_factory=dict[str, "asyncio.Task[Any]"])

    async def standing(self) -> Standing:
        return await self._once("standing", self._standing)

    async def pace(self) -> Pace:
        return await self._once("pace", self._pace)

    async def messages_each(self) -> float:
        """Messages for each conversation."""
        standing, pace = await self.standing(), await self.pace()
        return pace.messages / standing.total if standing.total else 0.0

    async def trends(self, interval: TrendInterval) -> list[Trend]:
        """Step by step, also those without anything. Raises VALIDATION_ERROR for more than 366."""
        first = self.period.start or await talk.first_at(self.sender_id)
        if first is None:
            return []
        found = steps(self.period, interval, first=first)
        spans = [step.span for step in found]
        return [
            Trend(step.first_day, pace.conversations, pace.messages, pace.average_response_time)
            for step, pace in zip(found, await talk.steps(spans, self.sender_id), strict=True)
        ]

    async def counted_until(self) -> datetime | None:
        return await talk.counted_until()

    async def _once(self, name: str, run: Callable[[], Coroutine[Any, Any, R]]) -> R:
        if name not in self._running:
            self._running[name] = asyncio.create_task(run())
        return await self._running[name]

    async def _standing(self) -> Standing:
        rows = await talk.standing(self.period.span, self.sender_id)
        ratings = sum(row["ratings"] for row in rows)
        counts = {ConversationStatus(row["status"]): row["conversations"] for row in rows}
        return Standing(
            total=sum(counts.values()),
            by_status={status: counts.get(status, 0) for status in ConversationStatus},
            unread=sum(row["unread"] for row in rows),
            urgent=sum(row["urgent"] for row in rows),
            unassigned=sum(row["unassigned"] for row in rows),
            satisfaction_score=sum(row["rated"] for row in rows) / ratings if ratings else None,
        )

    async def _pace(self) -> Pace:
        return await talk.pace(self.period.span, self.sender_id)


@allow()
async def conversations(viewer: Viewer, period: Period) -> Talking:
    """Figures of conversations in which something was said in a period."""
    return Talking(period, viewer.sender_id)
