"""Ids, nodes, connections and loaders, through the API."""

import base64
import secrets
from typing import Any

import pytest

from db.accounts import Role
from db.contacts import Contact
from domain.core.errors import Refusal
from graph.core.ids import decode, encode
from tests.graph.core import toy
from tests.graph.core.toy import Toy

LIST = """query ($search: String, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  contacts(search: $search, first: $first, after: $after, last: $last, before: $before, offset: $offset) {
    edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}"""


async def people(how_many: int) -> str:
    mark = f"list-{secrets.token_hex(5)}"
    for number in range(how_many):
        await Contact.create(name=f"{mark} {number}")
    return mark


def code_of(error: dict[str, Any]) -> tuple[str, str, str]:
    found = error["extensions"]
    return found["code"], found["field"], found["details"]["reason"]


async def test_a_list_is_walked_by_its_cursors(served: Toy) -> None:
    mark = await people(5)
    names: list[str] = []
    after = None
    while True:
        page = (await served.post(LIST, search=mark, first=2, after=after))["data"]["contacts"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        assert page["totalCount"] == 5
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert names == [f"{mark} {number}" for number in range(5)]
    last = (await served.post(LIST, search=mark, last=2))["data"]["contacts"]
    assert [edge["node"]["name"] for edge in last["edges"]] == names[3:]
    assert last["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        ({"first": 101}, [("first", "out_of_range")]),
        ({"first": -1, "last": 101}, [("first", "out_of_range"), ("last", "out_of_range"), ("last", "conflict")]),
        ({"first": 1, "last": 1}, [("last", "conflict")]),
        ({"first": 1, "before": "x"}, [("before", "conflict")]),
        ({"last": 1, "after": "x"}, [("last", "conflict")]),
        ({"offset": 1}, [("offset", "conflict")]),
        ({"first": 1, "offset": 1, "after": "x"}, [("offset", "conflict")]),
        ({"first": 1, "offset": -1}, [("offset", "out_of_range")]),
        ({"first": 1, "after": "x"}, [("after", "invalid_cursor")]),
        ({"last": 1, "before": "bm9uc2Vuc2U"}, [("before", "invalid_cursor")]),
    ],
    ids=str,
)
async def test_wrong_arguments_of_a_list_are_named(
    served: Toy, arguments: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = await served.post(LIST, **arguments)
    assert answer["data"] is None
    assert [code_of(error) for error in answer["errors"]] == [("VALIDATION_ERROR", *fault) for fault in faults]


async def test_node_finds_what_its_id_names(served: Toy) -> None:
    made = await Contact.create(name="Rita")
    document = "query ($id: ID!) { node(id: $id) { __typename id ... on Contact { name } } }"
    answer = await served.post(document, id=encode("Contact", made.id))
    assert answer["data"]["node"] == {"__typename": "Contact", "id": encode("Contact", made.id), "name": "Rita"}
    missing = await served.post(document, id=encode("Contact", 2**62))
    assert missing["data"] == {"node": None}
    assert "errors" not in missing
    for wrong in (encode("Nothing", 1), "x", ""):
        answer = await served.post(document, id=wrong)
        assert answer["data"] == {"node": None}
        assert code_of(answer["errors"][0]) == ("VALIDATION_ERROR", "id", "invalid_id")


async def test_node_needs_credentials(served: Toy) -> None:
    answer = await served.post('{{ node(id: "{}") {{ id }} }}'.format(encode("Contact", 1)), role=None)
    assert answer["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"


def raw(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "id",
    ["", "x", "é", "=" * 9, raw("Contact"), raw("Contact:"), raw("Contact:0"), raw("Contact:-1"), raw("Contact:01"),
     raw("Contact:1") + "=", raw("Contact:١"), raw(f"Contact:{2**63}"), raw("Contact:1:1"), raw("Contact: 1"), "A"],
)  # fmt: skip
def test_an_id_has_one_form(id: str) -> None:
    with pytest.raises(Refusal) as caught:
        decode(id, "Contact", "contactId")
    assert (caught.value.field, caught.value.details["reason"]) == ("contactId", "invalid_id")


def test_an_id_of_another_type_is_refused() -> None:
    assert decode(encode("Contact", 12), "Contact") == 12
    with pytest.raises(Refusal) as caught:
        decode(encode("Group", 12), "Contact")
    assert caught.value.details["reason"] == "wrong_type"


async def test_rows_of_a_list_are_loaded_in_one_batch(served: Toy) -> None:
    mark = await people(4)
    toy.batches.clear()
    document = (
        "query ($search: String) { contacts(search: $search, first: 10) { edges { node { twin { twin { name } } } } } }"
    )
    answer = await served.post(document, role=Role.VIEWER, search=mark)
    assert len(answer["data"]["contacts"]["edges"]) == 4
    assert [len(batch) for batch in toy.batches] == [4, 4]
