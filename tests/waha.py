"""Senders with a session at the simulator's WAHA."""

import asyncio
from typing import Any

from db.core import connect
from db.senders import Sender, SenderProvider, SenderStatus
from domain import senders
from domain.core.access import SYSTEM
from tests.factories import phone
from tests.running import Simulator


async def make(**given: Any) -> Sender:
    return await senders.create(SYSTEM, **{"phone_number": phone(), "provider": SenderProvider.WAHA, **given})


async def becomes(sender: Sender, status: SenderStatus) -> Sender:
    """Polls WAHA until the sender has the status."""
    async with asyncio.timeout(10):
        while (found := await Sender.get(id=sender.id)).status is not status:
            await senders.poll()
            await asyncio.sleep(0.02)
    return found


async def scanned(simulator: Simulator, sender: Sender | None = None, **scan: Any) -> Sender:
    """A sender whose code somebody has scanned."""
    sender = await becomes(sender or await make(), SenderStatus.WAITING_FOR_SCAN)
    await asyncio.to_thread(drive, simulator, sender, "scan", **{"phone": sender.phone_number, **scan})
    return sender


async def connected(simulator: Simulator) -> Sender:
    return await becomes(await scanned(simulator), SenderStatus.CONNECTED)


def drive(simulator: Simulator, sender: Sender, verb: str, **body: Any) -> dict[str, Any]:
    return simulator.post(f"waha/{sender.session_name}/{verb}", **body)


def there(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """Sessions at WAHA."""
    return {each["name"]: each for each in simulator.get("waha")["sessions"]}


async def events_of(sender: Sender, type: str = "SENDER_STATUS_CHANGED") -> list[str]:
    rows = await connect.rows(
        "SELECT data->>'status' AS status FROM event WHERE type = $2 AND subject_id = $1 AND sender_id = $1"
        " ORDER BY number",
        sender.id,
        type,
    )
    return [row["status"] for row in rows]


async def connected_from(simulator: Simulator, sender: Sender) -> Sender:
    drive(simulator, sender, "scan", phone=sender.phone_number)
    return await becomes(sender, SenderStatus.CONNECTED)
