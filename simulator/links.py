"""Files that a send names by link: WhatsApp fetches them itself, after it has accepted the message (A3)."""

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from simulator.clock import Clock
from simulator.media import KINDS, plain_type
from simulator.settings import Settings

_PRETENDED = (".example", ".test", ".invalid")
_KEPT = 600.0
"""Meta caches a link for about ten minutes (A3)."""
_PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True, frozen=True)
class Fetched:
    """What was found behind a link; `data` is empty where nothing was."""

    data: bytes
    mime_type: str


_NOTHING = Fetched(b"", "")


def pretended(url: str) -> Fetched | None:
    """What stands at a name no one can own: a file, unless its path has "broken" in it. None for real names."""
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(_PRETENDED):
        return None
    return _NOTHING if "broken" in parts.path else Fetched(b"pretended", "")


def acceptable(fetched: Fetched, kind: str) -> bool:
    """Whether WhatsApp takes it for a message of this kind: there, of a known type, not too large."""
    if not fetched.data:
        return False
    most, types = KINDS[kind]
    plain = plain_type(fetched.mime_type)
    return len(fetched.data) <= most and (not plain or plain in types or kind == "document")


class Links:
    """Fetches links, each once in ten minutes."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._known: OrderedDict[str, tuple[Fetched, float]] = OrderedDict()

    async def fetch(self, url: str) -> Fetched:
        """What stands behind `url`."""
        found = pretended(url) or (None if self._settings.fetch_links else Fetched(b"pretended", ""))
        if found is not None:
            return found
        known, until = self._known.get(url, (_NOTHING, 0.0))
        if until > self._clock.now():
            return known
        found = await self._get(url)
        self._known[url] = found, self._clock.now() + _KEPT
        while len(self._known) > 100:
            self._known.popitem(last=False)
        return found

    async def _get(self, url: str) -> Fetched:
        try:
            async with aiohttp.ClientSession(timeout=_PATIENCE) as client, client.get(url) as response:
                data = await response.content.read(100_000_001)
                return Fetched(data if response.status == 200 else b"", response.content_type)
        except (TimeoutError, aiohttp.ClientError, ValueError, OSError):
            return _NOTHING
