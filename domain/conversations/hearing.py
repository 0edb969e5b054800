"""What is said moves conversations: they are opened, their window, what is unread in them, and their last message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Record

from db.core import connect
from db.events import EventType, record_all

WINDOW = timedelta(hours=24)
"""How long WhatsApp takes any message after a person's last one."""
WINDOW_FROM_AD = timedelta(hours=72)
"""The same after a message that came by way of an ad or post."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of ours that a person wrote, here or in the app of the sender's phone."""

    message_id: int
    sender_id: int
    contact_id: int
    address: str
    at: datetime
    quiet: bool = False
    """A reaction: it is neither unread nor the last message."""


@dataclass(frozen=True, slots=True)
class Heard(Spoken):
    """A message of the contact's."""

    from_ad: bool = False
    """It has a referral."""


# One row for each pair, and in one order, so that two who say something to the same people wait for each other in no
# circle. What comes late neither shortens a window nor takes the place of a later message. People are answered where
# they wrote from, wherever one of us wrote to.
_SAY = """
WITH said AS (
  SELECT sender_id, contact_id, max(at) AS at, max(expires_at) AS expires_at, count(*) FILTER (WHERE unread) AS unread,
         count(*) FILTER (WHERE spoken) AS spoken,
         (array_agg(address ORDER BY at DESC, message_id DESC))[1] AS address,
         (array_agg(message_id ORDER BY at DESC, message_id DESC) FILTER (WHERE shown))[1] AS last_id,
         max(at) FILTER (WHERE shown) AS last_at
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bool[],
              $8::bool[], $9::bool[])
       AS s(message_id, sender_id, contact_id, address, at, expires_at, unread, shown, spoken)
  GROUP BY sender_id, contact_id ORDER BY sender_id, contact_id
)
INSERT INTO conversation AS c
  (sender_id, contact_id, address, window_expires_at, last_message_id, last_message_at, unread_count, epoch)
SELECT sender_id, contact_id, address, expires_at, last_id, last_at, unread, spoken FROM said
ON CONFLICT (sender_id, contact_id) WHERE deleted_at IS NULL DO UPDATE
SET address = CASE WHEN excluded.window_expires_at IS NULL OR excluded.last_message_at < c.last_message_at
                   THEN c.address ELSE excluded.address END,
    window_expires_at = greatest(c.window_expires_at, excluded.window_expires_at),
    last_message_id = CASE WHEN excluded.last_message_at >= c.last_message_at OR c.last_message_at IS NULL
                      THEN coalesce(excluded.last_message_id, c.last_message_id) ELSE c.last_message_id END,
    last_message_at = greatest(c.last_message_at, excluded.last_message_at),
    unread_count = c.unread_count + excluded.unread_count,
    epoch = c.epoch + excluded.epoch,
    status = CASE WHEN c.status = 'CLOSED' AND excluded.window_expires_at IS NOT NULL THEN 'ACTIVE' ELSE c.status END,
    closed_at = CASE WHEN excluded.window_expires_at IS NULL THEN c.closed_at END,
    updated_at = now()
RETURNING c.id, c.sender_id, c.contact_id, old.id IS NULL AS opened
"""


async def heard(messages: Sequence[Heard]) -> None:
    """Takes up what contacts wrote, inside the caller's transaction: opens or reopens their conversations."""
    await _say(
        [
            (
                *_columns(message),
                message.at + (WINDOW_FROM_AD if message.from_ad else WINDOW),
                not message.quiet,
                not message.quiet,
                False,
            )
            for message in messages
        ]
    )


async def spoke(messages: Sequence[Spoken], *, actor_id: int | None = None) -> None:
    """Takes up what people of ours wrote, inside the caller's transaction: what the bot began before is out of date."""
    await _say([(*_columns(message), None, False, not message.quiet, True) for message in messages], actor_id)


def _columns(message: Spoken) -> tuple[int, int, int, str, datetime]:
    return message.message_id, message.sender_id, message.contact_id, message.address, message.at


async def _say(said: Sequence[tuple[object, ...]], actor_id: int | None = None) -> None:
    if said:
        moved = await connect.rows(_SAY, *map(list, zip(*said, strict=True)))
        record_all(_event(row, actor_id) for row in moved)


def _event(row: Record, actor_id: int | None) -> tuple[object, ...]:
    kind = EventType.CONVERSATION_CREATED if row["opened"] else EventType.CONVERSATION_UPDATED
    return (kind, actor_id, "Conversation", row["id"], row["sender_id"], row["contact_id"], None, None, None)
