"""Sessions of WAHA senders: started, scanned, stopped, kept alive, and what WAHA says of them.

WAHA is never asked while a row is locked: what it answers is written afterwards, unless something newer is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor

import structlog

from db.accounts import Role, Scope
from db.core import connect
from db.core.columns import as_row
from db.core.settings import get_settings
from db.core.transaction import ring, transaction
from db.events import EventType, record
from db.senders import SESSION_DAYS, Sender, SenderProvider, SenderStatus
from domain import audit
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal
from domain.core.phone import aliases
from domain.providers import waha_sessions
from domain.senders.reading import visible

log = structlog.get_logger()

PING_DAYS = 12
"""Days of silence after which a session is made to show that it lives (S4)."""
MOST_LOOKS = 3
"""At a code that changes while it is looked at, or of which WAHA gives no picture."""
_FIRST_CODE, _NEXT_CODES = 60, 20
"""Seconds that a QR code holds (wire facts D2)."""

_MEANS = {
    "STOPPED": SenderStatus.STOPPED,
    "STARTING": SenderStatus.STARTING,
    "SCAN_QR_CODE": SenderStatus.WAITING_FOR_SCAN,
    "WORKING": SenderStatus.CONNECTED,
    "FAILED": SenderStatus.FAILED,
    # After the scan, and before the phone agrees.
    "PASSKEY_REQUIRED": SenderStatus.SCANNED,
    "PASSKEY_CONFIRMATION_REQUIRED": SenderStatus.SCANNED,
}
"""WAHA's statuses; others are not ready."""
_SAYS = {
    "FAILED": "The session failed. Connect it again; if that does not help, log it out and scan it anew.",
    "PASSKEY_REQUIRED": "WhatsApp asks for a passkey on the phone.",
    "PASSKEY_CONFIRMATION_REQUIRED": "WhatsApp asks to confirm the passkey on the phone.",
}


@dataclass(frozen=True, slots=True)
class SessionNews:
    """What WAHA says of a session; None as status: that it does not have it. `me` is its number, in digits."""

    session: str
    status: str | None
    me: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code for WhatsApp's 'Linked devices'; the image is a PNG in base64."""

    image: str
    text: str
    expires_at: datetime


def name_for(phone_number: str) -> str:
    """The name of a number's session at WAHA: always the same, so that one left over is found again."""
    return f"tidings-{phone_number.removeprefix('+')}"


def check_set_up() -> None:
    """Raises Refusal VALIDATION_ERROR where this installation knows no WAHA."""
    if not get_settings().waha_url:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "WAHA_URL is not set: there is no WAHA to connect through.",
            field="provider",
            reason="not_configured",
        )


# ---------------------------------------------------------------------------
# Asking WAHA
# ---------------------------------------------------------------------------


async def start(sender: Sender, *, restart: bool) -> SessionNews:
    """Starts a session, or creates it; one that lapsed must be scanned anew. Raises Refusal WHATSAPP_API_ERROR."""
    name = sender.session_name or name_for(sender.phone_number)
    asked = await _now()
    if sender.status is SenderStatus.EXPIRED:
        await waha_sessions.logout(name)
    session = await waha_sessions.start(name, restart=restart or sender.status is SenderStatus.FAILED)
    return SessionNews(name, session.status, session.me, asked)


async def stop(sender: Sender, *, logout: bool) -> SessionNews:
    """Stops a session, and with logout forgets its authentication. Raises Refusal WHATSAPP_API_ERROR."""
    name = sender.session_name or name_for(sender.phone_number)
    await waha_sessions.stop(name, logout=logout)
    return SessionNews(name, "STOPPED", None, await _now())


@allow()
async def qr_code(viewer: Viewer, id: int) -> QrCode | None:
    """The code that is shown at this moment; None unless one is. Raises Refusal WHATSAPP_API_ERROR."""
    sender = await visible(viewer, id)
    name, since = sender.session_name, sender.session_since
    if sender.provider is not SenderProvider.WAHA or sender.status is not SenderStatus.WAITING_FOR_SCAN:
        return None
    if name is None or since is None:
        return None
    text = await waha_sessions.qr_text(name)
    for _ in range(MOST_LOOKS):
        if text is None:
            return None
        image = await waha_sessions.qr_image(name)
        # A code may have taken the place of the other between the two answers.
        again = await waha_sessions.qr_text(name)
        if image is not None and again == text:
            return QrCode(image, text, code_ends(since, datetime.now(UTC)))
        text = again
    return None


