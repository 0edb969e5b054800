"""Finding passages that answer a question: by its words, and by its meaning where embeddings are to be had.

How well a passage fits is the share of the question's words that it has, each weighing as much as it is rare in all
that the bot knows. A word that stands nowhere weighs most: a question about it has no answer here.
"""

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.core import connect
from domain.bot.knowledge import embedding
from domain.bot.knowledge.embedding import nearest
from domain.bot.knowledge.passages import Found
from domain.bot.knowledge.words import bare, words

MOST_CHARACTERS = 1000
"""Of a question; of a longer text its end is what is asked."""
MOST = 5
"""Passages that are looked for, unless somebody says else."""
_MOST_WORDS = 60
_LONGEST_WORD = 500
"""Characters, of up to 4 bytes: PostgreSQL takes no word of over 2,046. Taken apart a Korean one grows threefold."""
_LOOKED_AT = 20
"""Passages that each way of finding brings."""
_TRUST = 0.75
"""How far words alone, or meaning alone, are believed where both can be asked."""
_SENTENCES = re.compile(r"[^.!?\n؟？]*[.!?\n؟？]?")
"""Each is consumed whatever ends it, so that a long text without an end is looked through once."""
_ASIDE = 0.25
"""How much words weigh that stand beside the sentences that ask."""
_AROUND = 0.5
"""How much a word is worth that stands in the headings above a passage, or in the name of its file."""
_ALIKE = 0.45
"""Similarity, by trigrams, from which on a word is taken for one that was mistyped."""
_LEAST_OF_MISTYPED = 5
_MOST_TO_LOOK_THROUGH = 5000
"""Passages whose words are looked through for one that was meant: 50 ms."""
_ASKING = frozenset(
    words(
        """
        also anything anyone could exactly get got hello hey hi how know like look looking many may maybe
        might much must need ok okay please possible question shall somebody someone something sure tell thank
        thanks want wanted way what when whether would yes bom boa dia tarde noite gostaria olá obrigado
        obrigada oi por favor posso preciso pode quanto quantos quanta queria quero saber sim tem têm vocês
        buenas buenos días gracias hola necesito podría puede puedo cuánto cuánta cuántos quiero quisiera
        saber sí tienen bitte brauche danke gerne gibt guten hallo ja kann können könnte möchte tag viel viele
        wissen besoin bonjour combien merci peut peux plaît pouvez puis voudrais buongiorno ciao grazie posso
        potrei vorrei
        """
    )
)
"""Words in which questions are wrapped; PostgreSQL's lists of words that say nothing have the rest."""


_KNOWN = """
SELECT r.language, sum(r.passages)::int AS passages FROM file_reading r JOIN file f ON f.id = r.file_id
WHERE r.passages > 0 AND f.deleted_at IS NULL AND (f.conversation_id IS NULL OR f.conversation_id = $1) GROUP BY 1
"""

_STEMS = """
SELECT l.name, t.n, tsvector_to_array(to_tsvector(l.name::regconfig, t.word)) AS stems
FROM unnest($1::text[]) AS l(name), unnest($2::text[]) WITH ORDINALITY AS t(word, n)
"""

_COMMON = """
SELECT q.n, (SELECT count(*) FROM passage p JOIN file f ON f.id = p.file_id
             WHERE p.words @@ q.term::tsquery AND f.deleted_at IS NULL
               AND (f.conversation_id IS NULL OR f.conversation_id = $2)) AS passages
FROM unnest($1::text[]) WITH ORDINALITY AS q(term, n)
"""

# A word that stands nowhere may be one that does, mistyped.
_MEANT = """
SELECT DISTINCT ON (t.word) t.word, known.word AS meant
FROM unnest($1::text[]) AS t(word), ts_stat($4) AS known
WHERE length(known.word) >= $3 - 1 AND similarity(known.word, t.word) >= $2
ORDER BY t.word, similarity(known.word, t.word) DESC, known.ndoc DESC
"""
# As text, as ts_stat takes it.
_WORDS = """
SELECT p.words FROM passage p JOIN file f ON f.id = p.file_id
WHERE f.deleted_at IS NULL AND (f.conversation_id IS NULL OR f.conversation_id = {:d})
"""

