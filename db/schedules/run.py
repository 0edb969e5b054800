"""The run of a schedule. Whoever changes one locks its row first; the database's clock says what is due."""

from collections.abc import Sequence

from asyncpg import Record

from db.core import connect
from db.schedules.hold import WHY

_DUE = f"""
SELECT s.id, {WHY} AS hold
FROM schedule s JOIN message_template t ON t.id = s.template_id
WHERE s.status = 'PENDING' AND s.deleted_at IS NULL AND s.send_at <= now()
ORDER BY s.send_at, s.id LIMIT $1
FOR UPDATE OF s SKIP LOCKED
"""

# The template is looked at once more with its row held: whoever changes it at WhatsApp waits for us, or we find it so.
_BEGIN = f"""
WITH ready AS MATERIALIZED (
  SELECT s.id FROM schedule s JOIN message_template t ON t.id = s.template_id
  WHERE s.id = ANY($1) AND s.status IN ('PENDING', 'HELD') AND {WHY} IS NULL
  FOR SHARE OF t
)
UPDATE schedule s
SET status = 'PROCESSING', task_id = gen_random_uuid()::text,
    processing_started_at = coalesce(processing_started_at, now()), error_message = NULL, updated_at = now()
FROM ready WHERE s.id = ready.id
RETURNING s.id, s.sender_id
"""

# The row lock lets one fan-out at a time go on, from where the last one stopped; another leaves it to that one, so that
# rings for a long fan-out do not fill a worker with those that wait for it.
_FANNING = """
SELECT s.group_id, s.sender_id, s.template_id, s.fanned_out_to,
       CASE WHEN t.approval_name IS NOT NULL THEN 'TEMPLATE' WHEN t.buttons IS NOT NULL THEN 'INTERACTIVE'
            ELSE coalesce(t.header ->> 'format', 'TEXT') END AS type,
       (t.header ->> 'media_id')::bigint AS media_id,
       coalesce(t.category, 'MARKETING') AS purpose
FROM schedule s JOIN message_template t ON t.id = s.template_id
WHERE s.id = $1 AND s.status = 'PROCESSING' AND s.recipients IS NULL
FOR UPDATE OF s SKIP LOCKED
"""

# Behind what people and the bot say (LOW): a million recipients take hours, and somebody waits for each answer.
_CHUNK = """
WITH page AS MATERIALIZED (
  SELECT contact_id FROM group_member WHERE group_id = $2 AND contact_id > $3 ORDER BY contact_id LIMIT $4
), person AS MATERIALIZED (
  SELECT c.id, p.phone_number, p.id IS NOT NULL AND c.opt_in_status <> 'OPTED_OUT'
         AND $8 <> ALL(coalesce(c.declined, '{}')) AS reachable
  FROM page
  JOIN contact c ON c.id = page.contact_id AND c.deleted_at IS NULL
  LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
), queued AS (
  INSERT INTO message (schedule_id, contact_id, address, sender_id, template_id, type, purpose, media_id, direction,
                       author, priority, state, attempts, due_at)
  SELECT $1, id, phone_number, $5, $6, $7, $8, $9, 'OUTBOUND', 'SYSTEM', 1, 'QUEUED', 0, now()
  FROM person WHERE reachable ORDER BY id
  ON CONFLICT (schedule_id, contact_id) WHERE schedule_id IS NOT NULL DO NOTHING
)
UPDATE schedule
SET fanned_out_to = coalesce((SELECT max(contact_id) FROM page), fanned_out_to),
    excluded = excluded + (SELECT count(*) FROM person WHERE NOT reachable)
WHERE id = $1
RETURNING (SELECT count(*) FROM page) < $4 AS done
"""

_FREEZE = """
UPDATE schedule
SET recipients = (SELECT count(*) FROM message WHERE schedule_id = $1), updated_at = now()
WHERE id = $1 RETURNING recipients
"""

_DONE = """
SELECT s.id, s.sender_id FROM schedule s
WHERE s.status = 'PROCESSING' AND s.recipients IS NOT NULL AND ($1::bigint[] IS NULL OR s.id = ANY($1))
  AND NOT EXISTS (
    SELECT 1 FROM message m WHERE m.schedule_id = s.id AND (m.due_at IS NOT NULL OR m.lease_until IS NOT NULL)
  )
ORDER BY s.id FOR UPDATE OF s
"""

_FINISH = """
UPDATE schedule s
SET status = CASE WHEN ended.sent THEN 'SENT' ELSE 'FAILED' END, sent_at = now(), updated_at = now(),
    error_message = CASE
      WHEN ended.sent THEN NULL
      WHEN s.recipients = 0 THEN 'There was no one left to send to.'
      ELSE concat_ws(' ', 'No message was sent.', (
        SELECT mode() WITHIN GROUP (ORDER BY error_message) FROM message WHERE schedule_id = s.id
      ))
    END
FROM (
  SELECT e.id, EXISTS (SELECT 1 FROM message WHERE schedule_id = e.id AND sent_at IS NOT NULL) AS sent
  FROM unnest($1::bigint[]) AS e(id)
) AS ended
WHERE s.id = ended.id
"""


async def due(limit: int) -> list[Record]:
    """Locks schedules whose time has come and that nobody else takes up: (id, why it must be held or null)."""
    return await connect.rows(_DUE, limit)


async def begin(ids: list[int]) -> list[Record]:
    """Lets schedules be sent, or go on, each in a run of its own: (id, sender_id) of those that waited."""
    return await connect.rows(_BEGIN, ids)


async def fan_out(id: int, chunk: int) -> tuple[int, bool] | None:
    """Queues the next `chunk` members of a schedule's group: (sender, whether it was the last); None: nothing to do."""
    if (fanning := await connect.row(_FANNING, id)) is None:
        return None
    done = await connect.value(
        _CHUNK,
        id,
        fanning["group_id"],
        fanning["fanned_out_to"],
        chunk,
        fanning["sender_id"],
        fanning["template_id"],
        fanning["type"],
        fanning["purpose"],
        fanning["media_id"],
    )
    if done:
        await connect.execute(_FREEZE, id)
    return fanning["sender_id"], done


async def recipients(id: int) -> int:
    """How many messages a schedule has, whatever became of them."""
    return await connect.value("SELECT count(*) FROM message WHERE schedule_id = $1", id)


async def lock_done(ids: Sequence[int] | None) -> list[Record]:
    """Locks those of these schedules (or of all) that are being sent and have no open message: (id, sender_id)."""
    return await connect.rows(_DONE, ids)


async def finish(ids: list[int]) -> None:
    """Ends schedules: SENT where one message was sent, else FAILED with the most frequent reason."""
    await connect.execute(_FINISH, ids)


async def unfanned() -> list[int]:
    """Schedules that are being sent and whose recipients are not all queued yet."""
    found = await connect.rows("SELECT id FROM schedule WHERE status = 'PROCESSING' AND recipients IS NULL")
    return [row["id"] for row in found]
