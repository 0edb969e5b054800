"""What hangs on a contact, to be handed out or erased: each statement does some rows, and may be run again.

Rows of messages stay, blank, for the figures of schedules and campaigns count them; and of each a hash of what WhatsApp
called it, so that a post that comes once more brings nobody back. What is still in flight is left until it is settled.
Merged contacts left nothing behind but entries of the log and exports.
"""

from collections.abc import Sequence
from datetime import datetime

from db.core import connect

CHUNK = 2000

# What of a message names its person.
_NAMED = """num_nonnulls(content, details, variables, referral, metadata, address, correlation_id,
      nullif(left(provider_message_id, 7), 'erased:'), nullif(error_message, 'Erased.')) > 0"""

# What may still write of the contact: a message in flight, an import that has met it, and whoever began before there
# was nothing left to read of it, such as the freezing of an audience, or the telling of webhooks. What was written once
# a step had passed by, as when a message is settled meanwhile, is left for the next time.
_OPEN = f"""
SELECT EXISTS (SELECT FROM message WHERE contact_id = $1 AND (lease_until IS NOT NULL OR {_NAMED}))
    OR EXISTS (SELECT FROM event
               WHERE contact_id = ANY(ARRAY(SELECT id FROM contact WHERE $1 IN (id, merged_into_id)))
                 AND data IS NOT NULL)
    OR EXISTS (SELECT FROM import_row r JOIN contact_import i ON i.id = r.contact_import_id
               WHERE r.contact_id = $1 AND i.status IN ('QUEUED', 'RUNNING'))
    OR EXISTS (SELECT FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < $2
                 AND backend_type = 'client backend')
"""

_NEEDLES = """
SELECT DISTINCT value FROM (
  SELECT unnest(string_to_array(numbers, ' ')) AS value FROM contact WHERE id = $1
  UNION ALL SELECT value FROM contact_identity WHERE contact_id = $1 AND type <> 'USERNAME'
  UNION ALL SELECT address FROM message WHERE contact_id = $1 AND address <> ''
  UNION ALL SELECT address FROM conversation WHERE contact_id = $1 AND address <> ''
) AS known WHERE length(value) >= 7
"""

# What others were sent, too, is no file of this person's.
_FILES = """
WITH own AS (
  SELECT f.id FROM file f
  WHERE f.deleted_at IS NULL AND (
    f.conversation_id IN (SELECT id FROM conversation WHERE contact_id = $1)
    OR f.id IN (SELECT media_id FROM message WHERE contact_id = $1 AND direction = 'INBOUND')
    OR f.id IN (SELECT p.file_id FROM privacy_receipt p JOIN contact c ON c.id = p.contact_id
                WHERE $1 IN (c.id, c.merged_into_id))
    OR f.id IN (SELECT i.file_id FROM contact_import i JOIN import_row r ON r.contact_import_id = i.id
                WHERE r.contact_id = $1 AND i.status IN ('COMPLETED', 'FAILED')))
    AND NOT EXISTS (SELECT FROM message m WHERE m.media_id = f.id AND m.contact_id <> $1)
), held AS (
  DELETE FROM provider_media p USING own WHERE p.file_id = own.id
)
UPDATE file f
SET name = 'erased', metadata = NULL, source = NULL, deleted_at = now(), due_at = now(), updated_at = now()
FROM own WHERE f.id = own.id
"""

_MESSAGES = f"""
WITH page AS MATERIALIZED (
  SELECT id FROM message
  WHERE contact_id = $1 AND lease_until IS NULL AND {_NAMED}
  ORDER BY id LIMIT $2 FOR UPDATE
), waiting AS (
  DELETE FROM waiting_amendment w USING page WHERE w.message_id = page.id
), made AS (
  DELETE FROM generation g USING page WHERE g.message_id = page.id
)
UPDATE message m
SET content = NULL, details = NULL, variables = NULL, referral = NULL, metadata = NULL, address = NULL,
    correlation_id = NULL, attempt_id = NULL, updated_at = now(),
    provider_message_id = CASE WHEN starts_with(provider_message_id, 'erased:') THEN provider_message_id
      ELSE 'erased:' || encode(sha256(convert_to(provider_message_id, 'UTF8')), 'hex') END,
    error_message = CASE WHEN error_message IS NOT NULL THEN 'Erased.' END
FROM page WHERE m.id = page.id
"""

_EVENTS = """
UPDATE event SET data = NULL
WHERE number IN (
  SELECT number FROM event
  WHERE contact_id = ANY(ARRAY(SELECT id FROM contact WHERE $1 IN (id, merged_into_id))) AND data IS NOT NULL
  ORDER BY number LIMIT $2)
"""

