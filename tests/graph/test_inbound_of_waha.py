"""The door that WAHA knocks at: its signature over the raw bytes; over HTTP, against the real API."""

import hmac
from collections.abc import Callable

import orjson
import pytest

from db.core import connect
from db.core.settings import get_settings
from db.senders import SenderProvider
from domain import inbound
from tests.factories import unique
from tests.running import Api

KEY = b"a-key-of-webhooks"


def sign(body: bytes, key: bytes = KEY) -> str:
    return hmac.digest(key, body, "sha512").hex()


def body_of() -> bytes:
    return orjson.dumps({"event": "presence.update", "session": unique("nobody"), "payload": {}})


async def kept(body: bytes) -> list[str]:
    return [row["provider"] for row in await connect.rows("SELECT provider FROM inbound_post WHERE body = $1", body)]


async def test_a_signed_post_is_kept_as_it_came(api: Api) -> None:
    body = body_of()
    answer = await api.http.post("/webhooks/waha", content=body, headers={"X-Webhook-Hmac": sign(body)})
    assert answer.status_code == 200
    assert await kept(body) == ["WAHA"]


async def test_what_cannot_be_read_is_kept_too(api: Api) -> None:
    body = f"no JSON {unique()}".encode()
    answer = await api.http.post("/webhooks/waha", content=body, headers={"X-Webhook-Hmac": sign(body)})
    assert (answer.status_code, await kept(body)) == (200, ["WAHA"])


@pytest.mark.parametrize("fault", ["missing", "empty", "key", "other bytes", "sha256", "prefix", "capitals", "twice"])
async def test_a_post_that_is_not_signed_well_is_not_kept(api: Api, fault: str) -> None:
    body = body_of()
    good = sign(body)
    signatures = {
        "missing": [],
        "empty": [""],
        "key": [sign(body, b"another")],
        "other bytes": [sign(body + b" ")],
        "sha256": [hmac.digest(KEY, body, "sha256").hex()],
        "prefix": [f"sha512={good}"],
        "capitals": [good.upper()],
        "twice": [good, good],
    }
    headers = [("X-Webhook-Hmac", signature) for signature in signatures[fault]]
    answer = await api.http.post("/webhooks/waha", content=body, headers=headers)
    assert (answer.status_code, await kept(body)) == (401, [])


def of(algorithm: str, key: bytes, body: bytes) -> str:
    return hmac.digest(key, body, algorithm).hex()


APP_SECRET = b"an-app-secret"
CLOUD, WAHA = "X-Hub-Signature-256", "X-Webhook-Hmac"
FORGED: dict[str, Callable[[bytes], dict[str, dict[str, str]]]] = {
    "none": lambda _: {"cloud": {}, "waha": {}},
    "the other's": lambda body: {
        "cloud": {WAHA: of("sha512", KEY, body)},
        "waha": {CLOUD: f"sha256={of('sha256', APP_SECRET, body)}"},
    },
    "the other's where ours belongs": lambda body: {
        "cloud": {CLOUD: of("sha512", KEY, body)},
        "waha": {WAHA: f"sha256={of('sha256', APP_SECRET, body)}"},
    },
    "the other's beside an empty one": lambda body: {
        "cloud": {WAHA: of("sha512", KEY, body), CLOUD: ""},
        "waha": {CLOUD: f"sha256={of('sha256', APP_SECRET, body)}", WAHA: ""},
    },
    "the other's beside a wrong one": lambda body: {
        "cloud": {WAHA: of("sha512", KEY, body), CLOUD: f"sha256={'0' * 64}"},
        "waha": {CLOUD: f"sha256={of('sha256', APP_SECRET, body)}", WAHA: "0" * 128},
    },
    "the right algorithm, the other's key": lambda body: {
        "cloud": {CLOUD: f"sha256={of('sha256', KEY, body)}"},
        "waha": {WAHA: of("sha512", APP_SECRET, body)},
    },
    "the right algorithm, no key of ours": lambda body: {
        "cloud": {CLOUD: f"sha256={of('sha256', b'x', body)}"},
        "waha": {WAHA: of("sha512", b"x", body)},
    },
    "the right key, the other's algorithm": lambda body: {
        "cloud": {CLOUD: f"sha256={of('sha512', APP_SECRET, body)}"},
        "waha": {WAHA: of("sha256", KEY, body)},
    },
    "the right key, the other's algorithm by its name": lambda body: {
        "cloud": {CLOUD: f"sha512={of('sha512', APP_SECRET, body)}"},
        "waha": {WAHA: of("sha256", KEY, body), "X-Webhook-Hmac-Algorithm": "sha256"},
    },
    "the right key, an old algorithm": lambda body: {
        "cloud": {CLOUD: f"sha1={of('sha1', APP_SECRET, body)}", "X-Hub-Signature": f"sha1={of('sha1', KEY, body)}"},
        "waha": {WAHA: of("sha1", KEY, body), "X-Webhook-Hmac-Algorithm": "sha1"},
    },
}


@pytest.mark.parametrize("path", ["/webhooks/whatsapp", "/webhook", "/v1/webhooks/whatsapp", "/webhooks/waha"])
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_neither_provider_signs_for_the_other(
    api: Api, path: str, forged: Callable[[bytes], dict[str, dict[str, str]]]
) -> None:
    body = body_of()
    headers = forged(body)["waha" if path.endswith("waha") else "cloud"]
    assert (await api.http.post(path, content=body, headers=headers)).status_code == 401
    assert await kept(body) == []


async def test_each_provider_signs_for_itself_whatever_stands_beside(api: Api) -> None:
    body = body_of()
    headers = {CLOUD: f"sha256={of('sha256', APP_SECRET, body)}", WAHA: of("sha512", KEY, body)}
    for path, provider in (("/webhooks/whatsapp", "CLOUD_API"), ("/webhooks/waha", "WAHA")):
        assert (await api.http.post(path, content=body, headers=headers)).status_code == 200
        assert provider in await kept(body)
    assert (await api.http.get("/webhooks/waha")).status_code == 405


def test_the_vector_of_wahas_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = get_settings()
    monkeypatch.setattr(settings, "waha_hmac_key", type(settings.waha_hmac_key)("my-secret-key"))
    body = b'{"event":"message","session":"default","engine":"WEBJS"}'
    signature = sign(body, b"my-secret-key")
    assert signature.startswith("208f8a55dde9e055")
    assert signature.endswith("76153fa89")
    assert inbound.is_genuine(SenderProvider.WAHA, body, signature)
    assert not inbound.is_genuine(SenderProvider.WAHA, body + b" ", signature)
