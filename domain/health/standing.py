"""How WhatsApp, or WAHA, is for a sender: one process asks, and for a minute all know it.

Each account has 200 management calls an hour at least; however many processes are asked for health, it costs 60.
"""

import asyncio
import time
from dataclasses import astuple, dataclass
from hashlib import sha256

import orjson
import structlog
from redis.exceptions import RedisError

from db.core.redis import shared_redis
from db.core.settings import get_settings
from db.senders import SenderProvider
from domain.providers import waha_sessions
from domain.providers.base import Account
from domain.providers.cloud_numbers import standing_of

log = structlog.get_logger()

KEPT_SECONDS = 60.0
_ASKING_SECONDS = 12.0
"""For which others wait for whoever asks, who waits ten for an answer."""
_REDIS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """What is wrong, in words; the calls that are left in this hour, where it says; how long it took to say so."""

    fault: str | None
    calls_left: int | None
    milliseconds: float


_known: dict[str, tuple[float, Standing]] = {}
"""What this process knows of each sender that it was asked for, and until when it is good."""


async def of(account: Account) -> Standing:
    """At most a minute old, whichever process has asked. While Redis is away each asks for itself, no oftener."""
    # Another address, or another token, may fare differently.
    about = repr((get_settings().whatsapp_api_url, get_settings().waha_url, account))
    key = f"tidings:standing:{sha256(about.encode()).hexdigest()}"
    until, found = _known.get(key, (0.0, None))
    if found is None or until < time.monotonic():
        found, seconds = await _of_all(key, account)
        for old in [old for old, (until, _) in _known.items() if until < time.monotonic()]:
            del _known[old]
        _known[key] = time.monotonic() + seconds, found
    return found


async def _of_all(key: str, account: Account) -> tuple[Standing, float]:
    """What is known, and for how many seconds more."""
    redis, asking = shared_redis(), f"{key}:asking"
    try:
        while True:
            async with asyncio.timeout(_REDIS_SECONDS):
                told: bytes | None = await redis.get(key)  # pyright: ignore[reportAssignmentType]
                if told is not None:
                    return Standing(*orjson.loads(told)), await redis.pttl(key) / 1000
                if await redis.set(asking, b"", nx=True, px=int(_ASKING_SECONDS * 1000)):
                    break
            await asyncio.sleep(0.1)
    except (RedisError, TimeoutError):
        return await _ask(account), KEPT_SECONDS
    found = await _ask(account)
    try:
        async with asyncio.timeout(_REDIS_SECONDS):
            await redis.set(key, orjson.dumps(astuple(found)), px=int(KEPT_SECONDS * 1000))
            await redis.delete(asking)
    except (RedisError, TimeoutError) as error:
        log.warning("standing_not_shared", error=repr(error))
    return found, KEPT_SECONDS


async def _ask(account: Account) -> Standing:
    started = time.perf_counter()
    if account.provider is SenderProvider.WAHA:
        fault, left = await waha_sessions.fault_of(account.session), None
    else:
        fault, left = await standing_of(account)
    return Standing(fault, left, round((time.perf_counter() - started) * 1000, 2))
