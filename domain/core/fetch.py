"""Fetching what a URL leads to that somebody else has named: never anything inside our own network.

Each address is looked at as its socket is made: a name that means something else the next moment gains nothing.
Redirects are not followed, and neither proxies nor cookies are used. Names are looked up on threads of their own: one
that no server knows anything of holds up nothing but its own fetches.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from domain.core.errors import ErrorCode, Refusal, text

MOST_CHARACTERS = 2000
"""Of a URL."""
MOST_SHOWN = 1000
"""Characters of an answer to a POST."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))
"""Teredo and 6to4: addresses that stand for IPv4 ones, of which some are ours."""
_OF_CLOUDS = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("168.63.129.16/32"))
"""Where Oracle's machines ask for their credentials (192.0.0.192), and Azure's: by their numbers they are public."""
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5, sock_connect=5, sock_read=10)
"""Seconds; the caller says how long all of it may take."""
_LOOK_UP_SECONDS = 5.0
_KNOWN_SECONDS = 10
"""For how long a session goes by what a name meant."""
_NO_URL = "This is not a URL."
_PRIVATE = "This address is not one of the public internet."
_BEGINNING_SECONDS = 1.0
"""How long the body of an answer to a POST is waited for."""
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


def check_url(url: str, field: str, *, anywhere: bool = False) -> str:
    """A URL that may be fetched as far as it says itself; its name is looked at when it is. Raises VALIDATION_ERROR."""
    url = text(url, field, most=MOST_CHARACTERS)
    try:
        host = _parts(url).hostname or ""
        # Numbers in any spelling (127.1, 0x7f000001, 2130706433), which need no look-up.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        if not (anywhere or all(is_public(ipaddress.ip_address(address[4][0])) for address in found)):
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
    with _in_words():
        async with (
            asyncio.timeout(seconds),
            _session(door, timeout=_TIMEOUT) as session,
            session.get(url, allow_redirects=False, headers=headers) as response,
        ):
            _check_status(response)
            if (response.content_length or 0) > most:
                raise _too_large(most)
            yield Body(_capped(response, most), response.headers.get("Content-Type"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST was answered with."""

    status: int
    beginning: str
    """Of its body, as far as it came at once."""


@asynccontextmanager
async def posting(
    *, seconds: float, anywhere: bool
) -> AsyncGenerator[Callable[[str, bytes, Mapping[str, str]], Awaitable[Answer]]]:
    """Gives what posts a body with headers to a URL, each in so many seconds, over connections that are kept meanwhile.

    It raises UnfetchableError where there is no answer. `anywhere`: inside our network, too.
    """
    door = _Door(anywhere=anywhere)
    whole = aiohttp.ClientTimeout(total=seconds, sock_connect=5)

    async def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        _parts(url)
        with _in_words():
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                beginning = b""
                # The status says all that counts: a body that is late, or is cut, is no failure.
                with suppress(TimeoutError, aiohttp.ClientError):
                    async with asyncio.timeout(_BEGINNING_SECONDS):
                        beginning = await response.content.read(MOST_SHOWN * 4)
                return Answer(response.status, beginning.decode(errors="replace").replace("\0", "")[:MOST_SHOWN])

    async with _session(door, timeout=whole) as session:
        yield post


@asynccontextmanager
async def _session(door: "_Door", *, timeout: aiohttp.ClientTimeout) -> AsyncGenerator[aiohttp.ClientSession]:
    async with (
        aiohttp.TCPConnector(socket_factory=door, resolver=_Resolver(), ttl_dns_cache=_KNOWN_SECONDS) as connector,
        aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},
        ) as session,
    ):
        yield session


@contextmanager
def _in_words() -> Generator[None]:
    """Whatever goes wrong, as an UnfetchableError."""
    try:
        yield
    except TimeoutError:
        raise UnfetchableError("It took too long to come.", again=True) from None
    except (aiohttp.InvalidURL, UnicodeError):
        # The second: a name with an empty part, or one that is too long.
        raise UnfetchableError(_NO_URL) from None
    except (aiohttp.ClientError, OSError) as error:
        # Of this connection alone, and in words, which is what is left where several addresses were tried.
        if _PRIVATE in str(getattr(error, "os_error", error)):
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

    def __call__(self, found: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, type, proto, _, address = found
        if not self._anywhere and not is_public(ipaddress.ip_address(str(address[0]).partition("%")[0])):
            raise OSError(_PRIVATE)
        made = socket.socket(family, type, proto)
        made.setblocking(False)
        return made


class _Resolver(AbstractResolver):
    """Looks names up by the system's own means, away from the loop's threads.

    uvloop gives look-ups two threads of a process: two names whose servers do not answer would hold up every other.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            found = await asyncio.wrap_future(_look_up(host, family))
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """It holds nothing."""


_Found = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]
_looking: dict[tuple[str, int], Future[_Found]] = {}
_lock = threading.Lock()


def _look_up(host: str, family: int) -> Future[_Found]:
    """The addresses of a name, soon; however many ask, it is looked up once at a time."""
    key = (host, family)
    with _lock:
        if (future := _looking.get(key)) is not None:
            return future
        future = _looking[key] = Future()
        # It cannot be cancelled from here on: who no longer waits for it leaves it to all others.
        future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        except BaseException as error:  # noqa: BLE001 - it is raised where the name is waited for
            _forget(key)
            future.set_exception(error)
        else:
            _forget(key)
            future.set_result(found)

    # A daemon: it cannot be called back, and must not hold up the end of the process.
    threading.Thread(target=run, name=f"look-up of {host}", daemon=True).start()
    return future


def _forget(key: tuple[str, int]) -> None:
    with _lock:
        del _looking[key]


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
