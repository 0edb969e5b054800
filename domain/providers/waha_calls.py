"""WAHA, a gateway that holds WhatsApp Web sessions (wire facts, part D): how it is called."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import httpx
import orjson

from db.core.settings import get_settings
from domain.core.errors import ErrorCode, Refusal
from domain.providers.base import client, describe

Json = dict[str, Any]


async def call(
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, str] | None = None,
    accept: str = "*/*",
) -> httpx.Response:
    """Asks WAHA, for 10 s at most; whatever it answers. Raises Refusal WHATSAPP_API_ERROR when it does not."""
    url, headers = address(path)
    headers["Accept"] = accept
    content = None if body is None else orjson.dumps(body)
    try:
        return await client().request(method, url, content=content, params=query, headers=headers, timeout=10)
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, f"WAHA does not answer: {describe(error)}.") from error


def address(path: str) -> tuple[str, dict[str, str]]:
    """Where a path of WAHA is, and what opens it. Raises Refusal WHATSAPP_API_ERROR where no WAHA is set."""
    settings = get_settings()
    if not settings.waha_url:
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, "WAHA_URL is not set: there is no WAHA to ask.")
    key = settings.waha_api_key.get_secret_value()
    return f"{settings.waha_url.rstrip('/')}{path}", {"X-Api-Key": key, "Content-Type": "application/json"}


def answer(response: httpx.Response) -> Any:
    """What WAHA says. Raises Refusal WHATSAPP_API_ERROR with its words when that is no success, or not to be read."""
    read = readable(response)
    if not response.is_success or read is None:
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, f"WAHA refused: {words(response)}")
    return read


def readable(response: httpx.Response) -> Any:
    """The JSON of an answer; None where it is none."""
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


def words(response: httpx.Response) -> str:
    """What is wrong, in WAHA's words as far as it has any."""
    if response.status_code == 401:
        return "WAHA_API_KEY is not its key (HTTP 401)."
    match readable(response):
        case {"error": str(said), "status": str(status)}:
            said = f"{said} (the session is {status})"
        case {"exception": {"message": str(said)}} | {"message": str(said)} | {"error": str(said)}:
            pass
        case _:
            said = "nothing that can be read"
    return f"{describe(said.replace(chr(0), ''))} (HTTP {response.status_code})."
