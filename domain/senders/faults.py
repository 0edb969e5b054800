"""What WhatsApp's faults do to senders: they are halted, rest, or go slower. Inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from asyncpg import Record

from db.core import connect
from db.events import EventType, record
from db.senders import SenderStatus
from domain.core.phone import country_of
from domain.providers.reactions import ProviderError

log = structlog.get_logger()

THROUGHPUT_STEP = 60.0
QUALITY_STEP = 3600.0
"""Seconds until a sender that was slowed down doubles its rate, again and again until it is back."""
MOST_HALVINGS = 6
DEAF_SECONDS = 5
"""What was posted before a sender was slowed down is refused for some seconds more: that is no further reason."""

# In the order of their ids, as all lock senders who lock several.
_THOSE = """
WITH those AS MATERIALIZED (
  SELECT s.id FROM sender s JOIN sender one ON one.id = $1
  WHERE s.deleted_at IS NULL AND (s.id = $1 OR $2 AND s.business_account_id = one.business_account_id)
  ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE sender SET last_error_code = $3, last_error = $4, updated_at = now()"""

# What was told before, and has been mended by a person since, halts nothing when it is told again.
_HALT = f"""{_THOSE}, last_error_at = coalesce($6, now()), status = $5, error_message = $4 FROM those
WHERE sender.id = those.id AND sender.status = 'CONNECTED'
  AND NOT coalesce(sender.last_error = $4 AND sender.last_error_at >= $6, false) RETURNING sender.id"""

_REST = f"""{_THOSE}, last_error_at = now(),
  paused_until = greatest(paused_until, now() + make_interval(secs => $5)) FROM those
WHERE sender.id = those.id RETURNING sender.id"""

HALVINGS = "CASE WHEN slowed_until > now() THEN ceil(extract(epoch FROM slowed_until - now()) / slowed_step) ELSE 0 END"
"""How often the rate of a sender is halved now."""

_SLOW = f"""{_THOSE}, last_error_at = now(), slowed_reason = $7,
  slowed_step = greatest($5, CASE WHEN slowed_until > now() THEN slowed_step END),
  slowed_until = now() + make_interval(secs => least({HALVINGS} + $6, {MOST_HALVINGS})
                                       * greatest($5, CASE WHEN slowed_until > now() THEN slowed_step END))
FROM those WHERE sender.id = those.id
  AND NOT coalesce(sender.last_error_code = $3 AND sender.last_error_at > now() - interval '{DEAF_SECONDS} s', false)
RETURNING sender.id"""

_NOTE = f"{_THOSE}, last_error_at = now() FROM those WHERE sender.id = those.id RETURNING sender.id"

_CLOSE = """
UPDATE sender SET updated_at = now(),
  closed_countries = closed_countries || ARRAY(SELECT c FROM unnest($2::text[]) AS c WHERE c <> ALL(closed_countries))
WHERE id = $1 AND NOT closed_countries @> $2
"""

_NOTE_TOLD = f"""{_THOSE}, last_error_at = $5 FROM those
WHERE sender.id = those.id AND (coalesce(last_error_at, '-infinity'), coalesce(last_error, '')) < ($5, $4)
RETURNING sender.id"""


async def halt(
    sender_id: int,
    fault: ProviderError,
    status: SenderStatus,
    *,
    account: bool = False,
    at: datetime | None = None,
) -> None:
    """Halts a connected sender, or all of its account, until a person has mended it: its queue waits, and burns not.

    `at` is when WhatsApp says that it was so, of what it may tell again.
    """
    for row in await connect.rows(_HALT, sender_id, account, fault.provider_code, fault.message, status.value, at):
        log.error("sender_paused", sender_id=row["id"], provider_code=fault.provider_code, reason=fault.message)
        data = {"status": status.value}
        record(EventType.SENDER_STATUS_CHANGED, "Sender", row["id"], sender_id=row["id"], data=data)


async def rest(sender_id: int, fault: ProviderError, seconds: float) -> None:
    """Lets a sender send nothing for a while; it goes on by itself, or when somebody connects it."""
    for row in await connect.rows(_REST, sender_id, False, fault.provider_code, fault.message, seconds):
        log.error("sender_rests", sender_id=row["id"], provider_code=fault.provider_code, reason=fault.message)
        changed(row["id"])


async def slow(
    sender_id: int,
    fault: ProviderError,
    reason: str,
    *,
    step: float = THROUGHPUT_STEP,
    halvings: int = 1,
    account: bool = False,
) -> None:
    """Halves the rate of a sender, or of all of its account; it doubles after each step until it is back."""
    values = (fault.provider_code, fault.message, step, halvings, reason)
    for row in await connect.rows(_SLOW, sender_id, account, *values):
        log.warning("sender_slowed", sender_id=row["id"], provider_code=fault.provider_code, reason=reason)
        changed(row["id"])


async def note(sender_id: int, fault: ProviderError) -> None:
    """Keeps a fault that concerns the number as a whole, for a person to look at."""
    rows = await connect.rows(_NOTE, sender_id, False, fault.provider_code, fault.message)
    _alarm(rows, fault)


async def note_told(sender_id: int, fault: ProviderError, at: datetime) -> None:
    """The same of an account, as WhatsApp told of it: told again it changes nothing, in whatever order."""
    rows = await connect.rows(_NOTE_TOLD, sender_id, True, fault.provider_code, fault.message, at)
    _alarm(rows, fault)


def _alarm(rows: Sequence[Record], fault: ProviderError) -> None:
    for row in rows:
        log.error("sender_needs_somebody", sender_id=row["id"], provider_code=fault.provider_code, reason=fault.message)
        changed(row["id"])


async def note_once(sender_id: int, fault: ProviderError) -> None:
    """The same of a fault that is found again and again, told as it is new."""
    same = "SELECT FROM sender WHERE id = $1 AND last_error_code IS NOT DISTINCT FROM $2 AND last_error = $3"
    if await connect.row(same, sender_id, fault.provider_code, fault.message) is None:
        await note(sender_id, fault)


async def close_countries(sender_id: int, fault: ProviderError, addresses: Iterable[str]) -> None:
    """Lets a sender write no more to the countries of these addresses, and tells of it as each is closed."""
    countries = {country for address in addresses if (country := country_of(address))}
    closed = await connect.execute(_CLOSE, sender_id, sorted(countries))
    await (note if closed else note_once)(sender_id, fault)


def changed(sender_id: int) -> None:
    """Tells that quality, limits, pace or the last error of a sender are others now."""
    record(EventType.SENDER_HEALTH_CHANGED, "Sender", sender_id, sender_id=sender_id)