def code_ends(since: datetime, now: datetime) -> datetime:
    """When the code runs out that is shown now, by WhatsApp's rule and the time when the first one was shown."""
    beyond = (now - since).total_seconds() - _FIRST_CODE
    codes = 0 if beyond < 0 else floor(beyond / _NEXT_CODES) + 1
    return since + timedelta(seconds=_FIRST_CODE + codes * _NEXT_CODES)


def check_session(sender: Sender, *, field: str) -> None:
    """Raises SESSION_EXPIRED for a sender of WAHA whose session has lapsed: what waits for it would wait for good."""
    if sender.provider is SenderProvider.WAHA and sender.status is SenderStatus.EXPIRED:
        words = "The session of this sender has expired: connect the sender and scan its code anew."
        raise Refusal(ErrorCode.SESSION_EXPIRED, words, field=field, reason="session_expired")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.SENDERS)
async def request_pairing_code(viewer: Viewer, id: int) -> str:
    """A code to type into the phone in place of scanning, where one is due. Raises SESSION_EXPIRED, INVALID_STATE."""
    sender = await visible(viewer, id)
    if sender.provider is not SenderProvider.WAHA:
        raise Refusal(ErrorCode.INVALID_STATE, "Only senders of WAHA are paired by a code.", field="id")
    check_session(sender, field="id")
    if sender.status is not SenderStatus.WAITING_FOR_SCAN or sender.session_name is None:
        words = f"The sender is {sender.status}; a code is given while it is WAITING_FOR_SCAN."
        raise Refusal(ErrorCode.INVALID_STATE, words, field="id")
    code = await waha_sessions.pairing_code(sender.session_name, sender.phone_number.removeprefix("+"))
    await audit.note(viewer, "requestPairingCode", subject=("Sender", id))
    return code


# ---------------------------------------------------------------------------
# Hearing from WAHA
# ---------------------------------------------------------------------------

_SENDERS = """
SELECT * FROM sender WHERE provider = 'WAHA' AND deleted_at IS NULL AND session_name = ANY($1) ORDER BY id FOR UPDATE
"""


async def hear(news: Sequence[SessionNews]) -> None:
    """Takes over what WAHA says of sessions, oldest first and unless something newer is known; with events."""
    if not news:
        return
    async with transaction():
        rows = await connect.rows(_SENDERS, list({told.session for told in news}))
        senders = {row["session_name"]: as_row(Sender, row) for row in rows}
        for told in sorted(news, key=lambda told: told.at):
            if told.session in senders:
                await take_over(senders[told.session], told)


async def take_over(sender: Sender, told: SessionNews, *, actor_id: int | None = None, asked: bool = False) -> None:
    """The same for a sender whose row the caller has locked; `asked`: by a person, who has started it just now."""
    if sender.session_since is not None and told.at < sender.session_since:
        return
    status, words = _meaning(sender, told, asked=asked)
    if status is sender.status and words == sender.error_message:
        return
    changed = status is not sender.status
    now = await _now()
    sender.status, sender.error_message, sender.updated_at = status, words, now
    if changed:
        sender.session_since = told.at
    if status is SenderStatus.CONNECTED:
        sender.last_active_at = now
    columns = ["status", "error_message", "session_since", "last_active_at", "updated_at"]
    await sender.save(update_fields=columns)
    if changed:
        log.info("session_changed", sender_id=sender.id, status=status, waha=told.status)
        _record(EventType.SENDER_STATUS_CHANGED, sender.id, status, actor_id)
        if status is SenderStatus.CONNECTED:
            ring("dispatch", sender.id)


