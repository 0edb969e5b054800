"""Migrations make the tables that the models describe."""

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from db.contacts.zones import zone_of
from db.core import connect
from db.core.connect import tortoise_config
from db.core.migrate import migrate
from db.core.settings import get_settings
from tests.databases import database_of_its_own

ROWS = [
    "INSERT INTO contact (name, opt_in_status) VALUES ('Rita', 'OPTED_IN')",
    "INSERT INTO contact_phone (contact_id, phone_number, is_primary)"
    " VALUES (1, '+5592991230345', false), (1, '+351912345678', true)",
    "INSERT INTO contact_group (name) VALUES ('Friends')",
    "INSERT INTO contact_import (status, source, total, position, on_duplicate, group_ids, created, updated, skipped,"
    " failed) VALUES ('COMPLETED', '[]', 1, 1, 'SKIP', '[]', 1, 0, 0, 0)",
    "INSERT INTO message_template (title, content, approval_status, quality) VALUES ('t', 'Hi.', 'APPROVED', 'GREEN')",
    "INSERT INTO sender (phone_number, provider, status, is_default)"
    " VALUES ('+12025550100', 'WAHA', 'CONNECTED', true)",
    "INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)"
    " VALUES (1, 1, 1, '{}', 'SENT', now(), 0, 0)",
    "INSERT INTO message (sender_id, contact_id, schedule_id, direction, author, type, purpose, priority, state,"
    " attempts) VALUES (1, 1, 1, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 2, 'READ', 1)",
]
"""A row of what an installation of the first release may hold."""


async def test_no_change_of_a_model_lacks_its_migration(database: None) -> None:
    assert Tortoise.apps is not None
    apps = tortoise_config(get_settings())["apps"]
    writers = await MigrationAutodetector(Tortoise.apps, apps).changes()
    changes = [operation for writer in writers for operation in writer.operations]
    # A docstring is the comment of its table, and no more.
    assert [change for change in changes if not isinstance(change, AlterModelOptions)] == []


async def test_the_rows_of_an_older_release_live_on(database: None) -> None:
    async with database_of_its_own(template="template0"):
        await connect.disconnect()
        await migrate(target="models.0002_indexes")
        await connect.connect()
        for row in ROWS:
            await connect.execute(row)
        await connect.disconnect()
        await migrate()
        await connect.connect()
        found = await connect.rows(
            "SELECT c.name, c.tags, c.time_zone, c.time_zone_inferred, m.state"
            " FROM contact c JOIN message m ON m.contact_id = c.id"
        )
        assert [tuple(row) for row in found] == [("Rita", [], zone_of("+351912345678"), True, "READ")]
