"""Finding passages that answer a question: by its words, and by its meaning where embeddings are to be had.

How well a passage fits is the share of the question's words that it has, each weighing as much as it is rare in all
that the bot knows. A word that stands nowhere weighs most: a question about it has no answer here.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.core import connect
from domain.bot.knowledge.words import bare, words

MOST_CHARACTERS = 1000
"""Of a question; of a longer text its end is what is asked."""
MOST = 5
"""Passages that are looked for, unless somebody says else."""
_MOST_WORDS = 60
_ASKS = re.compile(r"[^.!?\n؟？]*[?؟？]")
_ASIDE = 0.25
"""How much words weigh that stand beside the sentences that ask."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that may answer."""

    passage_id: int
    file_id: int
    text: str
    score: float
    """How well it fits, 0 to 1."""


_KNOWN = """
SELECT r.language, sum(r.passages)::int AS passages FROM file_reading r JOIN file f ON f.id = r.file_id
WHERE r.passages > 0 AND f.deleted_at IS NULL AND (f.conversation_id IS NULL OR f.conversation_id = $1) GROUP BY 1
"""

_STEMS = """
SELECT l.name, t.n, tsvector_to_array(to_tsvector(l.name::regconfig, t.word)) AS stems
FROM unnest($1::text[]) AS l(name), unnest($2::text[]) WITH ORDINALITY AS t(word, n)
"""

_COMMON = """
SELECT q.n, (SELECT count(*) FROM passage p WHERE p.words @@ q.term::tsquery) AS passages
FROM unnest($1::text[]) WITH ORDINALITY AS q(term, n)
"""

# ts_rank_cd tells passages apart that have the same words: nearer together is better.
_FIND = """
WITH term AS (SELECT * FROM unnest($1::text[], $2::text[], $3::float8[]) AS t(language, term, weight))
SELECT p.id, p.file_id, p.text,
  (SELECT sum(t.weight) FROM term t WHERE t.language = r.language AND p.words @@ t.term::tsquery) AS share,
  ts_rank_cd(p.words, $4::tsquery, 1) AS closeness
FROM passage p JOIN file f ON f.id = p.file_id JOIN file_reading r ON r.file_id = p.file_id
WHERE p.words @@ $4::tsquery AND f.deleted_at IS NULL AND (f.conversation_id IS NULL OR f.conversation_id = $5)
ORDER BY share DESC NULLS LAST, closeness DESC, p.id LIMIT $6
"""


async def search(question: str, *, conversation_id: int | None, most: int = MOST) -> list[Found]:
    """The passages that answer a question best, the best first: of knowledge for all and of that conversation's own."""
    asked = _weighed(question[-MOST_CHARACTERS:])
    known = {row["language"]: row["passages"] for row in await connect.rows(_KNOWN, conversation_id)}
    if not asked or not known:
        return []
    terms = await _terms(asked, known)
    if not terms:
        return []
    either = " | ".join({term for _, term, _ in terms})
    found = await connect.rows(_FIND, *map(list, zip(*terms, strict=True)), either, conversation_id, most)
    return [Found(row["id"], row["file_id"], row["text"], round(row["share"] or 0.0, 4)) for row in found]


def _weighed(question: str) -> dict[str, float]:
    """Its words; where some sentences ask, the others weigh less."""
    asking = _ASKS.findall(question)
    weights = dict.fromkeys(words(question), _ASIDE if asking else 1.0)
    weights |= dict.fromkeys(words(" ".join(asking)), 1.0)
    return dict(list(weights.items())[:_MOST_WORDS])


async def _terms(asked: Mapping[str, float], known: Mapping[str, int]) -> list[tuple[str, str, float]]:
    """What to look for in files of each language, and how much of the question each term is; all of them make 1."""
    stems = await connect.rows(_STEMS, list(known), list(asked))
    plain = list(asked)
    found: dict[str, list[tuple[str, float]]] = {}
    for row in stems:
        # What has no stem says nothing in that language.
        if row["stems"]:
            word = plain[int(row["n"]) - 1]
            found.setdefault(row["name"], []).append((_either(word, row["stems"]), asked[word]))
    every = sorted({term for terms in found.values() for term, _ in terms})
    common: dict[str, int] = {every[row["n"] - 1]: row["passages"] for row in await connect.rows(_COMMON, every)}
    count = sum(known.values())
    weighed: list[tuple[str, str, float]] = []
    for language, terms in found.items():
        each = [(term, weight * math.log(1 + count / (0.5 + common[term]))) for term, weight in terms]
        total = sum(weight for _, weight in each)
        weighed += [(language, term, weight / total) for term, weight in each]
    return weighed


def _either(word: str, stems: Sequence[str]) -> str:
    """A query for a word: its stem, or the word itself without marks."""
    alone = bare(word).split()
    together = " & ".join(f"'{each}'" for each in alone)
    return " | ".join([*(f"'{stem}'" for stem in stems), f"({together})" if len(alone) > 1 else together])


def as_sources(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Passages as a message keeps what it leans on (Generation.sources)."""
    return [{"file_id": each.file_id, "passage": each.text, "score": each.score} for each in found]
