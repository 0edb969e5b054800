"""Embeddings: what passages mean, as an OpenAI-compatible endpoint says, kept by pgvector. Both may be missing.

Every passage is compared with the question: exact, and fast enough for what one business knows. What a cosine means
differs by model, so each is taken relative to how near the question is to all passages, and how that varies.
"""

from collections.abc import Sequence

import orjson
import structlog
from asyncpg import Record

from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import ring
from domain.bot import endpoint
from domain.bot.endpoint import NoAnswerError
from domain.bot.knowledge.passages import Found

BATCH = 64
"""Passages that are asked for at once."""
PATIENCE = 2.0
"""Seconds that a question waits for its embedding; without it, it is answered by its words."""
_MOST_SECONDS = 60.0
"""Of a batch in the background."""
_CHANCE = 2.0
"""Deviations above the average that some passage has by chance."""
_NEAR = 0.3
"""How much nearer than that, of all that it could be, counts as certain."""
MOST_NUMBERS = 16_000
"""Of an embedding, as pgvector takes it."""
_LARGEST = 1e15
"""Of those numbers: pgvector takes them as 4 bytes each, and multiplies them."""
_MOST_BYTES = 500_000
"""Of the answer for one text: as many numbers, written out."""
_FEWEST = 8
"""Passages below which an average says nothing."""
_USUAL = 0.5
"""What stands for it then."""

log = structlog.get_logger()

_MISSING = """
SELECT p.id, p.text FROM passage p JOIN file f ON f.id = p.file_id
WHERE f.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM passage_embedding e WHERE e.passage_id = p.id AND e.model = $1)
ORDER BY p.id LIMIT $2
"""

_KEEP = """
INSERT INTO passage_embedding (passage_id, model, embedding)
SELECT p.id, $2, e.embedding::vector FROM unnest($1::bigint[], $3::text[]) AS e(id, embedding)
JOIN passage p ON p.id = e.id
ON CONFLICT (passage_id) DO UPDATE SET model = excluded.model, embedding = excluded.embedding
"""

_NEAREST = """
WITH near AS MATERIALIZED (
  SELECT p.id, p.file_id, p.text, 1 - (e.embedding <=> $1::vector) AS cosine
  FROM passage_embedding e JOIN passage p ON p.id = e.passage_id JOIN file f ON f.id = p.file_id
  WHERE e.model = $2 AND vector_dims(e.embedding) = $5
    AND f.deleted_at IS NULL AND (f.conversation_id IS NULL OR f.conversation_id = $3)
)
SELECT n.*, avg(cosine) OVER () AS average, stddev_pop(cosine) OVER () AS spread, count(*) OVER () AS passages
FROM near n ORDER BY cosine DESC, id LIMIT $4
"""


class NoEmbeddingsError(Exception):
    """The endpoint did not give them, for a reason that may be logged."""


def is_set() -> bool:
    """Whether an endpoint for embeddings is configured."""
    settings = get_settings()
    return bool(settings.openai_base_url and settings.openai_embedding_model)


async def has_place() -> bool:
    """Whether PostgreSQL can keep them: pgvector is there."""
    return await connect.value("SELECT to_regclass('passage_embedding') IS NOT NULL")


async def ring_if_missing() -> None:
    """Rings where passages have no embedding of the model that is set."""
    if is_set() and await has_place() and await connect.rows(_MISSING, get_settings().openai_embedding_model, 1):
        ring("embed_passages")


async def embed_passages() -> bool:
    """Asks for the embeddings of some passages that have none; whether there may be more. It may be killed at any
    point, and be done twice at once."""
    if not is_set() or not await has_place():
        return False
    model = get_settings().openai_embedding_model
    missing = await connect.rows(_MISSING, model, BATCH)
    if not missing:
        return False
    try:
        found = await embeddings([row["text"] for row in missing], seconds=_MOST_SECONDS)
    except NoEmbeddingsError as error:
        # The clock rings again.
        log.warning("passages_not_embedded", reason=str(error))
        return False
    await connect.execute(_KEEP, [row["id"] for row in missing], model, [_written(each) for each in found])
    return True


async def nearest(question: str, conversation_id: int | None, most: int) -> list[Found] | None:
    """Passages that mean what the question asks, and how surely; None where that cannot be told."""
    if not is_set() or not await has_place():
        return None
    try:
        [asked] = await embeddings([question], seconds=PATIENCE)
    except NoEmbeddingsError as error:
        log.warning("question_not_embedded", reason=str(error))
        return None
    model = get_settings().openai_embedding_model
    found = await connect.rows(_NEAREST, _written(asked), model, conversation_id, most, len(asked))
    return [Found(row["id"], row["file_id"], row["text"], _sureness(row)) for row in found]


def _sureness(row: Record) -> float:
    """How far a passage stands out among all, as the question sees them, 0 to 1."""
    usual = row["average"] + _CHANCE * row["spread"] if row["passages"] >= _FEWEST else _USUAL
    return min(1.0, max(0.0, (row["cosine"] - usual) / max(1e-6, 1 - usual) / _NEAR))


async def embeddings(texts: Sequence[str], *, seconds: float) -> list[list[float]]:
    """What texts mean, in their order. Raises NoEmbeddingsError."""
    asked = {"model": get_settings().openai_embedding_model, "input": list(texts)}
    try:
        answered = await endpoint.ask("embeddings", asked, seconds=seconds, most=_MOST_BYTES * len(texts))
    except NoAnswerError as error:
        raise NoEmbeddingsError(str(error)) from error
    if answered.status != 200:
        raise NoEmbeddingsError(f"It answered {answered.status}.")
    return _read(answered.body, len(texts))


def _read(content: bytes, count: int) -> list[list[float]]:
    """The vectors of an answer; whatever else it holds is none."""
    try:
        data = sorted(orjson.loads(content)["data"], key=lambda each: each["index"])
        found = [[float(number) for number in each["embedding"]] for each in data]
    except (ValueError, TypeError, KeyError, OverflowError):
        raise NoEmbeddingsError("It answered something else.") from None
    sizes = {len(each) for each in found}
    good = all(any(each) and all(abs(number) <= _LARGEST for number in each) for each in found)
    if len(found) != count or len(sizes) != 1 or not 1 <= sizes.pop() <= MOST_NUMBERS or not good:
        raise NoEmbeddingsError("It answered another number of embeddings.")
    return found


def _written(vector: Sequence[float]) -> str:
    return f"[{','.join(map(str, vector))}]"
