"""Say in plain words what is wrong with this installation and how to mend it. Status 1 when something is wrong."""

import argparse
import asyncio
import logging
from collections.abc import AsyncIterator, Collection

import structlog

from db.core.settings import Settings, get_settings
from domain.health.problems import Kind
from tidings.doctor import machine, outside, states, stores
from tidings.doctor.finding import Finding
from tidings.running import join


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(_: argparse.Namespace) -> int:
    # What is logged on the way is said in plain words.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(_examine())


async def _examine() -> int:
    joined = join()
    settings = get_settings()
    print("Examining the `tidings up` that runs on this data folder." if joined else "Examining these settings.")
    wrong = 0
    said: set[Kind] = set()
    async for finding in _findings(settings, said):
        if finding.kind is not None:
            said.add(finding.kind)
        print(f"  {'WRONG' if finding.wrong else 'good '}  {finding.what}")
        if finding.mend is not None:
            wrong += 1
            print(f"         {finding.mend}")
    print("Nothing is wrong." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to mend.")
    return 1 if wrong else 0


async def _findings(settings: Settings, said: Collection[Kind]) -> AsyncIterator[Finding]:
    """What one check has said others need not; it is noted while they run."""
    for check in (machine.check_data_folder, outside.check_secrets, outside.check_public_address):
        for finding in check(settings):
            yield finding
    async for finding in stores.check_bucket(settings):
        yield finding
    if settings.database_url:
        async for finding in stores.check_postgres(settings):
            yield finding
    else:
        yield Finding("DATABASE_URL is empty: `tidings up` starts an embedded PostgreSQL.")
    if settings.redis_url:
        async for finding in stores.check_redis(settings):
            yield finding
    else:
        yield Finding("REDIS_URL is empty: `tidings up` starts an embedded Valkey.")
    async for finding in states.check_states(settings, said):
        yield finding
    for check in (outside.check_whatsapp, outside.check_waha):
        for finding in check(settings):
            yield finding
    for finding in machine.check_api(settings, said):
        yield finding
