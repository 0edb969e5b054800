"""Messages over the real API: every kind of filter, order and page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.core import connect
from db.core.paging import PageRequest
from db.messages import Message, MessageAuthor, MessageDirection, MessageState, MessageType
from db.templates import TemplateCategory
from domain import messages
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.messages import MessageOrder
from graph.core.ids import encode
from tests import factories
from tests.factories import unique
from tests.running import Api
from tests.statements import counted

FIELDS = """
id purpose direction author type content status priority attempts errorCode errorMessage providerErrorCode
providerMessageId correlationId createdAt updatedAt sentAt deliveredAt readAt
contact { id } sender { id } schedule { id } template { id }
"""
READ = f"query ($id: ID!) {{ message(id: $id) {{ {FIELDS} }} }}"
LIST = """
query (
  $filter: MessageFilter, $orderBy: MessageOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int,
  $after: String, $last: Int, $before: String, $offset: Int
) {
  messages(
    filter: $filter, orderBy: $orderBy, direction: $direction, first: $first, after: $after, last: $last,
    before: $before, offset: $offset
  ) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { id } } }
}
"""


async def message(contact_id: int, **given: Any) -> Message:
    values: dict[str, Any] = {
        "sender_id": (given.pop("sender_id", None) or (await factories.sender()).id),
        "direction": MessageDirection.OUTBOUND,
        "author": MessageAuthor.SYSTEM,
        "type": MessageType.TEXT,
        "purpose": TemplateCategory.MARKETING,
        "state": MessageState.SENT,
        **given,
    }
    return await Message.create(contact_id=contact_id, **values)


def id_of(row: Message) -> str:
    return encode("Message", row.id)


async def test_a_message_shows_all_there_is_to_it(api: Api) -> None:
    contact, sender, template = await factories.contact(), await factories.sender(), await factories.template()
    now = datetime.now(UTC).replace(microsecond=0)
    row = await message(
        contact.id, sender_id=sender.id, template_id=template.id, type=MessageType.TEMPLATE, content="Hello",
        state=MessageState.FAILED, attempts=2, error_code="WINDOW_CLOSED", error_message="Too late.",
        provider_error_code=131047, provider_message_id=unique("wamid"), correlation_id="mine", sent_at=now,
    )  # fmt: skip
    shown = (await api.data(READ, role=Role.VIEWER, id=id_of(row)))["message"]
    assert shown["contact"]["id"] == encode("Contact", contact.id)
    assert shown["sender"]["id"] == encode("Sender", sender.id)
    assert (shown["template"]["id"], shown["schedule"]) == (encode("MessageTemplate", template.id), None)
    assert (shown["direction"], shown["author"], shown["type"]) == ("OUTBOUND", "SYSTEM", "TEMPLATE")
    assert (shown["status"], shown["errorCode"], shown["providerErrorCode"]) == ("FAILED", "WINDOW_CLOSED", 131047)
    assert (shown["priority"], shown["attempts"], shown["purpose"]) == ("NORMAL", 2, "MARKETING")
    assert (shown["content"], shown["correlationId"]) == ("Hello", "mine")
    assert (shown["sentAt"], shown["readAt"]) == (now.isoformat().replace("+00:00", "Z"), None)
    assert (await api.refusal(READ, id=encode("Message", 2**40)))["code"] == "NOT_FOUND"
    assert (await api.data("query ($id: ID!) { node(id: $id) { id } }", id=id_of(row)))["node"] == {"id": id_of(row)}


async def test_a_contact_that_was_deleted_stays_named(api: Api) -> None:
    contact = await factories.contact()
    row = await message(contact.id)
    await connect.execute("UPDATE contact SET deleted_at = now() WHERE id = $1", contact.id)
    assert (await api.data(READ, id=id_of(row)))["message"]["contact"]["id"] == encode("Contact", contact.id)


@pytest.mark.parametrize(
    ("state", "status"),
    [(state, "SENDING" if state in ("CLAIMED", "IN_FLIGHT", "UNKNOWN") else state.value) for state in MessageState],
)
async def test_each_state_of_dispatch_is_a_status_and_found_by_it(api: Api, state: MessageState, status: str) -> None:
    contact = await factories.contact()
    row = await message(contact.id, state=state)
    assert (await api.data(READ, id=id_of(row)))["message"]["status"] == status
    for asked in ("QUEUED", "SENDING", "SENT", "RECEIVED"):
        filter = {"contactId": encode("Contact", contact.id), "status": [asked]}
        found = (await api.data(LIST, filter=filter))["messages"]
        assert found["totalCount"] == (1 if asked == status else 0)


async def test_messages_are_found_by_what_they_are(api: Api) -> None:
    contact, sender, template = await factories.contact(), await factories.sender(), await factories.template()
    heard = await message(
        contact.id, direction=MessageDirection.INBOUND, author=MessageAuthor.CONTACT, state=MessageState.RECEIVED,
        content="50% off_?",
    )  # fmt: skip
    sent = await message(
        contact.id, sender_id=sender.id, template_id=template.id, type=MessageType.TEMPLATE, content="Yes",
        correlation_id="c-1",
    )  # fmt: skip
    reaction = await message(contact.id, type=MessageType.REACTION, content="x")
    of_contact = {"contactId": encode("Contact", contact.id)}

    async def found(**filter: Any) -> list[str]:
        answer = (await api.data(LIST, filter={**of_contact, **filter}))["messages"]
        assert answer["totalCount"] == len(answer["edges"])
        return [edge["node"]["id"] for edge in answer["edges"]]

    assert await found() == [id_of(sent), id_of(heard)]
    assert await found(type=["REACTION"]) == [id_of(reaction)]
    assert await found(type=["REACTION", "TEXT"]) == [id_of(reaction), id_of(heard)]
    assert await found(direction="INBOUND") == [id_of(heard)]
    assert await found(author=["SYSTEM", "BOT"]) == [id_of(sent)]
    assert await found(senderId=encode("Sender", sender.id)) == [id_of(sent)]
    assert await found(templateId=encode("MessageTemplate", template.id)) == [id_of(sent)]
    assert await found(correlationId="c-1") == [id_of(sent)]
    assert await found(search="OFF 50%") == await found(search="50 o") == [id_of(heard)]
    assert await found(search="50 ff") == await found(search="%") == await found(search="5 off") == []
    assert await found(scheduleId=encode("Schedule", 2**40)) == []
    assert await found(createdAt={"start": sent.created_at.isoformat()}) == [id_of(sent)]
    assert await found(createdAt={"end": sent.created_at.isoformat()}) == [id_of(heard)]
    refusal = await api.refusal(LIST, filter={"contactId": encode("Sender", 1)})
    assert (refusal["field"], refusal["details"]["reason"]) == ("contactId", "wrong_type")


@pytest.mark.parametrize("order", ["CREATED_AT", "UPDATED_AT"])
async def test_pages_go_both_ways_fifty_at_a_time(api: Api, order: str) -> None:
    contact, sender = await factories.contact(), await factories.sender()
    made = [await message(contact.id, sender_id=sender.id) for _ in range(53)]
    newest_first = [id_of(row) for row in reversed(made)]
    common: dict[str, Any] = {"filter": {"contactId": encode("Contact", contact.id)}, "orderBy": order}

    async def page(**arguments: Any) -> dict[str, Any]:
        answer = (await api.data(LIST, **common, **arguments))["messages"]
        assert answer["totalCount"] == 53
        return {**answer["pageInfo"], "ids": [edge["node"]["id"] for edge in answer["edges"]]}

    first = await page()
    assert (first["ids"], first["hasNextPage"], first["hasPreviousPage"]) == (newest_first[:50], True, False)
    rest = await page(after=first["endCursor"])
    assert (rest["ids"], rest["hasNextPage"], rest["hasPreviousPage"]) == (newest_first[50:], False, True)
    back = await page(last=2, before=rest["startCursor"])
    assert back["ids"] == newest_first[48:50]
    assert (await page(last=3))["ids"] == newest_first[50:]
    assert (await page(first=2, offset=50))["ids"] == newest_first[50:52]
    oldest = await page(first=2, direction="ASC")
    assert oldest["ids"] == newest_first[:-3:-1]


async def test_messages_of_a_schedule_follow_their_contacts() -> None:
    schedule, sender = 2**41 + int(datetime.now(UTC).timestamp() * 1000), await factories.sender()
    made = [await message((await factories.contact()).id, sender_id=sender.id, schedule_id=schedule) for _ in range(5)]
    page = await messages.find(SYSTEM, schedule_id=schedule, page=PageRequest(first=3))
    assert [row.id for row in page.rows] == [row.id for row in made[:1:-1]]
    rest = await messages.find(SYSTEM, schedule_id=schedule, page=PageRequest(after=page.cursor(page.rows[-1])))
    assert [row.id for row in rest.rows] == [made[1].id, made[0].id]
    latest = await messages.find(SYSTEM, schedule_id=schedule, order=MessageOrder.UPDATED_AT, page=PageRequest(first=1))
    assert [row.id for row in latest.rows] == [made[-1].id]


async def test_a_token_that_is_bound_to_a_sender_sees_its_messages_alone() -> None:
    contact, sender = await factories.contact(), await factories.sender()
    own, other = await message(contact.id, sender_id=sender.id), await message(contact.id)
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=sender.id)
    assert (await messages.get(bound, own.id)).id == own.id
    with pytest.raises(Refusal) as caught:
        await messages.get(bound, other.id)
    assert caught.value.code is ErrorCode.NOT_FOUND
    page = await messages.find(bound, contact_id=contact.id, page=PageRequest())
    assert ([row.id for row in page.rows], await page.total()) == ([own.id], 1)
    assert [row and row.id for row in await messages.by_ids(bound, [other.id, own.id])] == [None, own.id]


@pytest.mark.parametrize("role", [None, *Role])
async def test_who_may_read_messages(api: Api, role: Role | None) -> None:
    row = await message((await factories.contact()).id)
    for document, variables in ((READ, {"id": id_of(row)}), (LIST, {"first": 1})):
        answer = await api.gql(document, variables, role=role)
        code = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
        assert code == (None if role else "AUTHENTICATION_ERROR")


async def test_a_list_of_messages_costs_the_same_whatever_its_length() -> None:
    template = await factories.template()
    for _ in range(5):
        await message((await factories.contact()).id, template_id=template.id)
    query = LIST.replace("edges { node { id } }", f"edges {{ node {{ {FIELDS} }} }}").replace("totalCount", "")
    counts: list[int] = []
    for first in (1, 5):
        variables = {"filter": {"templateId": encode("MessageTemplate", template.id)}, "first": first}
        data, count = await counted(query, **variables)
        assert len(data["messages"]["edges"]) == first
        counts.append(count)
    assert counts[0] == counts[1] <= 4


async def test_a_filter_of_an_age_ago_finds_nothing(api: Api) -> None:
    end = (datetime.now(UTC) - timedelta(days=3650)).isoformat()
    assert (await api.data(LIST, filter={"createdAt": {"end": end}}))["messages"]["totalCount"] == 0
