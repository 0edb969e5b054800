"""The way of messages out: what dispatch and the clock do to their rows.

Every transition is compare-and-set on (id, attempt, state), by the database's clock. Rows are locked in the order of
their ids, so that workers and receipts never wait for each other in a circle.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record

from db.campaigns import tally
from db.core import connect
from db.events import EventType, record
from db.inbound import AWAY_SECONDS
from db.messages.parking import CAMPAIGN, SCHEDULE
from db.templates import TemplateCategory

CLAIM_SECONDS = 15
"""Lease of a claimed row; when it runs out the row is queued again, since no POST has begun."""
FLIGHT_SECONDS = 25
"""Lease of a row in flight: longer than a POST may take (20 s). When it runs out, the outcome is unknown."""

# Messages of what is held are parked in passing (parking.py), and those of quiet hours wait for the end of these.
_DUE = """
  SELECT id FROM message
  WHERE sender_id = $1 AND due_at <= now() AND state = 'QUEUED'
  ORDER BY priority DESC, due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
# Answers to people whose service window is open, among the first of the queue: bot and operators come before the rest.
_DUE_ANSWERS = """
  SELECT m.id FROM message m JOIN (
    SELECT id FROM message WHERE sender_id = $1 AND due_at <= now() AND state = 'QUEUED'
    ORDER BY priority DESC, due_at, id LIMIT 1000
  ) AS head ON head.id = m.id
  WHERE m.state = 'QUEUED' AND EXISTS (
    SELECT FROM conversation c
    WHERE c.sender_id = $1 AND c.contact_id = m.contact_id AND c.window_expires_at > now())
  ORDER BY m.priority DESC, m.due_at, m.id LIMIT $2 FOR UPDATE OF m SKIP LOCKED
"""


def _quiet(zone: str) -> str:
    """When quiet hours of a campaign o end in a zone; null where it is not quiet."""
    return f"CASE WHEN o.quiet_from IS NOT NULL THEN quiet_end({zone}, o.quiet_from::time, o.quiet_until::time) END"


_CLAIM_THOSE = f"""
), judged AS (
  SELECT m.id, CASE WHEN held.stays THEN 'infinity' ELSE held.quiet END AS later
  FROM due JOIN message m ON m.id = due.id LEFT JOIN message_template t ON t.id = m.template_id
  LEFT JOIN LATERAL (
    SELECT {SCHEDULE.stays} AS stays, NULL::timestamptz AS quiet FROM schedule o WHERE o.id = m.schedule_id
    UNION ALL
    SELECT {CAMPAIGN.stays}, {_quiet("(SELECT time_zone FROM contact WHERE id = m.contact_id)")}
    FROM campaign o WHERE o.id = m.campaign_id
  ) AS held ON true
)
UPDATE message m
SET state = CASE WHEN later IS NULL THEN 'CLAIMED' ELSE 'QUEUED' END, due_at = later, updated_at = now(),
    attempt_id = CASE WHEN later IS NULL THEN gen_random_uuid() ELSE m.attempt_id END,
    lease_until = CASE WHEN later IS NULL THEN now() + interval '{CLAIM_SECONDS} s' END
FROM judged, contact c
WHERE m.id = judged.id AND c.id = m.contact_id
RETURNING m.state, m.id, m.attempt_id, m.attempts, m.contact_id, m.schedule_id, m.campaign_id, m.template_id,
          m.address, m.content, m.details, m.variables, m.type, m.reply_to_id, m.media_id, m.priority,
          c.name, c.first_name, c.last_name, c.email, c.company, c.job_title, c.attributes
"""

# WhatsApp takes nothing but templates from the Cloud API once a person has been silent for a day. What people and the
# bot say is held to that here; what a schedule says is WhatsApp's to refuse.
_WINDOW_CLOSED = """
m.author <> 'SYSTEM' AND m.type <> 'TEMPLATE' AND sender.provider = 'CLOUD_API' AND NOT EXISTS (
  SELECT FROM conversation v WHERE v.sender_id = m.sender_id AND v.contact_id = m.contact_id AND v.deleted_at IS NULL
  AND v.window_expires_at > now())
"""


