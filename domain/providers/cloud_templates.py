"""Message templates at Meta's Cloud API: listing, submitting, changing, deleting and asking (wire facts, part A7)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import aiohttp
import httpx
import orjson

from db.templates import MessageTemplate
from domain.core.errors import ErrorCode, Refusal
from domain.providers.base import client, describe
from domain.providers.cloud_api import address
from domain.providers.cloud_components import to_components
from domain.providers.reactions import interpret

NOT_THERE = (2593002, 33)
"""Subcodes of answers about a template that WhatsApp does not have."""
NO_ANSWER = "no_answer"
"""Reason of a refusal after which nobody knows what WhatsApp has done."""
_FIELDS = "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason"
_PAGE = 100
_PIECE = 2**18
"""Bytes of a file that are read at a time."""

FIELD_OF = {
    2388040: "content",
    2388047: "header",
    2388072: "content",
    2388073: "footer",
    2388293: "content",
    2388299: "content",
    2388023: "approval.name",
    2388024: "approval.name",
    2388019: "approval",
}
"""Subcodes of what WhatsApp does not take in a template, and which field is at fault."""

Json = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A template as WhatsApp lists it."""

    id: str
    name: str
    language: str
    status: str
    category: str
    format: str | None
    components: Sequence[Any]
    quality: str | None
    reason: str | None


async def create_template(
    owner: Owner, template: MessageTemplate, examples: Mapping[str, str], *, handle: str | None = None
) -> Known:
    """Submits a template for review. Raises Refusal WHATSAPP_API_ERROR."""
    body = {
        "name": template.approval_name,
        "language": template.language,
        "category": template.category,
        "parameter_format": "POSITIONAL" if template.positional else "NAMED",
        "components": to_components(template, examples, handle=handle),
    }
    return _known(await _call(owner, "POST", f"{owner.business_account_id}/message_templates", body))


async def edit_template(
    owner: Owner, template: MessageTemplate, examples: Mapping[str, str], *, handle: str | None = None
) -> None:
    """Changes the components of a template, which is reviewed again. Raises Refusal WHATSAPP_API_ERROR."""
    assert template.approval_id is not None
    body = {"components": to_components(template, examples, handle=handle)}
    await _call(owner, "POST", template.approval_id, body)


async def read_template(owner: Owner, template_id: str) -> Known:
    """Where a template stands. Raises Refusal WHATSAPP_API_ERROR."""
    return _known(await _call(owner, "GET", template_id, query={"fields": "id,status,category"}))


async def list_templates(
    owner: Owner, *, after: str | None = None, name: str | None = None
) -> tuple[list[Listed], str | None]:
    """A page of the account's templates, or of those whose name holds this one, and where the next page begins.

    Raises Refusal WHATSAPP_API_ERROR.
    """
    query = {"fields": _FIELDS, "limit": str(_PAGE), **({"name": name} if name else {}), **_after(after)}
    answer = await _call(owner, "GET", f"{owner.business_account_id}/message_templates", query=query)
    match answer:
        case {"data": list()}:
            rows = cast("list[Any]", answer["data"])
        case _:
            raise Refusal(ErrorCode.WHATSAPP_API_ERROR, "WhatsApp's answer lists no templates.")
    match answer:
        case {"paging": {"next": str(), "cursors": {"after": str(cursor)}}} if cursor != after:
            following = cursor
        case _:
            following = None
    return [listed for row in rows if (listed := _listed(row)) is not None], following


async def delete_template(owner: Owner, template_id: str, name: str) -> None:
    """Deletes a template in its one language; fine when it is gone already. Raises Refusal WHATSAPP_API_ERROR."""
    query = {"name": name, "hsm_id": template_id}
    try:
        await _call(owner, "DELETE", f"{owner.business_account_id}/message_templates", query=query)
    except Refusal as refusal:
        if refusal.details.get("providerSubcode") not in NOT_THERE:
            raise


async def unpause_template(owner: Owner, template_id: str) -> None:
    """Ends a pause for pacing; one for low quality ends by itself. Raises Refusal WHATSAPP_API_ERROR."""
    await _call(owner, "POST", f"{template_id}/unpause")


