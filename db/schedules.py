"""Schedules: a template for a group at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from asyncpg import Record
from tortoise import fields

from db.core import connect
from db.core.columns import ChangingRow, choice

if TYPE_CHECKING:
    from db.accounts import User
    from db.groups import Group
    from db.senders import Sender
    from db.templates import MessageTemplate


class ScheduleStatus(StrEnum):
    PENDING = "PENDING"
    HELD = "HELD"
    PROCESSING = "PROCESSING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ARCHIVED = "ARCHIVED"


class Schedule(ChangingRow):
    """A planned message to a group. `outcome` is never ARCHIVED: archived_at hides how it ended, and forgets it not."""

    template: "fields.ForeignKeyRelation[MessageTemplate]" = fields.ForeignKeyField(
        "models.MessageTemplate", on_delete=fields.RESTRICT
    )
    template_id: int
    group: "fields.ForeignKeyRelation[Group]" = fields.ForeignKeyField("models.Group", on_delete=fields.RESTRICT)
    group_id: int
    sender: "fields.ForeignKeyRelation[Sender]" = fields.ForeignKeyField("models.Sender", on_delete=fields.RESTRICT)
    sender_id: int
    variables: dict[str, Any] = fields.JSONField[dict[str, Any]]()
    outcome = choice(ScheduleStatus, default=ScheduleStatus.PENDING, source_field="status")
    send_at: datetime = fields.DatetimeField()
    task_id = fields.CharField(36, null=True)
    """Id of the dispatch run: a UUID, new with each start."""
    recipients: int | None = fields.IntField(null=True)
    """How many are sent a message; frozen when fan-out is done, null before."""
    excluded: int = fields.IntField(default=0)
    fanned_out_to: int = fields.BigIntField(default=0)
    """Id of the last contact that fan-out has passed, so that it can go on."""
    error_message: str | None = fields.TextField(null=True)
    created_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True, related_name="schedules_created"
    )
    created_by_id: int | None
    cancelled_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True, related_name="schedules_cancelled"
    )
    cancelled_by_id: int | None
    processing_started_at: datetime | None = fields.DatetimeField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    cancelled_at: datetime | None = fields.DatetimeField(null=True)
    archived_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "schedule"
        indexes = (("send_at", "id"), ("template_id",), ("group_id",))

    @property
    def status(self) -> ScheduleStatus:
        return ScheduleStatus.ARCHIVED if self.archived_at else self.outcome

    @property
    def processing_time(self) -> float | None:
        """Seconds from the beginning of sending to its end."""
        if self.processing_started_at is None or self.sent_at is None:
            return None
        return (self.sent_at - self.processing_started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class ScheduleCounts:
    """How many schedules wait or are being sent, and how many were sent."""

    scheduled: int = 0
    sent: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryStats:
    """Each message counted once, where it is now; sent, delivered and read are cumulative.

    recipients = pending + sent + failed + unconfirmed + cancelled.
    """

    recipients: int
    excluded: int
    pending: int
    sent: int
    delivered: int
    read: int
    failed: int
    unconfirmed: int
    cancelled: int
    replies: int

    @property
    def progress(self) -> float:
        return _share(self.recipients - self.pending, self.recipients)

    @property
    def delivery_rate(self) -> float:
        return _share(self.delivered, self.sent)

    @property
    def read_rate(self) -> float:
        return _share(self.read, self.delivered)

    @property
    def reply_rate(self) -> float:
        return _share(self.replies, self.delivered)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


# ---------------------------------------------------------------------------
# The run of a schedule. Whoever changes one locks its row first; the database's clock says what is due.
# ---------------------------------------------------------------------------

# A held schedule is taken up again when its template may be sent, or is refused for another reason than before.
_DUE = """
SELECT s.id, t.hold
FROM schedule s, LATERAL (
  SELECT CASE WHEN approval_status <> 'APPROVED' THEN format('The template is %s at WhatsApp.', approval_status) END
  FROM message_template WHERE id = s.template_id
) AS t(hold)
WHERE s.status IN ('PENDING', 'HELD') AND s.deleted_at IS NULL AND s.send_at <= now()
  AND (s.status = 'PENDING' OR t.hold IS DISTINCT FROM s.error_message)
ORDER BY s.send_at, s.id LIMIT $1
FOR UPDATE OF s SKIP LOCKED
"""

# The template is looked at once more with its row held: whoever changes it at WhatsApp waits for us, or we find it so.
_BEGIN = """
WITH ready AS MATERIALIZED (
  SELECT s.id FROM schedule s JOIN message_template t ON t.id = s.template_id
  WHERE s.id = ANY($1) AND s.status IN ('PENDING', 'HELD') AND coalesce(t.approval_status, 'APPROVED') = 'APPROVED'
  FOR SHARE OF t
)
UPDATE schedule s
SET status = 'PROCESSING', task_id = gen_random_uuid()::text, processing_started_at = now(), error_message = NULL,
    updated_at = now()
