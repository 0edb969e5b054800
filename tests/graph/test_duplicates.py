"""Contacts who seem to be one person, through the API."""

from db.accounts import Role
from db.contacts import ContactDuplicate
from graph.core.ids import encode
from tests import factories
from tests.factories import unique
from tests.running import Api

FIND = (
    """query ($filter: ContactFilter) { contacts(filter: $filter) { edges { node { id duplicates { id name } } } } }"""
)
MERGE = """mutation ($id: ID!, $duplicateId: ID!) { mergeContacts(id: $id, duplicateId: $duplicateId) {
  id name phones { phoneNumber primary } duplicates { id } identities { type value }
} }"""


async def test_duplicates_are_found_and_merged(api: Api) -> None:
    word = unique("merge")
    one, other = await factories.contact(name=f"{word} one"), await factories.contact(name=f"{word} other")
    await ContactDuplicate.create(contact_id=one.id, other_id=other.id, reason="x")
    ids = {"id": encode("Contact", one.id), "duplicateId": encode("Contact", other.id)}
    filter = {"search": word, "hasDuplicates": True}
    found = (await api.data(FIND, role=Role.VIEWER, filter=filter))["contacts"]["edges"]
    assert {edge["node"]["id"]: [other["name"] for other in edge["node"]["duplicates"]] for edge in found} == {
        ids["id"]: [other.name],
        ids["duplicateId"]: [one.name],
    }
    merged = (await api.data(MERGE, role=Role.MARKETER, **ids))["mergeContacts"]
    assert (merged["id"], merged["name"], merged["duplicates"]) == (ids["id"], one.name, [])
    assert [phone["primary"] for phone in merged["phones"]] == [True, False]
    assert (await api.data(MERGE, role=Role.MARKETER, **ids))["mergeContacts"] == merged
    assert await api.data("query ($id: ID!) { node(id: $id) { id } }", id=ids["duplicateId"]) == {"node": None}
    assert (await api.data(FIND, filter=filter))["contacts"]["edges"] == []


async def test_each_id_at_fault_has_an_error(api: Api) -> None:
    answer = await api.gql(MERGE, {"id": encode("Group", 1), "duplicateId": "nonsense"}, role=Role.ADMIN)
    assert [(e["extensions"]["code"], e["extensions"]["field"]) for e in answer["errors"]] == [
        ("VALIDATION_ERROR", "id"),
        ("VALIDATION_ERROR", "duplicateId"),
    ]


async def test_a_missing_contact_is_refused(api: Api) -> None:
    one = await factories.contact()
    answer = await api.gql(
        MERGE, {"id": encode("Contact", one.id), "duplicateId": encode("Contact", 2**62)}, role=Role.ADMIN
    )
    assert [(e["extensions"]["code"], e["extensions"]["field"]) for e in answer["errors"]] == [
        ("NOT_FOUND", "duplicateId")
    ]