# ts_rank_cd tells passages apart that have the same words: nearer together is better. Queries are parsed once, and not
# for each passage.
_FIND = """
WITH asked AS MATERIALIZED (
  SELECT n, either::tsquery AS either FROM unnest($1::text[]) WITH ORDINALITY AS q(either, n)
), term AS MATERIALIZED (
  SELECT n, language, array_agg(own::tsquery) AS own, array_agg(either::tsquery) AS either, array_agg(weight) AS weight
  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::float8[]) AS t(n, language, own, either, weight)
  GROUP BY n, language
)
SELECT asked.n, found.* FROM asked, LATERAL (
  SELECT p.id, p.file_id, p.text,
    (SELECT sum(CASE WHEN p.words @@ t.own THEN t.weight ELSE t.weight * $7 END)
     FROM unnest(term.own, term.either, term.weight) AS t(own, either, weight) WHERE p.words @@ t.either) AS share,
    ts_rank_cd(p.words, asked.either, 1) AS closeness
  FROM passage p JOIN file f ON f.id = p.file_id JOIN file_reading r ON r.file_id = p.file_id
    JOIN term ON term.n = asked.n AND term.language = r.language
  WHERE p.words @@ asked.either AND f.deleted_at IS NULL AND (f.conversation_id IS NULL OR f.conversation_id = $8)
  ORDER BY share DESC NULLS LAST, closeness DESC, p.id LIMIT $9
) AS found
ORDER BY asked.n, share DESC NULLS LAST, closeness DESC, id
"""

_OF_THEIR_OWN = """
SELECT DISTINCT conversation_id AS id FROM file
WHERE conversation_id = ANY($1) AND purpose = 'KNOWLEDGE' AND deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class _Term:
    """What is looked for in files of a language: in a passage itself, or in its headings too."""

    language: str
    own: str
    either: str
    weight: float
    """How much of the question it is."""


async def search(question: str, *, conversation_id: int | None, most: int = MOST) -> list[Found]:
    """The passages that answer a question best, the best first: of knowledge for all and of that conversation's own."""
    [found] = await search_all([(question, conversation_id)], most=most)
    return found


async def search_all(asked: Sequence[tuple[str, int | None]], *, most: int = MOST) -> list[list[Found]]:
    """The same for many questions, each with its conversation, in as many statements as for one."""
    said = await _said_all([(question[-MOST_CHARACTERS:], of) for question, of in asked])
    if not embedding.is_set():
        return [found[:most] for found in said]
    return await asyncio.gather(
        *(_with_meaning(question, of, found, most) for (question, of), found in zip(asked, said, strict=True))
    )


async def _said_all(asked: Sequence[tuple[str, int | None]]) -> list[list[Found]]:
    """Passages with the words of each. Conversations without knowledge of their own are all alike."""
    ids = sorted({of for _, of in asked if of is not None})
    own = {row["id"] for row in await connect.rows(_OF_THEIR_OWN, ids)} if ids else set[int]()
    places: dict[int | None, list[int]] = {}
    for place, (_, of) in enumerate(asked):
        places.setdefault(of if of in own else None, []).append(place)
    found = [list[Found]() for _ in asked]
    for of, some in places.items():
        for place, of_one in zip(some, await _said([asked[each][0] for each in some], of), strict=True):
            found[place] = of_one
    return found


async def _with_meaning(question: str, conversation_id: int | None, said: list[Found], most: int) -> list[Found]:
    meant = await nearest(question[-MOST_CHARACTERS:], conversation_id, _LOOKED_AT)
    if meant is None:
        return said[:most]
    shares = {found.passage_id: found.score for found in said}
    sureness = {found.passage_id: found.score for found in meant}
    both = {found.passage_id: found for found in [*said, *meant]}.values()
    joined = [
        replace(found, score=_joined(shares.get(found.passage_id, 0.0), sureness.get(found.passage_id, 0.0)))
        for found in both
    ]
    return sorted(joined, key=lambda found: (-found.score, found.passage_id))[:most]


def _joined(share: float, sureness: float) -> float:
    """What words and meaning say together: either alone is not certain."""
    return round(1 - (1 - _TRUST * share) * (1 - _TRUST * sureness), 4)