FROM ready WHERE s.id = ready.id
RETURNING s.id, s.sender_id
"""

_HOLD = """
UPDATE schedule s SET status = 'HELD', error_message = h.hold, updated_at = now()
FROM unnest($1::bigint[], $2::text[]) AS h(id, hold) WHERE s.id = h.id
"""

# People of a group who can be written to, and those who cannot.
_REACH = """
SELECT count(*) AS people,
       count(*) FILTER (WHERE p.id IS NOT NULL AND c.opt_in_status <> 'OPTED_OUT') AS reachable
FROM group_member g
JOIN contact c ON c.id = g.contact_id AND c.deleted_at IS NULL
LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
"""

# The row lock lets one fan-out at a time go on, from where the last one stopped; another leaves it to that one, so that
# rings for a long fan-out do not fill a worker with those that wait for it.
_FANNING = """
SELECT s.group_id, s.sender_id, s.template_id, s.fanned_out_to,
       CASE WHEN t.approval_name IS NULL THEN 'TEXT' ELSE 'TEMPLATE' END AS type,
       coalesce(t.category, 'MARKETING') AS purpose
FROM schedule s JOIN message_template t ON t.id = s.template_id
WHERE s.id = $1 AND s.status = 'PROCESSING' AND s.recipients IS NULL
FOR UPDATE OF s SKIP LOCKED
"""

_CHUNK = """
WITH page AS MATERIALIZED (
  SELECT contact_id FROM group_member WHERE group_id = $2 AND contact_id > $3 ORDER BY contact_id LIMIT $4
), person AS MATERIALIZED (
  SELECT c.id, p.phone_number, p.id IS NOT NULL AND c.opt_in_status <> 'OPTED_OUT' AS reachable
  FROM page
  JOIN contact c ON c.id = page.contact_id AND c.deleted_at IS NULL
  LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
), queued AS (
  INSERT INTO message (schedule_id, contact_id, address, sender_id, template_id, type, purpose, direction, author,
                       priority, state, attempts, due_at)
  SELECT $1, id, phone_number, $5, $6, $7, $8, 'OUTBOUND', 'SYSTEM', 2, 'QUEUED', 0, now()
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
  SELECT a.id, reach.* FROM (SELECT DISTINCT group_id FROM wanted WHERE recipients IS NULL) AS a(id),
         LATERAL ({_REACH} WHERE g.group_id = a.id) AS reach
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
LEFT JOIN counted c ON c.id = w.id
LEFT JOIN audience a ON a.id = w.group_id
LEFT JOIN replied r ON r.id = w.id
"""


async def due(limit: int) -> list[Record]:
    """Locks schedules whose time has come and that nobody else has taken up: (id, why it must be held or null)."""
    return await connect.rows(_DUE, limit)


async def begin(ids: list[int]) -> list[Record]:
    """Lets schedules be sent, each in a run of its own: (id, sender_id) of those that waited."""
    return await connect.rows(_BEGIN, ids)


async def hold(holds: Sequence[tuple[int, str]]) -> None:
    """Keeps schedules waiting, each with the reason why."""
    await connect.execute(_HOLD, *map(list, zip(*holds, strict=True)))


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
    )
    if done:
        await connect.execute(_FREEZE, id)
    return fanning["sender_id"], done


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


async def has_people(group_id: int) -> bool:
    """Whether a group has any member, however many they are."""
    return await connect.value(
        "SELECT EXISTS (SELECT FROM group_member g JOIN contact c ON c.id = g.contact_id AND c.deleted_at IS NULL"
        " WHERE g.group_id = $1)",
        group_id,
    )


async def reach(group_id: int) -> tuple[int, int]:
    """How many people of a group can be written to, and how many cannot."""
    found = await connect.rows(f"{_REACH} WHERE g.group_id = $1", group_id)
    return found[0]["reachable"], found[0]["people"] - found[0]["reachable"]


async def counts(
    of: Literal["group_id", "template_id"], ids: list[int], *, sender_id: int | None
) -> list[ScheduleCounts]:
    """The counts of each group or template, in order; of one sender alone where one is given."""
    found = await connect.rows(
        f"SELECT {of} AS id, count(*) FILTER (WHERE status IN ('PENDING', 'HELD', 'PROCESSING')) AS scheduled,"
        " count(*) FILTER (WHERE status = 'SENT') AS sent FROM schedule"
        f" WHERE {of} = ANY($1) AND deleted_at IS NULL AND ($2::bigint IS NULL OR sender_id = $2) GROUP BY 1",
        ids,
        sender_id,
    )
    counted = {row["id"]: ScheduleCounts(row["scheduled"], row["sent"]) for row in found}
    return [counted.get(id, ScheduleCounts()) for id in ids]


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
