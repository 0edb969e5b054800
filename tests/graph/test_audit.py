"""The audit log over the API: who did what, from where, and what it was before."""

import csv
import io
from typing import Any

import httpx
import pytest

from db.accounts import Role, Scope
from domain import groups, settings
from domain.core.access import SYSTEM
from graph.core.ids import encode
from tests import factories
from tests.running import Api

ENTRIES = """query ($filter: AuditEntryFilter, $first: Int, $after: String) {
  auditEntries(filter: $filter, first: $first, after: $after) {
    totalCount csvUrl pageInfo { hasNextPage endCursor }
    edges { node { id action changes ipAddress requestId createdAt actor { id email } apiToken { name }
                   subject { id } } } } }"""
UPDATE = "mutation ($days: Int) { updateSettings(input: { limits: { eventRetentionDays: $days } }) { version } }"


async def change(api: Api, days: int | None, token: str, request_id: str) -> None:
    body = {"query": UPDATE, "variables": {"days": days}}
    headers = {"Authorization": f"Bearer {token}", "X-Request-ID": request_id, "X-Forwarded-For": "203.0.113.9"}
    answer = await api.http.post("/graphql", json=body, headers=headers)
    assert answer.headers["x-request-id"] == request_id
    assert "errors" not in answer.json()


async def listed(api: Api, **variables: Any) -> dict[str, Any]:
    return (await api.data(ENTRIES, **variables))["auditEntries"]


async def test_a_change_of_settings_is_found_by_whom_and_what_it_was(api: Api) -> None:
    person = await factories.user()
    token = await factories.api_token(person, Scope.ADMIN)
    mine = {"actorId": encode("User", person.id)}
    try:
        await change(api, 41, token, "change-one")
        await change(api, 42, token, "change-two")
        found = await listed(api, filter={**mine, "action": ["updateSettings"]})
        newest, oldest = (edge["node"] for edge in found["edges"])
        assert found["totalCount"] == 2
        assert oldest["changes"] == {"limits.eventRetentionDays": [30, 41]}
        assert newest["changes"] == {"limits.eventRetentionDays": [41, 42]}
        assert (newest["actor"]["email"], newest["apiToken"]["name"]) == (person.email, "t")
        # The proxy of uvicorn's own machine is trusted, as behind any proxy in front.
        assert (newest["requestId"], newest["ipAddress"], newest["subject"]) == ("change-two", "203.0.113.9", None)
        again = await api.data(
            "query ($id: ID!) { node(id: $id) { id ... on AuditEntry { action } } }", id=newest["id"]
        )
        assert again["node"] == {"id": newest["id"], "action": "updateSettings"}
        page = await listed(api, filter=mine, first=1)
        assert page["pageInfo"]["hasNextPage"]
        rest = await listed(api, filter=mine, first=1, after=page["pageInfo"]["endCursor"])
        assert [edge["node"]["id"] for edge in rest["edges"]] == [oldest["id"]]
        assert (await listed(api, filter={**mine, "createdAt": {"end": oldest["createdAt"]}}))["edges"] == []
        assert (await listed(api, filter={**mine, "action": ["deleteUser"]}))["edges"] == []
        async with httpx.AsyncClient(trust_env=False) as http:
            rows = list(csv.DictReader(io.StringIO((await http.get(found["csvUrl"])).text.removeprefix("\ufeff"))))
        assert [row["request"] for row in rows] == ["change-one", "change-two"]
        assert {row["actor"] for row in rows} == {person.email}
    finally:
        await settings.update(SYSTEM, {"limits": {"event_retention_days": None}})


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_it_is_for_admins(api: Api, role: Role) -> None:
    assert (await api.refusal(ENTRIES, role=role))["code"] == "AUTHORIZATION_ERROR"
    node = {"id": encode("AuditEntry", 1)}
    found = await api.gql("query ($id: ID!) { node(id: $id) { id } }", node, role=role)
    assert found["data"]["node"] is None


async def test_a_token_bound_to_a_sender_may_not(api: Api) -> None:
    owner, sender = await factories.user(), await factories.sender()
    token = await factories.api_token(owner, Scope.ADMIN, sender_id=sender.id)
    answer = await api.gql(ENTRIES, token=token)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["AUTHORIZATION_ERROR"]


async def test_an_entry_leads_to_what_it_was_done_to(api: Api) -> None:
    user, group = await factories.user(role=Role.SALES), await factories.group()
    subjects = {encode("User", user.id): "createUser", encode("Group", group.id): "deleteGroup"}
    await groups.delete(SYSTEM, group.id)
    for id, action in subjects.items():
        [edge] = (await listed(api, filter={"subjectId": id}))["edges"]
        assert edge["node"]["action"] == action
        # What is gone is found by its id, and not shown.
        assert edge["node"]["subject"] == ({"id": id} if action == "createUser" else None)
