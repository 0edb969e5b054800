"""Groups through the API."""

from typing import Any

from db.accounts import Role
from db.groups import Group, GroupMember
from domain import groups
from domain.core.access import SYSTEM
from graph.core.ids import encode
from tests import factories
from tests.factories import unique
from tests.running import Api
from tests.statements import counted

CREATE = """mutation ($input: CreateGroupInput!) { createGroup(input: $input) {
  id name description contactCount scheduledCount sentCount createdAt updatedAt
  contacts(first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { node { id name } } }
} }"""
UPDATE = """mutation ($id: ID!, $input: UpdateGroupInput!) { updateGroup(id: $id, input: $input) {
  id name description contactCount
} }"""
DELETE = "mutation ($id: ID!) { deleteGroup(id: $id) }"


async def test_a_group_lives_through_the_api(api: Api) -> None:
    ana, ben = await factories.contact(name="Ana"), await factories.contact(name="Ben")
    ids = [encode("Contact", contact.id) for contact in (ana, ben)]
    name = unique("Friends")
    made = (await api.data(CREATE, input={"name": name, "description": "Ours", "contactIds": ids}))["createGroup"]
    assert (made["name"], made["description"], made["contactCount"]) == (name, "Ours", 2)
    assert (made["scheduledCount"], made["sentCount"]) == (0, 0)
    assert made["contacts"]["totalCount"] == 2
    assert [edge["node"]["name"] for edge in made["contacts"]["edges"]] == ["Ben"]
    assert made["contacts"]["pageInfo"]["hasNextPage"] is True
    changes = {"contactIds": [ids[0]], "description": None}
    changed = (await api.data(UPDATE, role=Role.MARKETER, id=made["id"], input=changes))["updateGroup"]
    assert changed == {"id": made["id"], "name": name, "description": None, "contactCount": 1}
    asked = "query ($id: ID!) { group(id: $id) { name } node(id: $id) { __typename ... on Group { name } } }"
    shown = await api.data(asked, role=Role.VIEWER, id=made["id"])
    assert shown == {"group": {"name": name}, "node": {"__typename": "Group", "name": name}}
    assert await api.data(DELETE, id=made["id"]) == {"deleteGroup": made["id"]}
    refusal = await api.refusal("query ($id: ID!) { group(id: $id) { name } }", id=made["id"])
    assert (refusal["code"], refusal["field"]) == ("NOT_FOUND", "id")
    assert await api.data("query ($id: ID!) { node(id: $id) { id } }", id=made["id"]) == {"node": None}


async def test_groups_are_listed_by_filter_order_and_page(api: Api) -> None:
    word = unique()
    for letter in "bca":
        await groups.create(SYSTEM, name=f"{letter} {word}")
    document = """query ($first: Int, $after: String, $offset: Int, $last: Int, $word: String) {
      groups(filter: { search: $word }, orderBy: NAME, direction: ASC, first: $first, after: $after, offset: $offset,
             last: $last) {
        totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { name } }
      }
    }"""

    async def page(**arguments: Any) -> tuple[list[str], dict[str, Any]]:
        found = (await api.data(document, role=Role.VIEWER, word=word, **arguments))["groups"]
        assert found["totalCount"] == 3
        return [edge["node"]["name"][0] for edge in found["edges"]], found["pageInfo"]

    first, info = await page(first=2)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["a", "b"], True, False)
    rest, info = await page(first=2, after=info["endCursor"])
    assert (rest, info["hasNextPage"]) == (["c"], False)
    assert (await page(first=1, offset=1))[0] == ["b"]
    assert (await page(last=1))[0] == ["c"]
    refusal = await api.refusal(document, word=word, first=1, after="x")
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", "after")
    refusal = await api.refusal(document, word=word, first=101)
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", "first")


async def test_what_may_not_be_changes_nothing(api: Api) -> None:
    ana = await factories.contact()
    group = await factories.group(ana)
    id, before = encode("Group", group.id), await Group.all().count()
    for role in (Role.SALES, Role.VIEWER):
        for document, given in (
            (CREATE, {"input": {"name": unique()}}),
            (UPDATE, {"id": id, "input": {"name": unique(), "contactIds": []}}),
            (DELETE, {"id": id}),
        ):
            assert (await api.refusal(document, role=role, **given))["code"] == "AUTHORIZATION_ERROR"
            assert (await api.refusal(document, role=None, **given))["code"] == "AUTHENTICATION_ERROR"
    for given, code, field in (
        ({"name": ""}, "VALIDATION_ERROR", "name"),
        ({"name": group.name.upper()}, "DUPLICATE_RESOURCE", "name"),
        ({"name": unique(), "contactIds": ["nonsense"]}, "VALIDATION_ERROR", "contactIds"),
        ({"name": unique(), "contactIds": [id]}, "VALIDATION_ERROR", "contactIds"),
        ({"name": unique(), "contactIds": [encode("Contact", 2**40)]}, "NOT_FOUND", "contactIds"),
    ):
        refusal = await api.refusal(CREATE, input=given)
        assert (refusal["code"], refusal["field"]) == (code, field)
    refusal = await api.refusal(UPDATE, id=encode("Contact", ana.id), input={"name": unique()})
    assert (refusal["code"], refusal["details"]["reason"]) == ("VALIDATION_ERROR", "wrong_type")
    assert await Group.all().count() == before
    assert (await Group.get(id=group.id)).updated_at == group.updated_at
    assert await GroupMember.filter(group_id=group.id).count() == 1


async def test_however_long_the_lists_the_statements_are_as_many() -> None:
    document = """query ($word: String!, $first: Int!) {
      groups(filter: { search: $word }, first: $first) { edges { node {
      id name contactCount scheduledCount sentCount
      contacts(first: $first) { totalCount pageInfo { hasNextPage } edges { node {
        id name phoneNumber messageCount lastMessageAt
        phones { id phoneNumber contact { id } } identities { value } groups { id name contactCount }
      } } }
    } } } }"""
    word = unique()
    people = [await factories.contact() for _ in range(6)]
    for size in (2, 4, 6):
        await groups.create(SYSTEM, name=f"{size} {word}", contact_ids=[person.id for person in people[:size]])

    counts: list[int] = []
    for first in (1, 6):
        data, count = await counted(document, word=word, first=first)
        assert len(data["groups"]["edges"]) == min(first, 3)
        counts.append(count)
    assert counts[0] == counts[1] < 20


async def test_contacts_that_are_not_asked_for_are_not_loaded() -> None:
    group = await factories.group(await factories.contact())
    id = encode("Group", group.id)
    assert await counted("query ($id: ID!) { group(id: $id) { id name } }", id=id) == (
        {"group": {"id": id, "name": group.name}},
        1,
    )
