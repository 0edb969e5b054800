"""Two contacts become one: what hangs on the one that goes moves to the one that stays.

Both are locked, so that nobody writes to either meanwhile; then their conversations, and messages in the order of their
ids, as everywhere.
"""

from asyncpg import Record

from db.campaigns import tally
from db.contacts import SAME
from db.core import connect

# Their duplicates too, whom an opt-out of theirs reaches, and those who were merged into them before, and follow:
# whoever locks one locks all, in one order.
_LOCK = f"""{SAME}
SELECT * FROM contact WHERE id IN (SELECT id FROM same UNION SELECT id FROM contact WHERE merged_into_id = ANY($1))
ORDER BY id FOR UPDATE
"""

_PHONES = """
UPDATE contact_phone p SET contact_id = $1,
  is_primary = p.is_primary AND NOT EXISTS (SELECT FROM contact_phone own WHERE own.contact_id = $1 AND own.is_primary)
WHERE p.contact_id = $2
"""

_DUPLICATES = """
WITH gone AS (
  DELETE FROM contact_duplicate WHERE $2 IN (contact_id, other_id)
  RETURNING CASE WHEN contact_id = $2 THEN other_id ELSE contact_id END AS other, reason
)
INSERT INTO contact_duplicate (contact_id, other_id, reason)
SELECT least($1, other), greatest($1, other), reason FROM gone WHERE other <> $1
ON CONFLICT (contact_id, other_id) DO NOTHING
"""

_HOLD = "SELECT FROM conversation WHERE contact_id IN ($1, $2) ORDER BY sender_id, contact_id FOR UPDATE"

# A schedule or campaign sends one message a person, and its figures count each person once: of two that it has sent to
# both, the one that came further stays its own. The other is called off if it still waits, and is history of the
# contact if not.
_SENT_TWICE = """
WITH one AS MATERIALIZED (
  SELECT id, contact_id, schedule_id, campaign_id, state IN ('QUEUED', 'CLAIMED') AS waits,
         array_position('{READ,DELIVERED,SENT,IN_FLIGHT,UNKNOWN,UNCONFIRMED,CLAIMED,QUEUED,FAILED,CANCELLED}'::text[],
                        state::text) AS rank
  FROM message WHERE contact_id IN ($1, $2) AND coalesce(schedule_id, campaign_id) IS NOT NULL ORDER BY id FOR UPDATE
), spare AS (
  SELECT a.id, a.schedule_id, a.campaign_id, a.waits
  FROM one a JOIN one b ON (b.schedule_id = a.schedule_id OR b.campaign_id = a.campaign_id)
    AND b.contact_id <> a.contact_id
  WHERE (a.rank, a.contact_id = $2) > (b.rank, b.contact_id = $2)
), detached AS (
  UPDATE message m
  SET schedule_id = NULL, campaign_id = NULL, updated_at = now(),
      state = CASE WHEN waits THEN 'CANCELLED' ELSE m.state END, due_at = CASE WHEN waits THEN NULL ELSE m.due_at END,
      lease_until = CASE WHEN waits THEN NULL ELSE m.lease_until END,
      error_message = CASE WHEN waits THEN 'Its contact was merged with one who has this message.'
                      ELSE m.error_message END
  FROM spare WHERE m.id = spare.id
  RETURNING m.id, m.state, m.sender_id, spare.schedule_id, spare.campaign_id, waits, old.state AS was
), counted AS (
  UPDATE schedule s SET recipients = recipients - 1 FROM detached d WHERE s.id = d.schedule_id
), counted_too AS (
  UPDATE campaign k SET recipients = recipients - 1 FROM detached d WHERE k.id = d.campaign_id
)
SELECT * FROM detached ORDER BY id
"""

