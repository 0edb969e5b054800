"""Fetching what somebody else has named: never from inside, never from elsewhere, never too much, never for ever."""

import asyncio
import gc
import ipaddress
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from domain.core import fetch
from domain.core.errors import Refusal
from domain.core.fetch import Answer, UnfetchableError, check_url, is_public, opened, posting

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.0.192",
    "192.0.2.1",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fd00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2001::7f00:1",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "193.0.6.139", "2606:4700:4700::1111", "2a00:1450:4001::200e"]
SPELLINGS = ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1", "[::1]", "[::ffff:7f00:1]"]
SPELLINGS += ["localhost", "LOCALHOST", "localhost.", "１２７.０.０.１", "127。0。0。1"]


class Site:
    """A server on loopback that counts its callers."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.content = b"good"
        self.port = 0
        self.let_go = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(dict(request.headers))
        match request.path:
            case "/redirect":
                return web.Response(status=302, headers={"Location": f"{self.url}/good"})
            case "/large":
                return web.Response(body=bytes(200))
            case "/endless":
                return await self._endless(request, 0.0, size=10_000)
            case "/slow":
                return await self._endless(request, 0.05)
            case "/silent":
                await self.let_go.wait()
                return web.Response()
            case "/good":
                return web.Response(body=self.content, content_type="image/png")
            case _:
                return web.Response(status=int(request.path[1:]))

    async def _endless(self, request: web.Request, pause: float, *, size: int = 10) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not self.let_go.is_set():
            await response.write(bytes(size))
            await asyncio.sleep(pause)
        return response


async def serve(host: str, port: int = 0) -> tuple[Site, web.AppRunner]:
    site, app = Site(), web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    site.port = runner.addresses[0][1]
    return site, runner


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    site, runner = await serve("127.0.0.1")
    yield site
    site.let_go.set()
    await runner.cleanup()


async def read(url: str, *, most: int = 100, seconds: float = 5, **given: Any) -> bytes:
    async with opened(url, most=most, seconds=seconds, **given) as body:
        return b"".join([chunk async for chunk in body.chunks])


async def why(doing: Awaitable[object]) -> UnfetchableError:
    with pytest.raises(UnfetchableError) as caught:
        await doing
    assert caught.value.words.endswith(".")
    return caught.value


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_private_networks(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", SPELLINGS)
async def test_what_lies_inside_is_not_reached_however_it_is_written(site: Site, host: str) -> None:
    await why(read(f"http://{host}:{site.port}/good"))
    assert site.calls == []


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_of_a_private_address_is_not_reached(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers([address]))
    assert "public internet" in (await why(read("http://innocent.example/good"))).words


def answers(*times: list[str]) -> Callable[..., list[Any]]:
    """A resolver that says something else of names each time."""
    left, known = list(times), socket.getaddrinfo

    def getaddrinfo(host: str, port: int | None, *given: Any, **more: Any) -> list[Any]:
        if not host.endswith(".example"):
            return known(host, port, *given, **more)
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (address, port or 0, 0, 0) if ":" in address else (address, port or 0),
            )
            for address in left.pop(0)
        ]

    return getaddrinfo


async def test_a_name_that_means_something_else_the_next_moment_gains_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is taken for public; the second, which nobody asks for, would lead to another server."""
    other, runner = await serve("127.0.0.2", site.port)
    first = ipaddress.ip_address("127.0.0.1")
    monkeypatch.setattr(fetch, "is_public", lambda address: address == first)  # pyright: ignore[reportUnknownLambdaType]
    monkeypatch.setattr(socket, "getaddrinfo", answers(["127.0.0.1"], ["127.0.0.2"]))
    assert await read(f"http://changing.example:{site.port}/good") == b"good"
    assert (len(site.calls), other.calls) == (1, [])
    # Asked anew it leads inside, and is looked at anew.
    assert "public internet" in (await why(read(f"http://changing.example:{site.port}/good"))).words
    assert (len(site.calls), other.calls) == (1, [])
    await runner.cleanup()


