"""How far each recipient of a campaign came."""

# A message that went with a contact that was erased whole counts as called off.
OUTCOME = """CASE
  WHEN r.exclusion IS NOT NULL THEN 'EXCLUDED'
  WHEN r.reply_id IS NOT NULL THEN 'REPLIED'
  WHEN m.state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN') THEN 'PENDING'
  ELSE coalesce(m.state, 'CANCELLED') END"""
"""The RecipientOutcome of a row r of campaign_recipient, whose message is m."""

MESSAGE = "LEFT JOIN message m ON m.campaign_id = r.campaign_id AND m.contact_id = r.contact_id"
"""The join that brings it in; along the unique index of messages by campaign and contact."""