async def upload_example(owner: Owner, path: Path, *, name: str, mime_type: str) -> str:
    """Gives WhatsApp the example of a header that is a file; its handle. Raises Refusal WHATSAPP_API_ERROR.

    Meta's resumable upload, in one piece; `app` is the app of the token.
    """
    size = (await asyncio.to_thread(path.stat)).st_size
    query = {"file_name": name, "file_length": str(size), "file_type": mime_type}
    session = await _call(owner, "POST", "app/uploads", query=query)
    headers = {"file_offset": "0", "Content-Length": str(size)}
    answer = await _call(owner, "POST", str(session.get("id")), _pieces(path), headers=headers)
    match answer:
        case {"h": str(handle)}:
            return handle
        case _:
            raise Refusal(ErrorCode.WHATSAPP_API_ERROR, "WhatsApp did not take the example of the header.")


async def _pieces(path: Path) -> AsyncGenerator[bytes]:
    """A file, a piece at a time: up to 100 MB need not be in memory."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _after(cursor: str | None) -> dict[str, str]:
    return {} if cursor is None else {"after": cursor}


async def _call(
    owner: Owner,
    method: Literal["GET", "POST", "DELETE"],
    path: str,
    body: Mapping[str, Any] | AsyncGenerator[bytes] | None = None,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Json:
    file = isinstance(body, AsyncGenerator)
    scheme, kind = ("OAuth", "application/octet-stream") if file else ("Bearer", "application/json")
    sent = {"Authorization": f"{scheme} {owner.access_token}", "Content-Type": kind, **(headers or {})}
    content = body if body is None or isinstance(body, AsyncGenerator) else orjson.dumps(body)
    try:
        response = await client().request(method, address(path), content=content, params=query, headers=sent)
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        # Where no connection came about, WhatsApp has surely done nothing (see cloud_api.py).
        cause = error.__cause__ or error
        unreached = isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
        raise Refusal(
            ErrorCode.WHATSAPP_API_ERROR,
            f"WhatsApp did not answer: {describe(cause)}",
            reason="not_reached" if unreached else NO_ANSWER,
        ) from error
    return _answer(response)


def _answer(response: httpx.Response) -> Json:
    """The object in an answer. Raises Refusal with the words of an error that WhatsApp explains, or the HTTP status."""
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        answer = None
    match answer:
        case {"error": {"code": int(code)}}:
            fault: Json = answer["error"]
            words = fault.get("error_user_msg") or interpret(fault).message
            subcode = fault.get("error_subcode")
            raise Refusal(
                ErrorCode.WHATSAPP_API_ERROR,
                str(words),
                field=FIELD_OF.get(subcode) if isinstance(subcode, int) else None,
                providerCode=code,
                providerSubcode=subcode,
            )
        case dict() if response.is_success:
            return cast("Json", answer)
        case _:
            raise Refusal(
                ErrorCode.WHATSAPP_API_ERROR,
                f"WhatsApp answered HTTP {response.status_code} and nothing readable.",
                reason=NO_ANSWER,
            )


def _known(answer: Mapping[str, Any]) -> Known:
    match answer:
        case {"id": str(id), "status": str(status), "category": str(category)}:
            return Known(id, status, category)
        case _:
            words = "WhatsApp's answer says nothing of the template."
            raise Refusal(ErrorCode.WHATSAPP_API_ERROR, words, reason=NO_ANSWER)


def _listed(row: Any) -> Listed | None:
    """One that has no name, or none that we could keep, is passed over."""
    match row:
        case {"id": str(id), "name": str(name), "language": str(language), "status": str(status)} if (
            len(id) <= 64 and len(name) <= 512 and len(language) <= 16
        ):
            components = row.get("components")
            score: Any = row.get("quality_score")
            reason = row.get("rejected_reason")
            return Listed(
                id,
                name,
                language,
                status,
                str(row.get("category")),
                row.get("parameter_format"),
                cast("list[Any]", components) if isinstance(components, list) else [],
                cast("Json", score).get("score") if isinstance(score, dict) else None,
                reason if isinstance(reason, str) and reason != "NONE" else None,
            )
        case _:
            return None
