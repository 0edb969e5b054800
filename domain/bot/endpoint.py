"""The endpoint that speaks like OpenAI's: whatever it answers, and however slowly, a call of it ends within bounds."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx

from db.core.settings import get_settings
from domain.providers.base import client, describe


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


async def ask(path: str, asked: Mapping[str, Any], *, seconds: float, most: int) -> Answered:
    """Posts to a path below OPENAI_BASE_URL; an answer has so many bytes at most, and takes so long. Raises
    NoAnswerError for whatever the endpoint or the network does."""
    given = get_settings()
    key = given.openai_api_key.get_secret_value()
    body = bytearray()
    try:
        # A limit for all of it: httpx has one for each part alone, and some answer a byte a second.
        async with (
            asyncio.timeout(max(seconds, 0)),
            client().stream(
                "POST",
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
    return Answered(response.status_code, response.headers, bytes(body))