OUTDATED = "A person came first, or the bot is not to answer here any more."
"""What becomes of an answer of the bot's that is late."""
_OUTDATED = """
m.epoch IS NOT NULL AND (NOT sender.bot_enabled OR m.deleted_at IS NOT NULL OR NOT EXISTS (
  SELECT FROM conversation v WHERE v.sender_id = m.sender_id AND v.contact_id = m.contact_id AND v.deleted_at IS NULL
  AND v.handler = 'BOT' AND v.status = 'ACTIVE' AND v.epoch = m.epoch))
"""


def _declined(contact: str) -> str:
    """Whether the contact of a message `m` wants none of its kind; other than of marketing, answers go on."""
    return (
        f"m.purpose = 'MARKETING' AND {contact}.opt_in_status = 'OPTED_OUT'"
        f" OR m.purpose = ANY(coalesce({contact}.declined, '{{}}'))"
        " AND coalesce(m.schedule_id, m.campaign_id) IS NOT NULL"
    )


_CLAIM = f"WITH due AS ({_DUE}{_CLAIM_THOSE}"
_CLAIM_ANSWERS = f"WITH due AS ({_DUE_ANSWERS}{_CLAIM_THOSE}"

# What forbids a message is looked at once more here, in the statement that commits it to leave.
_DEPART = f"""
WITH leaving AS MATERIALIZED (
  SELECT m.id FROM message m JOIN unnest($1::bigint[], $2::uuid[]) AS c(id, attempt_id)
    ON m.id = c.id AND m.attempt_id = c.attempt_id
  WHERE m.state = 'CLAIMED' AND m.lease_until > now()
  ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = 'IN_FLIGHT', content = coalesce(c.content, m.content), details = coalesce(c.details, m.details),
    attempts = least(m.attempts + 1, 32767), updated_at = now(), lease_until = now() + interval '{FLIGHT_SECONDS} s'
FROM leaving, unnest($1::bigint[], $3::text[], $4::jsonb[]) AS c(id, content, details), contact, sender
WHERE m.id = leaving.id AND c.id = m.id AND contact.id = m.contact_id AND sender.id = m.sender_id
  AND NOT EXISTS (SELECT FROM schedule o LEFT JOIN message_template t ON t.id = o.template_id
                  WHERE o.id = m.schedule_id AND {SCHEDULE.stays})
  AND NOT EXISTS (SELECT FROM campaign o LEFT JOIN message_template t ON t.id = o.template_id
                  WHERE o.id = m.campaign_id AND ({CAMPAIGN.stays} OR {_quiet("contact.time_zone")} IS NOT NULL))
  AND contact.deleted_at IS NULL AND NOT ({_OUTDATED})
  AND NOT ({_declined("contact")})
  AND sender.status = 'CONNECTED' AND sender.deleted_at IS NULL
  AND (sender.paused_until IS NULL OR sender.paused_until <= now()) AND NOT ({_WINDOW_CLOSED})
RETURNING m.id
"""

