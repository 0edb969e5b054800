"""Contacts through the API."""

from datetime import UTC, datetime
from typing import Any

from db.accounts import Role, Scope
from db.contacts import Contact, ContactImport, ContactPhone
from db.conversations import Conversation
from db.messages import MessageState
from db.senders import Sender
from domain import accounts, contacts
from domain.core.access import SYSTEM, Viewer
from graph.core.ids import encode
from tests import factories, waha
from tests.domain.contacts.surroundings import message, updates_of
from tests.factories import phone, unique
from tests.running import Api, Simulator
from tests.statements import counted

FIELDS = """fragment Fields on Contact {
  id name firstName lastName email company jobTitle phoneNumber optInStatus optInChangedAt messageCount lastMessageAt
  createdAt updatedAt groups { id name description } identities { type value businessAccountId createdAt }
  phones { id phoneNumber label primary onWhatsApp verifiedAt createdAt contact { id } }
}"""
CREATE = "mutation ($input: CreateContactInput!) { createContact(input: $input) { ...Fields } }" + FIELDS
UPDATE = (
    "mutation ($id: ID!, $input: UpdateContactInput!) { updateContact(id: $id, input: $input) { ...Fields } }" + FIELDS
)
DELETE = "mutation ($id: ID!) { deleteContact(id: $id) }"
OPT_IN = "mutation ($id: ID!) { optInContact(id: $id) { optInStatus optInChangedAt } }"
OPT_OUT = "mutation ($id: ID!) { optOutContact(id: $id) { optInStatus optInChangedAt } }"
CREATE_PHONE = """mutation ($id: ID!, $input: CreateContactPhoneInput!) {
  createContactPhone(contactId: $id, input: $input) { id phoneNumber label primary contact { phoneNumber } }
}"""
UPDATE_PHONE = """mutation ($id: ID!, $input: UpdateContactPhoneInput!) {
  updateContactPhone(id: $id, input: $input) { phoneNumber label onWhatsApp verifiedAt }
}"""
DELETE_PHONE = "mutation ($id: ID!) { deleteContactPhone(id: $id) }"
SET_PRIMARY = """mutation ($id: ID!) {
  setPrimaryContactPhone(id: $id) { primary contact { phones { id primary } } }
}"""
IMPORT = """mutation ($input: ImportContactsInput!) { importContacts(input: $input) {
  id status progress created failed createdBy { id } createdAt errorMessage
} }"""
FIND = """query ($filter: ContactFilter, $orderBy: ContactOrder! = NAME, $first: Int, $offset: Int) {
  contacts(filter: $filter, orderBy: $orderBy, direction: ASC, first: $first, offset: $offset) {
    totalCount pageInfo { hasNextPage } edges { node { name } }
  }
}"""


async def test_a_contact_lives_through_the_api(api: Api) -> None:
    group, number = await factories.group(), phone()
    given = {
        "firstName": "Ana",
        "lastName": "Luz",
        "email": "ana@example.com",
        "company": "Acme",
        "jobTitle": "CEO",
        "phoneNumber": f"{number[1:]}@c.us",
        "optInStatus": "OPTED_IN",
        "groupIds": [encode("Group", group.id)],
    }
    made = (await api.data(CREATE, role=Role.SALES, input=given))["createContact"]
    assert {key: made[key] for key in given if key in made and key != "phoneNumber"} == {
        key: value for key, value in given.items() if key not in ("phoneNumber", "groupIds")
    }
    assert (made["name"], made["phoneNumber"], made["messageCount"]) == ("Ana Luz", number, 0)
    assert (made["lastMessageAt"], made["identities"], made["optInChangedAt"]) == (None, [], made["createdAt"])
    assert made["groups"] == [{"id": given["groupIds"][0], "name": group.name, "description": None}]
    [own] = made["phones"]
    assert (own["phoneNumber"], own["primary"], own["onWhatsApp"]) == (number, True, None)
    assert own["contact"] == {"id": made["id"]}
    changes = {"name": "Anita", "company": None, "groupIds": []}
    changed = (await api.data(UPDATE, role=Role.MARKETER, id=made["id"], input=changes))["updateContact"]
    assert (changed["name"], changed["company"], changed["jobTitle"], changed["groups"]) == ("Anita", None, "CEO", [])
    assert changed["updatedAt"] > made["updatedAt"]
    shown = await api.data(
        "query ($id: ID!) { contact(id: $id) { ...Fields } node(id: $id) { ...Fields } }" + FIELDS,
        role=Role.VIEWER,
        id=made["id"],
    )
    assert shown == {"contact": changed, "node": changed}
    assert await api.data(DELETE, role=Role.MARKETER, id=made["id"]) == {"deleteContact": made["id"]}
    answer = await api.gql("query ($id: ID!) { contact(id: $id) { id } }", {"id": made["id"]}, role=Role.VIEWER)
    assert answer["data"] == {"contact": None}
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    gone = "query ($id: ID!, $phone: ID!) { contact: node(id: $id) { id } phone: node(id: $phone) { id } }"
    assert await api.data(gone, id=made["id"], phone=own["id"]) == {"contact": None, "phone": None}


