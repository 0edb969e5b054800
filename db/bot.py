"""The bot: what it knows, and how its answers came about."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from db.contacts import JobStatus
from db.core import connect
from db.core.columns import Row, choice
from db.core.settings import get_settings


class Generation(Model):
    """How the bot came to write a message."""

    message_id: int = fields.BigIntField(primary_key=True, generated=False)
    model = fields.CharField(128, null=True)
    """Null: a passage of the knowledge, without a model."""
    confidence: float = fields.FloatField()
    """0 to 1."""
    processing_ms: int = fields.IntField()
    tokens: int = fields.IntField(db_default=0)
    """In and out."""
    sources: list[dict[str, Any]] = fields.JSONField[list[dict[str, Any]]](default=list)
    """{"file_id", "passage", "score"}, the best first."""

    class Meta(Model.Meta):
        table = "generation"


class ModelUsage(Model):
    """What a model did in a day (UTC): the daily budget and the figures of models are counted by it."""

    day: date = fields.DateField()
    model = fields.CharField(128)
    calls: int = fields.IntField(db_default=0)
    failures: int = fields.IntField(db_default=0)
    answers: int = fields.IntField(db_default=0)
    tokens: int = fields.BigIntField(db_default=0)
    milliseconds: int = fields.BigIntField(db_default=0)
    confidence: float = fields.FloatField(db_default=0)
    """Sum over its answers."""

    class Meta(Model.Meta):
        table = "model_usage"
        unique_together = (("day", "model"),)


class FileReading(Model):
    """How far the bot has read a file."""

    file_id: int = fields.BigIntField(primary_key=True, generated=False)
    status = choice(JobStatus, default=JobStatus.QUEUED)
    progress: float = fields.FloatField(db_default=0)
    """0 to 1."""
    passages: int = fields.IntField(db_default=0)
    language = fields.CharField(32, db_default="simple")
    """A configuration of PostgreSQL's text search."""
    error_message: str | None = fields.TextField(null=True)
    attempts: int = fields.SmallIntField(db_default=0)
    lease_until: datetime | None = fields.DatetimeField(null=True)
    updated_at: datetime = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "file_reading"


class Passage(Row):
    """A piece of a file that an answer may lean on; found by its `words` (migration 0005) or its embedding."""

    file_id: int = fields.BigIntField()
    position: int = fields.IntField()
    """Its place in the file, from 0."""
    text: str = fields.TextField()

    class Meta:
        table = "passage"
        unique_together = (("file_id", "position"),)


_KNOWS = """
SELECT EXISTS (SELECT FROM file_reading r JOIN file f ON f.id = r.file_id
               WHERE r.passages > 0 AND f.deleted_at IS NULL AND f.conversation_id IS NULL)
"""


async def answers(*, rag: bool) -> bool:
    """Whether the bot could answer anybody: by a model, or, where it may look things up, from what it knows for all."""
    return bool(get_settings().openai_model) or (rag and await connect.value(_KNOWS))


async def forget(file_ids: Sequence[int]) -> None:
    """What was read of files is gone. The row of a reading is touched first: whoever adds passages holds it."""
    await connect.execute("UPDATE file_reading SET passages = 0 WHERE file_id = ANY($1)", list(file_ids))
    await connect.execute("DELETE FROM passage WHERE file_id = ANY($1)", list(file_ids))
