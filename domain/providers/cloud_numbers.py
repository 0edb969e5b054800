"""A sender's number at Meta's Cloud API (wire facts, part A8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import httpx
import orjson
import structlog

from domain.providers.base import Account, client, describe
from domain.providers.cloud_api import address
from domain.providers.reactions import ProviderError, interpret, of_code

log = structlog.get_logger()


CALLS_AN_HOUR = 200
"""Management calls of an app and account that sends little; an active one has more (part B1)."""


async def standing_of(account: Account) -> tuple[str | None, int | None]:
    """Asks WhatsApp for the sender's number: what is wrong, in words for anyone, and the calls left in this hour.

    The log has the words of WhatsApp and of the network, which name numbers and hosts.
    """
    url = address(account.phone_number_id)
    headers = {"Authorization": f"Bearer {account.access_token}"}
    try:
        response = await client().get(url, params={"fields": "id,status,health_status"}, headers=headers, timeout=10)
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        log.warning("number_not_read", sender_id=account.sender_id, error=describe(error))
        return "WhatsApp does not answer.", None
    return _fault_of(account, response), calls_left(response.headers.get("X-App-Usage"))


def calls_left(usage: str | None) -> int | None:
    """Of the header that tells the share in use, as {"call_count": 28}, in percent; None where it tells none."""
    try:
        told: Any = orjson.loads(usage or "")
    except orjson.JSONDecodeError:
        return None
    match told:
        case {"call_count": int(used) | float(used)}:
            return max(0, int(CALLS_AN_HOUR * (100 - used) / 100))
        case _:
            return None


def _fault_of(account: Account, response: httpx.Response) -> str | None:
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return f"WhatsApp answers HTTP {response.status_code} and nothing readable."
    match answer:
        case {"error": {"code": int()}}:
            fault = interpret(answer["error"])
            log.warning("number_not_read", sender_id=account.sender_id, error=fault.message)
            return f"WhatsApp refuses the default sender, with error {fault.provider_code}."
        case {"health_status": {"can_send_message": "BLOCKED"}}:
            return "WhatsApp has blocked the default sender."
        case _:
            return None if response.is_success else f"WhatsApp answers HTTP {response.status_code}."


@dataclass(frozen=True, slots=True)
class Number:
    """What WhatsApp says of a number; None where it says nothing."""

    quality: str | None
    messages_per_second: int | None
    messaging_limit: int | None
    display_name: str | None
    display_name_status: str | None
    blocked: ProviderError | None
    """Why it may not send, if so."""
    unverified: bool
    """Whether nobody has yet shown by its code that the number is theirs; nothing can be sent from it."""


_FIELDS = (
    "id,verified_name,quality_rating,name_status,code_verification_status,throughput,is_on_biz_app,"
    "whatsapp_business_manager_messaging_limit,health_status"
)
_THROUGHPUT = {"STANDARD": 80, "HIGH": 1000}
ON_THE_PHONE_TOO = 20
"""Messages a second of a number that is used in the phone's app as well (B1)."""


async def read_number(account: Account) -> Number | ProviderError | None:
    """Asks for a sender's number: what WhatsApp says of it, or against the caller; None without a readable answer."""
    headers = {"Authorization": f"Bearer {account.access_token}"}
    try:
        response = await client().get(
            address(account.phone_number_id), params={"fields": _FIELDS}, headers=headers, timeout=10
        )
        answer: Any = orjson.loads(response.content)
    except (httpx.HTTPError, aiohttp.ClientError, OSError, orjson.JSONDecodeError) as error:
        log.warning("number_not_read", sender_id=account.sender_id, error=describe(error))
        return None
    match answer:
        case {"error": {"code": int()}}:
            return interpret(answer["error"], http_status=response.status_code)
        case {"id": str()} if response.is_success:
            return _number(cast("dict[str, Any]", answer))
        case _:
            log.warning("number_not_read", sender_id=account.sender_id, status=response.status_code)
            return None


def _number(answer: Mapping[str, Any]) -> Number:
    match answer:
        case {"is_on_biz_app": True}:
            rate = ON_THE_PHONE_TOO
        case {"throughput": {"level": str(level)}}:
            rate = _THROUGHPUT.get(level)
        case _:
            rate = None
    return Number(
        quality=_word(answer.get("quality_rating")),
        messages_per_second=rate,
        messaging_limit=limit_of(answer.get("whatsapp_business_manager_messaging_limit")),
        display_name=_word(answer.get("verified_name")),
        display_name_status=_word(answer.get("name_status")),
        blocked=_blocked(answer.get("health_status")),
        unverified=answer.get("code_verification_status") == "NOT_VERIFIED",
    )


def limit_of(told: object) -> int | None:
    """How many people a day, from a tier such as TIER_2K, or a number; None for no limit, or a word unknown to us."""
    if isinstance(told, int) and not isinstance(told, bool):
        return told if 0 < told < 2**31 else None
    tier = re.fullmatch(r"TIER_(\d{1,6})(K?)", told) if isinstance(told, str) else None
    return int(tier[1]) * (1000 if tier[2] else 1) if tier else None


def _blocked(told: object) -> ProviderError | None:
    health: dict[str, Any] = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
    if health.get("can_send_message") != "BLOCKED":
        return None
    for entity in cast("list[Any]", health.get("entities") or []):
        match entity:
            case {"errors": [{"error_code": int(code), "error_description": str(words)}, *_]}:
                return of_code(code, words)
            case _:
                continue
    return of_code(None, "WhatsApp has blocked the number.")


def _word(value: object) -> str | None:
    return value.replace("\0", "")[:64] if isinstance(value, str) and value else None