# What has not left keeps its place: due since it was queued, it comes before all that was queued later.
_RELEASE = f"""
WITH held AS MATERIALIZED (
  SELECT m.id, CASE WHEN c.deleted_at IS NOT NULL THEN 'NOT_FOUND'
                    WHEN {_declined("c")} THEN 'OPTED_OUT'
                    WHEN {_OUTDATED} THEN 'OUTDATED'
                    WHEN {_WINDOW_CLOSED} THEN 'WINDOW_CLOSED'
                    WHEN o.id IS NOT NULL THEN coalesce({CAMPAIGN.code}, 'OVER') END AS stop,
         {CAMPAIGN.words} AS over
  FROM message m JOIN unnest($1::bigint[], $2::uuid[]) AS r(id, attempt_id)
    ON m.id = r.id AND m.attempt_id = r.attempt_id
  JOIN contact c ON c.id = m.contact_id JOIN sender ON sender.id = m.sender_id
  LEFT JOIN campaign o ON o.id = m.campaign_id AND {CAMPAIGN.over}
  WHERE m.state = 'CLAIMED' ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = CASE WHEN stop IS NULL THEN 'QUEUED' WHEN stop = 'WINDOW_CLOSED' THEN 'FAILED' ELSE 'CANCELLED' END,
    due_at = CASE WHEN stop IS NULL THEN m.created_at END,
    error_code = CASE WHEN stop NOT IN ('OVER', 'OUTDATED') THEN stop END,
    error_message = CASE stop WHEN 'NOT_FOUND' THEN 'The contact was deleted.'
                              WHEN 'OPTED_OUT' THEN format('The contact opted out of %s messages.', lower(m.purpose))
                              WHEN 'OUTDATED' THEN '{OUTDATED}'
                              WHEN 'WINDOW_CLOSED' THEN 'The contact has not written within 24 hours.'
                              ELSE CASE WHEN stop IS NOT NULL THEN over END END,
    lease_until = NULL, updated_at = now()
FROM held WHERE m.id = held.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, m.error_message, old.state AS was
"""

# An answer belongs to its attempt. That it was accepted settles a row that waits for another try, too, unless a receipt
# has said since that this attempt failed (receipts.py). A doubt that was decided is not doubted anew: without a lease
# nobody would ever look at it again. What is refused before it leaves, such as its file, is a try as well: depart() has
# not counted it. Where another message has the id already (an echo that came first, and did not say that it was of
# ours), that must not leave the whole chunk in doubt: an id is worth less than to know that they were sent.
_SETTLE = """
WITH answer AS (
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[],
                       $8::float8[])
  AS s(id, attempt_id, state, provider_message_id, error_code, error_message, provider_error_code, delay)
), settled AS MATERIALIZED (
  SELECT m.id, m.provider_message_id, CASE s.state
           WHEN 'AGAIN' THEN 'QUEUED'
           WHEN 'OF_CAMPAIGN' THEN
             CASE WHEN coalesce(m.schedule_id, m.campaign_id) IS NULL THEN 'FAILED' ELSE 'QUEUED' END
           ELSE s.state END AS state
  FROM message m JOIN answer s ON m.id = s.id ORDER BY m.id FOR UPDATE OF m
), moved AS (
  UPDATE message m
  SET state = settled.state, updated_at = now(),
      attempts = least(m.attempts + (s.state = 'AGAIN' AND m.state = 'CLAIMED')::int, 32767),
      sent_at = CASE WHEN s.state = 'SENT' THEN now() END,
      provider_message_id = CASE
        WHEN s.provider_message_id IS NULL OR EXISTS (
          SELECT FROM message other WHERE other.provider_message_id = s.provider_message_id AND other.id <> m.id)
        THEN m.provider_message_id ELSE s.provider_message_id END,
      error_code = s.error_code, error_message = s.error_message, provider_error_code = s.provider_error_code,
      due_at = CASE WHEN settled.state = 'QUEUED' THEN now() + make_interval(secs => s.delay) END,
      lease_until = CASE WHEN s.state = 'UNKNOWN' THEN m.lease_until END
  FROM settled, answer s
  WHERE m.id = settled.id AND s.id = m.id
    AND (m.attempt_id = s.attempt_id AND m.state IN ('CLAIMED', 'IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED')
           AND (s.state <> 'UNKNOWN' OR m.lease_until IS NOT NULL)
         OR s.state = 'SENT' AND m.state IN ('QUEUED', 'CLAIMED') AND m.attempt_id IS NOT NULL)
  RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, m.error_message, old.state AS was
)
SELECT settled.id, settled.provider_message_id AS known_as, moved.state, moved.sender_id, moved.contact_id,
       moved.schedule_id, moved.campaign_id, moved.error_message, moved.was
FROM settled LEFT JOIN moved ON moved.id = settled.id
ORDER BY settled.id
"""

