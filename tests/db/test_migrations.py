"""Migrations make the tables that the models describe."""

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from db.core.connect import tortoise_config
from db.core.settings import get_settings


async def test_no_change_of_a_model_lacks_its_migration(database: None) -> None:
    assert Tortoise.apps is not None
    apps = tortoise_config(get_settings())["apps"]
    writers = await MigrationAutodetector(Tortoise.apps, apps).changes()
    changes = [operation for writer in writers for operation in writer.operations]
    # A docstring is the comment of its table, and no more.
    assert [change for change in changes if not isinstance(change, AlterModelOptions)] == []
