"""Files on both ways, through WhatsApp as far as we can tell, with a worker of its own."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from db.contacts import JobStatus
from db.core import connect
from db.files import File, ProviderMedia
from domain import files
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.files.surroundings import PNG, kept, uploaded
from tests.domain.files.theirs import held
from tests.domain.messages.surroundings import a_message, events_of
from tests.factories import phone
from tests.running import Api, Program, Simulator


async def until(look: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """What there is to see, once there is something."""
    end = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    return found


async def test_what_somebody_sends_is_there_soon_after(api: Api, worker: Program, simulator: Simulator) -> None:
    sender = await factories.sender()
    content = {"id": held(simulator), "mime_type": "image/png", "sha256": hashlib.sha256(PNG).hexdigest()}
    asked = {"phone_number_id": sender.phone_number_id, "from": phone(), "type": "image"}
    wamid = simulator.post("inbound", **asked, content={**content, "caption": "Front door"})["messages"][0]["id"]

    async def arrived() -> Any:
        return await connect.row(
            "SELECT m.id, m.content, f.id AS file_id FROM message m JOIN file f ON f.id = m.media_id"
            " WHERE m.provider_message_id = $1 AND f.status = 'COMPLETED'",
            wamid,
        )

    found = await until(arrived)
    file = await File.get(id=found["file_id"])
    assert (found["content"], file.mime_type, file.sender_id, kept(file.id)) == (
        "Front door",
        "image/png",
        sender.id,
        PNG,
    )
    assert file.conversation_id is not None
    assert await events_of(found["id"]) == ["RECEIVED", "UPDATED"]


async def test_a_file_goes_along_and_is_uploaded_once(worker: Program, simulator: Simulator) -> None:
    sender, file = await factories.sender(), await uploaded()
    people = [await a_message(sender.id, type="IMAGE", media_id=file.id, content="Look") for _ in range(3)]
    broken = await a_message(sender.id, type="VIDEO", media_id=file.id)

    async def left() -> bool:
        states = await connect.rows("SELECT state FROM message WHERE id = ANY($1)", [*people, broken])
        return {row["state"] for row in states}.isdisjoint({"QUEUED", "CLAIMED", "IN_FLIGHT"})

    await until(left)
    sent = simulator.get("ledger", phone_number_id=sender.phone_number_id)["messages"]
    assert [(row["type"], row["text"]) for row in sent] == [("image", "Look")] * 3
    assert await ProviderMedia.filter(file_id=file.id).count() == 1
    failed = await connect.row("SELECT state, error_code, error_message FROM message WHERE id = $1", broken)
    assert failed is not None
    assert (failed["state"], failed["error_code"]) == ("FAILED", "VALIDATION_ERROR")
    assert failed["error_message"].startswith("WhatsApp takes as VIDEO")


async def test_a_file_that_whatsapp_could_not_use_is_uploaded_anew_once(
    api: Api, worker: Program, simulator: Simulator
) -> None:
    sender, file = await factories.sender(), await uploaded()
    simulator.post("faults", kind="fail", code=131053, count=2, phone_number_id=sender.phone_number_id)
    message = await a_message(sender.id, type="IMAGE", media_id=file.id)

    async def state(wanted: str) -> bool:
        return await connect.value("SELECT state = $2 FROM message WHERE id = $1", message, wanted)

    async def forgotten() -> bool:
        refused = await connect.value("SELECT provider_error_code = 131053 FROM message WHERE id = $1", message)
        return bool(refused) and not await ProviderMedia.filter(file_id=file.id).exists()

    await until(forgotten)
    # It is sent once more after a minute.
    await connect.execute("UPDATE message SET due_at = now() WHERE id = $1 AND state = 'QUEUED'", message)
    await until(lambda: state("FAILED"))
    rows = simulator.get("ledger", phone_number_id=sender.phone_number_id)["messages"]
    assert [row["type"] for row in rows] == ["image", "image"]


async def test_bytes_of_a_deleted_file_go(worker: Program) -> None:
    file = await uploaded()
    await files.delete(SYSTEM, file.id)

    async def gone() -> bool:
        return kept(file.id) is None

    await until(gone)
    assert file.status is JobStatus.COMPLETED
