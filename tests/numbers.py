"""Numbers of the Cloud API at the simulator, and what it says of them."""

import asyncio
from typing import Any

from db.core import connect
from db.senders import Sender
from domain.inbound import journal
from domain.senders import health
from tests import factories
from tests.factories import unique
from tests.running import Simulator


async def a_sender(simulator: Simulator, **given: Any) -> Sender:
    """Of an account of its own, at the simulator too."""
    number, account = unique("pn"), unique("waba")
    settings = simulator.get("settings")
    simulator.configure(
        waba_ids={**settings["waba_ids"], number: account}, throughputs={**settings["throughputs"], number: 80}
    )
    return await factories.sender(phone_number_id=number, business_account_id=account, **given)


async def asked(sender: Sender) -> Sender:
    """The sender once WhatsApp was asked for it alone."""
    row = await connect.row(
        "UPDATE sender SET checked_at = now() WHERE id = $1 RETURNING id, phone_number_id, access_token", sender.id
    )
    assert row is not None
    await health.check(row)
    return await Sender.get(id=sender.id)


async def told(kind: str, sender: Sender) -> int:
    sql = "SELECT count(*) FROM event WHERE type = $1 AND subject_type = 'Sender' AND subject_id = $2"
    return await connect.value(sql, kind, sender.id)


async def heard(sender: Sender, **until: object) -> Sender:
    """The sender once what was posted of it is taken up."""
    async with asyncio.timeout(10):
        while True:
            await journal.drain()
            found = await Sender.get(id=sender.id)
            if all(getattr(found, name) == value for name, value in until.items()):
                return found
            await asyncio.sleep(0.02)
