"""The door: whether a post is genuine, and keeping it before anything is made of it."""

import asyncio
import contextvars
import hmac
import re

import structlog

from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import ring
from db.inbound import takes_in
from db.senders import SenderProvider
from domain.core.errors import AwayError

log = structlog.get_logger()

MOST_BYTES = 4_000_000
"""Of one post; Meta sends at most 3 MB."""

_SIGNATURES = {
    SenderProvider.CLOUD_API: re.compile(r"sha256=[0-9a-f]{64}"),
    SenderProvider.WAHA: re.compile(r"[0-9a-f]{128}"),
}
_KEEP = "INSERT INTO inbound_post (body, provider) SELECT * FROM unnest($1::bytea[], $2::text[])"
_TOGETHER_BYTES = 16_000_000
_WRITE_SECONDS = 10.0
"""A frozen database must not make posts pile up here; what was written all the same does no harm twice."""
_MOST_WAITING, _BESIDE = 128_000_000, 8_000
"""Bytes of posts that wait to be written, and what each takes besides its body: more are refused while the database is
frozen, and come again."""
_SAY_EVERY = 2.0

Arrived = tuple[bytes, SenderProvider, "asyncio.Future[None]"]
_arrived: list[Arrived] = []
_waiting = 0
"""Bytes of those, and of those that are being written."""
_writers: set["asyncio.Task[None]"] = set()


def is_subscription(mode: str, token: str) -> bool:
    """Whether a handshake comes from whom we gave WHATSAPP_VERIFY_TOKEN; never, while there is none."""
    expected = get_settings().whatsapp_verify_token.get_secret_value()
    return mode == "subscribe" and bool(expected) and hmac.compare_digest(token.encode(), expected.encode())


def is_signed(provider: SenderProvider, signature: str) -> bool:
    """Whether a post says that it is signed, in the form of its provider: without it no body is read."""
    if not _secret(provider):
        return not get_settings().production
    return _SIGNATURES[provider].fullmatch(signature) is not None


def is_genuine(provider: SenderProvider, body: bytes, signature: str) -> bool:
    """Whether a post was signed with our secret, over exactly these bytes; without a secret only in development.

    The Cloud API's is HMAC-SHA256 after its name, WAHA's HMAC-SHA512 alone, both in hex.
    """
    if not is_signed(provider, signature):
        return False
    if not (secret := _secret(provider)):
        return True
    kind = "sha512" if provider is SenderProvider.WAHA else "sha256"
    return hmac.compare_digest(signature.removeprefix("sha256="), hmac.digest(secret.encode(), body, kind).hex())


def _secret(provider: SenderProvider) -> str:
    settings = get_settings()
    secret = settings.waha_hmac_key if provider is SenderProvider.WAHA else settings.whatsapp_app_secret
    return secret.get_secret_value()


async def attend() -> None:
    """Says in the database that someone is at the door: whoever doubts a message must know whether we listened."""
    while True:
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                await takes_in()
        except Exception as error:  # noqa: BLE001 - if this ended, no doubt would ever be decided
            log.warning("intake_not_said", error=repr(error))
        await asyncio.sleep(_SAY_EVERY)


async def keep(body: bytes, provider: SenderProvider = SenderProvider.CLOUD_API) -> None:
    """Writes a post into the journal and rings; raises what connect.TRANSIENT lists while PostgreSQL is away, and where
    too much waits for it.

    Posts that arrive while others are being written are written together next: one statement, one commit, one ring.
    Nobody waits for company, so a lone post is as fast as it can be.
    """
    global _waiting
    size, kept = len(body) + _BESIDE, asyncio.get_running_loop().create_future()
    if _waiting + size > _MOST_WAITING:
        raise AwayError("Too many posts wait to be written.")
    _arrived.append((body, provider, kept))
    _waiting += size
    if not _writers:
        writer = asyncio.create_task(_write_all(), context=contextvars.Context())
        _writers.add(writer)
        writer.add_done_callback(_writers.discard)
    try:
        await kept
    finally:
        _waiting -= size


async def _write_all() -> None:
    while _arrived:
        together = _take()
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                bodies, providers = [body for body, _, _ in together], [provider for _, provider, _ in together]
                await connect.execute(_KEEP, bodies, providers)
        except Exception as error:  # noqa: BLE001 - whoever posted is told, each of them
            for _, _, kept in together:
                if not kept.done():
                    kept.set_exception(error)
        else:
            ring("ingest")
            for _, _, kept in together:
                if not kept.done():
                    kept.set_result(None)


def _take() -> list[Arrived]:
    """What has arrived, up to 16 MB, and one post at least."""
    size = 0
    for count, (body, _, _) in enumerate(_arrived):
        size += len(body)
        if count and size > _TOGETHER_BYTES:
            break
    else:
        count = len(_arrived)
    together = _arrived[:count]
    del _arrived[:count]
    return together