async def test_messages_are_counted(api: Api) -> None:
    contact, sender = await factories.contact(), await factories.sender()
    await message(contact, sender, MessageState.FAILED)
    last = await message(contact, sender, MessageState.SENT)
    document = "query ($id: ID!) { contact(id: $id) { messageCount lastMessageAt } }"
    found = (await api.data(document, id=encode("Contact", contact.id)))["contact"]
    assert found["messageCount"] == 2
    assert found["lastMessageAt"] == last.created_at.isoformat().replace("+00:00", "Z")


async def test_phone_numbers(api: Api) -> None:
    contact, second = await factories.contact(), phone()
    [[first]] = await contacts.phones_of(SYSTEM, [contact.id])
    id = encode("Contact", contact.id)
    added = (await api.data(CREATE_PHONE, id=id, input={"phoneNumber": second, "label": "work"}))["createContactPhone"]
    assert (added["phoneNumber"], added["label"], added["primary"]) == (second, "work", False)
    assert added["contact"] == {"phoneNumber": first.phone_number}
    primary = (await api.data(SET_PRIMARY, id=added["id"]))["setPrimaryContactPhone"]
    assert [row["primary"] for row in primary["contact"]["phones"]] == [True, False]
    assert primary["contact"]["phones"][0]["id"] == added["id"]
    third = phone()
    changed = await api.data(UPDATE_PHONE, id=added["id"], input={"phoneNumber": third, "label": None})
    assert changed["updateContactPhone"] == {
        "phoneNumber": third,
        "label": None,
        "onWhatsApp": None,
        "verifiedAt": None,
    }
    shown = "query ($id: ID!) { node(id: $id) { ... on ContactPhone { phoneNumber contact { id } } } }"
    assert (await api.data(shown, id=added["id"]))["node"] == {"phoneNumber": third, "contact": {"id": id}}
    assert await api.data(DELETE_PHONE, id=added["id"]) == {"deleteContactPhone": added["id"]}
    [[left]] = await contacts.phones_of(SYSTEM, [contact.id])
    assert (left.id, left.primary) == (first.id, True)


async def test_contacts_are_found_by_every_filter(api: Api) -> None:
    company, number = unique("Acme"), phone()
    group = await factories.group()
    one = await factories.contact(name="Ann", company=company, phone_number=number, group_ids=[group.id])
    two = await factories.contact(name="ben", company=company)
    await contacts.opt_out(SYSTEM, two.id)
    since = one.created_at.isoformat()
    for given, names in (
        ({"company": company.upper()}, ["Ann", "ben"]),
        ({"company": company, "search": "BEN"}, ["ben"]),
        ({"search": number[1:]}, ["Ann"]),
        ({"phoneNumber": number}, ["Ann"]),
        ({"groupId": encode("Group", group.id)}, ["Ann"]),
        ({"company": company, "optInStatus": ["OPTED_OUT"]}, ["ben"]),
        ({"company": company, "createdAt": {"end": two.created_at.isoformat()}}, ["Ann"]),
        ({"company": company, "createdAt": {"start": since, "end": since}}, []),
        ({"company": company, "groupId": None, "search": None, "createdAt": None}, ["Ann", "ben"]),
    ):
        found = (await api.data(FIND, role=Role.VIEWER, filter=given))["contacts"]
        assert [edge["node"]["name"] for edge in found["edges"]] == names, given
        assert found["totalCount"] == len(names)
    for order in ("CREATED_AT", "UPDATED_AT", "NAME", "LAST_MESSAGE_AT"):
        page = (await api.data(FIND, filter={"company": company}, orderBy=order, first=1, offset=1))["contacts"]
        assert [edge["node"]["name"] for edge in page["edges"]] == ["ben"], order
        assert page["pageInfo"]["hasNextPage"] is False
    for given, field in (
        ({"phoneNumber": "0123"}, "phoneNumber"),
        ({"groupId": encode("Contact", one.id)}, "groupId"),
        ({"search": "x" * 201}, "search"),
    ):
        assert (await api.refusal(FIND, filter=given))["field"] == field