async def test_a_name_that_no_server_answers_for_is_looked_up_once_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty posts to it and a fetch, beside another name and whatever else the loop looks up."""
    asked, over, known = list[str](), threading.Event(), socket.getaddrinfo

    def getaddrinfo(host: str, *given: Any, **more: Any) -> list[Any]:
        if host == "dead.test":
            asked.append(host)
            over.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return known(host, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(fetch, "_LOOK_UP_SECONDS", 2.0)
    there, runner = await serve("127.0.0.1")

    async def told() -> Answer:
        async with posting(seconds=15, anywhere=True) as post:
            return await post(f"http://localhost:{there.port}/good", b"{}", {})

    async with posting(seconds=15, anywhere=True) as post:
        dead = [asyncio.create_task(why(post("http://dead.test/", b"{}", {}))) for _ in range(20)]
        dead.append(asyncio.create_task(why(read("http://dead.test/"))))
        async with asyncio.timeout(1):
            while not asked:  # noqa: ASYNC110 - set by a thread
                await asyncio.sleep(0.01)
            # The site takes no POST: it answers all the same.
            assert (await told()).status == 405
            assert await asyncio.get_running_loop().getaddrinfo("localhost", 80)
        assert not any(task.done() for task in dead)
        async with asyncio.timeout(10):
            assert {(await task).again for task in dead} == {True}
        # What the system still does is waited for by the next one, too.
        await why(post("http://dead.test/", b"{}", {}))
        assert asked == ["dead.test"]
        over.set()
        async with asyncio.timeout(10):
            while fetch._looking:  # noqa: ASYNC110 - emptied by a thread
                await asyncio.sleep(0.01)
    await runner.cleanup()
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == [], "what nobody waits for is no fault"


async def test_one_address_that_is_refused_says_nothing_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "is_public", lambda address: str(address) == "127.0.0.2")
    async with posting(seconds=5, anywhere=False) as post:
        before = await why(post("http://127.0.0.1:1/", b"{}", {}))
        after = await why(post("http://127.0.0.2:1/", b"{}", {}))
    assert (before.again, before.words) == (False, "This address is not one of the public internet.")
    assert (after.again, after.words.partition(":")[0]) == (True, "It could not be fetched")


async def test_the_installations_own_gateway_is_reached_by_its_own_url_alone(site: Site) -> None:
    assert await read(f"{site.url}/good", trusted=f"{site.url}/v26.0", headers={"Authorization": "Bearer x"}) == b"good"
    assert site.calls[0]["Authorization"] == "Bearer x"
    for url, trusted in (
        (f"http://127.0.0.1:{site.port}/good", f"http://127.0.0.1:{site.port + 1}"),
        (f"http://localhost:{site.port}/good", site.url),
        (f"http://127.0.0.1:{site.port}/good", "https://graph.facebook.com"),
    ):
        await why(read(url, trusted=trusted))
    assert len(site.calls) == 1


@pytest.mark.parametrize("host", ["a..b", ".", ".a", "a" * 64, f"xn--{'9' * 60}.com"])
async def test_names_that_no_name_can_be_are_no_urls(host: str) -> None:
    url = f"http://{host}/a.png"
    with pytest.raises(Refusal) as caught:
        check_url(url, "media.url")
    assert caught.value.details["reason"] == "invalid_url"
    found = await why(read(url))
    assert (found.words, found.again) == ("This is not a URL.", False)


async def test_redirects_are_not_followed(site: Site) -> None:
    found = await why(read(f"{site.url}/redirect", trusted=site.url))
    assert (found.again, len(site.calls)) == (False, 1)


@pytest.mark.parametrize("path", ["/large", "/endless"])
async def test_too_much_is_not_taken(site: Site, path: str) -> None:
    found = await why(read(f"{site.url}{path}", most=100, trusted=site.url))
    assert not found.again


@pytest.mark.parametrize("path", ["/slow", "/silent"])
async def test_what_takes_too_long_is_let_go(site: Site, path: str) -> None:
    started = time.monotonic()
    found = await why(read(f"{site.url}{path}", most=10**6, seconds=0.5, trusted=site.url))
    assert (found.again, time.monotonic() - started < 3) == (True, True)


@pytest.mark.parametrize(("status", "again"), [(404, True), (429, True), (500, True), (403, False), (410, False)])
async def test_refusals_of_its_server_are_told(site: Site, status: int, again: bool) -> None:
    found = await why(read(f"{site.url}/{status}", trusted=site.url))
    assert (found.again, str(status) in found.words) == (again, True)


async def test_a_server_that_is_not_there_may_be_there_later(site: Site) -> None:
    assert (await why(read("http://127.0.0.1:1/good", trusted="http://127.0.0.1:1"))).again


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "gopher://example.com",
        "javascript:alert(1)",
        "//example.com/a.png",
        "a.png",
        "http://",
        "http://user:secret@example.com/a.png",
        "http://[::1/a.png",
        "http://example.com:99999/",
        "http://127.1/a.png",
        "http://2130706433/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/a.png",
        "https://" + "x" * 2000,
        " ",
    ],
)
def test_urls_that_are_refused_as_they_are_named(url: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_url(url, "media.url")
    assert caught.value.field == "media.url"


@pytest.mark.parametrize("url", ["https://cdn.example.com/a.png?x=1", "http://8.8.8.8/a.png", "https://é.example/a"])
def test_urls_that_may_be_tried(url: str) -> None:
    assert check_url(f" {url} ", "media.url") == url
