"""What the bot would answer from its knowledge, for whoever wants to try it."""

from dataclasses import dataclass
from typing import Any

from db.accounts import Role, Scope
from domain import settings
from domain.bot.answering import compose
from domain.bot.knowledge.finding import MOST_CHARACTERS
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
    made = await compose(text(question, "question", most=MOST_CHARACTERS))
    calls = made.person and (await settings.current()).features.auto_escalation
    return Answer(None if calls else made.text, made.confidence, list(made.sources), made.model)
