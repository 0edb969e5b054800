"""Figures of schedules, and whom a group of theirs reaches."""

from asyncpg import Record

from db.core import connect
from db.messages.stats import DeliveryStats

# People of a group who can be written to with messages of a category, and those who cannot.
_REACH = """
SELECT count(*) AS people,
       count(*) FILTER (WHERE p.id IS NOT NULL AND c.opt_in_status <> 'OPTED_OUT'
                        AND {category} <> ALL(coalesce(c.declined, '{{}}'))) AS reachable
FROM group_member g
JOIN contact c ON c.id = g.contact_id AND c.deleted_at IS NULL
LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
"""

_REACH_OF = f"""
SELECT reach.* FROM schedule s JOIN message_template t ON t.id = s.template_id,
  LATERAL ({_REACH.format(category="coalesce(t.category, 'MARKETING')")} WHERE g.group_id = s.group_id) AS reach
WHERE s.id = $1
"""

_STATS = f"""
WITH wanted AS (
  SELECT * FROM schedule WHERE id = ANY($1)
), counted AS (
  SELECT schedule_id AS id, count(*) AS total,
         count(*) FILTER (WHERE state IN ('SENT', 'DELIVERED', 'READ')) AS sent,
         count(*) FILTER (WHERE state IN ('DELIVERED', 'READ')) AS delivered,
         count(*) FILTER (WHERE state = 'READ') AS read,
         count(*) FILTER (WHERE state = 'FAILED') AS failed,
         count(*) FILTER (WHERE state = 'UNCONFIRMED') AS unconfirmed,
         count(*) FILTER (WHERE state = 'CANCELLED') AS cancelled
  FROM message WHERE schedule_id = ANY($1) GROUP BY 1
), audience AS (
  SELECT a.id, a.category, reach.*
  FROM (SELECT DISTINCT w.group_id, coalesce(t.category, 'MARKETING')
        FROM wanted w JOIN message_template t ON t.id = w.template_id WHERE w.recipients IS NULL) AS a(id, category),
       LATERAL ({_REACH.format(category="a.category")} WHERE g.group_id = a.id) AS reach
), replied AS (
  SELECT w.id, count(DISTINCT m.id) AS replies
  FROM wanted w
  JOIN message r ON r.sender_id = w.sender_id AND r.direction = 'INBOUND' AND r.created_at >= w.processing_started_at
    AND r.created_at < coalesce(w.sent_at, now()) + interval '7 days'
  JOIN message m ON m.schedule_id = w.id AND m.contact_id = r.contact_id
    AND r.created_at >= m.sent_at AND r.created_at < m.sent_at + interval '7 days'
  GROUP BY 1
)
SELECT w.id, w.status = 'CANCELLED' AS called_off,
       coalesce(w.recipients, greatest(a.reachable, c.total), 0) AS recipients,
       CASE WHEN w.recipients IS NULL THEN coalesce(a.people - a.reachable, 0) ELSE w.excluded END AS excluded,
       coalesce(c.sent, 0) AS sent, coalesce(c.delivered, 0) AS delivered, coalesce(c.read, 0) AS read,
       coalesce(c.failed, 0) AS failed, coalesce(c.unconfirmed, 0) AS unconfirmed,
       coalesce(c.cancelled, 0) AS cancelled, coalesce(r.replies, 0) AS replies
FROM wanted w
JOIN message_template t ON t.id = w.template_id
LEFT JOIN counted c ON c.id = w.id
LEFT JOIN audience a ON a.id = w.group_id AND a.category = coalesce(t.category, 'MARKETING')
LEFT JOIN replied r ON r.id = w.id
"""


async def has_people(group_id: int) -> bool:
    """Whether a group has any member, however many they are."""
    return await connect.value(
        "SELECT EXISTS (SELECT FROM group_member g JOIN contact c ON c.id = g.contact_id AND c.deleted_at IS NULL"
        " WHERE g.group_id = $1)",
        group_id,
    )


async def reach(schedule_id: int) -> tuple[int, int]:
    """How many people of a schedule's group can be written to, and how many cannot."""
    found = await connect.rows(_REACH_OF, schedule_id)
    return found[0]["reachable"], found[0]["people"] - found[0]["reachable"]


async def stats(ids: list[int]) -> dict[int, DeliveryStats]:
    """Figures of many schedules in one statement; before the fan-out, of the group as it is now."""
    return {row["id"]: _stats(row) for row in await connect.rows(_STATS, ids)}


def _stats(row: Record) -> DeliveryStats:
    """What is neither done nor queued yet is still pending, or called off with its schedule."""
    recipients, cancelled = row["recipients"], row["cancelled"]
    rest = recipients - row["sent"] - row["failed"] - row["unconfirmed"] - cancelled
    return DeliveryStats(
        recipients=recipients,
        excluded=row["excluded"],
        pending=0 if row["called_off"] else rest,
        sent=row["sent"],
        delivered=row["delivered"],
        read=row["read"],
        failed=row["failed"],
        unconfirmed=row["unconfirmed"],
        cancelled=cancelled + rest if row["called_off"] else cancelled,
        replies=row["replies"],
    )
