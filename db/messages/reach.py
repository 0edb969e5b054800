"""Whom each portfolio has written to outside a service window in the last 24 hours: WhatsApp counts them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import fields

from db.core import connect
from db.core.columns import Row
from db.core.transaction import transaction

PORTFOLIO = "coalesce(sender.portfolio_id, sender.business_account_id, 'sender ' || sender.id)"
"""What the limit of a sender is counted by."""

_LOCK = 0x7469_7265
"""Advisory lock of a portfolio, with the hash of its name: two of its numbers must not share the last place."""


class PortfolioReach(Row):
    """The last time that a portfolio wrote to a person outside a window; forgotten after a day."""

    portfolio_id = fields.CharField(64)
    contact_id: int = fields.BigIntField()
    reached_at: datetime = fields.DatetimeField()

    class Meta:
        table = "portfolio_reach"
        unique_together = (("portfolio_id", "contact_id"),)
        indexes = (("portfolio_id", "reached_at"),)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Numbers that WhatsApp counts together, and how many people they may write to in a day."""

    id: str
    limit: int


FULL_SECONDS = 1.0
"""For so long a portfolio that was found full is taken for full: counting a hundred thousand people takes 10 ms."""
_full: dict[str, float] = {}
"""When each portfolio was found full, by this process; one that never was is counted when its messages are admitted."""

_USED = "SELECT count(*) FROM portfolio_reach WHERE portfolio_id = $1 AND reached_at > now() - interval '24 h'"

# Those who were reached within the day count once, however often they are written to.
_ADMIT = """
WITH wanted AS MATERIALIZED (
  SELECT m.contact_id, min(m.id) AS first, bool_or(r.id IS NOT NULL) AS reached
  FROM message m
  LEFT JOIN portfolio_reach r
    ON r.portfolio_id = $2 AND r.contact_id = m.contact_id AND r.reached_at > now() - interval '24 h'
  WHERE m.id = ANY($1) AND NOT EXISTS (
    SELECT FROM conversation c
    WHERE c.sender_id = m.sender_id AND c.contact_id = m.contact_id AND c.window_expires_at > now())
  GROUP BY m.contact_id
), places AS (
  SELECT contact_id, sum((NOT reached)::int) OVER (ORDER BY first) AS place, reached FROM wanted
), admitted AS MATERIALIZED (
  SELECT contact_id FROM places WHERE reached OR place <= $3
), noted AS (
  INSERT INTO portfolio_reach (portfolio_id, contact_id, reached_at)
  SELECT $2, contact_id, now() FROM admitted ORDER BY contact_id
  ON CONFLICT (portfolio_id, contact_id) DO UPDATE SET reached_at = excluded.reached_at
)
SELECT m.id, (SELECT count(*) FROM places WHERE NOT reached AND place <= $3) AS added
FROM message m WHERE m.id = ANY($1)
  AND (m.contact_id IN (SELECT contact_id FROM admitted) OR m.contact_id NOT IN (SELECT contact_id FROM wanted))
"""


async def full(portfolio: Portfolio) -> bool:
    """Whether it may write to nobody more for now, as far as was found when its messages were admitted last."""
    found = _full.get(portfolio.id)
    if found is None:
        return False
    if time.monotonic() - found < FULL_SECONDS:
        return True
    return _note(portfolio, await _used(portfolio))


async def admit(message_ids: Sequence[int], portfolio: Portfolio) -> set[int]:
    """Counts those whom these messages are for; answers the messages that the portfolio's limit lets leave."""
    async with transaction():
        await connect.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", _LOCK, portfolio.id)
        used = await _used(portfolio)
        admitted = await connect.rows(_ADMIT, list(message_ids), portfolio.id, portfolio.limit - used)
    _note(portfolio, used + (admitted[0]["added"] if admitted else 0))
    return {row["id"] for row in admitted}


async def _used(portfolio: Portfolio) -> int:
    return await connect.value(_USED, portfolio.id)


def _note(portfolio: Portfolio, used: int) -> bool:
    if used < portfolio.limit:
        _full.pop(portfolio.id, None)
        return False
    _full[portfolio.id] = time.monotonic()
    return True


async def trim() -> None:
    """Forgets whom nobody has written to for a day."""
    await connect.execute("DELETE FROM portfolio_reach WHERE reached_at < now() - interval '25 h'")