async def _said(questions: Sequence[str], conversation_id: int | None) -> list[list[Found]]:
    """Passages with the words of each question, all of one conversation or of any."""
    asked = [_weighed(question) for question in questions]
    known = {row["language"]: row["passages"] for row in await connect.rows(_KNOWN, conversation_id)}
    found = [list[Found]() for _ in asked]
    if not known or not any(asked):
        return found
    terms = await _terms(asked, known, conversation_id)
    if not any(terms):
        return found
    places = [place for place, of_one in enumerate(terms) if of_one]
    either = [" | ".join({term.either for term in terms[place]}) for place in places]
    each = [(n, term) for n, place in enumerate(places, 1) for term in terms[place]]
    columns = [[getattr(term, name) for _, term in each] for name in ("language", "own", "either", "weight")]
    rows = await connect.rows(_FIND, either, [n for n, _ in each], *columns, _AROUND, conversation_id, _LOOKED_AT)
    for row in rows:
        if row["share"]:
            passage = Found(row["id"], row["file_id"], row["text"], round(row["share"], 4))
            found[places[int(row["n"]) - 1]].append(passage)
    return found


def _weighed(question: str) -> dict[str, float]:
    """Its words; where some sentences ask, the others weigh less."""
    asking = [each for each in _SENTENCES.findall(question) if each.endswith(("?", "؟", "？"))]
    weights = dict.fromkeys(words(question), _ASIDE if asking else 1.0)
    weights |= dict.fromkeys(words(" ".join(asking)), 1.0)
    return dict([each for each in weights.items() if each[0] not in _ASKING][:_MOST_WORDS])


async def _terms(
    asked: Sequence[Mapping[str, float]], known: Mapping[str, int], conversation_id: int | None
) -> list[list[_Term]]:
    """What to look for in files of each language, and how much of each question a term is; all of one make 1."""
    plain = list({word: None for of_one in asked for word in of_one})
    stems: dict[tuple[str, str], list[str]] = {}
    for row in await connect.rows(_STEMS, list(known), plain):
        # What has no stem says nothing in that language.
        if row["stems"]:
            stems[row["name"], plain[int(row["n"]) - 1]] = row["stems"]
    either = {key: _either(key[1], found) for key, found in stems.items()}
    common = await _common(set(either.values()), conversation_id)
    nowhere = {word for (_, word), query in either.items() if not common[query]}
    count = sum(known.values())
    few = count <= _MOST_TO_LOOK_THROUGH
    mistyped = [word for word in sorted(nowhere) if few and len(word) >= _LEAST_OF_MISTYPED]
    for word, known_as in (await _meant(mistyped, conversation_id)).items():
        for language in known:
            if (language, word) in stems and not common[either[language, word]]:
                stems[language, word] = [known_as]
                either[language, word] = _either(word, [known_as])
    common |= await _common(set(either.values()) - common.keys(), conversation_id)
    rare = {key: math.log(1 + count / (0.5 + common[query])) for key, query in either.items()}
    own = {key: _either(key[1], found, ":A") for key, found in stems.items()}
    terms = [list[_Term]() for _ in asked]
    for of_one, found in zip(asked, terms, strict=True):
        for language in known:
            weighed = {
                word: weight * rare[language, word] for word, weight in of_one.items() if (language, word) in rare
            }
            total = sum(weighed.values())
            for word, weight in weighed.items():
                found.append(_Term(language, own[language, word], either[language, word], weight / total))
    return terms


async def _common(queries: set[str], conversation_id: int | None) -> dict[str, int]:
    """How many passages each of them finds."""
    asked = sorted(queries)
    rows = await connect.rows(_COMMON, asked, conversation_id) if asked else []
    return {asked[int(row["n"]) - 1]: row["passages"] for row in rows}


async def _meant(nowhere: Sequence[str], conversation_id: int | None) -> dict[str, str]:
    """Words that are known, for some that are not."""
    known = _WORDS.format(conversation_id or 0)
    rows = await connect.rows(_MEANT, nowhere, _ALIKE, _LEAST_OF_MISTYPED, known) if nowhere else []
    return {row["word"]: row["meant"] for row in rows}


def _either(word: str, stems: Sequence[str], weight: str = "") -> str:
    """A query for a word: its stem, or the word itself without marks; of a weight, or of any."""
    alone = [f"'{each}'{weight}" for each in bare(word).split() if len(each) <= _LONGEST_WORD]
    together = [f"({' & '.join(alone)})"] if alone else []
    return " | ".join([*(f"'{stem}'{weight}" for stem in stems), *together])


def as_sources(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Passages as a message keeps what it leans on (Generation.sources)."""
    return [{"file_id": each.file_id, "passage": each.text, "score": each.score} for each in found]
