"""The run of a campaign. Whoever changes one locks its row first; the database's clock says what is due."""

from collections.abc import Sequence

from asyncpg import Record

from db.campaigns.audience import people, pool_of, values
from db.campaigns.hold import USABLE, WHY
from db.core import connect
from db.messages.met import hold
from db.messages.parking import CAMPAIGN

_DUE = f"""
SELECT o.id, {WHY} AS hold FROM campaign o LEFT JOIN message_template t ON t.id = o.template_id
WHERE o.status = 'SCHEDULED' AND o.deleted_at IS NULL AND o.scheduled_at <= now()
ORDER BY o.scheduled_at, o.id LIMIT $1
FOR UPDATE OF o SKIP LOCKED
"""

# The template is looked at once more with its row held, as in db/schedules/run.py.
_BEGIN = f"""
WITH held AS MATERIALIZED (
  SELECT t.* FROM message_template t WHERE t.id IN (SELECT template_id FROM campaign WHERE id = ANY($1))
  ORDER BY t.id FOR SHARE
), ready AS MATERIALIZED (
  SELECT o.id FROM campaign o LEFT JOIN held t ON t.id = o.template_id
  WHERE o.id = ANY($1) AND o.status IN ('DRAFT', 'SCHEDULED', 'PAUSED') AND {WHY} IS NULL
)
UPDATE campaign o
SET status = 'RUNNING', started_at = coalesce(started_at, now()), error_message = NULL, by_hand = false,
    updated_at = now()
FROM ready WHERE o.id = ready.id
RETURNING o.id, o.status, old.status AS was
"""

_SET = """
UPDATE campaign o
SET status = $2::text, by_hand = true, error_message = NULL, updated_at = now(),
    ended_at = CASE WHEN $2::text <> 'PAUSED' THEN now() END,
    recipients = CASE WHEN $2::text = 'PAUSED' OR started_at IS NULL THEN recipients ELSE coalesce(recipients, (
      SELECT count(*) FROM campaign_recipient r WHERE r.campaign_id = o.id AND r.exclusion IS NULL)) END
WHERE o.id = $1 AND o.status = ANY($3::text[])
RETURNING o.id, o.status, old.status AS was
"""

# One freezing at a time goes on, from where the last one stopped; another leaves it to that one.
_FANNING = """
SELECT o.id, o.audience, o.fanned_out_to, o.template_id, t.approval_name IS NULL AS own_text,
       coalesce(t.category, 'MARKETING') AS purpose,
       coalesce(o.media_id, (t.header ->> 'media_id')::bigint) AS media_id,
       CASE WHEN t.approval_name IS NOT NULL THEN 'TEMPLATE' WHEN t.buttons IS NOT NULL THEN 'INTERACTIVE'
            ELSE coalesce(t.header ->> 'format', o.media_type, 'TEXT') END AS type,
       o.quiet_from::time AS quiet_from, o.quiet_until::time AS quiet_until
FROM campaign o LEFT JOIN message_template t ON t.id = o.template_id
WHERE o.id = $1 AND o.status = 'RUNNING' AND o.recipients IS NULL
FOR UPDATE OF o SKIP LOCKED
"""

# Behind what people and the bot say (LOW), as in db/schedules/run.py. Who was merged with someone in the meantime may
# have a place already.
_FREEZE = """
, frozen AS (
  INSERT INTO campaign_recipient (campaign_id, contact_id, address, exclusion)
  SELECT $1, contact_id, address, exclusion FROM people ORDER BY contact_id
  ON CONFLICT (campaign_id, contact_id) DO NOTHING
  RETURNING exclusion
), queued AS (
  INSERT INTO message (campaign_id, contact_id, address, sender_id, template_id, type, purpose, media_id, direction,
                       author, priority, state, attempts, due_at)
  SELECT $1, contact_id, address, sender_id, $16, $17, $11, $18, 'OUTBOUND', 'SYSTEM', 1, 'QUEUED', 0,
         coalesce(CASE WHEN $19::time IS NOT NULL THEN quiet_end(time_zone, $19, $20::time) END, now())
  FROM people WHERE exclusion IS NULL ORDER BY contact_id
  ON CONFLICT (campaign_id, contact_id) WHERE campaign_id IS NOT NULL DO NOTHING
  RETURNING id
), tallied AS (
  INSERT INTO campaign_tally (campaign_id, state, count)
  SELECT $1, 'QUEUED', count(*) FROM queued HAVING count(*) > 0
)
UPDATE campaign
SET fanned_out_to = coalesce((SELECT max(contact_id) FROM page), fanned_out_to),
    excluded = excluded + (SELECT count(*) FROM frozen WHERE exclusion IS NOT NULL)
WHERE id = $1
RETURNING (SELECT count(*) FROM page) < $3 AS done
"""