async def test_what_may_not_be_changes_nothing(api: Api) -> None:
    contact = await factories.contact()
    [[own]] = await contacts.phones_of(SYSTEM, [contact.id])
    id, phone_id = encode("Contact", contact.id), encode("ContactPhone", own.id)
    before = await Contact.all().count(), await ContactPhone.all().count(), await ContactImport.all().count()
    for document, given, roles in (
        (CREATE, {"input": {"name": "x"}}, [Role.VIEWER]),
        (UPDATE, {"id": id, "input": {"name": "x"}}, [Role.VIEWER]),
        (DELETE, {"id": id}, [Role.VIEWER, Role.SALES]),
        (OPT_IN, {"id": id}, [Role.VIEWER]),
        (OPT_OUT, {"id": id}, [Role.VIEWER]),
        (CREATE_PHONE, {"id": id, "input": {"phoneNumber": phone()}}, [Role.VIEWER]),
        (UPDATE_PHONE, {"id": phone_id, "input": {"label": "x"}}, [Role.VIEWER]),
        (DELETE_PHONE, {"id": phone_id}, [Role.VIEWER]),
        (SET_PRIMARY, {"id": phone_id}, [Role.VIEWER]),
        (IMPORT, {"input": {"contacts": [{"name": "x"}]}}, [Role.VIEWER, Role.SALES]),
    ):
        for role in roles:
            assert (await api.refusal(document, role=role, **given))["code"] == "AUTHORIZATION_ERROR"
        assert (await api.refusal(document, role=None, **given))["code"] == "AUTHENTICATION_ERROR"
    for given, code, field in (
        ({"phoneNumber": phone()}, "VALIDATION_ERROR", "name"),
        ({"name": "x", "phoneNumber": own.phone_number}, "DUPLICATE_RESOURCE", "phoneNumber"),
        ({"name": "x", "phoneNumber": "0123456789"}, "INVALID_PHONE_NUMBER", "phoneNumber"),
        ({"name": "x", "groupIds": [encode("Group", 2**40)]}, "NOT_FOUND", "groupIds"),
        ({"name": "x", "groupIds": [id]}, "VALIDATION_ERROR", "groupIds"),
    ):
        refusal = await api.refusal(CREATE, input=given)
        assert (refusal["code"], refusal["field"]) == (code, field)
    assert before == (await Contact.all().count(), await ContactPhone.all().count(), await ContactImport.all().count())
    untouched = await Contact.get(id=contact.id)
    assert (untouched.updated_at, untouched.deleted_at) == (contact.updated_at, None)


async def test_tokens_need_the_scope_and_bound_ones_see_their_own(api: Api) -> None:
    sender, mine, other = await factories.sender(), await factories.contact(), await factories.contact()
    await message(mine, sender, MessageState.SENT)
    admin = Viewer(user_id=(await factories.user()).id, role=Role.ADMIN)
    reading = await accounts.create_api_token(admin, name="t", scopes=[Scope.READ])
    answer = await api.gql(CREATE, {"input": {"name": "x"}}, token=reading.token)
    assert answer["errors"][0]["extensions"]["code"] == "AUTHORIZATION_ERROR"
    bound = await accounts.create_api_token(admin, name="t", scopes=[Scope.READ, Scope.CONTACTS], sender_id=sender.id)
    listed = await api.gql("{ contacts { totalCount edges { node { id } } } }", token=bound.token)
    assert listed["data"]["contacts"] == {"totalCount": 1, "edges": [{"node": {"id": encode("Contact", mine.id)}}]}
    for document in ("query ($id: ID!) { contact(id: $id) { id } }", OPT_OUT):
        answer = await api.gql(document, {"id": encode("Contact", other.id)}, token=bound.token)
        assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert (await Contact.get(id=other.id)).updated_at == other.updated_at


async def test_a_list_of_contacts_costs_the_same_whatever_its_length() -> None:
    company, group, sender = unique("Cost"), await factories.group(), await factories.sender()
    people = [await factories.contact(company=company, group_ids=[group.id] * (n % 2)) for n in range(4)]
    for person in people:
        await message(person, sender, MessageState.SENT)
    counts: list[int] = []
    for first in (1, 4):
        document = FIND.replace("node { name }", "node { ...Fields }") + FIELDS
        data, count = await counted(document, filter={"company": company}, first=first)
        assert len(data["contacts"]["edges"]) == first
        counts.append(count)
    assert counts[0] == counts[1] <= 10


