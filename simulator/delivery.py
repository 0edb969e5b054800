"""Bringing webhooks to the endpoint: gathered, posted at once by several, sent again until a window ends (C3)."""

import asyncio
import io
import logging
import secrets
import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import aiohttp

from simulator.agenda import Agenda
from simulator.clock import Clock
from simulator.settings import Settings
from simulator.statuses import Status
from simulator.webhooks import Envelopes, Update, signature
from simulator.wire import Json

log = logging.getLogger(__name__)

_FIRST_HANDSHAKE_GAP, _LAST_HANDSHAKE_GAP = 0.1, 2.0
_SHORTEST_GATHER = 0.005
_KEEP_ALIVE = 2.0
"""Below what servers allow (uvicorn: 5 s), so that no POST meets a connection about to be closed."""
_LATENCIES_KEPT = 100_000


@dataclass(slots=True)
class Post:
    """Signed bytes that are sent again and again as they are."""

    body: bytes
    updates: int
    since: float
    attempts: int = 0
    copy: bool = False
    """A repetition: it is not repeated once more."""


@dataclass(slots=True)
class Answer:
    """What the endpoint said; status 0 when it said nothing."""

    status: int
    text: str
    seconds: float


class Latencies:
    """How long the endpoint took, over the last 100,000 POSTs."""

    def __init__(self) -> None:
        self._seconds = array("f")
        self._next = 0
        self.total = 0

    def add(self, seconds: float) -> None:
        """Note one answer."""
        self.total += 1
        if len(self._seconds) < _LATENCIES_KEPT:
            self._seconds.append(seconds)
        else:
            self._seconds[self._next] = seconds
            self._next = (self._next + 1) % _LATENCIES_KEPT

    def shown(self) -> Json:
        """Median and p99 in milliseconds, and the share above one second; Meta asks for 250 ms and under 1 % (C3)."""
        ordered = sorted(self._seconds)
        if not ordered:
            return {"answers": 0, "median_ms": None, "p95_ms": None, "p99_ms": None, "share_over_1s": 0.0}
        last = len(ordered) - 1
        median, p95, p99 = (round(1000 * ordered[round(last * part)], 2) for part in (0.5, 0.95, 0.99))
        over = sum(1 for seconds in ordered if seconds > 1) / len(ordered)
        return {"answers": self.total, "median_ms": median, "p95_ms": p95, "p99_ms": p99, "share_over_1s": over}


