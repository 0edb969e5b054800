"""An API that is killed in the middle of a change has made it whole or not at all, and whoever asks again gets it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from db.events import _LOCK as LOG_LOCK
from graph.core.ids import decode
from tests.factories import phone, unique
from tests.faults.conftest import Installation

CREATE = "mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }"
MERGE = "mutation ($id: ID!, $other: ID!) { mergeContacts(id: $id, duplicateId: $other) { id phones { phoneNumber } } }"
SUBMIT = "mutation ($input: CreateMessageTemplateInput!) { createMessageTemplate(input: $input) { id } }"
CONNECTED = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings api'"
WAITING = f"{CONNECTED} AND wait_event_type = 'Lock'"


@asynccontextmanager
async def killed_at_a_lock(
    installation: Installation, document: str, lock: str, *values: Any, **variables: Any
) -> AsyncIterator[None]:
    """Asks for a change, kills the API where it waits for this lock, and starts it again at the end."""
    async with installation.locked(lock, *values):
        asking = asyncio.create_task(installation.api.gql(document, variables))
        await installation.until_rows(WAITING, 1)
        installation.api.program.kill()
        with pytest.raises(httpx.HTTPError):
            await asking
    await installation.until_rows(CONNECTED, 0)
    try:
        yield
    finally:
        installation.api.program.start()


async def state(installation: Installation, *contacts: int) -> list[str]:
    """All that a merge would change of them."""
    found: list[str] = []
    for table, column in (("contact", "id"), ("contact_phone", "contact_id"), ("message", "contact_id")):
        sql = f"SELECT t::text AS row FROM {table} t WHERE {column} = ANY($1) ORDER BY id"
        found += [row["row"] for row in await installation.fetch(sql, list(contacts))]
    return found


async def test_a_merge_is_whole_or_not_at_all(installation: Installation) -> None:
    await installation.sender()
    ids = [
        (await installation.data(CREATE, input={"name": name, "phoneNumber": phone()}))["createContact"]["id"]
        for name in ("Rita", "Rita Sá")
    ]
    stays, goes = (decode(id, "Contact") for id in ids)
    await installation.fetch(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address,"
        " content, attempts)"
        " SELECT id, $1, 'INBOUND', 'CONTACT', 'TEXT', 'UTILITY', 2, 'RECEIVED', '+12025550177', 'Hi', 0"
        " FROM sender LIMIT 1",
        goes,
    )
    before = await state(installation, stays, goes)
    # Its numbers have moved by the time that the merge comes to its messages.
    lock = "SELECT 1 FROM message WHERE contact_id = $1 FOR UPDATE"
    async with killed_at_a_lock(installation, MERGE, lock, goes, id=ids[0], other=ids[1]):
        assert await state(installation, stays, goes) == before
    merged = (await installation.data(MERGE, id=ids[0], other=ids[1]))["mergeContacts"]
    assert len(merged["phones"]) == 2
    assert await installation.fetch("SELECT 1 FROM message WHERE contact_id = $1", stays)


async def test_a_template_that_whatsapp_has_taken_is_found_there(installation: Installation) -> None:
    """Killed between WhatsApp's answer and its commit: the row is hidden, and the clock finds out what became of it."""
    await installation.sender()
    title = unique("killed").replace("-", "_")
    given = {"title": title, "content": "Hello you.", "approval": {"language": "en_US", "category": "UTILITY"}}
    # What tells of the template is written last, under this lock.
    async with killed_at_a_lock(installation, SUBMIT, f"SELECT pg_advisory_xact_lock({LOG_LOCK})", input=given):
        found = "SELECT approval_id, deleted_at FROM message_template WHERE title = $1"
        [row] = await installation.fetch(found, title)
        assert (row["approval_id"], row["deleted_at"] is None) == (None, False)
        # As it is a minute later.
        await installation.fetch(
            "UPDATE message_template SET synced_at = now() - interval '5 min', deleted_at = now() - interval '5 min'"
            " WHERE title = $1",
            title,
        )
    # The clock comes by once a minute, and where it begins.
    installation.worker.stop()
    installation.worker.start()
    shown = "SELECT 1 FROM message_template WHERE title = $1 AND approval_id IS NOT NULL AND deleted_at IS NULL"
    await installation.until_rows(shown, 1, title)
    assert len(await installation.fetch("SELECT 1 FROM message_template WHERE title = $1", title)) == 1
