"""Files at the providers (wire facts A6, D3, D4): handed over to be sent, and found when somebody sends one."""

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import aiohttp
import httpx
import orjson

from db.core.settings import get_settings
from db.senders import SenderProvider
from domain.core.errors import ErrorCode
from domain.providers.base import Account, NotSent, client, describe, unanswered
from domain.providers.cloud_api import address
from domain.providers.reactions import ProviderError, Reaction, interpret

_ELSEWHERE = re.compile(r"//|/\.{1,2}(?:/|$)|%2[ef]|%5c|\\", re.IGNORECASE)
"""What makes another one of a path on its way: steps up, which clients take beforehand, and slashes in disguise."""
_UPLOAD = httpx.Timeout(120, connect=5, pool=5)
"""Seconds without a sign of life, of uploads of up to 100 MB."""
_WORD = "application/vnd.openxmlformats-officedocument"
_TAKEN = frozenset(
    {
        *("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg"),
        *("image/jpeg", "image/png", "image/webp", "video/3gpp", "video/mp4"),
        *("application/msword", "application/pdf", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        *(f"{_WORD}.presentationml.presentation", f"{_WORD}.spreadsheetml.sheet", f"{_WORD}.wordprocessingml.document"),
        "text/plain",
    }
)
"""What the Cloud API takes as an upload; other documents it fetches from a link."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of ours as it can be handed over: its bytes, and a link to them that is good for an hour."""

    here: AbstractAsyncContextManager[Path]
    """Where they are, for as long as they are read; FileNotFoundError where they are gone."""
    name: str
    mime_type: str
    link: str


@dataclass(frozen=True, slots=True)
class Held:
    """How a provider is told which file to send: by its own id, or by a link that it fetches."""

    id: str | None = None
    link: str | None = None
    name: str | None = None
    """What people see of a document."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a file of theirs is, and what opens it."""

    url: str
    headers: dict[str, str]
    trusted: str
    """The provider's own address, which may be inside our network."""


async def upload(account: Account, file: Stored) -> Held | ProviderError | NotSent:
    """Hands a file over; WAHA, and the Cloud API for some documents, are given the link instead.

    Raises OSError where it cannot be read now.
    """
    # To WhatsApp all texts are plain ones.
    mime_type = "text/plain" if file.mime_type.startswith("text/") else file.mime_type
    if account.provider is SenderProvider.WAHA or mime_type not in _TAKEN:
        return Held(link=file.link)
    try:
        async with file.here as path:
            with await asyncio.to_thread(path.open, "rb") as bytes:
                return await _post(account, file.name, mime_type, bytes)
    except (FileNotFoundError, PermissionError):
        words = "The bytes of its file are not here: API and workers must share DATA_DIR, or the bucket."
        return ProviderError(None, ErrorCode.INTERNAL_ERROR, words)


async def _post(account: Account, name: str, mime_type: str, bytes: BinaryIO) -> Held | ProviderError | NotSent:
    try:
        response = await client().post(
            address(f"{account.phone_number_id}/media"),
            data={"messaging_product": "whatsapp", "type": mime_type},
            files={"file": (name, bytes, mime_type)},
            headers=_bearer(account),
            timeout=_UPLOAD,
        )
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        away = unanswered(error)
        return away if isinstance(away, NotSent) else _trouble(f"WhatsApp did not take the file: {away.reason}")
    match _read(response):
        case {"id": str(id)}:
            return Held(id)
        case {"error": {"code": int()} as error}:
            return interpret(error)
        case _:
            return _trouble(f"WhatsApp answers HTTP {response.status_code} to the file, and nothing readable.")


async def find(account: Account, id: str) -> Remote | ProviderError:
    """Where the bytes of a file are that somebody sent: what the Cloud API calls it, or WAHA's URL of it."""
    if account.provider is SenderProvider.WAHA:
        return _at_waha(id)
    base = get_settings().whatsapp_api_url
    try:
        response = await client().get(
            address(quote(id, safe="")),
            params={"phone_number_id": account.phone_number_id},
            headers=_bearer(account),
            timeout=10,
        )
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
        return _trouble(f"WhatsApp does not say where the file is: {describe(error)}")
    match _read(response):
        case {"url": str(url)} if url.startswith(("https://", f"{base.rstrip('/')}/")):
            return Remote(url, _bearer(account), base)
        case {"error": {"code": int()} as error}:
            return interpret(error)
        case _:
            return _trouble(f"WhatsApp answers HTTP {response.status_code} when asked for the file.")


def _at_waha(url: str) -> Remote | ProviderError:
    """A file at WAHA, whatever it calls its own address, or in a store that it has; only WAHA is told our key."""
    settings = get_settings()
    try:
        parts = urlsplit(url)
    except ValueError:
        return ProviderError(None, ErrorCode.WHATSAPP_API_ERROR, f"WAHA names a URL that is none: {url[:200]}")
    if not parts.path.startswith("/api/files/"):
        return Remote(url, {}, settings.waha_url)
    if _ELSEWHERE.search(parts.path):
        return ProviderError(None, ErrorCode.WHATSAPP_API_ERROR, f"WAHA names a path that leads elsewhere: {url[:200]}")
    own = f"{settings.waha_url.rstrip('/')}{parts.path}{f'?{parts.query}' if parts.query else ''}"
    return Remote(own, {"X-Api-Key": settings.waha_api_key.get_secret_value()}, settings.waha_url)


def _bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.access_token}"}


def _read(response: httpx.Response) -> Any:
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


def _trouble(words: str) -> ProviderError:
    return ProviderError(None, ErrorCode.WHATSAPP_API_ERROR, words, Reaction.RETRY)