_FROZEN = """
UPDATE campaign SET updated_at = now(), recipients = (
  SELECT count(*) FROM campaign_recipient WHERE campaign_id = $1 AND exclusion IS NULL)
WHERE id = $1
"""

# One that is paused waits for nobody once its time has passed.
_DONE = """
SELECT o.id FROM campaign o
WHERE (o.status = 'RUNNING' OR o.status = 'PAUSED' AND o.expires_at <= now()) AND o.recipients IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM message m WHERE m.campaign_id = o.id AND (m.due_at IS NOT NULL OR m.lease_until IS NOT NULL)
  )
ORDER BY o.id FOR UPDATE OF o
"""

_FINISH = """
UPDATE campaign o
SET status = 'COMPLETED', by_hand = false, ended_at = now(), updated_at = now(), error_message = CASE
      WHEN o.recipients = 0 THEN 'There was no one to send to.'
      WHEN NOT EXISTS (SELECT FROM message WHERE campaign_id = o.id AND sent_at IS NOT NULL) THEN
        concat_ws(' ', 'No message was sent.', (
          SELECT mode() WITHIN GROUP (ORDER BY error_message) FROM message WHERE campaign_id = o.id))
    END
WHERE o.id = ANY($1)
RETURNING o.id, o.status, old.status AS was
"""

# Campaigns that have open messages: one probe of the index for each, however many they are.
_OPEN = """
WITH RECURSIVE open(id) AS (
  (SELECT campaign_id FROM message
   WHERE campaign_id IS NOT NULL AND (due_at IS NOT NULL OR lease_until IS NOT NULL) ORDER BY campaign_id LIMIT 1)
  UNION ALL
  SELECT (SELECT campaign_id FROM message WHERE campaign_id > open.id
            AND campaign_id IS NOT NULL AND (due_at IS NOT NULL OR lease_until IS NOT NULL)
          ORDER BY campaign_id LIMIT 1)
  FROM open WHERE open.id IS NOT NULL
)"""

# What cannot move: what is not sent to a number, and a text of ours that the Cloud API takes in its open window alone.
_MOVABLE = "m.due_at IS NOT NULL AND m.state = 'QUEUED' AND m.address LIKE '+%'"
_TAKES = "(t.approval_name IS NOT NULL OR sender.provider = 'WAHA')"
_POOL = """campaign o LEFT JOIN message_template t ON t.id = o.template_id
  JOIN campaign_sender p ON p.campaign_id = o.id JOIN sender ON sender.id = p.sender_id"""

# With an audience to freeze, messages to cancel, or a share to move.
_IDLE = f"""{_OPEN}
SELECT id FROM campaign WHERE status = 'RUNNING' AND recipients IS NULL
UNION
SELECT o.id FROM open JOIN campaign o ON o.id = open.id
WHERE {CAMPAIGN.over} AND EXISTS (SELECT FROM message m WHERE m.campaign_id = o.id AND m.due_at IS NOT NULL)
UNION
SELECT o.id FROM open JOIN {_POOL} ON o.id = open.id
WHERE o.status = 'RUNNING' AND NOT ({USABLE}) AND {_TAKES}
  AND EXISTS (SELECT FROM message m WHERE m.campaign_id = o.id AND m.sender_id = sender.id AND {_MOVABLE})
  AND EXISTS (SELECT FROM campaign_sender p JOIN sender ON sender.id = p.sender_id
              WHERE p.campaign_id = o.id AND {USABLE} AND {_TAKES})
"""

