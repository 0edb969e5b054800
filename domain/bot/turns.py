"""Turns of the bot: what it has yet to answer in a conversation, from the first message of a burst to the answer.

A turn is a row (bot_turn) that hearing writes with the message. It is claimed for as long as an answer may take, with
`attempts` as a token that tells one claim from the next; and it ends in the transaction that queues the answer, under
the lock of its conversation, where everything that forbids an answer is looked at once more. So whoever dies, and
wherever, a turn is answered once: the lease runs out, and somebody else does it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from asyncpg import Record

from db.conversations import Conversation, EscalationReason
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import ring, transaction
from db.events import EventType, record
from db.messages import MessageAuthor
from domain import settings
from domain.conversations.handling import escalate_by_bot
from domain.conversations.hearing import MOST_DEBOUNCES

log = structlog.get_logger()

LEASE = 15.0
"""Seconds for which a turn is claimed, again and again while its answer is made: after a kill it waits so long."""
MOST_ATTEMPTS = 5
"""Claims of a turn that came to nothing, after which the bot calls a person."""
MOST_ANSWERS = 30
"""Of the bot within an hour in which no person of ours comes in: two bots would answer each other for ever."""
_RECENT = 10 * MOST_ANSWERS
"""Messages of a conversation among which they are counted, the newest."""
MOST_AHEAD = 2.0
"""Seconds before a turn is due at which its answer is begun at the earliest."""
SOON = 1.0
"""Seconds to wait for a turn rather than look for it again."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation, as the bot sees it."""

    id: int
    author: MessageAuthor
    text: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A claimed turn, and what the contact said in it, oldest first."""

    conversation_id: int
    attempts: int
    message_ids: list[int]
    """What it was to answer as it was claimed; some of it may be gone since."""
    sender_id: int
    contact_id: int
    language: str | None
    """What the contact wrote so far."""
    misunderstood: int
    answered: int
    """Answers within the last hour, since a person came in or left."""
    said: list[Said]
    due: float = 0.0
    """When it is to be answered, by this process's clock that only goes forward."""
    begun: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says."""

    text: str
    confidence: float
    """0 to 1."""
    model: str | None = None
    """Null: without one."""
    tokens: int = 0
    sources: Sequence[dict[str, Any]] = ()
    """What it leans on, as Generation keeps it."""
    understood: bool = True
    milliseconds: int = 0
    """That it took to make."""


@dataclass(frozen=True, slots=True)
class Call:
    """The bot calls a person instead."""

    reason: EscalationReason
    note: str


Verdict = Reply | Call | None
"""None: it says nothing."""

# What was posted to us before a turn is due, or while somebody had it, may belong to it, and is taken up first: after a
# restart that may be much.
# What was tried in vain keeps nobody waiting.
_CLAIM = f"""
WITH due AS MATERIALIZED (
  SELECT conversation_id FROM bot_turn
  WHERE due_at <= now() + make_interval(secs => $3) AND (lease_until IS NULL OR lease_until <= now())
    AND greatest(due_at, lease_until) < coalesce((
      SELECT created_at FROM inbound_post WHERE done_at IS NULL AND tries = 0 ORDER BY id LIMIT 1), 'infinity')
  ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE bot_turn t SET lease_until = now() + make_interval(secs => $2), attempts = least(attempts + 1, 32767)
  FROM due WHERE t.conversation_id = due.conversation_id
  RETURNING t.conversation_id, t.attempts, t.message_ids, extract(epoch FROM t.due_at - now())::float8 AS wait
)
SELECT t.*, v.sender_id, v.contact_id, v.language, v.misunderstood, (
  SELECT count(*) FROM (
    SELECT m.epoch, m.created_at FROM message m WHERE m.contact_id = v.contact_id AND m.sender_id = v.sender_id
    ORDER BY m.id DESC LIMIT {_RECENT}) AS recent
  WHERE recent.epoch = v.epoch AND recent.created_at > now() - interval '1 hour') AS answered, (
  SELECT json_agg(json_build_object('id', m.id, 'text', CASE
    WHEN m.type IN ('TEXT', 'INTERACTIVE_REPLY') OR m.type IN ('IMAGE', 'VIDEO', 'DOCUMENT')
      AND m.content <> initcap(m.type) THEN m.content END) ORDER BY m.created_at, m.id)
  FROM message m WHERE m.id = ANY(t.message_ids) AND m.revoked_at IS NULL AND m.deleted_at IS NULL) AS said
