"""Clients of Redis (or Valkey), all made here: redis-py 8 gives `from_url` clients no retries."""

from functools import cache

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from db.core.settings import get_settings

_ERRORS = [redis.ConnectionError, redis.TimeoutError]


def make_redis(*, timeout: float | None = 2.0, retries: int = 3) -> redis.asyncio.Redis:
    """An asynchronous client; `timeout` in seconds, None for pub/sub, which waits for ever."""
    return redis.asyncio.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        get_settings().redis_url,
        # By itself redis-py has a hundred, and whoever finds them taken is told as if Redis were away.
        max_connections=1000,
        socket_timeout=timeout,
        socket_connect_timeout=2.0,
        retry=AsyncRetry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries),
        retry_on_error=_ERRORS,
        health_check_interval=30 if timeout else 0,
    )


def make_blocking_redis(*, timeout: float = 2.0, retries: int = 1) -> redis.Redis:
    """A blocking client, for Dramatiq's broker and threads; `timeout` in seconds."""
    return redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        get_settings().redis_url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries),
        retry_on_error=_ERRORS,
    )


@cache
def shared_redis() -> redis.asyncio.Redis:
    """The one asynchronous client of this process."""
    return make_redis()