_EXPIRE = """
WITH late AS (
  SELECT id FROM message WHERE lease_until < now() AND state IN ('CLAIMED', 'IN_FLIGHT')
  ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
)
UPDATE message m
SET state = CASE m.state WHEN 'CLAIMED' THEN 'QUEUED' ELSE 'UNKNOWN' END,
    due_at = CASE m.state WHEN 'CLAIMED' THEN m.created_at END,
    lease_until = CASE m.state WHEN 'CLAIMED' THEN NULL ELSE m.lease_until END, updated_at = now()
FROM late WHERE m.id = late.id
RETURNING m.id, m.state, m.sender_id
"""

# attempted: when the POST of an unknown row may have left. began: since when WhatsApp can have told us of it. It
# repeats what it could not tell at growing intervals, so that after a while in which no API took posts in it may take
# as long again. Passed: the sender's statuses are beyond that by the grace. Quiet: four times the grace went by and
# none has passed it. Heard: at least one is younger, by a thirtieth of the grace (30 s, in which any POST ends), so
# that WhatsApp did reach us; the last messages of a small send are heard of and never passed, since nothing comes
# after them. While no API takes posts in nothing is decided, and what was posted to us and not taken up decides
# nothing either: it may hold all receipts.
_DECIDE = f"""
WITH doubt AS (
  SELECT m.id, heard AND m.purpose <> 'MARKETING' AS again, heard
  FROM intake i, message m JOIN sender s ON s.id = m.sender_id,
       LATERAL (SELECT m.lease_until - interval '{FLIGHT_SECONDS} s' AS attempted) t,
       LATERAL (SELECT greatest(attempted, i.since + (i.since - attempted)) AS began) b,
       LATERAL (SELECT coalesce(s.status_watermark > began + $1::interval / 30, false) AS heard,
                       coalesce(s.status_watermark > began + $1::interval, false) AS passed,
                       now() > began + 4 * $1::interval AS quiet) h
  WHERE m.state = 'UNKNOWN' AND m.lease_until < now() + interval '{FLIGHT_SECONDS} s' - $1::interval
    AND (passed OR quiet) AND i.until > now() - interval '{AWAY_SECONDS} s'
    AND NOT EXISTS (SELECT 1 FROM inbound_post p WHERE p.done_at IS NULL
                    AND p.created_at <= began + CASE WHEN passed THEN 1 ELSE 4 END * $1::interval)
  ORDER BY m.id LIMIT 1000 FOR UPDATE OF m SKIP LOCKED
)
UPDATE message m
SET state = CASE WHEN again THEN 'QUEUED' ELSE 'UNCONFIRMED' END, due_at = CASE WHEN again THEN now() END,
    error_message = CASE WHEN NOT again THEN 'WhatsApp never confirmed it.' END,
    lease_until = NULL, updated_at = now()
FROM doubt WHERE m.id = doubt.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, m.error_message,
          old.state AS was, heard
"""


async def claim(sender_id: int, limit: int, *, answers_only: bool = False) -> list[Record]:
    """Takes up to `limit` due rows of a sender's queue, each with a fresh attempt id and the contact to fill it for.

    Answers only: those to people whose service window is open, among the first thousand.
    """
    # A whole page of parked ones says nothing of what comes after it; a worker that is to stop waits for us, though.
    for _ in range(20):
        found = await connect.rows(_CLAIM_ANSWERS if answers_only else _CLAIM, sender_id, limit)
        claimed = [row for row in found if row["state"] == "CLAIMED"]
        if claimed or len(found) < limit:
            return claimed
    return []


async def depart(
    ids: list[int], attempts: list[UUID], contents: list[str | None], details: list[str | None]
) -> set[int]:
    """Commits claimed rows to leave, with their text and what stands around it; answers those that may."""
    return {row["id"] for row in await connect.rows(_DEPART, ids, attempts, contents, details)}


