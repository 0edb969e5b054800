"""The door that WhatsApp knocks at: handshake, signatures, sizes; over HTTP, against the real API."""

import asyncio
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from db.core import connect
from graph.core import bodies
from tests.factories import unique
from tests.running import Api

PATHS = ("/webhooks/whatsapp", "/webhook", "/v1/webhooks/whatsapp")
SECRET, VERIFY_TOKEN = "an-app-secret", "a-verify-token"


def sign(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def body_of(text: str) -> bytes:
    """An inbound message as Meta writes it: everything but ASCII escaped, in small letters."""
    message = {"from": "351910000111", "id": f"wamid.{unique()}", "timestamp": "1795262400", "type": "text"}
    value = {"messages": [{**message, "text": {"body": text}}], "metadata": {"phone_number_id": "nobody"}}
    entry = [{"id": "1", "changes": [{"field": "messages", "value": value}]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}, separators=(",", ":")).encode()


async def post(api: Api, body: bytes, signature: str | None, path: str = PATHS[0]) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature
    return await api.http.post(path, content=body, headers=headers)


async def kept(body: bytes) -> int:
    return await connect.value("SELECT count(*) FROM inbound_post WHERE body = $1", body)


@pytest.mark.parametrize("path", PATHS)
async def test_handshake_answers_the_bare_challenge(api: Api, path: str) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    answer = await api.http.get(path, params=query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "change",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
        {"hub.verify_token": "a-verify-tokem"},
        {"hub.verify_token": "ümlaut"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.challenge": None},
    ],
)
async def test_handshake_refuses_what_is_wrong_or_missing(api: Api, change: dict[str, str | None]) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"} | change
    answer = await api.http.get(PATHS[0], params={key: value for key, value in query.items() if value is not None})
    assert (answer.status_code, answer.json()) == (403, {"detail": "Verification failed"})


@pytest.mark.parametrize("path", PATHS)
async def test_a_signed_post_is_kept_raw_and_answered_at_once(api: Api, path: str) -> None:
    body = body_of("olá 👋")
    answer = await post(api, body, sign(body), path)
    message_id = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    assert answer.status_code == 200
    assert answer.json() == {"status": "received", "message_id": message_id, "response_queued": False}
    assert await kept(body) == 1


async def test_a_post_without_messages_has_no_message_id(api: Api) -> None:
    body = json.dumps({"object": "whatsapp_business_account", "entry": [], "x": unique()}).encode()
    answer = await post(api, body, sign(body))
    assert answer.json() == {"status": "received", "message_id": None, "response_queued": False}


GOOD = json.dumps({"object": "whatsapp_business_account", "entry": [], "x": "signed"}).encode()


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        sign(GOOD)[7:],
        sign(GOOD).replace("sha256=", "sha1="),
        sign(GOOD).upper(),
        sign(GOOD)[:-1],
        sign(GOOD) + "0",
        f"{sign(GOOD)}, {sign(GOOD)}",
        sign(GOOD, "another-secret"),
        sign(GOOD, VERIFY_TOKEN),
        sign(GOOD + b" "),
        "sha256=" + "0" * 64,
        "sha256=" + "é" * 64,
    ],
)
async def test_a_wrong_signature_keeps_nothing(api: Api, signature: str | None) -> None:
    headers = [(b"content-type", b"application/json")]
    if signature is not None:
        headers.append((b"x-hub-signature-256", signature.encode()))
    answer = await api.http.post(PATHS[0], content=GOOD, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid signature"})
    assert await kept(GOOD) == 0


async def test_a_body_that_was_written_anew_is_refused(api: Api) -> None:
    """The same JSON in other bytes: the signature is over bytes."""
    body = body_of("olá")
    again: Any = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    assert json.loads(again) == json.loads(body)
    assert (await post(api, again, sign(body))).status_code == 401
    assert await kept(again) == 0


async def test_two_signatures_are_none(api: Api) -> None:
    body = body_of("twice")
    signature = sign(body).encode()
    headers = [(b"x-hub-signature-256", signature), (b"x-hub-signature-256", signature)]
    assert (await api.http.post(PATHS[0], content=body, headers=headers)).status_code == 401
    assert await kept(body) == 0


async def test_a_body_over_four_megabytes_is_refused(api: Api) -> None:
    body = b'{"x":"' + b"x" * 4_000_000 + b'"}'
    assert (await post(api, body, sign(body))).status_code == 413
    assert await kept(body) == 0


async def test_a_body_of_unknown_length_is_cut_off(api: Api) -> None:
    async def endless() -> Any:
        for _ in range(80):
            yield b"x" * 65_536

    headers = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
    assert (await api.http.post(PATHS[0], content=endless(), headers=headers)).status_code == 413


async def test_a_body_of_three_megabytes_is_taken(api: Api) -> None:
    body = b'{"object":"other","x":"' + unique().encode() + b"x" * 3_000_000 + b'"}'
    assert (await post(api, body, sign(body))).status_code == 200
    assert await kept(body) == 1


async def test_posts_that_come_at_once_are_all_kept(api: Api) -> None:
    """They are written together; each is there when it is answered, whatever happens to its neighbours."""
    bodies = [body_of(f"one of many {number}") for number in range(200)]
    wrong = {7, 100}
    signatures = [sign(body, "wrong") if number in wrong else sign(body) for number, body in enumerate(bodies)]
    answers = await asyncio.gather(*(post(api, body, s) for body, s in zip(bodies, signatures, strict=True)))
    assert [answer.status_code for answer in answers] == [401 if number in wrong else 200 for number in range(200)]
    assert [await kept(body) for body in bodies] == [0 if number in wrong else 1 for number in range(200)]


async def begun(api: Api, headers: str, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A post of three megabytes of which only the beginning comes."""
    url = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"POST {PATHS[0]} HTTP/1.1\r\nHost: here\r\nContent-Length: 3000000\r\n{headers}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def test_what_does_not_even_look_signed_is_refused_before_it_has_come(api: Api) -> None:
    reader, writer = await begun(api, "", b"")
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()


async def test_however_many_large_posts_begin_those_that_come_at_once_are_taken(api: Api) -> None:
    """Whether they are genuine is not known before all has come: who sends slowly loses the room to who does not."""
    header = f"X-Hub-Signature-256: sha256={'0' * 64}\r\n"
    opened = [await begun(api, header, b"x" * 2_000_000) for _ in range(8)]
    await asyncio.sleep(1.5 * bodies.WITHIN)  # From then on they are slow.
    opened.append(await begun(api, header, b"x" * 2_000_000))
    first = opened[0][0]
    async with asyncio.timeout(10):
        head = await first.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5\r\n" in head.lower()
    large = b'{"object":"other","x":"' + unique().encode() + b"x" * 3_000_000 + b'"}'
    for body in (body_of("little"), large):
        assert (await post(api, body, sign(body))).status_code == 200
        assert await kept(body) == 1
    for _, writer in opened:
        writer.close()


async def test_posts_that_say_nothing_hold_no_room(api: Api) -> None:
    opened = [await begun(api, f"X-Hub-Signature-256: sha256={'0' * 64}\r\n", b"") for _ in range(60)]
    large = b'{"object":"other","x":"' + unique().encode() + b"x" * 3_000_000 + b'"}'
    assert (await post(api, large, sign(large))).status_code == 200
    for _, writer in opened:
        writer.close()
