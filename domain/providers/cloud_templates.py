"""Message templates at Meta's Cloud API: submitting, changing, deleting and asking (wire facts, part A7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import aiohttp
import httpx
import orjson

from db.templates import TemplateCategory
from domain.core.errors import ErrorCode, Refusal
from domain.providers.base import client, describe
from domain.providers.cloud_api import address
from domain.providers.reactions import interpret

NOT_THERE = 2593002
"""Subcode of an answer about a template that WhatsApp does not have."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The WhatsApp Business account that a template belongs to, and a token that may change it."""

    business_account_id: str
    access_token: str


@dataclass(frozen=True, slots=True)
class Known:
    """What WhatsApp says of a template, in its own words."""

    id: str
    status: str
    category: str


async def create_template(
    owner: Owner, *, name: str, language: str, category: TemplateCategory, text: str, examples: Mapping[str, str]
) -> Known:
    """Submits a template with named placeholders for review. Raises Refusal WHATSAPP_API_ERROR."""
    body = {
        "name": name,
        "language": language,
        "category": category.value,
        "parameter_format": "NAMED",
        "components": _components(text, examples),
    }
    return _known(await _call(owner, "POST", f"{owner.business_account_id}/message_templates", body))


async def edit_template(owner: Owner, template_id: str, *, text: str, examples: Mapping[str, str]) -> None:
    """Changes the text of a template, which is reviewed again. Raises Refusal WHATSAPP_API_ERROR."""
    await _call(owner, "POST", template_id, {"components": _components(text, examples)})


async def read_template(owner: Owner, template_id: str) -> Known:
    """Where a template stands. Raises Refusal WHATSAPP_API_ERROR."""
    return _known(await _call(owner, "GET", template_id, query={"fields": "id,status,category"}))


async def delete_template(owner: Owner, template_id: str, name: str) -> None:
    """Deletes a template in its one language; fine when it is gone already. Raises Refusal WHATSAPP_API_ERROR."""
    query = {"name": name, "hsm_id": template_id}
    try:
        await _call(owner, "DELETE", f"{owner.business_account_id}/message_templates", query=query)
    except Refusal as refusal:
        if refusal.details.get("providerSubcode") != NOT_THERE:
            raise


def _components(text: str, examples: Mapping[str, str]) -> list[dict[str, Any]]:
    body: dict[str, Any] = {"type": "BODY", "text": text}
    if examples:
        named = [{"param_name": name, "example": example} for name, example in examples.items()]
        body["example"] = {"body_text_named_params": named}
    return [body]


async def _call(
    owner: Owner,
    method: Literal["GET", "POST", "DELETE"],
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {owner.access_token}", "Content-Type": "application/json"}
    content = None if body is None else orjson.dumps(body)
    try:
        response = await client().request(method, address(path), content=content, params=query, headers=headers)
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, f"WhatsApp did not answer: {describe(error)}") from error
    return _answer(response)


def _answer(response: httpx.Response) -> dict[str, Any]:
    """The object in an answer. Raises Refusal with the words of an error that WhatsApp explains, or the HTTP status."""
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        answer = None
    match answer:
        case {"error": {"code": int(code)}}:
            fault: dict[str, Any] = answer["error"]
            words = fault.get("error_user_msg") or interpret(fault).message
            raise Refusal(
                ErrorCode.WHATSAPP_API_ERROR, str(words), providerCode=code, providerSubcode=fault.get("error_subcode")
            )
        case dict() if response.is_success:
            return cast("dict[str, Any]", answer)
        case _:
            raise Refusal(
                ErrorCode.WHATSAPP_API_ERROR, f"WhatsApp answered HTTP {response.status_code} and nothing readable."
            )


def _known(answer: Mapping[str, Any]) -> Known:
    match answer:
        case {"id": str(id), "status": str(status), "category": str(category)}:
            return Known(id, status, category)
        case _:
            raise Refusal(ErrorCode.WHATSAPP_API_ERROR, "WhatsApp's answer says nothing of the template.")
