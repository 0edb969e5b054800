"""Senders over the real API."""

import base64
from typing import Any

import pytest

from db.accounts import Role
from db.senders import Sender, SenderStatus
from graph.core.ids import encode
from tests import factories
from tests.factories import phone, unique
from tests.running import Api, Simulator
from tests.statements import counted
from tests.waha import becomes

CREATE = "mutation ($input: CreateSenderInput!) { createSender(input: $input) { id phoneNumber status } }"
UPDATE = "mutation ($id: ID!, $input: UpdateSenderInput!) { updateSender(id: $id, input: $input) { name isDefault } }"
DELETE = "mutation ($id: ID!) { deleteSender(id: $id) }"
CONNECT = "mutation ($id: ID!) { connectSender(id: $id) { status active requiresAuth } }"
DISCONNECT = "mutation ($id: ID!) { disconnectSender(id: $id) { status active requiresAuth } }"
READ = """
query ($id: ID!) {
  sender(id: $id) {
    id phoneNumber name provider status active requiresAuth lastActiveAt errorMessage isDefault phoneNumberId
    businessAccountId createdAt updatedAt
  }
}
"""
LIST = """
query ($filter: SenderFilter, $orderBy: SenderOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int) {
  senders(filter: $filter, orderBy: $orderBy, direction: $direction, first: $first) {
    totalCount edges { node { id name } }
  }
}
"""


def given(**more: Any) -> dict[str, Any]:
    return {
        "phoneNumber": phone(), "provider": "CLOUD_API", "phoneNumberId": unique("pn"), "accessToken": "secret", **more,
    }  # fmt: skip


async def test_the_life_of_a_sender(api: Api) -> None:
    input = given(name="Sales", businessAccountId="waba")
    made = (await api.data(CREATE, role=Role.MARKETER, input=input))["createSender"]
    assert (made["phoneNumber"], made["status"]) == (input["phoneNumber"], "CONNECTED")
    id = made["id"]
    shown = (await api.data(READ, role=Role.VIEWER, id=id))["sender"]
    assert (shown["name"], shown["businessAccountId"], shown["phoneNumberId"]) == (
        "Sales",
        "waba",
        input["phoneNumberId"],
    )
    assert (shown["provider"], shown["errorMessage"], shown["lastActiveAt"]) == ("CLOUD_API", None, None)
    assert shown["createdAt"] == shown["updatedAt"]
    assert "secret" not in str(shown)
    stopped = (await api.data(DISCONNECT, role=Role.MARKETER, id=id))["disconnectSender"]
    assert stopped == {"status": "STOPPED", "active": False, "requiresAuth": True}
    connected = (await api.data(CONNECT, role=Role.MARKETER, id=id))["connectSender"]
    assert connected == {"status": "CONNECTED", "active": True, "requiresAuth": False}
    changed = (await api.data(UPDATE, role=Role.MARKETER, id=id, input={"name": None}))["updateSender"]
    assert changed["name"] is None
    assert (await api.data(DELETE, id=id))["deleteSender"] == id
    assert (await api.refusal(READ, id=id))["code"] == "NOT_FOUND"
    assert (await api.data("query ($id: ID!) { node(id: $id) { id } }", id=id))["node"] is None


async def test_a_secret_cannot_be_read(api: Api) -> None:
    id = (await api.data(CREATE, input=given()))["createSender"]["id"]
    answer = await api.gql("query ($id: ID!) { sender(id: $id) { accessToken } }", {"id": id}, role=Role.ADMIN)
    assert "Cannot query field" in answer["errors"][0]["message"]