class Delivery:
    """One loop that gathers what is due, and as many POSTs at once as the settings allow."""

    def __init__(self, settings: Settings, random: Random, clock: Clock, envelopes: Callable[[], Envelopes]) -> None:
        self._settings = settings
        self._random = random
        self._clock = clock
        self._envelopes = envelopes
        self._client: aiohttp.ClientSession | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._shaking: asyncio.Task[None] | None = None
        self.verified_url = ""
        self.problem = ""
        self.forget()

    def forget(self) -> None:
        """Drop everything that waits, and the figures."""
        self._agenda: Agenda[Update | Post] = Agenda()
        self._ready: deque[Update] = deque()
        self._again: deque[Post] = deque()
        self.posted: deque[bytes] = deque()
        self.latencies = Latencies()
        self.delivered = self.updates = self.failures = self.dropped = 0
        for task in self._posting:
            task.cancel()

    def plan(self, due: float, update: Update) -> None:
        """Tell `update` at `due`."""
        self._agenda.add(due, update)
        self._wake.set()

    def tell(self, update: Update) -> None:
        """Tell `update` with the next POST."""
        self.plan(0.0, update)

    def pending(self) -> int:
        """Updates that wait, and POSTs under way or to be repeated."""
        return len(self._agenda) + len(self._ready) + len(self._again) + len(self._posting)

    async def run(self) -> None:
        """Gather until cancelled."""
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE),
            headers={"User-Agent": "facebookexternalua"},
        )
        try:
            while True:
                if not self._agenda:
                    self._wake.clear()
                    await self._wake.wait()
                # Waiting after the first update, not before it, is what makes a batch of those that come next.
                await asyncio.sleep(max(self._settings.batch_window, _SHORTEST_GATHER))
                self._gather()
                self._pump()
        finally:
            tasks = [*self._posting, *([self._shaking] if self._shaking else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._client.close()

    def _gather(self) -> None:
        for entry in self._agenda.due(self._clock.now()):
            if isinstance(entry, Post):
                self._again.append(entry)
                continue
            if isinstance(entry, Status):
                # Here, not when it is told: it has happened, whether or not the endpoint is there to hear of it.
                entry.message.advance(entry.outcome)
            self._ready.append(entry)

    def _pump(self) -> None:
        """Start POSTs while there is something to post and room to do it."""
        if not self._settings.webhook_url:
            self._ready.clear()
            self._again.clear()
            return
        if self._settings.handshake and self.verified_url != self._settings.webhook_url:
            if self._shaking is None and (self._ready or self._again):
                self._shaking = asyncio.create_task(self._verify_until_done())
                self._shaking.add_done_callback(self._shaken)
            return
        while (self._again or self._ready) and len(self._posting) < self._settings.concurrent_posts:
            if self._again:
                posts = [self._again.popleft()]
            else:
                count = min(len(self._ready), self._settings.max_updates)
                posts = self._posts([self._ready.popleft() for _ in range(count)])
            for post in posts:
                task = asyncio.create_task(self._settle(post))
                self._posting.add(task)
                task.add_done_callback(self._go_on)

    def _go_on(self, task: asyncio.Task[None]) -> None:
        self._posting.discard(task)
        if not task.cancelled():
            self._pump()

    def _shaken(self, task: asyncio.Task[None]) -> None:
        self._shaking = None
        if not task.cancelled():
            self._pump()

    def _posts(self, updates: list[Update]) -> list[Post]:
        return [Post(body, count, self._clock.now()) for body, count in self._envelopes().bodies(updates)]

    async def tell_first(self, update: Status) -> None:
        """Tell `update` now and return when the endpoint has answered; a failure is retried like any other."""
        if self._settings.handshake and self.verified_url != self._settings.webhook_url and not await self.verify():
            self.tell(update)
            return
        update.message.advance(update.outcome)
        for post in self._posts([update]):
            await self._settle(post)

    def repeat(self, body: bytes) -> None:
        """Send bytes again that were sent before."""
        self._agenda.add(0.0, Post(body, 0, self._clock.now(), copy=True))
        self._wake.set()

    async def _settle(self, post: Post) -> None:
        share, secret = self._settings.bad_signature_share, self._settings.app_secret
        secret = f"not {secret}" if share and self._random.random() < share else secret
        answer = await self.post(post.body, signature(post.body, secret))
        if answer.status == 200:
            self._done(post)
        else:
            self._failed(post, answer)

    def _done(self, post: Post) -> None:
        self.delivered += 1
        self.updates += post.updates
        if post.copy:
            return
        self.posted.append(post.body)
        while len(self.posted) > self._settings.replay_kept:
            self.posted.popleft()
        if self._settings.duplicate_share and self._random.random() < self._settings.duplicate_share:
            self._agenda.add(
                self._clock.now() + self._settings.duplicate_delay, Post(post.body, 0, self._clock.now(), copy=True)
            )
            self._wake.set()

    def _failed(self, post: Post, answer: Answer) -> None:
        self.failures += 1
        self.problem = f"{answer.status or 'no answer'}: {answer.text[:200]}"
        now, gap = self._clock.now(), self._settings.retry_gap * 2**post.attempts
        post.attempts += 1
        if now + gap - post.since > self._settings.retry_window:
            self.dropped += 1
            log.warning("dropped a webhook of %d updates after %d attempts", post.updates, post.attempts)
            return
        self._agenda.add(now + gap, post)
        self._wake.set()

    async def post(self, body: bytes, signed: str) -> Answer:
        """POST `body` once, with the signature header unless `signed` is empty."""
        headers = {"Content-Type": "application/json"}
        if signed:
            headers["X-Hub-Signature-256"] = signed
        started = time.perf_counter()
        answer = await self._ask("POST", body, headers, {})
        answer.seconds = time.perf_counter() - started
        if answer.status or answer.seconds > 1:
            self.latencies.add(answer.seconds)
        return answer

    async def _ask(self, method: str, body: bytes, headers: dict[str, str], query: dict[str, str]) -> Answer:
        if self._client is None:
            return Answer(0, "The simulator is not delivering yet.", 0.0)
        timeout = aiohttp.ClientTimeout(total=self._settings.webhook_timeout or None)
        try:
            async with self._client.request(
                method,
                self._settings.webhook_url,
                data=io.BytesIO(body),
                headers=headers,
                params=query,
                timeout=timeout,
            ) as response:
                return Answer(response.status, await response.text(errors="replace"), 0.0)
        except (aiohttp.ClientError, ValueError, TimeoutError) as error:
            return Answer(0, f"{type(error).__name__} {error}", 0.0)

    async def verify(self) -> bool:
        """Shake hands once: the endpoint must answer 200 with exactly the challenge (C1)."""
        url, challenge = self._settings.webhook_url, str(secrets.randbelow(9 * 10**9) + 10**9)
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": self._settings.verify_token,
            "hub.challenge": challenge,
        }
        answer = await self._ask("GET", b"", {}, query)
        if answer.status == 200 and answer.text == challenge:
            self.verified_url, self.problem = url, ""
            self._pump()
            return True
        self.verified_url = ""
        self.problem = (
            f"handshake: wanted 200 with the challenge, got {answer.status or 'no answer'} {answer.text[:200]!r}"
        )
        return False

    async def _verify_until_done(self) -> None:
        gap = _FIRST_HANDSHAKE_GAP
        while not await self.verify():
            await asyncio.sleep(gap)
            gap = min(2 * gap, _LAST_HANDSHAKE_GAP)
