"""Outside services: whether each is configured and answers, where it posts to us, and what it offers."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.senders import SenderProvider
from domain import senders
from domain.bot import endpoint
from domain.bot.endpoint import Limits, Standing
from domain.core.access import Viewer, allow
from domain.core.cache import Cached
from domain.core.secrets import SecretError
from domain.health import OUTSIDE_KEPT_SECONDS, PROBE_SECONDS, WHATSAPP_KEPT_SECONDS, bounded, standing
from domain.providers import waha_sessions
from domain.providers.base import Account

R = TypeVar("R")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Integration:
    name: str
    connected: bool
    """Configured, and it answers."""
    webhook_url: str | None = None
    models: tuple[str, ...] = ()
    rate_limit: int | None = None
    """Calls a minute; None where it does not say."""


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def integrations(viewer: Viewer) -> list[Integration]:
    """All of them, as they were found within the last minute."""
    whatsapp, waha, model, limits = await asyncio.gather(
        _whatsapp.get(), _waha.get(), _language_model.get(), bounded(endpoint.limits, Limits())
    )
    answers = model.fault is None
    return [
        Integration("whatsapp_business_api", whatsapp, f"{get_settings().own_url}/webhooks/whatsapp"),
        Integration("waha", waha, waha_sessions.webhook_url()),
        Integration("openai", answers, models=model.models, rate_limit=limits.a_minute if answers else None),
    ]


async def whatsapp_answers() -> bool:
    """Whether WhatsApp takes a sender of the Cloud API."""
    account = await _account(SenderProvider.CLOUD_API)
    return account is not None and (await standing.of(account)).fault is None


async def waha_answers() -> bool:
    """Whether a session of WAHA's works."""
    account = await _account(SenderProvider.WAHA)
    return account is not None and (await standing.of(account)).fault is None


async def _account(provider: SenderProvider) -> Account | None:
    """Of a sender that may send, the default before others; None without any."""
    try:
        id = await connect.value(
            "SELECT id FROM sender WHERE provider = $1 AND status = 'CONNECTED' AND deleted_at IS NULL"
            " AND (provider <> 'WAHA' OR session_name IS NOT NULL)"
            " AND (paused_until IS NULL OR paused_until <= now()) ORDER BY is_default DESC, id LIMIT 1",
            provider,
        )
        return None if id is None else await senders.account(id)
    except (SecretError, *connect.TRANSIENT) as error:
        # What is found is kept: an error would be as well.
        log.warning("integration_not_asked", provider=provider, error=repr(error))
        return None


async def ask_model() -> Standing:
    """How the language model is, where one is set."""
    return await endpoint.standing() if endpoint.is_set() else Standing("No language model is set.")


def kept(ask: Callable[[], Coroutine[Any, Any, R]], late: R, seconds: float = WHATSAPP_KEPT_SECONDS) -> Cached[R]:
    """What it finds, for some seconds."""
    return Cached(ask, seconds, patience=PROBE_SECONDS, late=late)


_whatsapp = kept(whatsapp_answers, late=False)
_waha = kept(waha_answers, late=False)
_language_model = kept(ask_model, Standing(endpoint.SILENT), OUTSIDE_KEPT_SECONDS)
