"""How far each recipient of a campaign came."""

from collections.abc import Iterable, Sequence

from db.core import connect


def outcome(r: str) -> str:
    """The RecipientOutcome of a row r of campaign_recipient, whose message is m; without one it was called off."""
    return f"""CASE
  WHEN {r}.exclusion IS NOT NULL THEN 'EXCLUDED'
  WHEN {r}.reply_id IS NOT NULL THEN 'REPLIED'
  WHEN m.state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN') THEN 'PENDING'
  ELSE coalesce(m.state, 'CANCELLED') END"""


def message(r: str) -> str:
    """The join that brings it in; along the unique index of messages by campaign and contact."""
    return f"LEFT JOIN message m ON m.campaign_id = {r}.campaign_id AND m.contact_id = {r}.contact_id"


FEW = 100_000
"""Recipients with an outcome who are found first of all; where there are more, a page comes by them soon."""

_TROUBLED = "SELECT contact_id FROM message WHERE campaign_id = ANY({ids}) AND error_message IS NOT NULL"
_ARRIVED = "SELECT contact_id FROM message WHERE campaign_id = ANY({{ids}}) AND state = '{}'"
_AMONG = {
    "EXCLUDED": "SELECT contact_id FROM campaign_recipient WHERE campaign_id = ANY({ids}) AND exclusion IS NOT NULL",
    "REPLIED": "SELECT contact_id FROM campaign_recipient WHERE campaign_id = ANY({ids}) AND reply_id IS NOT NULL",
    "PENDING": "SELECT contact_id FROM message WHERE campaign_id = ANY({ids})"
    " AND (due_at IS NOT NULL OR lease_until IS NOT NULL)",
    "FAILED": _TROUBLED,
    "UNCONFIRMED": _TROUBLED,
    "CANCELLED": _TROUBLED,
} | {state: _ARRIVED.format(state) for state in ("SENT", "DELIVERED", "READ")}
"""Contacts among whom are all recipients with an outcome: by partial indexes, but for what arrives. An index of that
would cost a receipt more than it saves here; its messages are read once, without a look at recipients."""

_MOST = """
SELECT state, sum(count) AS people FROM campaign_tally WHERE campaign_id = ANY($1) GROUP BY 1
UNION ALL SELECT 'EXCLUDED', sum(excluded) FROM campaign WHERE id = ANY($1)
"""
_STATE_OF = {"PENDING": "QUEUED"}


async def among(campaign_ids: Sequence[int], outcomes: Iterable[str]) -> str | None:
    """Where to look for the recipients of campaigns with one of these outcomes, if they are few, for the tallies know:
    SQL of their contacts, with {ids} for the campaigns."""
    wanted = set(outcomes)
    found = {row["state"]: row["people"] or 0 for row in await connect.rows(_MOST, list(campaign_ids))}
    most = sum(found.get(_STATE_OF.get(outcome, outcome), 0) for outcome in wanted)
    if most == 0:
        return "SELECT id FROM campaign WHERE id = ANY({ids}) AND false"
    if most > FEW:
        return None
    return " UNION ALL ".join(sorted({_AMONG[outcome] for outcome in wanted}))