# The place of who has the message, else of the survivor. Nothing finds recipients by contact but a look into each
# campaign.
_PLACED_TWICE = """
WITH one AS MATERIALIZED (
  SELECT r.id, r.campaign_id, r.exclusion, r.reply_id, (r.exclusion IS NOT NULL)::int * 4 + (r.contact_id = $2)::int
           + (NOT EXISTS (SELECT FROM message m
                          WHERE m.campaign_id = r.campaign_id AND m.contact_id = r.contact_id))::int * 2 AS rank
  FROM campaign k JOIN campaign_recipient r ON r.campaign_id = k.id AND r.contact_id IN ($1, $2)
), pair AS (
  SELECT stays.id AS stays, goes.id AS goes, goes.campaign_id, goes.exclusion, stays.reply_id AS own, goes.reply_id
  FROM one stays JOIN one goes ON goes.campaign_id = stays.campaign_id AND goes.rank > stays.rank
), gone AS (
  DELETE FROM campaign_recipient r USING pair WHERE r.id = pair.goes
), uncounted AS (
  UPDATE campaign k SET excluded = excluded - 1 FROM pair WHERE k.id = pair.campaign_id AND exclusion IS NOT NULL
), answered AS (
  UPDATE campaign_recipient r SET reply_id = pair.reply_id
  FROM pair WHERE r.id = pair.stays AND own IS NULL AND pair.reply_id IS NOT NULL
)
INSERT INTO campaign_tally (campaign_id, state, count)
SELECT campaign_id, 'REPLIED', -1 FROM pair WHERE own IS NOT NULL AND reply_id IS NOT NULL
"""

_PLACES = """
UPDATE campaign_recipient r SET contact_id = $1 FROM campaign k WHERE r.campaign_id = k.id AND r.contact_id = $2
"""

# An answer of the bot's that may still leave may do so in the survivor's conversation; one that may not, not there.
_MESSAGES = """
WITH moving AS MATERIALIZED (SELECT id FROM message WHERE contact_id = $2 ORDER BY id FOR UPDATE)
UPDATE message m
SET contact_id = $1,
    epoch = CASE WHEN m.epoch IS NOT NULL THEN coalesce((
      SELECT s.epoch - (d.epoch <> m.epoch)::int FROM conversation s JOIN conversation d USING (sender_id)
      WHERE s.contact_id = $1 AND d.contact_id = $2 AND sender_id = m.sender_id AND s.deleted_at IS NULL
        AND d.deleted_at IS NULL), m.epoch) END,
    correlation_id = CASE WHEN NOT EXISTS (
      SELECT FROM message own WHERE own.contact_id = $1 AND own.sender_id = m.sender_id
        AND own.correlation_id = m.correlation_id) THEN m.correlation_id END
FROM moving WHERE m.id = moving.id
"""

# Of two conversations with one sender the survivor's goes on, with what the bot has yet to answer in the other; what
# asks for a person in either does so in it.
_CONVERSATIONS = """
WITH pair AS MATERIALIZED (
  SELECT s.id AS stays, d.id AS goes,
         coalesce(d.last_message_at > s.last_message_at, s.last_message_at IS NULL) AS later,
         CASE WHEN 'ESCALATED' IN (s.status, d.status) THEN 'ESCALATED'
              WHEN 'ACTIVE' IN (s.status, d.status) THEN 'ACTIVE' ELSE 'CLOSED' END AS status
  FROM conversation s JOIN conversation d USING (sender_id)
  WHERE s.contact_id = $1 AND d.contact_id = $2 AND s.deleted_at IS NULL AND d.deleted_at IS NULL
  ORDER BY sender_id FOR UPDATE
), joined AS (
  UPDATE conversation s
  SET address = CASE WHEN later THEN d.address ELSE s.address END,
      last_message_id = CASE WHEN later THEN d.last_message_id ELSE s.last_message_id END,
      last_message_at = greatest(s.last_message_at, d.last_message_at),
      window_expires_at = greatest(s.window_expires_at, d.window_expires_at),
      unread_count = s.unread_count + d.unread_count,
      status = pair.status, closed_at = CASE WHEN pair.status = 'CLOSED' THEN s.closed_at END,
      handler = CASE WHEN 'OPERATOR' IN (s.handler, d.handler) THEN 'OPERATOR' ELSE s.handler END,
      assigned_to_id = coalesce(s.assigned_to_id, d.assigned_to_id),
      taken_over_at = coalesce(s.taken_over_at, d.taken_over_at),
      escalation_reason = coalesce(s.escalation_reason, d.escalation_reason),
      escalation_note = coalesce(s.escalation_note, d.escalation_note),
      priority = greatest(s.priority, d.priority),
      tags = ARRAY(SELECT DISTINCT tag FROM unnest(s.tags || d.tags) AS t(tag) ORDER BY tag),
      language = coalesce(s.language, d.language), metadata = d.metadata || s.metadata,
      satisfaction_score = coalesce(s.satisfaction_score, d.satisfaction_score), updated_at = now()
  FROM pair, conversation d WHERE s.id = pair.stays AND d.id = pair.goes
), turn AS (
  DELETE FROM bot_turn t USING pair WHERE t.conversation_id = pair.goes
  RETURNING pair.stays, t.since, t.due_at, t.message_ids
), goes_on AS (
  INSERT INTO bot_turn AS t (conversation_id, epoch, since, due_at, message_ids)
  SELECT s.id, s.epoch, turn.since, turn.due_at, turn.message_ids FROM turn JOIN conversation s ON s.id = turn.stays
  ON CONFLICT (conversation_id) DO UPDATE
  SET message_ids = t.message_ids || excluded.message_ids, since = least(t.since, excluded.since),
      due_at = greatest(t.due_at, excluded.due_at)
), files AS (
  UPDATE file f SET conversation_id = pair.stays FROM pair WHERE f.conversation_id = pair.goes
), moved AS (
  UPDATE conversation c SET contact_id = $1, deleted_at = CASE WHEN pair.goes IS NULL THEN c.deleted_at ELSE now() END
  FROM conversation old LEFT JOIN pair ON pair.goes = old.id
  WHERE c.id = old.id AND c.contact_id = $2
  RETURNING c.id, c.sender_id, c.deleted_at
)
SELECT id, sender_id FROM moved WHERE deleted_at IS NULL
UNION ALL SELECT stays, sender_id FROM pair JOIN conversation ON id = stays
ORDER BY id
"""

