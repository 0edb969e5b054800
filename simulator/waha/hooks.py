"""Webhooks of WAHA: an event a POST, signed with SHA-512, sent again by the policy of the session's config (D4)."""

import asyncio
import hmac
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random

import aiohttp
import orjson

from simulator.clock import Clock, Timers
from simulator.settings import Settings
from simulator.waha.sessions import Session
from simulator.wire import Json, is_array, is_object

VERSION = "2026.7.1"
_AT_ONCE = 16
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(slots=True)
class _Post:
    body: bytes
    hook: Json
    attempts: int = 0
    copy: bool = False
    headers: dict[str, str] = field(default_factory=dict[str, str])


def sign(body: bytes, key: str) -> str:
    """The value of X-Webhook-Hmac over exactly these bytes."""
    return hmac.digest(key.encode(), body, "sha512").hex()


def gap(retries: Json, attempt: int) -> float | None:
    """Seconds before the retry that follows so many attempts; None when there is none."""
    delay, most = retries.get("delaySeconds", 2), retries.get("attempts", 15)
    if attempt > int(most):
        return None
    match retries.get("policy", "constant"):
        case "linear":
            return float(delay) * attempt
        case "exponential":
            return float(delay) * 2 ** (attempt - 1)
        case _:
            return float(delay)


class Hooks:
    """Posts events, several at once and in no promised order."""

    def __init__(self, settings: Settings, random: Random, clock: Clock, timers: Timers) -> None:
        self._settings = settings
        self._random = random
        self._clock = clock
        self._timers = timers
        self._client: aiohttp.ClientSession | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self._ids = itertools.count(1)
        self._waiting = 0
        self.forget()

    def forget(self) -> None:
        """Drop what is under way, and the figures."""
        for task in self._posting:
            task.cancel()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self.delivered = self.failures = self.dropped = 0
        self.problem = ""

    async def open(self) -> None:
        """Get ready to post."""
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0))

    async def close(self) -> None:
        """End what is under way."""
        for task in self._posting:
            task.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    def pending(self) -> int:
        """Events on their way, or to be sent again."""
        return len(self._posting) + self._waiting

    def shown(self) -> Json:
        """How the endpoints take it."""
        return {
            "pending": self.pending(),
            "delivered": self.delivered,
            "failures": self.failures,
            "dropped": self.dropped,
            "problem": self.problem or None,
        }

    def emit(self, session: Session, event: str, payload: Json) -> list[asyncio.Task[None]]:
        """Tell each of the session's webhooks that wants it."""
        hooks = list(_wanting(session.config, event))
        if not hooks:
            return []
        body = orjson.dumps(self._envelope(session, event, payload))
        return [self._go(_Post(body, hook)) for hook in hooks]

    def _envelope(self, session: Session, event: str, payload: Json) -> Json:
        number = next(self._ids) + (int(self._clock.now() * 1000) << 20)
        letters = "".join(_LETTERS[number >> 5 * n & 31] for n in range(25, -1, -1))
        return {
            "id": f"evt_{letters}",
            "timestamp": int(self._clock.now() * 1000),
            "event": event,
            "session": session.name,
            "metadata": session.config.get("metadata", {}),
            "me": session.account,
            "engine": session.engine,
            "environment": {"version": VERSION, "engine": session.engine, "tier": "PLUS"},
            "payload": payload,
        }

    def _go(self, post: _Post) -> asyncio.Task[None]:
        task = asyncio.create_task(self._settle(post))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)
        return task

    async def _settle(self, post: _Post) -> None:
        bad = self._settings.bad_signature_share
        signature = "bad" if bad and self._random.random() < bad else "good"
        async with self._slots:
            status, said = await self.post(post.hook, post.body, signature)
        post.attempts += 1
        if 200 <= status < 300:
            self.delivered += 1
            share = self._settings.duplicate_share
            if share and not post.copy and self._random.random() < share:
                self._again(self._settings.duplicate_delay, _Post(post.body, post.hook, copy=True))
            return
        self.failures += 1
        self.problem = f"{status or 'no answer'}: {said[:200]}"
        retries = post.hook.get("retries")
        wait = gap(retries if is_object(retries) else {}, post.attempts)
        if wait is None:
            self.dropped += 1
        else:
            self._again(wait, post)

    def _again(self, wait: float, post: _Post) -> None:
        self._waiting += 1
        self._timers.at(self._clock.now() + wait, partial(self._repeat, post))

    def _repeat(self, post: _Post) -> None:
        self._waiting = max(0, self._waiting - 1)
        self._go(post)

    async def post(self, hook: Json, body: bytes, signature: str = "good") -> tuple[int, str]:
        """POST once, signed well, badly or not at all; status 0 when nobody answers."""
        headers = {
            "Content-Type": "application/json",
            "X-Webhook-Request-Id": uuid.uuid4().hex,
            "X-Webhook-Timestamp": str(int(self._clock.now() * 1000)),
        }
        named = hook.get("customHeaders")
        for each in named if is_array(named) else []:
            headers[str(each["name"])] = str(each["value"])
        secret = hook.get("hmac")
        key = str(secret.get("key") or "") if is_object(secret) else ""
        if key and signature != "missing":
            headers["X-Webhook-Hmac"] = sign(body, key if signature == "good" else f"not {key}")
            headers["X-Webhook-Hmac-Algorithm"] = "sha512"
        if self._client is None:
            return 0, "The simulator is not delivering yet."
        timeout = aiohttp.ClientTimeout(total=self._settings.webhook_timeout or None)
        try:
            async with self._client.post(str(hook.get("url")), data=body, headers=headers, timeout=timeout) as response:
                return response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, ValueError, TimeoutError) as error:
            return 0, f"{type(error).__name__} {error}"


def _wanting(config: Json, event: str) -> Iterator[Json]:
    hooks = config.get("webhooks")
    for hook in hooks if is_array(hooks) else []:
        events = hook.get("events") if is_object(hook) else None
        if is_object(hook) and is_array(events) and (event in events or "*" in events):
            yield hook
