"""What WhatsApp says of our numbers of the Cloud API: asked for by the clock, and told by webhook (A8, C6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from asyncpg import Record

from db.core import connect
from db.core.transaction import transaction
from db.senders import Sender, SenderProvider, SenderStatus
from db.templates import QualityRating
from domain.core.secrets import SecretError, unseal
from domain.providers.base import Account
from domain.providers.cloud_numbers import Number, limit_of, read_number
from domain.providers.reactions import SLOWING, ProviderError, Reaction, of_code
from domain.senders import faults

log = structlog.get_logger()

EVERY_SECONDS = 300
"""From one look at a number to the next."""
SHARE_SECONDS = 36
"""The same for each number of an account with many: half of the 200 calls an hour that WhatsApp allows it (B1)."""
AT_ONCE = 10

# checked_at is put forward as it is taken up: one that cannot be asked waits its turn, and no two ask for the same one.
_TAKE = f"""
UPDATE sender SET checked_at = now()
FROM (
  SELECT s.id FROM sender s,
    LATERAL (SELECT count(*) AS numbers FROM sender o
             WHERE o.business_account_id = s.business_account_id AND o.deleted_at IS NULL) AS account
  WHERE s.provider = 'CLOUD_API' AND s.deleted_at IS NULL AND s.status NOT IN ('STOPPED', 'EXPIRED')
    AND s.phone_number_id IS NOT NULL AND s.access_token IS NOT NULL
    AND (s.checked_at IS NULL
         OR s.checked_at < now() - make_interval(secs => greatest({EVERY_SECONDS}, numbers * {SHARE_SECONDS})))
  ORDER BY s.checked_at NULLS FIRST LIMIT {AT_ONCE} FOR UPDATE OF s SKIP LOCKED
) AS due
WHERE sender.id = due.id RETURNING sender.id, phone_number_id, access_token
"""

_WRITE = """
UPDATE sender SET quality = $2, messages_per_second = $3, messaging_limit = $4, display_name = $5,
  display_name_status = $6, updated_at = now()
WHERE id = $1 AND deleted_at IS NULL
  AND (quality, messages_per_second, messaging_limit, display_name, display_name_status)
      IS DISTINCT FROM ($2, $3, $4, $5, $6)
RETURNING quality, old.quality AS quality_before
"""

_RANK = {QualityRating.GREEN: 0, QualityRating.UNKNOWN: 0, QualityRating.YELLOW: 1, QualityRating.RED: 3}
"""How often a sender's rate is halved as its quality falls to this."""


async def check_due() -> None:
    """Asks for the numbers whose turn it is; the clock does this every few seconds."""
    for row in await connect.rows(_TAKE):
        try:
            await check(row)
        except SecretError as error:
            log.warning("number_not_asked", sender_id=row["id"], reason=str(error))


async def check(row: Record) -> None:
    """Asks for one number and takes in what is said of it: (id, phone_number_id, access_token)."""
    told = await read_number(Account(row["id"], row["phone_number_id"], unseal(row["access_token"])))
    if isinstance(told, Number):
        await _take_in(row["id"], told)
    elif told is not None:
        async with transaction():
            await _mind(row["id"], told)


UNVERIFIED = "The number is not verified at WhatsApp: verify it in WhatsApp Manager, then connect the sender again."


async def _take_in(sender_id: int, number: Number) -> None:
    quality = QualityRating(number.quality) if number.quality in list(QualityRating) else QualityRating.UNKNOWN
    figures = (number.messages_per_second, number.messaging_limit, number.display_name, number.display_name_status)
    async with transaction():
        if (news := await connect.row(_WRITE, sender_id, quality.value, *figures)) is not None:
            faults.changed(sender_id)
            await _follow_quality(sender_id, QualityRating(news["quality_before"]), quality)
        if number.unverified:
            await faults.halt(sender_id, of_code(None, UNVERIFIED), SenderStatus.FAILED)
        elif number.blocked is not None:
            await faults.note_once(sender_id, number.blocked)


