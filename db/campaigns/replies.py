"""Who has written back to a campaign."""

from collections.abc import Sequence

from db.core import connect

# WhatsApp tells times in whole seconds. Who answers before the answer to our send is written down has answered, too.
_ATTRIBUTE = """
WITH came AS (
  SELECT id, contact_id, sender_id, created_at FROM message WHERE id = ANY($1)
), answered AS (
  SELECT DISTINCT ON (r.id) r.id, r.campaign_id, came.id AS reply_id
  FROM came
  JOIN message m ON m.contact_id = came.contact_id AND m.sender_id = came.sender_id AND m.campaign_id IS NOT NULL
    AND m.attempts > 0 AND date_trunc('second', coalesce(m.sent_at, m.updated_at)) <= came.created_at
    AND coalesce(m.sent_at, m.updated_at) > came.created_at - interval '7 days'
  JOIN campaign_recipient r ON r.campaign_id = m.campaign_id AND r.contact_id = m.contact_id AND r.reply_id IS NULL
  ORDER BY r.id, came.created_at, came.id
), locked AS MATERIALIZED (
  SELECT r.id FROM campaign_recipient r WHERE r.id IN (SELECT id FROM answered) ORDER BY r.id FOR UPDATE
), marked AS (
  UPDATE campaign_recipient r SET reply_id = answered.reply_id
  FROM locked JOIN answered USING (id) WHERE r.id = locked.id AND r.reply_id IS NULL
  RETURNING r.campaign_id
)
INSERT INTO campaign_tally (campaign_id, state, count) SELECT campaign_id, 'REPLIED', count(*) FROM marked GROUP BY 1
"""


async def attribute(message_ids: Sequence[int]) -> None:
    """Notes the first message that a recipient writes within 7 days of a campaign's, in the caller's transaction."""
    if message_ids:
        await connect.execute(_ATTRIBUTE, list(message_ids))
