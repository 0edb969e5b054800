"""Sessions at WAHA (wire facts D2): created, started, scanned, stopped and asked about."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from db.core.settings import get_settings
from domain.core.errors import ErrorCode, Refusal
from domain.providers.waha_calls import Json, answer, call, words

log = structlog.get_logger()

EVENTS = [
    "message.any",
    "message.ack",
    "message.reaction",
    "message.edited",
    "message.revoked",
    "presence.update",
    "session.status",
]
"""What is posted to us. message.any has what others write too, so that message besides would be everything twice."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as WAHA tells it; me is the number it belongs to, in digits, once that is known."""

    name: str
    status: str
    me: str | None


async def list_all() -> dict[str, Session]:
    """Every session by name, stopped ones too."""
    listed = answer(await call("GET", "/api/sessions", query={"all": "true"}))
    return {session.name: session for session in map(_session, listed)}


async def start(name: str, *, restart: bool = False) -> Session:
    """Creates a session with our webhook, or starts the one that is there; with restart it is stopped before.

    One whose config is not what ours would be is configured anew, which restarts it.
    """
    there = await call("GET", _path(name))
    config = _config()
    if there.status_code == 404:
        made = await call("POST", "/api/sessions", {"name": name, "start": True, "config": config})
        if made.status_code != 422:
            return _session(answer(made))
        # Another has created it at the same moment.
        there = await call("GET", _path(name))
    known = answer(there)
    if not _is_ours(known.get("config"), config):
        answer(await call("PUT", _path(name), {"name": name, "config": config}))
    return _session(answer(await call("POST", f"{_path(name)}/{'restart' if restart else 'start'}")))


async def stop(name: str, *, logout: bool = False) -> None:
    """Stops a session, and with logout forgets its authentication; one that is not there is fine."""
    for step in ("logout", "stop") if logout else ("stop",):
        _gone_is_fine(await call("POST", f"{_path(name)}/{step}"))


async def logout(name: str) -> None:
    """Forgets its authentication; one that is not there is fine."""
    _gone_is_fine(await call("POST", f"{_path(name)}/logout"))


async def delete(name: str) -> None:
    """Logs it out and forgets it; repeatable."""
    _gone_is_fine(await call("DELETE", _path(name)))


async def qr_text(name: str) -> str | None:
    """What the QR code says at this moment; None when none is shown."""
    response = await call("GET", f"/api/{quote(name)}/auth/qr", query={"format": "raw"})
    return None if response.status_code == 422 else str(answer(response)["value"])


async def qr_image(name: str) -> str | None:
    """The QR code of this moment as a PNG in base64; None when none is shown."""
    response = await call("GET", f"/api/{quote(name)}/auth/qr", query={"format": "image"}, accept="application/json")
    return None if response.status_code == 422 else str(answer(response)["data"])


async def pairing_code(name: str, digits: str) -> str:
    """A code to type into the phone in place of scanning. Raises Refusal INVALID_STATE when none can be had now."""
    response = await call("POST", f"/api/{quote(name)}/auth/request-code", {"phoneNumber": digits})
    if response.status_code == 422:
        raise Refusal(ErrorCode.INVALID_STATE, f"WAHA gives no code now: {words(response)}", field="id")
    return str(answer(response)["code"])


async def ping(name: str, digits: str) -> bool:
    """Whether a session reaches WhatsApp: it is made to ask for its own number, which keeps its link alive."""
    query = {"session": name, "phone": digits}
    try:
        return (await call("GET", "/api/contacts/check-exists", query=query)).is_success
    except Refusal:
        return False


async def fault_of(name: str) -> str | None:
    """Asks WAHA for a session: None when it may be sent through, else what is wrong, in words for anyone.

    The log has those of WAHA and of the network, which name sessions and hosts.
    """
    try:
        session = _session(answer(await call("GET", _path(name))))
    except Refusal as refusal:
        log.warning("session_not_read", session=name, reason=refusal.message)
        return "WAHA does not answer, or refuses to."
    return None if session.status == "WORKING" else f"WAHA says that its session is {session.status}."


def webhook_url() -> str:
    """Where WAHA posts to us."""
    return f"{get_settings().own_url}/webhooks/waha"


def _config() -> Json:
    settings = get_settings()
    hook: Json = {
        "url": webhook_url(),
        "events": EVENTS,
        "retries": {"policy": "exponential", "delaySeconds": 2, "attempts": 15},
    }
    if key := settings.waha_hmac_key.get_secret_value():
        hook["hmac"] = {"key": key}
    # Without its store NOWEB has no chat history to look a message up in.
    return {"webhooks": [hook], "noweb": {"store": {"enabled": True, "fullSync": False}}}


def _is_ours(config: Any, wanted: Json) -> bool:
    """Whether a session posts to us as it should; WAHA may add what it likes."""
    match config:
        case {"webhooks": [{"url": url, "events": events, **rest}]}:
            [hook] = wanted["webhooks"]
            return (url, events, rest.get("hmac")) == (hook["url"], hook["events"], hook.get("hmac"))
        case _:
            return False


def _session(told: Json) -> Session:
    return Session(str(told["name"]), str(told.get("status")), digits_of(told.get("me")))


def digits_of(me: Any) -> str | None:
    """The number in `me`, such as 351910000333@c.us or 351910000333:12@s.whatsapp.net."""
    match me:
        case {"id": str(id)}:
            number, _, kind = id.partition("@")
            number = number.partition(":")[0]
            return number if kind in ("c.us", "s.whatsapp.net") and number.isascii() and number.isdecimal() else None
        case _:
            return None


def _path(name: str) -> str:
    return f"/api/sessions/{quote(name)}"


def _gone_is_fine(response: httpx.Response) -> None:
    if response.status_code != 404 and not response.is_success:
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, f"WAHA refused: {words(response)}")