async def _follow_quality(sender_id: int, before: QualityRating, now: QualityRating) -> None:
    """A sender whose recipients like it less goes slower for some hours: WhatsApp lowers limits next, or blocks it."""
    if _RANK[now] > _RANK[before]:
        words = f"its quality fell from {before} to {now}"
        fault = of_code(None, f"At WhatsApp {words}.")
        reason = f"At WhatsApp {words}"
        await faults.slow(sender_id, fault, reason, step=faults.QUALITY_STEP, halvings=_RANK[now] - _RANK[before])


async def _mind(sender_id: int, fault: ProviderError) -> None:
    """What a number's own account is told as it asks: a token that has expired is found so before anything is sent."""
    if fault.reaction is Reaction.EXPIRE_SENDER:
        await faults.halt(sender_id, fault, SenderStatus.EXPIRED)
    elif fault.reaction in (Reaction.PAUSE_SENDER, Reaction.PAUSE_ACCOUNT):
        await faults.halt(sender_id, fault, SenderStatus.FAILED, account=fault.reaction is Reaction.PAUSE_ACCOUNT)
    elif fault.reaction not in SLOWING:
        await faults.note_once(sender_id, fault)


# ---------------------------------------------------------------------------
# By webhook
# ---------------------------------------------------------------------------

ENDED = ("ACCOUNT_DELETED", "PARTNER_REMOVED", "ACCOUNT_OFFBOARDED")
FIELDS = ("phone_number_quality_update", "phone_number_name_update", "business_capability_update", "account_update")
"""What WhatsApp tells of numbers and accounts, which is for this room."""

_OF = """
SELECT id, phone_number FROM sender
WHERE deleted_at IS NULL AND provider = 'CLOUD_API' AND business_account_id = $1 ORDER BY id
"""

_LOOK_AGAIN = """
UPDATE sender SET checked_at = checked_at - interval '1 day', messaging_limit = coalesce($2, messaging_limit)
WHERE id = ANY($1) RETURNING id, old.messaging_limit IS DISTINCT FROM new.messaging_limit AS is_new
"""


async def hear(field: str, business_account_id: str | None, value: Mapping[str, Any], at: datetime | None) -> None:
    """Takes in news of a number or an account, in the caller's transaction; what they leave open is asked at once.

    `at` is when WhatsApp says that it was so; what is no more than an alarm is left where it does not.
    """
    digits = "".join(char for char in str(value.get("display_phone_number") or "") if char.isdigit())
    of_account = await connect.rows(_OF, business_account_id)
    meant = [row["id"] for row in of_account if row["phone_number"] == f"+{digits}"]
    if not (senders := meant or [row["id"] for row in of_account]):
        return
    log.info("news_of_numbers", field=field, word=str(value.get("event"))[:64], senders=senders)
    if field == "account_update":
        await _hear_of_account(senders[0], value, at)
    limit = limit_of(value.get("max_daily_conversations_per_business"))
    for row in await connect.rows(_LOOK_AGAIN, senders, limit):
        if row["is_new"]:
            faults.changed(row["id"])


async def _hear_of_account(sender_id: int, value: Mapping[str, Any], at: datetime | None) -> None:
    """An account that is disabled or gone sends nothing; of one that is restricted its sends will say what they may."""
    event = str(value.get("event"))[:64]
    match value:
        case {"ban_info": {"waba_ban_state": str(state)}}:
            words = f"WhatsApp says {event}: {state[:64]}"
            disabled = state == "DISABLE"
        case {"restriction_info": [{"restriction_type": str(kind)}, *_]}:
            words, disabled = f"WhatsApp says {event}: {kind[:64]}", False
        case {"violation_info": {"violation_type": str(kind)}}:
            words, disabled = f"WhatsApp says {event}: {kind[:64]}", False
        case _:
            words, disabled = f"WhatsApp says {event}", event in ENDED
    fault = of_code(None, f"{words}.")
    if disabled:
        await faults.halt(sender_id, fault, SenderStatus.FAILED, account=True, at=at)
    elif event != "ACCOUNT_RECONNECTED" and at is not None:
        await faults.note_told(sender_id, fault, at)


# ---------------------------------------------------------------------------
# For people
# ---------------------------------------------------------------------------


def health(sender: Sender) -> Sender | None:
    """The sender as far as WhatsApp has told of it; None before it was asked, and for WAHA."""
    return sender if sender.provider is SenderProvider.CLOUD_API and sender.checked_at is not None else None
