"""Checks of the running installation: what health tells, and what to do about it."""

from collections.abc import AsyncIterator, Collection

from db.core.connect import connected
from db.core.settings import Settings
from domain import health
from domain.core.access import SYSTEM
from domain.health import problems
from domain.health.problems import MENDS, Kind
from domain.providers import base
from tidings.doctor.finding import Finding


async def check_states(settings: Settings, said: Collection[Kind]) -> AsyncIterator[Finding]:
    """Everything that is not well, as whoever asks health is told; nothing of what cannot be found out now.

    Nor of what was said, in words of other checks.
    """
    workers = 0
    if settings.database_url and settings.redis_url:
        async with connected(application="tidings doctor"):
            try:
                health_now = await health.check(SYSTEM)
            finally:
                await base.close()
        found, workers = health_now.found, health_now.workers.count
    else:
        found = await problems.of_disk()
    for kind, words in found.items():
        if words is not None and kind not in said:
            yield Finding(words, MENDS[kind], kind)
    if workers:
        yield Finding(f"{workers} worker{'s' if workers > 1 else ''} at work.")