_STUCK = f"""
SELECT sender.id AS sender_id FROM {_POOL} WHERE o.id = $1 AND o.status = 'RUNNING' AND {_TAKES} AND NOT ({USABLE})
  AND EXISTS (SELECT FROM message m WHERE m.campaign_id = o.id AND m.sender_id = sender.id AND {_MOVABLE})
"""

_MOVE = f"""
WITH pool AS MATERIALIZED (
  SELECT sender.id, {USABLE} AS usable FROM {_POOL} WHERE o.id = $1 AND o.status = 'RUNNING' AND {_TAKES}
), stuck AS MATERIALIZED (
  SELECT m.id FROM message m
  WHERE m.id = ANY(ARRAY(
      SELECT m.id FROM message m
      WHERE m.campaign_id = $1 AND m.sender_id = ANY($3) AND m.sender_id IN (SELECT id FROM pool WHERE NOT usable)
        AND {_MOVABLE}
        AND EXISTS (SELECT FROM pool WHERE usable) LIMIT $2)) AND {_MOVABLE}
  ORDER BY m.id FOR UPDATE OF m SKIP LOCKED
), share AS (
  SELECT id, (ARRAY(SELECT id FROM pool WHERE usable ORDER BY id))[
           1 + row_number() OVER (ORDER BY id) % (SELECT count(*) FROM pool WHERE usable)] AS sender_id
  FROM stuck
)
UPDATE message m SET sender_id = share.sender_id, updated_at = now()
FROM share WHERE m.id = share.id
RETURNING m.sender_id
"""


async def due(limit: int) -> list[Record]:
    """Locks campaigns whose time has come and that nobody else takes up: (id, why it must be paused or null)."""
    return await connect.rows(_DUE, limit)


async def begin(ids: Sequence[int]) -> list[Record]:
    """Lets campaigns be sent, or go on: (id, status, was) of those that waited and may."""
    return await connect.rows(_BEGIN, list(ids))


async def put(id: int, status: str, allowed: Sequence[str]) -> list[Record]:
    """Somebody pauses or ends a campaign in one of these statuses: (id, status, was), or nothing."""
    return await connect.rows(_SET, id, status, list(allowed))


async def lock_fanning(id: int) -> Record | None:
    """A campaign whose audience is to be frozen, locked, with what its messages are made of; None: nothing to do."""
    return await connect.row(_FANNING, id)


async def fan_out(fanning: Record, chunk: int) -> tuple[set[int], bool]:
    """Freezes the next `chunk` people of an audience: (senders, whether they were the last)."""
    pool = await pool_of(fanning["id"], own_text=fanning["own_text"])
    given = values(fanning, pool, after=fanning["fanned_out_to"], chunk=chunk)
    sent = [fanning[name] for name in ("template_id", "type", "media_id", "quiet_from", "quiet_until")]
    done = await connect.value(people(pool) + _FREEZE, *given, *sent)
    if done:
        await connect.execute(_FROZEN, fanning["id"])
    return set(pool.usable), done


async def done() -> list[int]:
    """Locks campaigns that have no open message."""
    return [row["id"] for row in await connect.rows(_DONE)]


async def finish(ids: Sequence[int]) -> list[Record]:
    """Completes campaigns: (id, status, was)."""
    return await connect.rows(_FINISH, list(ids))


async def idle() -> list[int]:
    """Campaigns that stand still for want of a ring."""
    return [row["id"] for row in await connect.rows(_IDLE)]


async def move_shares(id: int, chunk: int) -> list[int]:
    """Gives so many messages of senders that do not send to others of the campaign; the senders that got them."""
    if not (stuck := await connect.rows(_STUCK, id)):
        return []
    await hold(held := [row["sender_id"] for row in stuck])
    # One that has stopped since is not held, and waits for the next time.
    return [row["sender_id"] for row in await connect.rows(_MOVE, id, chunk, held)]
