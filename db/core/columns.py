"""Columns that many tables share."""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

from asyncpg import Record
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

E = TypeVar("E", bound=StrEnum)
M = TypeVar("M", bound=Model)


class _Abstract:
    abstract = True


class Row(Model):
    """A row with a number of its own and the time it was made. Times are UTC, of the database's clock."""

    id: int = fields.BigIntField(primary_key=True)
    created_at: datetime = fields.DatetimeField(db_default=Now())

    Meta: type = _Abstract


class ChangingRow(Row):
    """A row that is changed after it was made; whoever changes it by SQL sets updated_at."""

    updated_at: datetime = fields.DatetimeField(db_default=Now())

    Meta: type = _Abstract


def as_row(model: type[M], record: Record) -> M:
    """What a statement of our own brought, as a row of its model; it must hold all columns."""
    return model._init_from_db(**record)  # pyright: ignore[reportPrivateUsage] - Tortoise makes rows of SQL nowhere else


def choice(kind: type[E], **options: Any) -> E:
    """A column that holds one of an enumeration, as its text; one more that it may hold is no migration."""
    # Tortoise would write all that it may hold into the column's comment, and so into a migration.
    return cast(E, fields.CharEnumField(kind, kind.__name__, max_length=24, **options))
