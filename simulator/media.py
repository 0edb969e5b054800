"""Pictures and files that either side sent: kept for a while, handed out by URLs that hold for five minutes (A6)."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.nodes import next_id
from simulator.settings import Settings

UPLOADED, HEARD = 30 * 86_400.0, 7 * 86_400.0
"""How long an upload is kept, and what people sent."""
_MOST_BYTES = 500_000_000
_MEGABYTE = 1_000_000


@dataclass(slots=True, frozen=True)
class Held:
    """Bytes with an id."""

    id: str
    data: bytes
    mime_type: str
    filename: str
    phone_number_id: str
    """The number it was uploaded for; empty for what people sent."""
    sha256: str
    expires: float


KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "audio": (16 * _MEGABYTE, ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")),
    "image": (5 * _MEGABYTE, ("image/jpeg", "image/png")),
    "video": (16 * _MEGABYTE, ("video/mp4", "video/3gpp")),
    "document": (
        100 * _MEGABYTE,
        (
            "application/pdf", "text/plain", "application/msword", "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
    ),
    "sticker": (500_000, ("image/webp",)),
}  # fmt: skip
"""The most bytes, and the types, of each kind (A6)."""


def plain_type(mime_type: str) -> str:
    """`audio/ogg; codecs=opus` without its parameters."""
    return mime_type.partition(";")[0].strip().lower()


def kind_of(mime_type: str) -> str:
    """What kind of message a type can be; empty where WhatsApp takes it for none."""
    return next((kind for kind, (_, types) in KINDS.items() if plain_type(mime_type) in types), "")


class Store:
    """What is held, by id; the oldest go when it becomes too much for a machine's memory."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._links: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._bytes = 0

    def keep(self, data: bytes, mime_type: str, lives: float, *, filename: str = "", phone_number_id: str = "") -> Held:
        """Hold bytes for `lives` seconds."""
        sha256 = hashlib.sha256(data).hexdigest()
        expires = self._clock.now() + lives
        held = Held(next_id(), data, mime_type, filename, phone_number_id, sha256, expires)
        self._held[held.id] = held
        self._bytes += len(data)
        while self._bytes > _MOST_BYTES:
            self._bytes -= len(self._held.popitem(last=False)[1].data)
        return held

    def get(self, media_id: str) -> Held | None:
        """What has this id and has not expired."""
        held = self._held.get(media_id)
        return held if held is not None and held.expires > self._clock.now() else None

    def drop(self, media_id: str) -> bool:
        """Forget it; false when there is none."""
        held = self._held.pop(media_id, None)
        self._bytes -= len(held.data) if held else 0
        return held is not None

    def link(self, held: Held) -> str:
        """The secret part of a URL that leads to it for five minutes."""
        secret = secrets.token_urlsafe(18)
        self._links[secret] = held.id, self._clock.now() + self._settings.media_url
        while len(self._links) > 10_000:
            self._links.popitem(last=False)
        return secret

    def behind(self, secret: str) -> Held | None:
        """What a URL leads to while it holds."""
        media_id, expires = self._links.get(secret, ("", 0.0))
        return self.get(media_id) if expires > self._clock.now() else None