_CONVERSATIONS = """
UPDATE conversation
SET address = '', tags = '{}', metadata = '{}', escalation_note = NULL, language = NULL,
    deleted_at = coalesce(deleted_at, now()), updated_at = now()
WHERE contact_id = $1 AND (address <> '' OR deleted_at IS NULL)
"""

# Blank, like all rows that others point to; figures leave out what is deleted.
_LEADS = """
WITH trail AS (
  DELETE FROM lead_activity a USING lead l WHERE a.lead_id = l.id AND l.contact_id = $1
)
UPDATE lead
SET title = 'Erased', description = NULL, source = NULL, lost_reason = NULL, next_follow_up_at = NULL,
    deleted_at = coalesce(deleted_at, now()), updated_at = now()
WHERE contact_id = $1 AND (title <> 'Erased' OR deleted_at IS NULL)
"""

_RECIPIENTS = """
UPDATE campaign_recipient r SET address = NULL
FROM campaign k WHERE r.campaign_id = k.id AND r.contact_id = $1 AND r.address IS NOT NULL
"""
_ROWS = "UPDATE import_row SET contact_id = NULL, message = NULL WHERE contact_id = $1"

_DELIVERIES = """
DELETE FROM webhook_delivery
WHERE contact_id = ANY(ARRAY(SELECT id FROM contact WHERE $1 IN (id, merged_into_id)))
"""

_POSTS = """
DELETE FROM inbound_post
WHERE id >= $1 AND id < $2 AND done_at IS NOT NULL
  AND EXISTS (SELECT FROM unnest($3::bytea[]) AS n(needle) WHERE position(needle IN body) > 0)
"""
_POSTS_LEFT = """
SELECT EXISTS (SELECT FROM inbound_post p, unnest($1::bytea[]) AS n(needle)
               WHERE p.done_at IS NULL AND p.created_at <= $2 AND position(needle IN p.body) > 0)
"""

_PERSON = """
WITH phones AS (DELETE FROM contact_phone WHERE contact_id = $1),
     identities AS (DELETE FROM contact_identity WHERE contact_id = $1),
     consents AS (DELETE FROM consent WHERE contact_id = $1),
     reached AS (DELETE FROM portfolio_reach WHERE contact_id = $1)
UPDATE contact
SET name = 'Erased', first_name = NULL, last_name = NULL, email = NULL, company = NULL, job_title = NULL, tags = '{}',
    attributes = '{}', time_zone = NULL, time_zone_inferred = false, numbers = NULL, opt_in_status = 'UNKNOWN',
    opt_in_changed_at = NULL, declined = NULL, updated_at = now()
WHERE id = $1 OR merged_into_id = $1
"""

STEPS = {"messages": _MESSAGES, "events": _EVENTS}
"""In chunks; what is counted, and the statement."""
AT_ONCE = {
    "conversations": _CONVERSATIONS,
    "leads": _LEADS,
    "campaignRecipients": _RECIPIENTS,
    "importRows": _ROWS,
    "webhookDeliveries": _DELIVERIES,
}


async def now() -> datetime:
    """By the clock that transactions began by."""
    return await connect.value("SELECT clock_timestamp()")


async def is_open(contact_id: int, began: datetime) -> bool:
    """Whether something may still be written of the contact by what is not over, or by whoever began before then."""
    return await connect.value(_OPEN, contact_id, began)


async def needles(contact_id: int) -> list[bytes]:
    """What the contact is called in posts: numbers in digits, ids."""
    return [row["value"].removeprefix("+").encode() for row in await connect.rows(_NEEDLES, contact_id)]


async def erase_files(contact_id: int) -> int:
    """Bytes are removed by whoever tends files."""
    return await connect.execute(_FILES, contact_id)


async def erase_posts(called: Sequence[bytes]) -> int:
    """Posts that were taken up and name the contact."""
    bounds = await connect.row("SELECT min(id) AS first, max(id) AS last FROM inbound_post")
    count = 0
    if called and bounds is not None and bounds["first"] is not None:
        for first in range(bounds["first"], bounds["last"] + 1, CHUNK):
            count += await connect.execute(_POSTS, first, first + CHUNK, list(called))
    return count


async def posts_left(called: Sequence[bytes], before: object) -> bool:
    """Whether a post of before then that names the contact is not taken up yet."""
    return bool(called) and await connect.value(_POSTS_LEFT, list(called), before)


async def erase_person(contact_id: int) -> None:
    """The contact itself, and those that were merged into it; their rows stay, blank, for what points to them."""
    await connect.execute(_PERSON, contact_id)