async def release(ids: list[int], attempts: list[UUID]) -> list[Record]:
    """Gives claimed rows back that may not leave: cancelled for one who opted out or is gone, else queued again."""
    return await connect.rows(_RELEASE, ids, attempts)


async def settle(answers: Sequence[tuple[Any, ...]]) -> list[Record]:
    """Writes what became of attempts: (id, attempt, state, provider id, code, words, provider's code, delay in s).

    Answers each message as it was known, and as it is now where it moved.
    """
    return await connect.rows(_SETTLE, *map(list, zip(*answers, strict=True)))


async def expire_leases() -> list[Record]:
    """Queues claimed rows again whose worker is gone, and doubts those that were in flight."""
    return await connect.rows(_EXPIRE)


async def decide_doubts(grace: timedelta) -> list[Record]:
    """Decides unknown rows that no receipt has settled, while someone listens; see docs/decisions.md."""
    return await connect.rows(_DECIDE, grace)


# Nobody sends for them any more. A campaign moves its share to its other senders, or waits for somebody to stop it. A
# schedule that is not done keeps its sender, but what is sent once more after a fault
# of WhatsApp's may be queued when its schedule is long done.
_ORPHANED = """
WITH orphan AS MATERIALIZED (
  SELECT m.id FROM sender s JOIN message m ON m.sender_id = s.id AND m.due_at IS NOT NULL
  WHERE s.deleted_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM campaign k WHERE k.id = m.campaign_id AND k.status IN ('RUNNING', 'PAUSED'))
  ORDER BY m.id LIMIT 1000 FOR UPDATE OF m SKIP LOCKED
)
UPDATE message m
SET state = 'CANCELLED', due_at = NULL, error_code = 'NOT_FOUND', error_message = 'The sender was deleted.',
    updated_at = now()
FROM orphan WHERE m.id = orphan.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, old.state AS was
"""


async def cancel_orphans() -> list[Record]:
    """Cancels what waits in the queues of senders that were deleted."""
    return await connect.rows(_ORPHANED)


async def waiting_senders() -> list[int]:
    """Senders that may send and have something due."""
    found = await connect.rows("""
        SELECT s.id FROM sender s WHERE s.status = 'CONNECTED' AND s.deleted_at IS NULL
          AND (s.paused_until IS NULL OR s.paused_until <= now())
          AND EXISTS (SELECT 1 FROM message m WHERE m.sender_id = s.id AND m.due_at <= now())
    """)
    return [row["id"] for row in found]


_CANCEL = """
WITH waiting AS MATERIALIZED (
  SELECT id FROM message
  WHERE contact_id = ANY($1) AND state IN ('QUEUED', 'CLAIMED')
    AND ($2::text IS NULL OR purpose = $2 AND ($2 = 'MARKETING' OR coalesce(schedule_id, campaign_id) IS NOT NULL))
  ORDER BY id FOR UPDATE
)
UPDATE message m
SET state = 'CANCELLED', due_at = NULL, lease_until = NULL, error_code = $3, error_message = $4, updated_at = now()
FROM waiting WHERE m.id = waiting.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, old.state AS was
"""


async def cancel_queued(
    contact_ids: Sequence[int], *, purpose: TemplateCategory | None, reason_code: str, reason: str, actor_id: int | None
) -> list[Record]:
    """Cancels what has not begun to leave to these contacts, and records it; the rows.

    Of a purpose or of any: of MARKETING all, of the others what schedules and campaigns send, for answers go on.
    """
    cancelled = await connect.rows(_CANCEL, list(contact_ids), purpose, reason_code, reason)
    await tally.add(cancelled)
    for row in cancelled:
        record(
            EventType.MESSAGE_CANCELLED,
            "Message",
            row["id"],
            actor_id=actor_id,
            sender_id=row["sender_id"],
            contact_id=row["contact_id"],
            schedule_id=row["schedule_id"],
            message_id=row["id"],
        )
    return cancelled
