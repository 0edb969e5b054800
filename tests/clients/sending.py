"""Something for clients to send and to watch, and what the log says of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from db.accounts import Role
from graph.core import ids
from tests import factories
from tests.clients.node import ROOT
from tests.conftest import PASSWORD
from tests.running import Api

PEOPLE = 12
SEEN_BEFORE_THE_CUT = 6
LOG = """
query ($filter: EventFilter!) {
  events(filter: $filter, first: 100) { edges { cursor node { type ... on MessageEvent { message { id } } } } }
}
"""
STATS = "query ($id: ID!) { schedule(id: $id) { status stats { read } } }"


def shown(name: str) -> str:
    """An operation of examples/."""
    return (ROOT / f"examples/operations/{name}.graphql").read_text()


def own(name: str) -> str:
    """An operation of tests/clients/."""
    return (ROOT / f"tests/clients/operations/{name}.graphql").read_text()


async def prepared(api: Api) -> dict[str, Any]:
    """What a client is given: a user of its own, and something to send to a few people."""
    user = await factories.user(role=Role.ADMIN, password=PASSWORD)
    await factories.sender(is_default=True)
    group = await factories.group(*[await factories.contact() for _ in range(PEOPLE)])
    template = await factories.template()
    schedule = {
        "templateId": ids.encode("MessageTemplate", template.id),
        "groupId": ids.encode("Group", group.id),
        "sendAt": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    return {
        "http": f"{api.url}/graphql",
        "email": user.email,
        "password": PASSWORD,
        "people": PEOPLE,
        "schedule": schedule,
    }


async def over(api: Api, schedule: str) -> None:
    """Waits until all is sent and everyone has read."""
    async with asyncio.timeout(30):
        while True:
            found = await api.data(STATS, id=schedule)
            if found["schedule"]["stats"]["read"] == PEOPLE and found["schedule"]["status"] == "SENT":
                return
            await asyncio.sleep(0.1)


async def logged(api: Api, schedule: str) -> list[dict[str, Any]]:
    """All that was said of a schedule and its messages."""
    found = (await api.data(LOG, filter={"scheduleId": schedule}))["events"]["edges"]
    return [told(edge["cursor"], edge["node"]) for edge in found]


def told(cursor: str, event: dict[str, Any]) -> dict[str, Any]:
    message = event["message"]
    return {"cursor": cursor, "type": event["type"], "message": message and message["id"]}
