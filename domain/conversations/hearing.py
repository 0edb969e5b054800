"""What is said moves conversations: they are opened, their window, what is unread in them, and their last message.

What contacts write begins a turn of the bot, or goes into the one that has begun; what people of ours write ends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Record

from db.bot import answers
from db.core import connect
from db.events import EventType, record_all
from domain import settings
from domain.conversations.turns import silence

WINDOW = timedelta(hours=24)
"""How long WhatsApp takes any message after a person's last one."""
WINDOW_FROM_AD = timedelta(hours=72)
"""The same after a message that came by way of an ad or post."""
MOST_DEBOUNCES = 5
"""Of a contact who never falls silent the bot waits no longer than so many debounces."""


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
    asks: bool = True
    """Whether it may be answered: reactions, words such as STOP and what we cannot read are not."""


# One row for each pair, and in one order, so that two who say something to the same people wait for each other in no
# circle. What comes late neither shortens a window nor takes the place of a later message. People are answered where
# they wrote from, wherever one of us wrote to. What one of us has written after it is answered, however late it comes.
_SAY = f"""
WITH said AS (
  SELECT sender_id, contact_id, max(at) AS at, max(expires_at) AS expires_at, count(*) FILTER (WHERE unread) AS unread,
         count(*) FILTER (WHERE spoken) AS spoken,
         array_agg(message_id ORDER BY at, message_id) FILTER (WHERE asks) AS asked,
         (array_agg(address ORDER BY at DESC, message_id DESC))[1] AS address,
         (array_agg(message_id ORDER BY at DESC, message_id DESC) FILTER (WHERE shown))[1] AS last_id,
         max(at) FILTER (WHERE shown) AS last_at
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bool[],
              $8::bool[], $9::bool[], $10::bool[])
       AS s(message_id, sender_id, contact_id, address, at, expires_at, unread, shown, spoken, asks)
  GROUP BY sender_id, contact_id ORDER BY sender_id, contact_id
), moved AS (
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
  RETURNING c.id, c.sender_id, c.contact_id, c.epoch, c.handler = 'BOT' AND c.status = 'ACTIVE' AS is_bots,
            old.id IS NULL AS opened, old.last_message_id AS before_id, old.last_message_at AS before_at
), turn AS (
  INSERT INTO bot_turn AS t (conversation_id, epoch, due_at, message_ids)
  SELECT moved.id, moved.epoch, now() + $11::interval, said.asked
  FROM said JOIN moved USING (sender_id, contact_id) JOIN sender s ON s.id = sender_id
  LEFT JOIN message latest ON latest.id = before_id AND before_at > said.at
  WHERE said.asked IS NOT NULL AND is_bots AND s.bot_enabled AND latest.author IS DISTINCT FROM 'OPERATOR'
    AND ($12 OR EXISTS (SELECT FROM file f JOIN file_reading r ON r.file_id = f.id
                        WHERE f.conversation_id = moved.id AND f.deleted_at IS NULL AND r.passages > 0))
  ON CONFLICT (conversation_id) DO UPDATE
  SET message_ids = t.message_ids || excluded.message_ids,
      due_at = greatest(t.due_at, least(excluded.due_at, t.since + {MOST_DEBOUNCES} * $11::interval))
  RETURNING conversation_id
)
SELECT moved.*, (
  SELECT count(nextval('bot_gathered')) FROM turn, unnest(said.asked) WHERE conversation_id = moved.id) AS gathered
FROM moved JOIN said USING (sender_id, contact_id)
"""


async def heard(messages: Sequence[Heard]) -> None:
    """Takes up what contacts wrote, inside the caller's transaction: opens or reopens their conversations.

    Those that the bot has, and knows anything for, get a turn of it, due once the contact has been silent for the
    debounce.
    """
    looks_up = (await settings.current()).features.rag_enabled
    knows = bool(messages) and await answers(rag=looks_up)
    await _say(
        [
            (
                *_columns(message),
                message.at + (WINDOW_FROM_AD if message.from_ad else WINDOW),
                not message.quiet,
                not message.quiet,
                False,
                (knows or looks_up) and message.asks and not message.quiet,
            )
            for message in messages
        ],
        knows=knows,
    )


async def spoke(messages: Sequence[Spoken], *, actor_id: int | None = None) -> None:
    """Takes up what people of ours wrote, inside the caller's transaction: what the bot began before is called off."""
    said = [(*_columns(message), None, False, not message.quiet, True, False) for message in messages]
    await silence([row["id"] for row in await _say(said, actor_id=actor_id)])


def _columns(message: Spoken) -> tuple[int, int, int, str, datetime]:
    return message.message_id, message.sender_id, message.contact_id, message.address, message.at


async def _say(said: Sequence[tuple[object, ...]], *, knows: bool = False, actor_id: int | None = None) -> list[Record]:
    if not said:
        return []
    debounce = timedelta(seconds=(await settings.current()).bot.debounce)
    moved = await connect.rows(_SAY, *map(list, zip(*said, strict=True)), debounce, knows)
    record_all(_event(row, actor_id) for row in moved)
    return moved


def _event(row: Record, actor_id: int | None) -> tuple[object, ...]:
    kind = EventType.CONVERSATION_CREATED if row["opened"] else EventType.CONVERSATION_UPDATED
    return (kind, actor_id, "Conversation", row["id"], row["sender_id"], row["contact_id"], None, None, None)
