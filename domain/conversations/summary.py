"""Conversations as a whole: their figures, and all of them as text."""

from collections import defaultdict
from dataclasses import dataclass

from asyncpg import Record

from db.analytics.talk import SAID
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

# Answers are those of analytics.
_FIGURES = f"""
WITH live AS (
  SELECT id, sender_id, contact_id FROM conversation WHERE id = ANY($1) AND deleted_at IS NULL
), {SAID}, pace AS (
  SELECT conversation_id, (sum(waited) / nullif(sum(answers), 0) / 1000000)::float8 AS response FROM moment GROUP BY 1
)
SELECT v.id AS conversation_id, count(*) AS total, count(*) FILTER (WHERE author = 'CONTACT') AS contact,
       count(*) FILTER (WHERE author = 'BOT') AS bot, count(*) FILTER (WHERE author = 'OPERATOR') AS operator,
       avg(sentiment) FILTER (WHERE author = 'CONTACT') AS sentiment, min(response) AS response
FROM conversation v JOIN message m ON {_OF_IT} LEFT JOIN pace ON pace.conversation_id = v.id
WHERE v.id = ANY($1) GROUP BY 1
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
