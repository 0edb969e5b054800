"""Meta's Cloud API: sending, and what its answers mean (wire facts, parts A and B)."""

from typing import Any

import aiohttp
import httpx
import orjson

from db.core.settings import get_settings
from domain.core.errors import ErrorCode, Refusal
from domain.providers.base import (
    Accepted,
    Account,
    InDoubt,
    Outcome,
    Outgoing,
    Refused,
    client,
    describe,
    unanswered,
)
from domain.providers.cloud_bodies import body
from domain.providers.reactions import interpret


def address(path: str) -> str:
    """Where a path of the Cloud API is, in the version that is set."""
    settings = get_settings()
    return f"{settings.whatsapp_api_url.rstrip('/')}/{settings.whatsapp_api_version}/{path}"


class CloudApi:
    """A sender's way to the Cloud API."""

    def __init__(self, account: Account) -> None:
        # Parsed once: httpx parses a text anew for each request, a tenth of what a send costs.
        self._url = httpx.URL(address(f"{account.phone_number_id}/messages"))
        self._headers = {"Authorization": f"Bearer {account.access_token}", "Content-Type": "application/json"}

    async def send(self, message: Outgoing) -> Outcome:
        """Posts once and says what became of it; it never raises for what WhatsApp or the network does."""
        try:
            response = await client().post(self._url, content=orjson.dumps(body(message)), headers=self._headers)
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            return unanswered(error)
        return _answered(response)

    async def mark_read(self, provider_message_id: str, address: str, *, typing: bool = False) -> None:
        """Tells the contact that it was read, and what came before it too (A4). Raises Refusal WHATSAPP_API_ERROR."""
        told: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": provider_message_id}
        if typing:
            told["typing_indicator"] = {"type": "text"}
        try:
            response = await client().post(self._url, content=orjson.dumps(told), headers=self._headers)
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            raise Refusal(ErrorCode.WHATSAPP_API_ERROR, f"WhatsApp did not answer: {describe(error)}") from error
        if not response.is_success:
            outcome = _answered(response)
            words = outcome.error.message if isinstance(outcome, Refused) else f"HTTP {response.status_code}"
            raise Refusal(ErrorCode.WHATSAPP_API_ERROR, f"WhatsApp did not take it: {words}")

    async def stop_typing(self, address: str) -> None:
        """The Cloud API cannot be told; it shows it until an answer, or for 25 seconds (A4)."""


def _answered(response: httpx.Response) -> Outcome:
    """200 with an id is accepted, a documented code (also with a 5xx) is what table B2 says, the rest is in doubt."""
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return InDoubt(f"HTTP {response.status_code} without a readable body")
    match answer:
        case {"messages": [{"id": str(provider_id)}, *_]} if response.status_code == 200:
            match answer:
                case {"contacts": [{"wa_id": str(wa_id)}, *_]}:
                    return Accepted(provider_id, wa_id)
                case _:
                    return Accepted(provider_id)
        case {"error": {"code": int()}}:
            return Refused(interpret(answer["error"], http_status=response.status_code))
        case _:
            return InDoubt(f"HTTP {response.status_code} with an unknown body")
