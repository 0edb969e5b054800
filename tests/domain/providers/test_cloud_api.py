"""What becomes of a send, at socket level: only where no connection came about is it surely not sent."""

import asyncio
import socket

import httpx
import orjson
import pytest
from httpx_aiohttp import HttpxAiohttpClient

from db.core.settings import get_settings
from domain.core.errors import ErrorCode
from domain.providers import base, cloud_api, reactions
from domain.providers.base import Accepted, Account, InDoubt, NotSent, Outcome, Outgoing, Refused, Text
from domain.providers.reactions import Reaction
from tests.domain.providers.serving import (
    Handler,
    answering,
    close_after_request,
    close_at_once,
    garbage,
    never_answer,
    request,
    reset_after_request,
    reset_at_once,
    serving,
)
from tests.running import free_port

MESSAGE = Outgoing("+5511912345678", "1.00000000000000000000000000000000.x", Text("Hello"))


async def send_to(url: str, monkeypatch: pytest.MonkeyPatch, message: Outgoing = MESSAGE) -> Outcome:
    monkeypatch.setattr(get_settings(), "whatsapp_api_url", url)
    return await cloud_api.CloudApi(Account(1, "1065", "token")).send(message)


def fault(code: int, **extra: object) -> bytes:
    return orjson.dumps({"error": {"message": f"(#{code})", "code": code, **extra}})


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(close_at_once, id="accepted and closed"),
        pytest.param(reset_at_once, id="accepted and reset"),
        pytest.param(close_after_request, id="closed after the request"),
        pytest.param(reset_after_request, id="reset after the request"),
        pytest.param(never_answer, id="no answer in time"),
        pytest.param(garbage, id="no HTTP"),
        pytest.param(answering(200, b'{"messages":[{"id":"wam', length=500), id="answer cut short"),
        pytest.param(answering(200, b""), id="200 empty"),
        pytest.param(answering(200, b"<html>ok</html>"), id="200 HTML"),
        pytest.param(answering(200, b'{"messages":[]}'), id="200 without an id"),
        pytest.param(answering(201, b'{"messages":[{"id":"wamid.1"}]}'), id="201"),
        pytest.param(answering(302, b""), id="redirect"),
        pytest.param(answering(502, b"<html>Bad Gateway</html>"), id="502 HTML"),
        pytest.param(answering(500, b'{"error":{"message":"oops"}}'), id="500 without a code"),
        pytest.param(answering(400, b"Bad Request"), id="400 without a code"),
    ],
)
async def test_a_connection_that_was_made_leaves_doubt(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(handler) as url:
        assert isinstance(await send_to(url, monkeypatch), InDoubt)


async def test_a_broken_kept_connection_leaves_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request goes out on the first one's connection, which ends: it may have been read. None retries."""
    requests = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        body = b'{"messages":[{"id":"wamid.1"}]}'
        await request(reader)
        requests += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        await request(reader)
        requests += 1

    async with serving(handler) as url:
        assert await send_to(url, monkeypatch) == Accepted("wamid.1")
        assert isinstance(await send_to(url, monkeypatch), InDoubt)
    assert requests == 2


async def test_no_connection_is_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(await send_to(f"http://127.0.0.1:{free_port()}", monkeypatch), NotSent)
    assert isinstance(await send_to("http://no-such-host.invalid", monkeypatch), NotSent)


async def test_a_connection_that_is_never_accepted_is_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full backlog: the connection does not come about within its time."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for other in waiting:
            other.setblocking(False)
            other.connect_ex(address)
        outcome = await send_to(f"http://127.0.0.1:{address[1]}", monkeypatch)
        for other in waiting:
            other.close()
    assert isinstance(outcome, NotSent)


async def test_no_free_connection_is_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(never_answer) as url:
        monkeypatch.setattr(get_settings(), "whatsapp_api_url", url)
        client = HttpxAiohttpClient(timeout=base.TIMEOUT, limits=httpx.Limits(max_connections=1), trust_env=False)
        monkeypatch.setattr(cloud_api, "client", lambda: client)
        api = cloud_api.CloudApi(Account(1, "1065", "token"))
        outcomes = await asyncio.gather(api.send(MESSAGE), api.send(MESSAGE))
        await client.aclose()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InDoubt", "NotSent"]


async def test_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"contacts":[{"input":"+525512340000","wa_id":"5215512340000"}],"messages":[{"id":"wamid.9"}]}'
    async with serving(answering(200, body)) as url:
        assert await send_to(url, monkeypatch) == Accepted("wamid.9", "5215512340000")
    async with serving(answering(200, b'{"contacts":[{"user_id":"PT.1"}],"messages":[{"id":"wamid.9"}]}')) as url:
        assert await send_to(url, monkeypatch) == Accepted("wamid.9", None)


