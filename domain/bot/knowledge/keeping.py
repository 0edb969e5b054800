"""Passages as they are kept, and how far each file is read."""

from collections.abc import Sequence
from typing import Any

from db.bot import forget
from db.contacts import JobStatus
from db.core import connect

LANGUAGES = (
    *("danish", "dutch", "english", "finnish", "french", "german", "hungarian"),
    *("italian", "norwegian", "portuguese", "russian", "spanish", "swedish", "turkish"),
)
"""For which PostgreSQL knows the words that say nothing, by which a language is told from another, besides stems."""
NO_LANGUAGE = "simple"
_LOOKED_AT = 3000
"""Words by which the language of a file is found."""

# A ring goes only where nobody reads: a lease that has not ended says that somebody does.
_DUE = """
SELECT r.file_id FROM file_reading r JOIN file f ON f.id = r.file_id
WHERE r.status IN ('QUEUED', 'RUNNING') AND (r.lease_until IS NULL OR r.lease_until < now())
  AND f.deleted_at IS NULL AND f.status = 'COMPLETED'
ORDER BY r.file_id LIMIT $1
"""

_CLAIM = """
UPDATE file_reading r
SET status = 'RUNNING', attempts = r.attempts + 1, lease_until = now() + $2 * interval '1 s', updated_at = now()
FROM file f
WHERE r.file_id = $1 AND f.id = r.file_id AND f.deleted_at IS NULL AND f.status = 'COMPLETED'
  AND r.status IN ('QUEUED', 'RUNNING') AND (r.lease_until IS NULL OR r.lease_until < now())
RETURNING r.attempts
"""

# Whoever comes further has not died of it.
_PROGRESS = """
UPDATE file_reading r
SET lease_until = now() + $2 * interval '1 s', progress = $3, passages = $4, language = $5, attempts = 1,
    updated_at = now()
FROM file f WHERE r.file_id = $1 AND r.status = 'RUNNING' AND f.id = r.file_id AND f.deleted_at IS NULL
"""

_SETTLE = """
UPDATE file_reading r
SET status = $2::text, error_message = $3, lease_until = NULL, updated_at = now(),
    progress = CASE WHEN $2::text = 'COMPLETED' THEN 1 ELSE r.progress END
FROM file f WHERE r.file_id = $1 AND r.status = 'RUNNING' AND f.id = r.file_id AND f.deleted_at IS NULL
"""

_ADD = """
INSERT INTO passage (file_id, position, text, words)
SELECT $1, $2 + p.n - 1, p.text,
  setweight(to_tsvector($3::regconfig, p.words) || to_tsvector('simple', p.bare), 'A')
  || to_tsvector($3::regconfig, p.around_words) || to_tsvector('simple', p.around_bare)
FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
  WITH ORDINALITY AS p(text, words, bare, around_words, around_bare, n)
ON CONFLICT (file_id, position) DO NOTHING
"""

_COLUMNS = ("text", "words", "bare", "around_words", "around_bare")

_LANGUAGE = """
SELECT l.name, (SELECT count(*) FROM unnest($2::text[]) AS w(word)
                WHERE ts_lexize((l.name || '_stem')::regdictionary, w.word) = '{}')
FROM unnest($1::text[]) AS l(name) ORDER BY 2 DESC, 1 LIMIT 1
"""


async def due(most: int) -> list[int]:
    """Files that wait for somebody to read them, the first ones."""
    return [row["file_id"] for row in await connect.rows(_DUE, most)]


async def claim(file_id: int, seconds: int) -> int | None:
    """Takes a file for so long, if it is to be read and nobody else does; which attempt that is."""
    return await connect.value(_CLAIM, file_id, seconds)


async def renew(file_id: int, seconds: int) -> None:
    await connect.execute(
        "UPDATE file_reading SET lease_until = now() + $2 * interval '1 s' WHERE file_id = $1 AND status = 'RUNNING'",
        file_id,
        seconds,
    )


async def put_off(file_id: int, seconds: float) -> None:
    """Has it read in so many seconds, as if this attempt had not been."""
    await connect.execute(
        "UPDATE file_reading SET attempts = attempts - 1, lease_until = now() + $2 * interval '1 s'"
        " WHERE file_id = $1 AND status = 'RUNNING'",
        file_id,
        seconds,
    )


async def progress(file_id: int, seconds: int, share: float, passages: int, language: str) -> bool:
    """Says how far it is, inside the caller's transaction; False where the file is gone."""
    return bool(await connect.execute(_PROGRESS, file_id, seconds, share, passages, language))


async def settle(file_id: int, status: JobStatus, fault: str | None) -> bool:
    """The end of a reading, inside the caller's transaction; False where the file is gone. One that failed has no
    passages."""
    if not await connect.execute(_SETTLE, file_id, status, fault):
        return False
    if status is JobStatus.FAILED:
        await forget([file_id])
    return True


async def add(file_id: int, position: int, found: Sequence[dict[str, Any]], language: str) -> None:
    """Adds passages from a position on: each with its text, and the words in it and around it."""
    columns = [[each[name] for each in found] for name in _COLUMNS]
    await connect.execute(_ADD, file_id, position, language, *columns)


async def count_of(file_id: int) -> int:
    """How many passages of a file are kept: all up to that place."""
    return await connect.value("SELECT coalesce(max(position) + 1, 0) FROM passage WHERE file_id = $1", file_id)


async def language_of(file_id: int) -> str:
    return await connect.value("SELECT language FROM file_reading WHERE file_id = $1", file_id)


async def language_in(found: Sequence[dict[str, Any]]) -> str:
    """The language of passages, by how many of their words say nothing in it: most of a quarter of any text does."""
    words = " ".join(each["words"] for each in found).split()[:_LOOKED_AT]
    row = await connect.row(_LANGUAGE, LANGUAGES, words)
    return row["name"] if row is not None and row["count"] > len(words) / 8 else NO_LANGUAGE