def _meaning(sender: Sender, told: SessionNews, *, asked: bool) -> tuple[SenderStatus, str | None]:
    """Our status for WAHA's, and what is wrong."""
    if told.status is None:
        return SenderStatus.STOPPED, "WAHA does not have this session any more; connect the sender to create it anew."
    if told.status == "WORKING" and told.me and not _belongs(told.me, sender.phone_number):
        words = f"It was scanned with +{told.me}: disconnect it with logout, and scan it with {sender.phone_number}."
        return SenderStatus.FAILED, words
    status, words = _MEANS.get(told.status), _SAYS.get(told.status)
    if status is None:
        return (
            SenderStatus.STARTING,
            f"WAHA says {told.status[:64]}, which is not known here; it is taken as not ready.",
        )
    scanning = sender.status in (SenderStatus.WAITING_FOR_SCAN, SenderStatus.SCANNED)
    if status is SenderStatus.STARTING and scanning and not asked:
        # WhatsApp restarts the connection once a code was scanned.
        return SenderStatus.SCANNED, None
    return status, words


def _belongs(me: str, phone_number: str) -> bool:
    return f"+{me}" in (phone_number, *aliases(phone_number))


def _record(type: EventType, sender_id: int, status: SenderStatus, actor_id: int | None = None) -> None:
    record(type, "Sender", sender_id, actor_id=actor_id, sender_id=sender_id, data={"status": status.value})


async def _now() -> datetime:
    return await connect.value("SELECT clock_timestamp()")


# ---------------------------------------------------------------------------
# What the clock does
# ---------------------------------------------------------------------------


async def poll() -> None:
    """Asks WAHA for all sessions in one call, since a webhook may be lost; while it is away all stays as it was."""
    rows = await connect.rows(
        "SELECT session_name FROM sender WHERE provider = 'WAHA' AND deleted_at IS NULL AND session_name IS NOT NULL"
        " AND status <> 'EXPIRED'"
    )
    if not rows or not get_settings().waha_url:
        return
    asked = await _now()
    try:
        there = await waha_sessions.list_all()
    except Refusal as refusal:
        log.warning("waha_away", reason=refusal.message)
        return
    news: list[SessionNews] = []
    for name in (row["session_name"] for row in rows):
        session = there.get(name)
        news.append(SessionNews(name, session and session.status, session and session.me, asked))
    await hear(news)


_EXPIRE = f"""
UPDATE sender SET status = 'EXPIRED', session_since = now(), updated_at = now(),
    error_message = 'No sign of life for {SESSION_DAYS} days: connect the sender and scan its code anew.'
WHERE provider = 'WAHA' AND status = 'CONNECTED' AND deleted_at IS NULL
  AND last_active_at < now() - interval '{SESSION_DAYS} days'
RETURNING id
"""


async def expire() -> None:
    """Ends sessions without a sign of life for 14 days."""
    async with transaction():
        for row in await connect.rows(_EXPIRE):
            log.warning("session_expired", sender_id=row["id"])
            _record(EventType.SENDER_STATUS_CHANGED, row["id"], SenderStatus.EXPIRED)


_SILENT = f"""
SELECT id FROM sender WHERE provider = 'WAHA' AND status = 'CONNECTED' AND deleted_at IS NULL
  AND last_active_at < now() - interval '{PING_DAYS} days'
  AND (pinged_at IS NULL OR pinged_at < now() - interval '1 hour')
"""


async def ring_silent() -> None:
    """Rings for sessions that were silent for 12 days, once an hour until they show that they live."""
    for row in await connect.rows(_SILENT):
        ring("ping_sender", row["id"])


async def ping(id: int) -> None:
    """Makes a silent session ask WhatsApp something; one that cannot is told of once, two days before it lapses."""
    sender = await Sender.get_or_none(id=id, deleted_at=None)
    if sender is None or sender.session_name is None or sender.status is not SenderStatus.CONNECTED:
        return
    alive = await waha_sessions.ping(sender.session_name, sender.phone_number.removeprefix("+"))
    async with transaction():
        row = await connect.row(
            "UPDATE sender SET pinged_at = now(), last_active_at = CASE WHEN $2 THEN now() ELSE last_active_at END,"
            " expiry_told_at = CASE WHEN $2 OR expiry_told_at > last_active_at THEN expiry_told_at ELSE now() END"
            " WHERE id = $1 RETURNING old.expiry_told_at IS DISTINCT FROM expiry_told_at AS told",
            id,
            alive,
        )
        if row is not None and row["told"]:
            log.warning("session_expiring", sender_id=id)
            _record(EventType.SENDER_EXPIRING, id, sender.status)
