"""The endpoint that speaks like OpenAI's: whatever it answers, and however slowly, a call of it ends within bounds."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import httpx
import orjson
import structlog
from redis.exceptions import RedisError

from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain.bot.knowledge.words import shown
from domain.providers.base import client, describe

PROBE_SECONDS = 2.0
"""That it may take to say how it is."""
SILENT = f"The language model does not answer within {PROBE_SECONDS:g} s."
MOST_MODELS = 200
"""Of its list that are looked at."""
_MOST_LISTED = 1_000_000
"""Bytes of the list."""
_LIMITS = "tidings:model:limits"
_LIMITS_SECONDS = 60
"""For which what it said of its limits is believed: they are those of a minute."""
_REDIS_SECONDS = 0.5
"""A person waits for the answer, which no stalled Redis is to hold back."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, whatever it means."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswerError(Exception):
    """None came, for a reason that may be logged; `again` says whether another try may fare better."""

    def __init__(self, words: str, *, again: bool = True) -> None:
        super().__init__(words)
        self.again = again


async def ask(path: str, asked: Mapping[str, Any] | None, *, seconds: float, most: int) -> Answered:
    """Posts to a path below OPENAI_BASE_URL, or gets what is there; an answer has so many bytes at most, and takes so
    long. Raises NoAnswerError for whatever the endpoint or the network does."""
    given = get_settings()
    key = given.openai_api_key.get_secret_value()
    body = bytearray()
    try:
        # A limit for all of it: httpx has one for each part alone, and some answer a byte a second.
        async with (
            asyncio.timeout(max(seconds, 0)),
            client().stream(
                "GET" if asked is None else "POST",
                f"{given.openai_base_url.rstrip('/')}/{path}",
                json=asked,
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=httpx.Timeout(max(seconds, 0.001), connect=5),
            ) as response,
        ):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > most:
                    raise NoAnswerError("Its answer is too long.", again=False)
    # httpx-aiohttp lets errors of aiohttp's through, and those of a status line that is no text.
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, aiohttp.ClientError, OSError, UnicodeError) as error:
        raise NoAnswerError(describe(error)) from error
    await _keep_limits(response.headers)
    return Answered(response.status_code, response.headers, bytes(body))


# ---------------------------------------------------------------------------
# How it is
# ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What is wrong, in words for anyone; how long it took to say so; and which models it offers."""

    fault: str | None = None
    milliseconds: float | None = None
    models: tuple[str, ...] = ()


def is_set() -> bool:
    """Whether any model is configured, be it for answers or for embeddings."""
    return bool(get_settings().openai_model or get_settings().openai_embedding_model)


async def standing() -> Standing:
    """Asks for its list of models, which costs nothing. One without a list answers all the same."""
    started = time.perf_counter()
    try:
        answer = await ask("models", None, seconds=PROBE_SECONDS, most=_MOST_LISTED)
    except NoAnswerError as error:
        log.warning("models_not_read", error=str(error))
        return Standing(SILENT)
    milliseconds = round((time.perf_counter() - started) * 1000, 2)
    match answer.status:
        case 200:
            return Standing(None, milliseconds, _models(answer.body))
        case 404 | 405:
            return Standing(None, milliseconds)
        case 401 | 403:
            fault = "The language model refuses our key."
        case 429:
            fault = "The language model takes no more calls for now."
        case status:
            fault = f"The language model answers HTTP {status}."
    log.warning("models_not_read", status=answer.status, error=describe(answer.body.decode("utf-8", "replace")))
    return Standing(fault, milliseconds)


def _models(body: bytes) -> tuple[str, ...]:
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    match found:
        case {"data": list()}:
            names = map(_name, cast("list[Any]", found["data"])[:MOST_MODELS])
            return tuple(sorted({name for name in names if name}))
        case _:
            return ()


def _name(model: object) -> str:
    match model:
        case {"id": str(name)}:
            return shown(name)[:128]
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls that it allows in a minute, and that are left in the present one; None where it does not say."""

    a_minute: int | None = None
    left: int | None = None


async def limits() -> Limits:
    """As it told any process of ours within the last minute. Raises RedisError."""
    told: bytes | None = await shared_redis().get(_LIMITS)  # pyright: ignore[reportAssignmentType]
    return Limits(*orjson.loads(told)) if told else Limits()


async def _keep_limits(headers: Mapping[str, str]) -> None:
    """Workers call it, and servers tell of it."""
    told = [_count(headers.get(f"x-ratelimit-{which}-requests")) for which in ("limit", "remaining")]
    if told == [None, None]:
        return
    try:
        async with asyncio.timeout(_REDIS_SECONDS):
            await shared_redis().set(_LIMITS, orjson.dumps(told), ex=_LIMITS_SECONDS)
    except (RedisError, TimeoutError) as error:
        log.warning("limits_not_kept", error=repr(error))


def _count(told: str | None) -> int | None:
    return int(told) if told is not None and told.isascii() and told.isdecimal() and len(told) < 10 else None
