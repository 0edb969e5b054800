"""Follow-ups of leads, by the clock of a worker that runs."""

import asyncio
from datetime import UTC, datetime, timedelta

from db.events import Event, EventType
from domain import leads
from domain.core.access import SYSTEM
from tests import factories
from tests.running import Program


async def test_the_clock_tells_of_a_follow_up_that_is_due(worker: Program) -> None:
    contact = await factories.contact()
    lead = await leads.create(SYSTEM, contact_id=contact.id, title="Offer")
    due = datetime.now(UTC) + timedelta(seconds=0.5)
    await leads.follow_up(SYSTEM, lead.id, at=due)
    told = Event.filter(type=EventType.LEAD_FOLLOW_UP_DUE, subject_id=lead.id)
    async with asyncio.timeout(15):
        while not (found := await told):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.1)
    assert [event.contact_id for event in found] == [contact.id]
    assert found[0].occurred_at >= due