FROM claimed t JOIN conversation v ON v.id = t.conversation_id
ORDER BY t.wait
"""


async def ahead() -> float:
    """Seconds before a turn is due at which its answer may be begun, where that costs nothing but a look.

    Half of the debounce: who writes on in the first half has cost nothing, and as much is left where they do later.
    """
    return min((await settings.current()).bot.debounce / 2, MOST_AHEAD)


async def claim(most: int, *, ahead: float = 0.0) -> list[Turn]:
    """Takes turns that are due, or will be in so many seconds; no one else answers them meanwhile. First due first."""
    turns: list[Turn] = []
    for row in await connect.rows(_CLAIM, most, LEASE, ahead):
        said = [Said(m["id"], MessageAuthor.CONTACT, m["text"]) for m in orjson.loads(row["said"] or "[]")]
        values = {name: row[name] for name in ("conversation_id", "attempts", "message_ids", "sender_id", "contact_id")}
        known = {name: row[name] for name in ("language", "misunderstood", "answered")}
        turns.append(Turn(**values, **known, said=said, due=time.monotonic() + max(row["wait"], 0)))
    return turns


async def next_due(*, ahead: float = 0.0) -> float | None:
    """Seconds until the next turn is due, or will be in so many seconds; None where none is soon."""
    return await connect.value(
        # greatest() passes over null, and would say "now" where there is none.
        "SELECT greatest(extract(epoch FROM min(due_at) - now()) - $2, 0)::float8 FROM bot_turn"
        " WHERE due_at <= now() + make_interval(secs => $1 + $2) AND (lease_until IS NULL OR lease_until <= now())"
        " HAVING count(*) > 0",
        SOON,
        ahead,
    )


async def any_due() -> bool:
    """Whether a turn may be answered, or begun, now or soon."""
    return await next_due(ahead=await ahead()) is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the bot has before it, and what it has had."""

    turns: int
    """Conversations in which it has something to answer: messages are gathered, or an answer is made."""
    gathered: int
    """Messages of contacts that went into turns, since the database was made."""


async def waiting() -> Waiting:
    """For the figures of the system."""
    row = await connect.row(
        "SELECT (SELECT count(*) FROM bot_turn) AS turns,"
        " (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM bot_gathered) AS gathered"
    )
    assert row is not None
    return Waiting(row["turns"], row["gathered"])


# Whoever holds one ends it, in another order than ours: it is passed over, and counted all the same.
_GIVE_BACK = """
WITH given AS (
  SELECT * FROM unnest($1::bigint[], $2::int[]) AS g(conversation_id, attempts)
), free AS (
  SELECT conversation_id FROM bot_turn JOIN given USING (conversation_id, attempts)
  FOR UPDATE OF bot_turn SKIP LOCKED
), freed AS (
  UPDATE bot_turn t SET lease_until = now() + make_interval(secs => $3) FROM free
  WHERE t.conversation_id = free.conversation_id
)
SELECT count(*) FROM bot_turn JOIN given USING (conversation_id, attempts)
"""


async def give_back(turns: Sequence[Turn], *, seconds: float = 0) -> int:
    """Lets others take turns that were claimed, after so many seconds from now on; how many were ours still."""
    return await connect.value(
        _GIVE_BACK,
        [turn.conversation_id for turn in turns],
        [turn.attempts for turn in turns],
        seconds,
    )


async def history(turn: Turn, most: int) -> list[Said]:
    """What was said before the turn, oldest first: of so many messages those that are of the conversation."""
    found = await connect.rows(
        "SELECT id, author, content FROM message WHERE sender_id = $1 AND contact_id = $2 AND id < $3"
        " AND deleted_at IS NULL AND revoked_at IS NULL AND content IS NOT NULL AND author <> 'SYSTEM'"
        " AND type NOT IN ('REACTION', 'SYSTEM') AND state NOT IN ('FAILED', 'CANCELLED') ORDER BY id DESC LIMIT $4",
        *(turn.sender_id, turn.contact_id, min(turn.message_ids), most),
    )
    return [Said(row["id"], MessageAuthor(row["author"]), row["content"]) for row in reversed(found)]


# ---------------------------------------------------------------------------
# The end of a turn
# ---------------------------------------------------------------------------

