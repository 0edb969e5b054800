"""Checks of the running installation: what health tells, and what to do about it."""

import re
from collections.abc import AsyncIterator

from db.core.connect import connected
from db.core.settings import Settings
from domain import health
from domain.core.access import SYSTEM
from domain.health import problems
from domain.health.problems import MENDS, Kind
from tidings.doctor.finding import Finding

_SAID = frozenset({Kind.DATABASE_AWAY, Kind.REDIS_AWAY})
"""What other checks have said, with the address."""


async def check_states(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that is not well, as whoever asks health is told; nothing of what cannot be found out now."""
    workers = 0
    if settings.database_url and settings.redis_url:
        async with connected(application="tidings doctor"):
            health_now = await health.check(SYSTEM)
        found, workers = health_now.found, health_now.workers.count
    else:
        found = await problems.of_disk()
    for kind, words in found.items():
        if words is not None and kind not in _SAID:
            yield Finding(words, MENDS[kind])
    if workers:
        yield Finding(f"{workers} worker{'s' if workers > 1 else ''} at work.")


def alike(one: str, other: str) -> bool:
    """Whether two sentences differ in their figures alone."""
    return re.sub(r"[\d.]+", "", one) == re.sub(r"[\d.]+", "", other)
