"""Fills contact_sender from the messages that are there, in pieces, while others write: triggers keep what is new."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.transactions import in_transaction

PIECE = 500_000

# No message leaves its sender meanwhile.
_HOLD = "SELECT pg_advisory_xact_lock_shared(hashint8extended(id, 1)) FROM sender ORDER BY id"
_FILL = """
INSERT INTO contact_sender (sender_id, contact_id)
SELECT DISTINCT sender_id, contact_id FROM message m WHERE id BETWEEN $1 AND $2
  AND NOT EXISTS (SELECT FROM contact_sender p WHERE p.sender_id = m.sender_id AND p.contact_id = m.contact_id)
"""


async def fill(apps: Any, editor: BaseSchemaEditor) -> None:
    found = await editor.client.execute_query_dict("SELECT coalesce(max(id), 0) AS last FROM message")
    for first in range(1, found[0]["last"] + 1, PIECE):
        async with in_transaction(editor.client.connection_name) as piece:
            await piece.execute_query(_HOLD)
            await piece.execute_query(_FILL, [first, first + PIECE - 1])


class Migration(migrations.Migration):
    dependencies = [('models', '0013_contact_senders')]

    initial = False
    atomic = False

    operations = [ops.RunPython(fill)]
