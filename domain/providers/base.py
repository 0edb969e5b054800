"""What every way to WhatsApp has in common: the HTTP client, and what may become of a send."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol
from weakref import WeakKeyDictionary

import aiohttp
import httpx
import structlog
from httpx_aiohttp import HttpxAiohttpClient

from db.content import Card, InteractiveDetails, Location
from db.senders import SenderProvider
from db.templates import TemplateCategory
from domain.providers.reactions import ProviderError

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
            event_hooks={"request": [_name]},
        )
    return found


async def _name(request: httpx.Request) -> None:
    """Whoever looks into the provider's log, or a proxy's, finds the request that a call is for."""
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        request.headers["X-Request-ID"] = request_id


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
    provider: SenderProvider = SenderProvider.CLOUD_API
    session: str = ""
    """WAHA's name of the session; it needs nothing else."""


# ---------------------------------------------------------------------------
# What is sent
# ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """The first link in it is shown with a preview."""

    body: str


@dataclass(frozen=True, slots=True)
class Media:
    """A file of ours (file_id), which leaves as the provider's own id of it, or as a link that the provider fetches."""

    kind: Literal["IMAGE", "VIDEO", "AUDIO", "VOICE", "DOCUMENT", "STICKER"]
    file_id: int | None = None
    id: str | None = None
    link: str | None = None
    caption: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Interactive:
    """A text with buttons, a list, a link or a form; media is the file of its header."""

    text: str
    details: InteractiveDetails
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """An approved template with its components as sent, but for a header with a file, which is media.

    text and details are the same rendered, for providers without templates and for the record.
    """

    name: str
    language: str
    category: TemplateCategory
    components: list[dict[str, Any]]
    text: str
    details: InteractiveDetails | None = None
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class Place:
    location: Location


@dataclass(frozen=True, slots=True)
class Cards:
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Emoji:
    """A reaction to a message, which is named by the provider's id; None takes it back."""

    message_id: str
    emoji: str | None


Content = Text | Media | Interactive | TemplateContent | Place | Cards | Emoji


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it is to leave."""

    to: str
    """E.164 with its plus, a BSUID, or a chat id of WAHA's."""
    callback: str
    """Comes back in each status; at most 512 characters, nothing personal."""
    content: Content
    reply_to: str | None = None
    """The message that it quotes, by the provider's id."""
    quotes_own: bool = False
    """Whether what it quotes, or reacts to, is of ours."""
    id: str | None = None
    """What it is to be called, where the provider lets us choose; kept before it leaves."""

    @property
    def media(self) -> Media | None:
        """The file that goes along, or stands in the header."""
        match self.content:
            case Media():
                return self.content
            case Interactive(media=media) | TemplateContent(media=media):
                return media
            case _:
                return None

    def carrying(self, media: Media) -> "Outgoing":
        """The same, with this in place of its file."""
        match self.content:
            case Media():
                return replace(self, content=media)
            case Interactive() | TemplateContent():
                return replace(self, content=replace(self.content, media=media))
            case _:
                return self

    def holding(self, provider_id: str) -> "Outgoing":
        """The same, with the provider's own id of its file."""
        return self.carrying(replace(self.media, id=provider_id, link=None)) if self.media else self


# ---------------------------------------------------------------------------
# What becomes of it
# ---------------------------------------------------------------------------


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


class Provider(Protocol):
    """A sender's way to WhatsApp."""

    async def send(self, message: Outgoing) -> Outcome:
        """Posts once and says what became of it; it never raises for what WhatsApp or the network does."""
        ...

    async def mark_read(self, provider_message_id: str, address: str, *, typing: bool = False) -> None:
        """Shows the contact that their message, and what they wrote before it, was read; and that somebody types.

        Raises Refusal WHATSAPP_API_ERROR.
        """
        ...

    async def stop_typing(self, address: str) -> None:
        """Shows the contact that nobody types any more, where it can be told. Raises Refusal WHATSAPP_API_ERROR."""
        ...


def describe(value: Any) -> str:
    """An exception or text, cut to what fits a log line."""
    return f"{type(value).__name__}: {value}"[:200] if isinstance(value, BaseException) else str(value)[:200]


def unanswered(error: BaseException) -> NotSent | InDoubt:
    """httpx-aiohttp 0.2 says ConnectTimeout also for connections that broke after they were made: its cause decides."""
    cause = error.__cause__ or error
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotSent(describe(cause))
    return InDoubt(describe(cause))
