"""A setting is changed over the API, and workers that run go by it within five seconds."""

import asyncio
import time

from tests.faults.conftest import Installation

FOLLOWED_SECONDS = 5
UPDATE = "mutation ($most: Int) { updateSettings(input: { limits: { messagesPerHour: $most } }) { version } }"


async def test_a_worker_follows_a_change_without_a_new_start(installation: Installation) -> None:
    await installation.sender()
    template, group = await installation.template(), await installation.group(5)
    assert installation.worker.process is not None
    pid = installation.worker.process.pid
    await installation.data(UPDATE, most=1)
    try:
        await asyncio.sleep(FOLLOWED_SECONDS)
        schedule = await installation.plan(template, group, ahead=0.1)
        await installation.until_rows("SELECT 1 FROM message WHERE schedule_id IS NOT NULL AND due_at IS NOT NULL", 4)
        await asyncio.sleep(2)
        assert len(await installation.in_state(schedule, "QUEUED")) == 4, "one an hour"
    finally:
        began = time.monotonic()
        await installation.data(UPDATE, most=None)
    await installation.until_accepted(5)
    assert time.monotonic() - began < FOLLOWED_SECONDS + 3
    assert installation.worker.process.pid == pid
    await installation.done(schedule)
    found = await installation.data("{ auditEntries(first: 2) { edges { node { action changes } } } }")
    changes = [edge["node"]["changes"] for edge in found["auditEntries"]["edges"]]
    by = {"by": [None, "ADMIN_TOKEN"]}
    assert changes == [by | {"limits.messagesPerHour": [1, None]}, by | {"limits.messagesPerHour": [None, 1]}]
