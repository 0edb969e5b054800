"""A program on the generated client: schedules a template for a group, watches until it is sent, tells it in JSON."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

from generated import Client, EventLogEventsEdgesNodeMessageEvent, EventType


async def main() -> None:
    given = json.load(sys.stdin)
    http: str = given["http"]
    async with Client(url=http) as stranger:
        signed = await stranger.sign_in(given["email"], given["password"])
        # A time is no text, and what may be null must be looked at.
        wrong = stranger.create_schedule("1", "2", "tomorrow")  # pyright: ignore[reportArgumentType]
        wrong.close()
    token = {"Authorization": f"Bearer {signed.login.access_token}"}
    async with Client(http, token, ws_url=given["ws"], ws_connection_init_payload=dict(token)) as client:
        soon = datetime.now(UTC) + timedelta(seconds=3)
        schedule = (await client.create_schedule(given["template"], given["group"], soon)).create_schedule
        seen: list[str] = []
        async for told in client.watch(schedule.id):
            event = told.message_events
            seen.append(event.type_.value)
            if event.type_ is EventType.MESSAGE_COMPLETED:
                break
        found = (await client.schedule(schedule.id)).schedule
        status = found.status  # pyright: ignore[reportOptionalMemberAccess]
        assert found is not None
        people = [edge.node.contact.name for edge in found.messages.edges]
        log = (await client.event_log(types=[EventType.MESSAGE_SENT])).events.edges
        logged = [edge.node.message for edge in log if isinstance(edge.node, EventLogEventsEdgesNodeMessageEvent)]
    json.dump({"seen": seen, "status": status.value, "people": people, "logged": len(logged)}, sys.stdout)


asyncio.run(main())
