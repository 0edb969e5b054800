"""Migrations: Tortoise's own, run by one process at a time."""

from tortoise import Tortoise
from tortoise.migrations.api import migrate as tortoise_migrate

from db.core.connect import open_session, tortoise_config
from db.core.settings import get_settings

_LOCK = 0x7469_6D67

# No migration: a server may be given pgvector later. Without it, or without the right to it, there is no such table.
_EMBEDDINGS = """
DO $$
BEGIN
  IF to_regclass('passage') IS NULL OR to_regclass('passage_embedding') IS NOT NULL THEN
    RETURN;
  END IF;
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE passage_embedding (
    passage_id bigint PRIMARY KEY REFERENCES passage ON DELETE CASCADE, model text NOT NULL, embedding vector NOT NULL
  );
EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege THEN
  RETURN;
END $$
"""


async def migrate(*, target: str | None = None) -> None:
    """Brings the schema up to date, or to a target such as models.0001_initial; safe to repeat, also twice at once.

    Raises ValueError for a target that is not there, or that would take something back: the program goes back alone,
    as what migrations write by hand (functions, indexes) would stay.

    Tortoise's executor takes no lock, so the whole run holds an advisory one on a connection of its own.
    """
    settings = get_settings()
    lock = await open_session(settings)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        config = tortoise_config(settings, application="tidings migrate")
        await tortoise_migrate(config=config, target=target, direction="forward")
        await lock.execute(_EMBEDDINGS)
    finally:
        await Tortoise.close_connections()
        await lock.close()
