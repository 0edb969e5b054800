"""Fetching what a URL leads to that somebody else has named: never anything inside our own network.

A name is resolved once, and each address is looked at as its socket is made: a name that means something else the next
moment gains nothing. Redirects are not followed, and neither proxies nor cookies are used.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp

from domain.core.errors import AwayError, ErrorCode, Refusal, text

MOST_CHARACTERS = 2000
"""Of a URL."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))
"""Teredo and 6to4: addresses that stand for IPv4 ones, of which some are ours."""
_OF_CLOUDS = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("168.63.129.16/32"))
"""Where Oracle's machines ask for their credentials (192.0.0.192), and Azure's: by their numbers they are public."""
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5, sock_connect=5, sock_read=10)
"""Seconds; the caller says how long all of it may take."""
_NO_URL = "This is not a URL."
_PRIVATE = "This address is not one of the public internet."
_AGAIN = frozenset({404, 408, 425, 429})
"""Statuses that may pass: of 4xx these, and all of 5xx."""


class UnfetchableError(Exception):
    """It cannot be had, for a reason that may be shown; `again` says whether another try may fare better."""

    def __init__(self, words: str, *, again: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.again = again


@dataclass(frozen=True, slots=True)
class Body:
    """What a URL led to."""

    chunks: AsyncIterator[bytes]
    mime_type: str | None
    """As its server calls it."""


def check_url(url: str, field: str) -> str:
    """A URL that may be fetched as far as it says itself; its name is looked at when it is. Raises VALIDATION_ERROR."""
    url = text(url, field, most=MOST_CHARACTERS)
    try:
        host = _parts(url).hostname or ""
        # Numbers in any spelling (127.1, 0x7f000001, 2130706433), which need no look-up.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        if not all(is_public(ipaddress.ip_address(address[4][0])) for address in found):
            raise UnfetchableError(_PRIVATE)
    except UnfetchableError as error:
        raise Refusal(ErrorCode.VALIDATION_ERROR, error.words, field=field, reason="invalid_url") from None
    except UnicodeError:
        raise Refusal(ErrorCode.VALIDATION_ERROR, _NO_URL, field=field, reason="invalid_url") from None
    except socket.gaierror:
        return url
    return url


@asynccontextmanager
async def opened(
    url: str, *, most: int, seconds: float, headers: Mapping[str, str] | None = None, trusted: str = ""
) -> AsyncGenerator[Body]:
    """What a URL leads to, as it comes: at most so many bytes, in so many seconds. Raises UnfetchableError.

    `headers` may carry credentials, for the server that the URL is of. Only the server of `trusted`, a URL of the
    installation's own settings, may be inside our network.
    """
    parts = _parts(url)
    door = _Door(anywhere=bool(trusted) and _origin(parts) == _origin(_parts(trusted)))
    try:
        async with asyncio.timeout(seconds):
            async with (
                aiohttp.TCPConnector(socket_factory=door, use_dns_cache=False, force_close=True) as connector,
                aiohttp.ClientSession(
                    connector=connector,
                    timeout=_TIMEOUT,
                    trust_env=False,
                    auto_decompress=False,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"Accept-Encoding": "identity", **(headers or {})},
                ) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                _check_status(response)
                if (response.content_length or 0) > most:
                    raise _too_large(most)
                yield Body(_capped(response, most), response.headers.get("Content-Type"))
    except TimeoutError:
        raise UnfetchableError("It took too long to come.", again=True) from None
    except (aiohttp.InvalidURL, UnicodeError):
        # The second: a name with an empty part, or one that is too long.
        raise UnfetchableError(_NO_URL) from None
    except AwayError:
        # Whoever takes the bytes could not.
        raise
    except (aiohttp.ClientError, OSError) as error:
        if door.refused:
            raise UnfetchableError(_PRIVATE) from None
        raise UnfetchableError(f"It could not be fetched: {type(error).__name__}.", again=True) from error


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UnfetchableError(_NO_URL) from None
    if not good:
        raise UnfetchableError("Only http and https URLs are fetched.")
    if parts.username is not None or parts.password is not None:
        raise UnfetchableError("A URL with a name and password in it is not fetched.")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies outside of any private network, and does not stand for one that lies inside."""
    if isinstance(address, IPv6Address) and (
        address not in _GLOBAL_UNICAST or any(address in tunnel for tunnel in _TUNNELS)
    ):
        return False
    if isinstance(address, IPv4Address) and any(address in network for network in _OF_CLOUDS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Door:
    """Makes the sockets of a connection: the one place that every address passes, however it was written or found."""

    def __init__(self, *, anywhere: bool) -> None:
        self._anywhere = anywhere
        self.refused = False

    def __call__(self, found: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, type, proto, _, address = found
        if not self._anywhere and not is_public(ipaddress.ip_address(str(address[0]).partition("%")[0])):
            self.refused = True
            raise OSError(_PRIVATE)
        made = socket.socket(family, type, proto)
        made.setblocking(False)
        return made


def _check_status(response: aiohttp.ClientResponse) -> None:
    if 300 <= response.status < 400:
        raise UnfetchableError("It leads elsewhere: redirects are not followed.")
    if response.status != 200:
        again = response.status in _AGAIN or response.status >= 500
        raise UnfetchableError(f"Its server answers HTTP {response.status}.", again=again)


async def _capped(response: aiohttp.ClientResponse, most: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in response.content.iter_chunked(65_536):
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        yield chunk


def _too_large(most: int) -> UnfetchableError:
    return UnfetchableError(f"It has more than {most // 1_000_000} MB.")
