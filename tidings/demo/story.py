"""The steps of the demonstration, each an operation that any client could send."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tidings.client import Api
from tidings.trouble import Trouble

WAIT_SECONDS = 60.0
LEAD_SECONDS = 4.0
"""From creating the schedule to its time; the subscription opens meanwhile."""
TEXT = "Hello {{name}}, your parcel is on its way and arrives tomorrow between 9 and 12."

EVENTS = """subscription ($scheduleId: ID!, $after: String) {
  messageEvents(filter: { scheduleId: $scheduleId }, after: $after) {
    cursor
    type
    occurredAt
    error
    message { id contact { name phoneNumber } }
  }
}"""


@dataclass(frozen=True)
class Refusal:
    """A row that was not imported."""

    row: int
    verdict: str
    reason: str


@dataclass(frozen=True)
class Import:
    imported: int
    refusals: list[Refusal]


def create_group(api: Api, name: str) -> str:
    document = "mutation ($name: String!) { createGroup(input: { name: $name }) { id } }"
    return api.execute(document, name=name)["createGroup"]["id"]


def import_people(api: Api, people: list[dict[str, str]], group: str) -> Import:
    """Import into the group; known numbers are changed and join it, so that it may run again and again."""
    document = """mutation ($contacts: [CreateContactInput!]!, $group: ID!) {
      importContacts(input: { contacts: $contacts, groupIds: [$group], onDuplicate: UPDATE }) { id }
    }"""
    id = api.execute(document, contacts=people, group=group)["importContacts"]["id"]
    progress = """query ($id: ID!) { node(id: $id) { ... on ContactImport {
      status created updated skipped failed errorMessage } } }"""
    done = _wait_for(
        lambda: api.execute(progress, id=id)["node"],
        lambda node: node["status"] in ("COMPLETED", "FAILED"),
        "the end of the import",
    )
    if done["status"] == "FAILED":
        raise Trouble(f"the import failed: {done['errorMessage']}")
    return Import(done["created"] + done["updated"], _refusals(api, id))


def _refusals(api: Api, id: str) -> list[Refusal]:
    document = """query ($id: ID!, $after: String) { node(id: $id) { ... on ContactImport {
      rows(filter: { verdict: [FAILED, SKIPPED] }, first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { node { row verdict field code message } }
      } } } }"""
    found: list[Refusal] = []
    after: str | None = None
    while True:
        page = api.execute(document, id=id, after=after)["node"]["rows"]
        for edge in page["edges"]:
            node = edge["node"]
            found.append(Refusal(node["row"], node["verdict"], node["message"] or node["code"] or "known already"))
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def create_template(api: Api, title: str) -> str:
    """A template that WhatsApp has approved."""
    document = """mutation ($title: String!, $content: String!, $examples: JSON) {
      createMessageTemplate(input: {
        title: $title, content: $content, approval: { language: "en_US", category: UTILITY, examples: $examples }
      }) { id }
    }"""
    created = api.execute(document, title=title, content=TEXT, examples={"name": "Ana"})
    id: str = created["createMessageTemplate"]["id"]
    query = "query ($id: ID!) { messageTemplate(id: $id) { approval { status reason } } }"
    approval = _wait_for(
        lambda: api.execute(query, id=id)["messageTemplate"]["approval"],
        lambda approval: approval["status"] != "PENDING",
        "the approval of the template",
    )
    if approval["status"] != "APPROVED":
        raise Trouble(f"WhatsApp says {approval['status']} to the template: {approval['reason']}")
    return id


@dataclass(frozen=True)
class Scheduled:
    id: str
    send_at: datetime
    recipients: int


def create_schedule(api: Api, template: str, group: str) -> Scheduled:
    document = """mutation ($template: ID!, $group: ID!, $sendAt: DateTime!) {
      createSchedule(input: { templateId: $template, groupId: $group, sendAt: $sendAt }) {
        id sendAt stats { recipients }
      }
    }"""
    send_at = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)
    made = api.execute(document, template=template, group=group, sendAt=send_at.isoformat())["createSchedule"]
    return Scheduled(made["id"], send_at, made["stats"]["recipients"])


def stats_of(api: Api, schedule: str) -> dict[str, Any]:
    """Status and figures of the schedule, as stored."""
    document = """query ($id: ID!) { schedule(id: $id) {
      status stats { recipients pending sent delivered read failed unconfirmed cancelled } } }"""
    return api.execute(document, id=schedule)["schedule"]


def _wait_for(ask: Callable[[], Any], is_so: Callable[[Any], bool], what: str) -> Any:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so(answer := ask()):
        if time.monotonic() > deadline:
            raise Trouble(f"{what} has not come after {WAIT_SECONDS:.0f} s; the last answer was {answer}")
        time.sleep(0.2)
    return answer