async def test_refusals_name_their_fields(api: Api) -> None:
    answer = await api.gql(CREATE, {"input": given(phoneNumber="+49", phoneNumberId=None)}, role=Role.ADMIN)
    told = {error["extensions"]["field"]: error["extensions"]["code"] for error in answer["errors"]}
    assert told == {"phoneNumber": "INVALID_PHONE_NUMBER", "phoneNumberId": "VALIDATION_ERROR"}
    number = phone()
    await api.data(CREATE, input=given(phoneNumber=number))
    refusal = await api.refusal(CREATE, input=given(phoneNumber=number))
    assert (refusal["code"], refusal["field"]) == ("DUPLICATE_RESOURCE", "phoneNumber")
    assert (await api.refusal(READ, id=encode("Contact", 1)))["details"]["reason"] == "wrong_type"
    assert (await api.refusal(READ, id="nonsense"))["details"]["reason"] == "invalid_id"


async def test_senders_are_listed_filtered_and_sorted(api: Api) -> None:
    word = unique("List")
    first, second = [
        (await api.data(CREATE, input=given(name=f"{word} {name}")))["createSender"] for name in ("b", "a")
    ]
    await api.data(DISCONNECT, id=second["id"])

    async def found(filter: dict[str, Any], **more: Any) -> list[str]:
        answer = (await api.data(LIST, filter={"search": word, **filter}, **more))["senders"]
        assert answer["totalCount"] == len(answer["edges"])
        return [edge["node"]["id"] for edge in answer["edges"]]

    assert await found({}) == [second["id"], first["id"]]
    assert await found({}, orderBy="NAME", direction="ASC") == [second["id"], first["id"]]
    assert await found({"active": True}) == [first["id"]]
    assert await found({"status": ["STOPPED"], "provider": ["CLOUD_API"]}) == [second["id"]]
    assert await found({"search": None, "phoneNumber": first["phoneNumber"][1:]}) == [first["id"]]
    refusal = await api.refusal(LIST, filter={"phoneNumber": "x"})
    assert (refusal["code"], refusal["field"]) == ("INVALID_PHONE_NUMBER", "phoneNumber")


@pytest.mark.parametrize("role", [None, *Role])
async def test_who_may_change_senders(api: Api, role: Role | None) -> None:
    sender = await factories.sender()
    id = encode("Sender", sender.id)
    attempts = [(CREATE, {"input": given()}), (UPDATE, {"id": id, "input": {"name": "x"}}), (DISCONNECT, {"id": id})]
    attempts += [(CONNECT, {"id": id}), (DELETE, {"id": id})]
    for document, variables in attempts:
        may = role is Role.ADMIN or (role is Role.MARKETER and document != DELETE)
        answer = await api.gql(document, variables, role=role)
        code = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
        assert code == (None if may else "AUTHORIZATION_ERROR" if role else "AUTHENTICATION_ERROR")
    kept = await Sender.get(id=sender.id)
    assert (kept.deleted_at is None) == (role is not Role.ADMIN)
    assert (kept.name == "x") == (role in (Role.ADMIN, Role.MARKETER))


async def test_a_list_of_senders_is_one_statement() -> None:
    word = unique("Cost")
    for _ in range(3):
        await factories.sender(name=word)
    counts: list[int] = []
    for first in (1, 3):
        data, count = await counted(LIST.replace("totalCount", ""), filter={"search": word}, first=first)
        assert len(data["senders"]["edges"]) == first
        counts.append(count)
    assert counts == [1, 1]


WAHA = """
query ($id: ID!) { sender(id: $id) { status requiresAuth expiresAt qrCode { image text expiresAt } } }
"""
PAIR = "mutation ($id: ID!) { requestPairingCode(id: $id) }"


