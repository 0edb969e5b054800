"""How often does the bot find the passage that answers, and how often is it silent where it knows nothing?

Questions and documents are those of benchmarks/knowledge. A hit is the passage that holds the answer, at the top and
sure enough to be said; a refusal is nothing sure enough. Odd questions were looked at as the weights were chosen, even
ones were not. With embeddings where OPENAI_BASE_URL and OPENAI_EMBEDDING_MODEL name an endpoint. --stand-in takes the
one of the tests: it shows that both ways work together, and says nothing of what a real model finds.

python -m benchmarks.retrieval [threshold] [--stand-in] [--each]
"""

import csv
import os
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.measure import installation
from db.bot import FileReading
from db.contacts import JobStatus
from db.files import File, FilePurpose
from domain.bot.knowledge import embedding, indexing
from domain.bot.knowledge.finding import search
from domain.bot.knowledge.passages import Found
from domain.files import kinds, storage
from domain.providers import base
from tests.embeddings import endpoint

KNOWLEDGE = Path(__file__).parent / "knowledge"
QUESTIONS = KNOWLEDGE / "questions.csv"


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    file: str
    words: str
    """That the passage holds which answers it; empty: nothing answers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    question: Question
    found: list[Found]
    milliseconds: float

    def place(self) -> int | None:
        """Where among the passages the one is that answers, from 0."""
        places = (place for place, found in enumerate(self.found) if self.question.words in found.text)
        return next(places, None) if self.question.words else None

    def good(self, threshold: float) -> bool:
        sure = bool(self.found) and self.found[0].score >= threshold
        return sure and self.place() == 0 if self.question.words else not sure


def questions() -> list[Question]:
    with QUESTIONS.open(newline="") as file:
        return [Question(row["question"], row["file"], row["words"]) for row in csv.DictReader(file)]


async def teach() -> int:
    """Has the bot read all documents; how many passages they have."""
    for path in sorted(KNOWLEDGE.iterdir()):
        if path == QUESTIONS:
            continue
        file = await File.create(
            name=path.name,
            purpose=FilePurpose.KNOWLEDGE,
            status=JobStatus.COMPLETED,
            mime_type=kinds.named(path.name),
            size_bytes=path.stat().st_size,
        )
        async with storage.incoming(file.size_bytes or 0) as bytes:
            await bytes.write(path.read_bytes())
            await bytes.close()
            await bytes.keep(file.id)
        await FileReading.create(file_id=file.id)
        await indexing.read_file(file.id)
    if embedding.is_set():
        while await embedding.embed_passages():
            pass
    return sum([reading.passages for reading in await FileReading.all()])


async def ask(asked: Sequence[Question]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for question in asked:
        began = time.perf_counter()
        found = await search(question.text, conversation_id=None)
        outcomes.append(Outcome(question, found, (time.perf_counter() - began) * 1000))
    return outcomes


def told(name: str, outcomes: Sequence[Outcome], threshold: float) -> str:
    def share(some: Sequence[bool]) -> str:
        return f"{sum(some)}/{len(some)} ({sum(some) / max(1, len(some)):.0%})"

    answerable = [each for each in outcomes if each.question.words]
    others = [each for each in outcomes if not each.question.words]
    return (
        f"{name}: first {share([each.place() == 0 for each in answerable])}, "
        f"among five {share([each.place() is not None for each in answerable])}, "
        f"first and sure {share([each.good(threshold) for each in answerable])}, "
        f"refused {share([each.good(threshold) for each in others])}"
    )


async def main(threshold: float) -> None:
    stand_in = "--stand-in" in sys.argv
    async with AsyncExitStack() as stack:
        given = dict[str, str]()
        if stand_in:
            given = {"OPENAI_BASE_URL": (await stack.enter_async_context(endpoint())).url}
            given["OPENAI_EMBEDDING_MODEL"] = "a stand-in"
        await stack.enter_async_context(installation(**given))
        passages = await teach()
        outcomes = await ask(questions())
        await base.close()
    how = os.environ.get("OPENAI_EMBEDDING_MODEL") or "words alone"
    times = sorted(each.milliseconds for each in outcomes)
    print(f"{how}, {passages} passages, threshold {threshold}")
    print(told("all", outcomes, threshold))
    print(told("looked at", outcomes[::2], threshold))
    print(told("not looked at", outcomes[1::2], threshold))
    print(f"median {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms")
    if "--each" in sys.argv:
        for each in outcomes:
            if not each.good(threshold):
                score, text = (each.found[0].score, each.found[0].text) if each.found else (0.0, "")
                print(f"  {each.place()} {score:.2f} {each.question.text!r}: {text[:80]!r}")


if __name__ == "__main__":
    uvloop.run(main(float(next(iter(each for each in sys.argv[1:] if each[0].isdigit()), 0.5))))
