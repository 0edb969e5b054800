"""A sender's number at Meta's Cloud API (wire facts, part A8)."""

import aiohttp
import httpx
import orjson

from domain.providers.base import Account, client, describe
from domain.providers.cloud_api import address
from domain.providers.reactions import interpret


async def fault_of(account: Account) -> str | None:
    """Asks WhatsApp for the sender's number: None when it may be sent through, else what is wrong, in words."""
    url = address(account.phone_number_id)
    headers = {"Authorization": f"Bearer {account.access_token}"}
    try:
        response = await client().get(url, params={"fields": "id,status,health_status"}, headers=headers, timeout=10)
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        return f"WhatsApp does not answer: {describe(error)}"
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return f"WhatsApp answers HTTP {response.status_code} and nothing readable."
    match answer:
        case {"error": {"code": int()}}:
            return f"WhatsApp says: {interpret(answer['error']).message}"
        case {"health_status": {"can_send_message": "BLOCKED"}}:
            return "WhatsApp has blocked the default sender."
        case _:
            return None if response.is_success else f"WhatsApp answers HTTP {response.status_code}."
