"""Conversations as a whole: their figures, and all of them as text."""

from collections import defaultdict
from dataclasses import dataclass

from asyncpg import Record

from db.core import connect
from db.messages import MessageAuthor, MessageDirection, MessageType
from domain.core.access import Viewer, allow
from domain.core.words import unturned

MOST_LINES = 1000
"""Messages of a transcript."""

_OF_IT = (
    "m.contact_id = v.contact_id AND m.sender_id = v.sender_id AND m.type <> 'REACTION' AND m.deleted_at IS NULL"
    " AND v.deleted_at IS NULL"
)

# What the contact writes in a row waits for an answer since its first. An answer is what the bot or a person sent, at
# the time when WhatsApp took it; what schedules and campaigns send answers nobody.
_FIGURES = f"""
WITH said AS (
  SELECT v.id AS conversation_id, m.id, m.direction, m.author, m.sentiment,
         CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END AS at
  FROM conversation v JOIN message m ON {_OF_IT} WHERE v.id = ANY($1)
), talk AS (
  SELECT *, lag(direction) OVER turns IS DISTINCT FROM direction AS begins FROM said
  WHERE author <> 'SYSTEM' AND at IS NOT NULL
  WINDOW turns AS (PARTITION BY conversation_id ORDER BY at, id)
), answered AS (
  SELECT conversation_id, direction, at,
         lag(at) OVER (PARTITION BY conversation_id ORDER BY at, id) AS asked_at
  FROM talk WHERE begins
), pace AS (
  SELECT conversation_id, avg(extract(epoch FROM at - asked_at))::float8 AS response FROM answered
  WHERE direction = 'OUTBOUND' GROUP BY 1
)
SELECT s.conversation_id, count(*) AS total, count(*) FILTER (WHERE author = 'CONTACT') AS contact,
       count(*) FILTER (WHERE author = 'BOT') AS bot, count(*) FILTER (WHERE author = 'OPERATOR') AS operator,
       avg(sentiment) FILTER (WHERE author = 'CONTACT') AS sentiment, min(response) AS response
FROM said s LEFT JOIN pace USING (conversation_id) GROUP BY 1
"""

_LINES = f"""
SELECT v.id AS conversation_id, said.*
FROM conversation v CROSS JOIN LATERAL (
  SELECT m.id, m.created_at, m.direction, m.author, m.type, m.content, m.revoked_at, f.name AS file,
         c.name AS contact, u.name AS operator
  FROM message m JOIN contact c ON c.id = m.contact_id LEFT JOIN file f ON f.id = m.media_id
  LEFT JOIN user_account u ON u.id = m.operator_id AND $2::bigint IS NULL
  WHERE {_OF_IT} ORDER BY m.id DESC LIMIT {MOST_LINES}) AS said
WHERE v.id = ANY($1) ORDER BY v.id, said.id
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures over a conversation; without reactions."""

    total_messages: int = 0
    contact_messages: int = 0
    bot_messages: int = 0
    operator_messages: int = 0
    average_response_time: float | None = None
    """Seconds."""
    sentiment_score: float | None = None
    """-1 to 1."""


@allow()
async def summaries(viewer: Viewer, ids: list[int]) -> list[Summary]:
    """Of conversations that the caller holds already."""
    found = {row["conversation_id"]: row for row in await connect.rows(_FIGURES, ids)}
    return [_summary(found[id]) if id in found else Summary() for id in ids]


def _summary(row: Record) -> Summary:
    return Summary(row["total"], row["contact"], row["bot"], row["operator"], row["response"], row["sentiment"])


@allow()
async def transcripts(viewer: Viewer, ids: list[int]) -> list[str]:
    """The newest messages of conversations that the caller holds already, oldest first, a line for each.

    A token bound to a sender reads Operator for whoever of ours wrote, its owner too: events tell all of them the same.
    """
    lines: dict[int, list[str]] = defaultdict(list)
    for row in await connect.rows(_LINES, ids, viewer.sender_id):
        lines[row["conversation_id"]].append(_line(row))
    return ["\n".join(lines[id]) for id in ids]


_AUTHORS = {MessageAuthor.BOT: "Bot", MessageAuthor.OPERATOR: "Operator", MessageAuthor.SYSTEM: "System"}


def _line(row: Record) -> str:
    """Nothing that somebody wrote, nor their name, begins a line of its own, or turns one round."""
    who = row["contact"] if row["direction"] == MessageDirection.INBOUND else row["operator"] or _AUTHORS[row["author"]]
    said = "" if row["content"] is None else row["content"]
    if row["type"] != MessageType.TEXT:
        named = [row["type"].lower().replace("_", " "), *([row["file"]] if row["file"] else [])]
        said = f"[{': '.join(named)}] {said}"
    if row["revoked_at"] is not None:
        said = f"[deleted] {said}"
    return f"{row['created_at']:%Y-%m-%d %H:%M} {_flat(who)}: {_flat(said)}".rstrip()


def _flat(words: str) -> str:
    return " ".join(unturned(words).split())
