"""The door that WAHA knocks at: its signature over the raw bytes; over HTTP, against the real API."""

import hmac

import orjson
import pytest

from db.core import connect
from db.core.settings import get_settings
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


async def test_neither_provider_signs_for_the_other(api: Api) -> None:
    body = body_of()
    headers = {"X-Hub-Signature-256": f"sha256={hmac.digest(b'an-app-secret', body, 'sha256').hex()}"}
    assert (await api.http.post("/webhooks/waha", content=body, headers=headers)).status_code == 401
    headers = {"X-Webhook-Hmac": sign(body)}
    assert (await api.http.post("/webhooks/whatsapp", content=body, headers=headers)).status_code == 401
    assert await kept(body) == []
    assert (await api.http.get("/webhooks/waha")).status_code == 405


def test_the_vector_of_wahas_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = get_settings()
    monkeypatch.setattr(settings, "waha_hmac_key", type(settings.waha_hmac_key)("my-secret-key"))
    body = b'{"event":"message","session":"default","engine":"WEBJS"}'
    signature = sign(body, b"my-secret-key")
    assert signature.startswith("208f8a55dde9e055")
    assert signature.endswith("76153fa89")
    assert inbound.is_genuine_of_waha(body, signature)
    assert not inbound.is_genuine_of_waha(body + b" ", signature)
