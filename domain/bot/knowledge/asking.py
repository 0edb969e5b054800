"""What the bot would answer from its knowledge, for whoever wants to try it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.accounts import Role, Scope
from domain.bot.knowledge.finding import MOST_CHARACTERS, Found, search
from domain.core.access import Viewer, allow
from domain.core.errors import text


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be said, if anything, and what it leans on."""

    answer: str | None
    confidence_score: float
    sources: list[dict[str, Any]]
    model: str | None = None


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONVERSATIONS)
async def ask(viewer: Viewer, question: str) -> Answer:
    """What the bot would answer to a question of at most 1000 characters; nothing is sent."""
    found = await search(text(question, "question", most=MOST_CHARACTERS), conversation_id=None)
    if not found:
        return Answer(None, 0.0, [])
    return Answer(found[0].text, found[0].score, as_sources(found))


def as_sources(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Passages as a message keeps what it leans on (Generation.sources)."""
    return [{"file_id": each.file_id, "passage": each.text, "score": each.score} for each in found]
