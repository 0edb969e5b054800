"""The bot: what it knows, and what it would say."""

from typing import Annotated

import strawberry

from domain import files, rates
from domain.bot.knowledge import asking
from domain.bot.knowledge.finding import MOST, MOST_CHARACTERS
from graph.core.context import Info
from graph.core.fields import arg, column, entry, entry_of, query
from graph.files import File

ANSWER = 500
"""What an answer costs: a model is paid for it."""


@strawberry.type(description="A passage of a file that an answer leans on.")
class KnowledgeSource:
    file: File | None = entry_of(
        "The file; null when it is deleted since, and where the caller may not see it.", "file_id", files.by_ids
    )
    passage: str = entry("The passage.", "passage")
    score: float = entry("How well it fits, 0 to 1.", "score")


@strawberry.type(description="How the bot came to write a message.")
class BotGeneration:
    model: str | None = column("Model that wrote it; null: a passage of the knowledge, without a model.")
    confidence: float = column("How sure the bot is, 0 to 1.", name="confidenceScore")
    processing_ms: int = column(
        "From taking up the contact's messages to the finished answer.", name="processingTimeMs"
    )
    tokens: int = column("Tokens spent, in and out; 0 without a model.")
    sources: list[KnowledgeSource] = strawberry.field(
        description="What it leans on, the best first; at most five.", metadata={"size": MOST}
    )


@strawberry.type(description="What the bot would answer from its knowledge.")
class KnowledgeAnswer:
    answer: str | None = column("The answer; null when the bot would escalate instead.")
    confidence_score: float = column("How sure it is, 0 to 1.")
    sources: list[KnowledgeSource] = strawberry.field(
        description="What it leans on, the best first; at most five.", metadata={"size": MOST}
    )
    model: str | None = column("Model that wrote it; null: the best passage, without a model.")


@strawberry.type
class BotQuery:
    @query(
        asking.ask,
        description="What the bot would answer from its knowledge; nothing is sent.",
        graphql_type=KnowledgeAnswer,
        cost=ANSWER,
    )
    async def ask_knowledge(
        self,
        info: Info,
        question: Annotated[str, arg(f"The question, 1 to {MOST_CHARACTERS} characters.")],
    ) -> asking.Answer:
        await rates.admit_question(info.context.viewer)
        return await asking.ask(info.context.viewer, question)
