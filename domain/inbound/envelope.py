"""What a post says, whichever provider posted it: the shape that cloud.py and waha.py read bodies into."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from db.messages import MessageType
from domain.messages.receipts import Status
from domain.providers.reactions import ProviderError
from domain.senders import SessionNews

log = structlog.get_logger()


class UnreadableError(ValueError):
    """An element that cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Number:
    """Which of our senders an update is for, as far as it says; the default one where it says nothing."""

    phone_number_id: str | None = None
    digits: str | None = None
    session: str | None = None
    """WAHA's name of the session."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by all that an update calls them; at least one of wa_id, bsuid and lid is there."""

    wa_id: str | None = None
    """Digits."""
    bsuid: str | None = None
    lid: str | None = None
    """With its @lid."""
    username: str | None = None
    name: str | None = None
    business_account_id: str | None = None
    """The account that the BSUID holds for."""

    @property
    def address(self) -> str:
        """What to answer to: a phone with its plus, else a BSUID, else a LID."""
        return f"+{self.wa_id}" if self.wa_id else self.bsuid or self.lid or ""


@dataclass(frozen=True, slots=True)
class Media:
    """A file as the provider announces it: to be had by its id or at its URL."""

    id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    filename: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says. details as domain/messages/content.py has them."""

    type: MessageType
    content: str | None = None
    details: Mapping[str, Any] | None = None
    media: Media | None = None
    error: ProviderError | None = None
    """Why WhatsApp passes on less than was written, or nothing of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message that somebody wrote to us, or that a person of ours wrote to somebody in the phone's app (echo)."""

    number: Number
    person: Person
    """Who wrote it; of an echo, to whom."""
    provider_message_id: str
    at: datetime
    said: Said
    reply_to: str | None = None
    """The provider's id of the message that it replies or reacts to."""
    referral: Mapping[str, str | None] | None = None
    metadata: Mapping[str, Any] | None = None
    """What else WhatsApp tells of it, in its words: forwarded, frequently_forwarded, referred_product."""
    moved_to: Person | None = None
    """What else the person is called from now on, who changed numbers or ids."""
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Amended:
    """That the author of a message edited it, or deleted it for everyone (said is None)."""

    number: Number
    provider_message_id: str
    """Of the message that is meant."""
    at: datetime
    said: Said | None
    author: Person | None
    """None where its author is one of us."""


@dataclass(frozen=True, slots=True)
class Told:
    """A status of a message we sent."""

    number: Number
    status: Status


@dataclass(frozen=True, slots=True)
class Typed:
    """That somebody began to type, or stopped."""

    number: Number
    person: Person
    typing: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Preference:
    """Somebody told WhatsApp whether they want our marketing messages; at is None where it does not say when."""

    person: Person
    wanted: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """What WhatsApp tells of an account, its numbers or templates: the field of the change, and its value."""

    business_account_id: str | None
    field: str
    value: dict[str, Any]
    at: datetime | None
    """None where it does not say when."""


@dataclass(slots=True)
class Envelope:
    """What a post says, and what of it was not understood."""

    messages: list[Written] = field(default_factory=list[Written])
    amendments: list[Amended] = field(default_factory=list[Amended])
    statuses: list[Told] = field(default_factory=list[Told])
    preferences: list[Preference] = field(default_factory=list[Preference])
    news: list[News] = field(default_factory=list[News])
    sessions: list[SessionNews] = field(default_factory=list[SessionNews])
    typing: list[Typed] = field(default_factory=list[Typed])
    errors: list[str] = field(default_factory=list[str])

    def add(self, other: "Envelope") -> None:
        self.messages += other.messages
        self.amendments += other.amendments
        self.statuses += other.statuses
        self.preferences += other.preferences
        self.news += other.news
        self.sessions += other.sessions
        self.typing += other.typing

    def each(self) -> Iterator["Envelope"]:
        """Its elements one by one."""
        for message in self.messages:
            yield Envelope(messages=[message])
        for amended in self.amendments:
            yield Envelope(amendments=[amended])
        for told in self.statuses:
            yield Envelope(statuses=[told])
        for preference in self.preferences:
            yield Envelope(preferences=[preference])
        for news in self.news:
            yield Envelope(news=[news])
        for told in self.sessions:
            yield Envelope(sessions=[told])
        for typed in self.typing:
            yield Envelope(typing=[typed])

    @contextmanager
    def alone(self, path: str) -> Generator[None]:
        """An element that cannot be read is noted and costs its neighbours nothing."""
        try:
            yield
        except UnreadableError as error:
            self.errors.append(f"{path}: {error}")
        except Exception as error:
            log.exception("inbound_not_read", path=path)
            self.errors.append(f"{path}: it could not be read: {error!r}")
