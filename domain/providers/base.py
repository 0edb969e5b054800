"""What every way to WhatsApp has in common: the HTTP client, and what may become of a send."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from domain.core.errors import ErrorCode

TIMEOUT = httpx.Timeout(20, connect=5, pool=5)
"""Seconds. A send that has no answer after 20 s is in doubt; see domain/messages/dispatch.py."""

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def client() -> httpx.AsyncClient:
    """The HTTP client of this event loop. Never cancel its requests: let them time out (httpcore#1093 leaks slots)."""
    loop = asyncio.get_running_loop()
    if (found := _clients.get(loop)) is None or found.is_closed:
        found = _clients[loop] = HttpxAiohttpClient(
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=200, keepalive_expiry=15),
            trust_env=False,
        )
    return found


async def close() -> None:
    """Closes the client of this event loop."""
    if (found := _clients.pop(asyncio.get_running_loop(), None)) is not None:
        await found.aclose()


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to send."""

    sender_id: int
    phone_number_id: str
    access_token: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it is to leave: a text, or an approved template with the values of its placeholders."""

    to: str
    callback: str
    """Comes back in each status; at most 512 characters, nothing personal."""
    text: str
    template: str | None = None
    language: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


class Reaction(Enum):
    """What a documented error asks for."""

    FAIL = "fail"
    """This message, for good."""
    RETRY = "retry"
    """Later, some times, then fail."""
    SLOW = "slow"
    """Later, and the sender slower."""
    DELAY_CONTACT = "delay contact"
    """Later for this recipient alone."""
    PAUSE_SENDER = "pause sender"
    """Later, once a person has mended the sender."""


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error in the provider's words, and what it means to us."""

    provider_code: int | None
    code: ErrorCode
    message: str
    reaction: Reaction = Reaction.FAIL


@dataclass(frozen=True, slots=True)
class Accepted:
    """WhatsApp has it."""

    provider_message_id: str
    wa_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """WhatsApp said no, in a documented way: it has not sent it."""

    error: ProviderError


@dataclass(frozen=True, slots=True)
class NotSent:
    """No connection came about: it has surely not been sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The request left, and no readable answer came: it may have been sent."""

    reason: str


Outcome = Accepted | Refused | NotSent | InDoubt


def describe(value: Any) -> str:
    """An exception or text, cut to what fits a log line."""
    return f"{type(value).__name__}: {value}"[:200] if isinstance(value, BaseException) else str(value)[:200]