@pytest.mark.parametrize(
    ("status", "code", "reaction", "meaning"),
    [
        (401, 190, Reaction.EXPIRE_SENDER, ErrorCode.WHATSAPP_API_ERROR),
        (403, 230, Reaction.PAUSE_SENDER, ErrorCode.WHATSAPP_API_ERROR),
        (400, 133010, Reaction.PAUSE_SENDER, ErrorCode.WHATSAPP_API_ERROR),
        (503, 2, Reaction.RETRY, ErrorCode.WHATSAPP_API_ERROR),
        (500, 131000, Reaction.RETRY, ErrorCode.WHATSAPP_API_ERROR),
        (500, 131016, Reaction.RETRY, ErrorCode.WHATSAPP_API_ERROR),
        (500, 131057, Reaction.RETRY, ErrorCode.WHATSAPP_API_ERROR),
        (400, 130429, Reaction.SLOW, ErrorCode.WHATSAPP_API_ERROR),
        (400, 131056, Reaction.DELAY_CONTACT, ErrorCode.WHATSAPP_API_ERROR),
        (400, 131026, Reaction.SUSPECT, ErrorCode.NOT_ON_WHATSAPP),
        (400, 131047, Reaction.CLOSE_WINDOW, ErrorCode.WINDOW_CLOSED),
        (400, 131050, Reaction.OPT_OUT, ErrorCode.OPTED_OUT),
        (404, 132001, Reaction.PAUSE_CAMPAIGN, ErrorCode.TEMPLATE_UNAVAILABLE),
        (400, 132015, Reaction.PAUSE_CAMPAIGN, ErrorCode.TEMPLATE_UNAVAILABLE),
        (400, 100, Reaction.FAIL, ErrorCode.WHATSAPP_API_ERROR),
        (400, 987654, Reaction.FAIL, ErrorCode.WHATSAPP_API_ERROR),
        (500, 987654, Reaction.RETRY, ErrorCode.WHATSAPP_API_ERROR),
    ],
)
async def test_documented_errors(
    status: int, code: int, reaction: Reaction, meaning: ErrorCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(answering(status, fault(code, error_data={"details": "Because."}))) as url:
        outcome = await send_to(url, monkeypatch)
    assert isinstance(outcome, Refused)
    assert (outcome.error.provider_code, outcome.error.reaction, outcome.error.code) == (code, reaction, meaning)
    assert outcome.error.message == "Because."


@pytest.mark.parametrize(
    ("extra", "words"), [({}, "(#100)"), ({"error_data": "plain"}, "plain"), ({"error_data": {"x": 1}}, "(#100)")]
)
def test_error_data_may_be_missing_or_plain(extra: dict[str, object], words: str) -> None:
    assert reactions.interpret(orjson.loads(fault(100, **extra))["error"]).message == words


def test_what_postgresql_cannot_keep_is_left_out() -> None:
    error = reactions.interpret({"code": 2**40, "message": "so\0so"})
    assert (error.provider_code, error.message) == (None, "soso")
