"""The form of a refusal: what every error says, and what it never repeats."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.running import Api

CREATE = "mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }"


async def test_a_refusal_says_what_is_wrong_with_which_field_and_when(api: Api) -> None:
    before = datetime.now(UTC)
    refusal = await api.refusal(CREATE, input={"name": "Rita", "phoneNumber": "call me maybe"})
    assert refusal["code"] == "INVALID_PHONE_NUMBER"
    assert refusal["field"] == "phoneNumber"
    assert refusal["details"] == {"reason": "invalid_format", "providedValue": "call me maybe"}
    assert refusal["message"].endswith(".")
    assert refusal["requestId"]
    told = datetime.fromisoformat(refusal["timestamp"])
    assert told.utcoffset() == timedelta(0)
    assert before - timedelta(seconds=1) <= told <= datetime.now(UTC) + timedelta(seconds=1)


async def test_a_secret_is_never_repeated(api: Api) -> None:
    canary = "canary-" + "x" * 200
    document = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }"
    answer = await api.gql(document, {"input": {"email": "no email", "name": "A", "password": canary}}, token=None)
    assert canary not in str(answer)
    answer = await api.http.post("/graphql", json={"query": document, "variables": {"input": {"password": [canary]}}})
    assert canary not in answer.text


@pytest.mark.parametrize("character", ["\\u0000", "\\u001b", "\\u007f"])
@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("messageTemplates", "language"),
        ("messageTemplates", "search"),
        ("messages", "correlationId"),
        ("messages", "search"),
        ("contacts", "company"),
        ("contacts", "phoneNumber"),
        ("groups", "search"),
        ("senders", "phoneNumber"),
        ("users", "search"),
        ("schedules", "groupId"),
    ],
)
async def test_control_characters_in_a_filter_are_refused_by_field(
    api: Api, field: str, name: str, character: str
) -> None:
    document = f'{{ {field}(filter: {{ {name}: "a{character}b" }}) {{ totalCount }} }}'
    refusal = await api.refusal(document)
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", name)