# Locked in the order in which hearing locks conversations.
_HOLD = """
SELECT v.*, t.message_ids, t.attempts, now() >= t.since + make_interval(secs => $2) AS late,
       v.status = 'ACTIVE' AND v.handler = 'BOT' AND v.epoch = t.epoch AND v.deleted_at IS NULL
       AND s.bot_enabled AND s.deleted_at IS NULL AND c.deleted_at IS NULL
       AND (v.window_expires_at > now() OR s.provider = 'WAHA') AS may
FROM bot_turn t JOIN conversation v ON v.id = t.conversation_id JOIN sender s ON s.id = v.sender_id
  JOIN contact c ON c.id = v.contact_id
WHERE t.conversation_id = ANY($1)
ORDER BY v.sender_id, v.contact_id FOR UPDATE OF v, t
"""
_QUEUE = """
WITH given AS (
  SELECT * FROM json_to_recordset($1::json) AS g(
    conversation_id bigint, sender_id bigint, contact_id bigint, address text, epoch int, text text,
    correlation_id text, model text, confidence float8, processing_ms int, tokens int, sources jsonb, understood bool)
), queued AS (
  INSERT INTO message (sender_id, contact_id, address, epoch, content, correlation_id, type, purpose, author, priority,
                       direction, state, attempts, due_at)
  SELECT sender_id, contact_id, address, epoch, text, correlation_id, 'TEXT', 'UTILITY', 'BOT', 3,
         'OUTBOUND', 'QUEUED', 0, now()
  FROM given ORDER BY sender_id, contact_id
  ON CONFLICT (sender_id, contact_id, correlation_id) WHERE correlation_id IS NOT NULL DO NOTHING
  RETURNING id, sender_id, contact_id, created_at
), made AS (
  INSERT INTO generation (message_id, model, confidence, processing_ms, tokens, sources)
  SELECT q.id, g.model, g.confidence, g.processing_ms, g.tokens, g.sources
  FROM queued q JOIN given g ON g.sender_id = q.sender_id AND g.contact_id = q.contact_id
)
UPDATE conversation v
SET last_message_id = q.id, last_message_at = greatest(v.last_message_at, q.created_at), updated_at = now(),
    misunderstood = CASE WHEN g.understood THEN 0 ELSE least(v.misunderstood + 1, 32767) END
FROM queued q, given g
WHERE g.sender_id = q.sender_id AND g.contact_id = q.contact_id AND v.id = g.conversation_id
RETURNING v.id, v.sender_id, v.contact_id
"""
# A burst that has lasted too long is answered while it goes on: what came meanwhile is a turn of its own.
_GO_ON = """
UPDATE bot_turn SET message_ids = message_ids[$2 + 1:], since = now(), lease_until = NULL, attempts = 0
WHERE conversation_id = $1
"""


async def settle(answers: Sequence[tuple[Turn, Verdict]]) -> None:
    """Ends turns with their answers, as far as nothing forbids one by now; where more was said meanwhile they go on."""
    longest = MOST_DEBOUNCES * (await settings.current()).bot.debounce
    async with transaction():
        ids = [turn.conversation_id for turn, _ in answers]
        held = {row["id"]: row for row in await connect.rows(_HOLD, ids, longest)}
        replies, over, again = list[dict[str, Any]](), list[int](), list[Turn]()
        for turn, verdict in answers:
            row = held.get(turn.conversation_id)
            if row is None or row["attempts"] != turn.attempts or not _is_of(row["message_ids"], turn):
                continue
            if not row["may"]:
                over.append(turn.conversation_id)
            elif row["message_ids"] != turn.message_ids and not row["late"]:
                again.append(turn)
            elif isinstance(verdict, Call):
                await escalate_by_bot(as_row(Conversation, row), verdict.reason, verdict.note)
            else:
                if verdict is not None:
                    replies.append(_given(turn, verdict, row))
                if row["message_ids"] == turn.message_ids:
                    over.append(turn.conversation_id)
                else:
                    await connect.execute(_GO_ON, turn.conversation_id, len(turn.message_ids))
        if replies:
            await _queue(replies)
        if over:
            await connect.execute("DELETE FROM bot_turn WHERE conversation_id = ANY($1)", over)
        if again:
            await _begin_again(again)


def _is_of(message_ids: Sequence[int], turn: Turn) -> bool:
    """Whether it is the turn that was claimed, whatever was said since: each counts its claims from 1."""
    return message_ids[: len(turn.message_ids)] == turn.message_ids


def _given(turn: Turn, reply: Reply, row: Record) -> dict[str, Any]:
    return {
        "conversation_id": turn.conversation_id,
        "sender_id": row["sender_id"],
        # Whoever was merged meanwhile is somebody else.
        "contact_id": row["contact_id"],
        "address": row["address"],
        "epoch": row["epoch"],
        "text": reply.text,
        # Whatever happens, there is one answer to a message.
        "correlation_id": f"bot:{turn.conversation_id}:{turn.message_ids[-1]}",
        "model": reply.model,
        "confidence": reply.confidence,
        "processing_ms": reply.milliseconds,
        "tokens": reply.tokens,
        "sources": list(reply.sources),
        "understood": reply.understood,
    }


async def _queue(replies: Sequence[dict[str, Any]]) -> None:
    for row in await connect.rows(_QUEUE, orjson.dumps(replies).decode()):
        record(
            EventType.CONVERSATION_UPDATED,
            "Conversation",
            row["id"],
            sender_id=row["sender_id"],
            contact_id=row["contact_id"],
        )
        ring("dispatch", row["sender_id"])


async def _begin_again(turns: Sequence[Turn]) -> None:
    await connect.execute(
        "UPDATE bot_turn SET lease_until = NULL, attempts = 0 WHERE conversation_id = ANY($1)",
        [turn.conversation_id for turn in turns],
    )