async def test_a_waha_number_is_scanned_over_the_api(api: Api, simulator: Simulator) -> None:
    """With no worker and no webhook the code is shown, paired by, and forgotten with its sender."""
    simulator.configure(waha_start=0)
    number = phone()
    made = (await api.data(CREATE, input={"phoneNumber": number, "provider": "WAHA"}))["createSender"]
    sender = await Sender.get(phone_number=number)
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)
    shown = (await api.data(WAHA, role=Role.VIEWER, id=made["id"]))["sender"]
    assert (shown["status"], shown["requiresAuth"], shown["expiresAt"]) == ("WAITING_FOR_SCAN", True, None)
    assert base64.b64decode(shown["qrCode"]["image"]).startswith(b"\x89PNG")
    assert shown["qrCode"]["text"].startswith("2@")
    code = (await api.data(PAIR, role=Role.MARKETER, id=made["id"]))["requestPairingCode"]
    assert len(code) == 9
    simulator.post(f"waha/tidings-{number[1:]}/scan", phone=number)
    await becomes(sender, SenderStatus.CONNECTED)
    shown = (await api.data(WAHA, id=made["id"]))["sender"]
    assert (shown["status"], shown["qrCode"]) == ("CONNECTED", None)
    assert shown["expiresAt"] is not None
    refusal = await api.refusal(PAIR, id=made["id"])
    assert (refusal["code"], refusal["field"]) == ("INVALID_STATE", "id")
    await Sender.filter(id=sender.id).update(status="EXPIRED")
    refusal = await api.refusal(PAIR, id=made["id"])
    assert (refusal["code"], refusal["field"]) == ("SESSION_EXPIRED", "id")
    stop = "mutation ($id: ID!) { disconnectSender(id: $id, logout: true) { status } }"
    assert (await api.data(stop, id=made["id"]))["disconnectSender"]["status"] == "STOPPED"
    start = "mutation ($id: ID!) { connectSender(id: $id, restart: true) { status } }"
    assert (await api.data(start, id=made["id"]))["connectSender"]["status"] in ("STARTING", "WAITING_FOR_SCAN")
    assert (await api.data(DELETE, id=made["id"]))["deleteSender"] == made["id"]
    assert f"tidings-{number[1:]}" not in {each["name"] for each in simulator.get("waha")["sessions"]}


async def test_what_waha_senders_do_not_have_is_refused_by_field(api: Api, simulator: Simulator) -> None:
    answer = await api.gql(CREATE, {"input": {**given(), "provider": "WAHA"}}, role=Role.ADMIN)
    assert sorted(error["extensions"]["field"] for error in answer["errors"]) == ["accessToken", "phoneNumberId"]


async def test_the_bot_is_switched_on_and_off_for_each_sender(api: Api) -> None:
    document = "mutation ($id: ID!, $input: UpdateSenderInput!) { updateSender(id: $id, input: $input) { botEnabled } }"
    made = await api.data(CREATE.replace("{ id phoneNumber status }", "{ id botEnabled }"), input=given())
    assert made["createSender"]["botEnabled"] is True
    id = made["createSender"]["id"]
    for changes, expected in (
        ({"botEnabled": False}, False),
        ({"name": "Sales"}, False),
        ({"botEnabled": None}, False),
    ):
        assert await api.data(document, id=id, input=changes) == {"updateSender": {"botEnabled": expected}}
    off = await api.data(CREATE.replace("{ id phoneNumber status }", "{ botEnabled }"), input=given(botEnabled=False))
    assert off == {"createSender": {"botEnabled": False}}


@pytest.mark.parametrize("field", ["phoneNumberId", "businessAccountId"])
@pytest.mark.parametrize("id", ["../../v1.0/me?x=", "me/accounts?fields=id", "1/2", "1%2F2", "1#2", "1\u00b2"])
async def test_ids_of_meta_lead_nowhere_else(api: Api, field: str, id: str) -> None:
    """They go into paths of the Graph API, together with the sender's token."""
    made = (await api.data(CREATE, role=Role.MARKETER, input=given(businessAccountId="waba_1")))["createSender"]
    before = (await api.data(READ, id=made["id"]))["sender"]
    for document, variables in (
        (CREATE, {"input": given(**{field: id})}),
        (UPDATE, {"id": made["id"], "input": {field: id}}),
    ):
        refusal = await api.refusal(document, role=Role.MARKETER, **variables)
        assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", field)
        assert refusal["details"]["reason"] == "invalid_characters"
    assert (await api.data(READ, id=made["id"]))["sender"] == before