_GO = """
UPDATE contact
SET deleted_at = CASE WHEN id = $2 THEN now() ELSE deleted_at END, merged_into_id = $1, updated_at = now()
WHERE id = $2 OR merged_into_id = $2
"""


_LEADS = """
WITH moved AS (
  UPDATE lead SET contact_id = $1, updated_at = clock_timestamp() WHERE contact_id = $2 RETURNING id, deleted_at
)
INSERT INTO lead_activity (lead_id, type, changes, user_id, created_at)
SELECT id, 'UPDATED', jsonb_build_object('contact_id', jsonb_build_array($2::bigint, $1::bigint)), $3, clock_timestamp()
FROM moved WHERE deleted_at IS NULL
RETURNING lead_id, id
"""


async def lock_both(id: int, other: int) -> dict[int, Record]:
    """Two contacts, deleted ones too, and who goes with them, locked against whoever writes to what hangs on them."""
    return {row["id"]: row for row in await connect.rows(_LOCK, [id, other])}


async def move_leads(stays: int, goes: int, *, user_id: int | None) -> list[Record]:
    """Gives the leads of one contact to the other, with an activity each: (lead_id, id of the activity)."""
    return await connect.rows(_LEADS, stays, goes, user_id)


async def move(stays: int, goes: int) -> tuple[list[Record], list[Record]]:
    """Gives all that one contact has, memberships and leads aside, to the other.

    Answers messages that were called off (id, sender_id, schedule_id), and conversations that moved (id, sender_id).
    """
    await connect.execute(_HOLD, stays, goes)
    await connect.execute(_PHONES, stays, goes)
    await connect.execute("UPDATE contact_identity SET contact_id = $1 WHERE contact_id = $2", stays, goes)
    await connect.execute(_DUPLICATES, stays, goes)
    detached = await connect.rows(_SENT_TWICE, stays, goes)
    await tally.add(detached, leaving=True)
    await connect.execute(_PLACED_TWICE, stays, goes)
    await connect.execute(_PLACES, stays, goes)
    await connect.execute(_MESSAGES, stays, goes)
    conversations = await connect.rows(_CONVERSATIONS, stays, goes)
    await connect.execute("UPDATE import_row SET contact_id = $1 WHERE contact_id = $2", stays, goes)
    await connect.execute(_GO, stays, goes)
    return [row for row in detached if row["waits"]], conversations
