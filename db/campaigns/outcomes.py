"""How far each recipient of a campaign came."""

from collections.abc import Iterable, Sequence

from db.core import connect

# A message that went with a contact that was erased whole counts as called off.
OUTCOME = """CASE
  WHEN r.exclusion IS NOT NULL THEN 'EXCLUDED'
  WHEN r.reply_id IS NOT NULL THEN 'REPLIED'
  WHEN m.state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN') THEN 'PENDING'
  ELSE coalesce(m.state, 'CANCELLED') END"""
"""The RecipientOutcome of a row r of campaign_recipient, whose message is m."""

MESSAGE = "LEFT JOIN message m ON m.campaign_id = r.campaign_id AND m.contact_id = r.contact_id"
"""The join that brings it in; along the unique index of messages by campaign and contact."""

FEW = 20_000
"""Recipients of an outcome that are found by an index; where there are more, a page comes by them soon."""

_TROUBLED = "SELECT contact_id FROM message WHERE campaign_id = ANY({ids}) AND error_message IS NOT NULL"
_INDEXED = {
    "EXCLUDED": "SELECT contact_id FROM campaign_recipient WHERE campaign_id = ANY({ids}) AND exclusion IS NOT NULL",
    "REPLIED": "SELECT contact_id FROM campaign_recipient WHERE campaign_id = ANY({ids}) AND reply_id IS NOT NULL",
    "PENDING": "SELECT contact_id FROM message WHERE campaign_id = ANY({ids})"
    " AND (due_at IS NOT NULL OR lease_until IS NOT NULL)",
    "FAILED": _TROUBLED,
    "UNCONFIRMED": _TROUBLED,
    "CANCELLED": _TROUBLED,
}
"""Contacts among whom are all recipients with an outcome, each by a partial index. Of what arrives there is none: that
would cost a receipt more than it saves here."""

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
    if most > FEW or not wanted <= _INDEXED.keys():
        return None
    return " UNION ALL ".join(sorted({_INDEXED[outcome] for outcome in wanted}))