async def test_labels_custom_values_and_time_zones(api: Api) -> None:
    tag = unique()
    own = {"name": "Ana", "phoneNumber": phone(), "tags": [tag], "attributes": {"plan": "gold", "age": 41}}
    fields = "{ id tags attributes timeZone timeZoneInferred }"
    create = f"mutation ($input: CreateContactInput!) {{ createContact(input: $input) {fields} }}"
    made = (await api.data(create, input=own))["createContact"]
    assert made == {
        "id": made["id"],
        "tags": [tag],
        "attributes": {"plan": "gold", "age": 41},
        "timeZone": "America/Sao_Paulo",
        "timeZoneInferred": True,
    }
    update = f"mutation ($id: ID!, $input: UpdateContactInput!) {{ updateContact(id: $id, input: $input) {fields} }}"
    changes = {"attributes": {"age": None}, "timeZone": "Asia/Tokyo"}
    changed = (await api.data(update, id=made["id"], input=changes))["updateContact"]
    assert changed == {**made, "attributes": {"plan": "gold"}, "timeZone": "Asia/Tokyo", "timeZoneInferred": False}
    find = "query ($filter: ContactFilter) { contacts(filter: $filter) { nodes: edges { node { id } } } }"
    asked = {"tags": [tag], "attributes": [{"name": "plan", "equals": "gold", "max": None}]}
    assert (await api.data(find, filter=asked))["contacts"] == {"nodes": [{"node": {"id": made["id"]}}]}
    bad = {"search": "x" * 201, "attributes": [{"name": "plan", "min": []}], "company": "x" * 201, "phoneNumber": "1"}
    answer = await api.gql(find, {"filter": bad}, role=Role.ADMIN)
    told = [error["extensions"]["field"] for error in answer["errors"]]
    assert told == ["search", "attributes[0].min", "company", "phoneNumber"]
    template = await factories.template("Your {{plan}} at {{age}}")
    preview = (
        "query ($id: ID!, $contact: ID!) { messageTemplate(id: $id) { preview(contactId: $contact) { content } } }"
    )
    shown = await api.data(preview, id=encode("MessageTemplate", template.id), contact=made["id"])
    assert shown["messageTemplate"]["preview"]["content"] == "Your gold at {{age}}"


VERIFY = "mutation ($id: ID!) { verifyContactPhone(id: $id) { onWhatsApp verifiedAt contact { identities { type } } } }"


async def test_a_number_is_verified_by_a_waha_sender(api: Api, simulator: Simulator) -> None:
    sender, cloud = await waha.connected(simulator), await factories.sender()
    owner = await factories.user(role=Role.SALES)
    asking, unable = [await factories.api_token(owner, *Scope, sender_id=one.id) for one in (sender, cloud)]
    found: list[tuple[Contact, ContactPhone]] = []
    for _ in range(2):
        contact = await factories.contact()
        found.append((contact, await ContactPhone.get(contact_id=contact.id)))
        for one in (sender, cloud):
            await message(contact, one, MessageState.SENT)

    async def verify(number: ContactPhone, token: str) -> dict[str, Any]:
        return await api.gql(VERIFY, {"id": encode("ContactPhone", number.id)}, token=token)

    (contact, own), (_, others) = found
    simulator.configure(not_on_whatsapp=[others.phone_number])
    try:
        seen = (await verify(own, asking))["data"]["verifyContactPhone"]
        missing = (await verify(others, asking))["data"]["verifyContactPhone"]
    finally:
        simulator.configure(not_on_whatsapp=[])
    assert (seen["onWhatsApp"], seen["verifiedAt"] is not None) == (True, True)
    assert "WA_ID" in {one["type"] for one in seen["contact"]["identities"]}
    assert (missing["onWhatsApp"], missing["verifiedAt"] is not None) == (False, True)
    assert missing["contact"]["identities"] == []
    assert len(await updates_of(contact.id)) == 2
    before = await ContactPhone.get(id=own.id)
    await Sender.filter(id=sender.id).update(session_name="gone")
    for token in (unable, asking):
        [error] = (await verify(own, token))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("WHATSAPP_API_ERROR", "id")
    assert (await ContactPhone.get(id=own.id)).verified_at == before.verified_at
    assert (await api.refusal(VERIFY, id=encode("ContactPhone", 2**40)))["code"] == "NOT_FOUND"


async def test_conversations_of_a_contact(api: Api) -> None:
    contact, senders = await factories.contact(), [await factories.sender() for _ in range(2)]
    made = [
        await Conversation.create(contact_id=contact.id, sender_id=sender.id, address="x", last_message_at=at)
        for sender, at in zip(
            senders, (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)), strict=True
        )
    ]
    document = "query ($id: ID!) { contact(id: $id) { conversations { totalCount edges { node { id } } } } }"
    found = (await api.data(document, id=encode("Contact", contact.id)))["contact"]["conversations"]
    ids = [encode("Conversation", row.id) for row in reversed(made)]
    assert (found["totalCount"], [edge["node"]["id"] for edge in found["edges"]]) == (2, ids)
