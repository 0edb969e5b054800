"""Message templates over the real API, with WhatsApp's answers over real HTTP."""

import asyncio
import time
from typing import Any

import pytest

from db.accounts import Role
from db.core import connect
from db.templates import MessageTemplate
from graph.core.ids import decode, encode
from tests import factories
from tests.factories import unique
from tests.graph.test_files import uploaded
from tests.running import Api, Program, Simulator
from tests.statements import counted

FIELDS = """
id title content footer variables scheduledCount sentCount createdAt updatedAt
header { format text location { latitude longitude name address } }
buttons { type title payload url phoneNumber code flowId }
approval { name language category status quality reason businessAccountId syncedAt }
"""
CREATE = f"mutation ($input: CreateMessageTemplateInput!) {{ createMessageTemplate(input: $input) {{ {FIELDS} }} }}"
UPDATE = f"""
mutation ($id: ID!, $input: UpdateMessageTemplateInput!) {{
  updateMessageTemplate(id: $id, input: $input) {{ {FIELDS} }}
}}
"""
DELETE = "mutation ($id: ID!) { deleteMessageTemplate(id: $id) }"
READ = f"query ($id: ID!) {{ messageTemplate(id: $id) {{ {FIELDS} }} }}"
LIST = f"""
query (
  $filter: MessageTemplateFilter, $orderBy: MessageTemplateOrder! = CREATED_AT, $direction: OrderDirection! = DESC,
  $first: Int, $offset: Int, $after: String
) {{
  messageTemplates(
    filter: $filter, orderBy: $orderBy, direction: $direction, first: $first, offset: $offset, after: $after
  ) {{
    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {FIELDS} }} }}
  }}
}}
"""
PREVIEW = """
query ($id: ID!, $contactId: ID, $variables: JSON) {
  messageTemplate(id: $id) { preview(contactId: $contactId, variables: $variables) {
    content footer header { text } buttons { url } missingVariables contact { id }
  } }
}
"""


async def create(api: Api, **input: Any) -> dict[str, Any]:
    given = {"title": unique("T"), "content": "Hello {{ name }}", **input}
    return (await api.data(CREATE, role=Role.MARKETER, input=given))["createMessageTemplate"]


async def test_the_life_of_a_template(api: Api) -> None:
    title = unique("Greeting")
    made = await create(api, title=f"  {title} ", content="Hello {{ name }}, {{code}} {{name}}")
    assert (made["title"], made["variables"], made["approval"]) == (title, ["name", "code"], None)
    assert (made["scheduledCount"], made["sentCount"]) == (0, 0)
    assert made["createdAt"] == made["updatedAt"]
    assert made["createdAt"].endswith("Z")
    assert (await api.data(READ, role=Role.VIEWER, id=made["id"]))["messageTemplate"] == made
    changed = (await api.data(UPDATE, id=made["id"], input={"content": "Bye"}))["updateMessageTemplate"]
    assert (changed["title"], changed["content"], changed["variables"]) == (title, "Bye", [])
    assert (await api.data(DELETE, id=made["id"]))["deleteMessageTemplate"] == made["id"]
    assert (await api.refusal(READ, id=made["id"]))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("input", "field", "reason"),
    [
        ({"title": "", "content": "x"}, "title", "required"),
        ({"title": "t" * 256, "content": "x"}, "title", "too_long"),
        ({"title": "t", "content": "c" * 5001}, "content", "too_long"),
        ({"title": "t", "content": "\x00"}, "content", "invalid_characters"),
    ],
)
async def test_bad_input_names_its_field(api: Api, input: dict[str, Any], field: str, reason: str) -> None:
    refusal = await api.refusal(CREATE, input=input)
    assert (refusal["code"], refusal["field"], refusal["details"]["reason"]) == ("VALIDATION_ERROR", field, reason)
    template = await create(api)
    refusal = await api.refusal(UPDATE, id=template["id"], input=input)
    assert (refusal["field"], refusal["details"]["reason"]) == (field, reason)


async def test_two_bad_fields_are_two_errors_and_null_clears_nothing_that_is_needed(api: Api) -> None:
    answer = await api.gql(CREATE, {"input": {"title": " ", "content": " "}}, role=Role.ADMIN)
    assert [error["extensions"]["field"] for error in answer["errors"]] == ["title", "content"]
    template = await create(api)
    refusal = await api.refusal(UPDATE, id=template["id"], input={"title": None})
    assert (refusal["field"], refusal["details"]["reason"]) == ("title", "required")


async def test_whatsapp_approves_what_is_submitted(api: Api, simulator: Simulator) -> None:
    account = unique("waba")
    sender = await factories.sender(business_account_id=account)
    approval = {"language": "en_US", "category": "UTILITY", "senderId": encode("Sender", sender.id)}
    made = await create(api, content="Hello {{name}}, welcome.", approval=approval)
    shown = made["approval"]
    assert (shown["language"], shown["category"], shown["businessAccountId"]) == ("en_US", "UTILITY", account)
    assert (shown["quality"], shown["reason"]) == ("UNKNOWN", None)
    name = shown["name"]
    await asyncio.sleep(0.2)
    refusal = await api.refusal(CREATE, input={
        "title": "again", "content": "Hello {{name}}, welcome.", "approval": {**approval, "name": name},
    })  # fmt: skip
    assert refusal["code"] == "WHATSAPP_API_ERROR"
    assert "already" in refusal["message"]
    assert (await api.data(LIST, filter={"search": "again", "senderId": approval["senderId"]}))["messageTemplates"][
        "totalCount"
    ] == 0
    bad = {"title": "x", "content": "Hello {{x}}, you.", "approval": {**approval, "senderId": encode("Contact", 1)}}
    refusal = await api.refusal(CREATE, input=bad)
    assert (refusal["field"], refusal["details"]["reason"]) == ("approval.senderId", "wrong_type")


async def test_a_preview_is_filled_for_a_contact(api: Api) -> None:
    template = await create(api, content="{{greeting}} {{ first_name }} ({{phone_number}}), {{company}} {{a.b}}")
    contact = await factories.contact(first_name="Rita", name="Rita Sousa")
    number = await connect.value("SELECT phone_number FROM contact_phone WHERE contact_id = $1", contact.id)
    id = encode("Contact", contact.id)
    variables = {"greeting": "Dear {{name}},", "company": "Acme"}
    preview = (await api.data(PREVIEW, id=template["id"], contactId=id, variables=variables))["messageTemplate"][
        "preview"
    ]
    assert preview == {
        "content": f"Dear Rita Sousa, Rita ({number}), Acme {{{{a.b}}}}", "missingVariables": [], "contact": {"id": id},
        "header": None, "footer": None, "buttons": [],
    }  # fmt: skip
    preview = (await api.data(PREVIEW, id=template["id"]))["messageTemplate"]["preview"]
    assert preview["content"] == "{{greeting}} {{first_name}} ({{phone_number}}), {{company}} {{a.b}}"
    assert preview["missingVariables"] == ["greeting", "first_name", "phone_number", "company"]
    assert preview["contact"] is None
    for variables, field in (({"x": []}, "variables"), ([], "variables")):
        answer = await api.gql(PREVIEW, {"id": template["id"], "variables": variables}, role=Role.ADMIN)
        assert answer["errors"][0]["extensions"]["field"] == field
    answer = await api.gql(PREVIEW, {"id": template["id"], "contactId": encode("Contact", 2**40)}, role=Role.ADMIN)
    assert (answer["errors"][0]["extensions"]["code"], answer["errors"][0]["extensions"]["field"]) == (
        "NOT_FOUND", "contactId",
    )  # fmt: skip


PARTS = {
    "header": {"text": "Visit {{name}}"},
    "footer": "Clinic",
    "buttons": [
        {"type": "REPLY", "title": "Keep", "payload": "keep:{{visit}}"},
        {"type": "URL", "title": "See", "url": "https://ex.example/v/{{visit}}"},
        {"type": "PHONE", "title": "Call", "phoneNumber": "+351910000111"},
        {"type": "CODE", "title": "Copy", "code": "SUN25"},
        {"type": "FLOW", "title": "Form", "flowId": "66", "screen": "START", "data": {"visit": "{{visit}}"}},
    ],
}


async def test_what_stands_around_the_text_is_kept_shown_filled_and_taken_away(api: Api, simulator: Simulator) -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    approval = {
        "language": "en_US",
        "category": "UTILITY",
        "senderId": encode("Sender", sender.id),
        "examples": {"visit": "51"},
    }
    made = await create(api, content="Hello {{name}}, see you.", approval=approval, **PARTS)
    assert made["header"] == {"format": "TEXT", "text": "Visit {{name}}", "location": None}
    assert made["footer"] == "Clinic"
    assert [button["type"] for button in made["buttons"]] == ["REPLY", "URL", "PHONE", "CODE", "FLOW"]
    assert made["buttons"][2]["phoneNumber"] == "+351910000111"
    assert made["variables"] == ["name", "visit"]
    id, variables = made["id"], {"name": "Rita", "visit": 51}
    preview = (await api.data(PREVIEW, id=id, variables=variables))["messageTemplate"]["preview"]
    assert (preview["header"], preview["footer"]) == ({"text": "Visit Rita"}, "Clinic")
    assert preview["buttons"][1] == {"url": "https://ex.example/v/51"}
    assert preview["missingVariables"] == []
    assert (await api.data(PREVIEW, id=id))["messageTemplate"]["preview"]["missingVariables"] == ["name", "visit"]
    plain = await create(api, header={"text": "H"}, footer="F", buttons=[{"type": "REPLY", "title": "Yes"}])
    assert plain["buttons"][0]["payload"] == "Yes"
    none = {"header": None, "footer": None, "buttons": None}
    bare = (await api.data(UPDATE, id=plain["id"], input=none))["updateMessageTemplate"]
    assert (bare["header"], bare["footer"], bare["buttons"]) == (None, None, [])


async def test_a_picture_stands_above_the_text(api: Api, simulator: Simulator) -> None:
    file = await uploaded(api)
    sender = await factories.sender(business_account_id=unique("waba"))
    approval = {"language": "en_US", "category": "UTILITY", "senderId": encode("Sender", sender.id)}
    header = {"media": {"fileId": file["id"]}}
    document = CREATE.replace("{ format text", "{ format media { id } text")
    input = {"title": unique("T"), "content": "Hello {{name}}, hi.", "header": header}
    for more in ({}, {"approval": approval}):
        made = (await api.data(document, role=Role.MARKETER, input={**input, **more}))["createMessageTemplate"]
        assert (made["header"]["format"], made["header"]["media"]) == ("IMAGE", {"id": file["id"]})
    refusal = await api.refusal(CREATE, input={**input, "header": {"media": {"fileId": encode("File", 2**40)}}})
    assert (refusal["code"], refusal["field"]) == ("NOT_FOUND", "header.media.fileId")


async def test_each_part_at_fault_is_one_error(api: Api) -> None:
    input = {
        "title": "", "content": "x", "header": {"text": "x" * 61}, "footer": "x" * 61,
        "buttons": [{"type": "URL", "title": "x" * 21, "url": "no"}],
    }  # fmt: skip
    answer = await api.gql(CREATE, {"input": input}, role=Role.ADMIN)
    fields = [error["extensions"]["field"] for error in answer["errors"]]
    assert fields == ["title", "header.text", "footer", "buttons[0].title", "buttons[0].url"]


SYNC = "mutation ($senderId: ID!) { syncMessageTemplates(senderId: $senderId) { id } }"


async def test_a_worker_takes_in_what_whatsapp_has(api: Api, worker: Program, simulator: Simulator) -> None:
    sender = await factories.sender(business_account_id=unique("waba"))
    id = encode("Sender", sender.id)
    approval = {"language": "en_US", "category": "UTILITY", "senderId": id}
    made = await create(api, content="Hello {{name}}, welcome.", approval=approval)
    await MessageTemplate.filter(id=decode(made["id"], "MessageTemplate")).delete()
    assert await api.data(SYNC, role=Role.MARKETER, senderId=id) == {"syncMessageTemplates": {"id": id}}
    end = time.monotonic() + 20
    while not (found := await MessageTemplate.filter(business_account_id=sender.business_account_id)):
        assert time.monotonic() < end, "no worker has done it"
        await asyncio.sleep(0.05)
    assert found[0].approval_name == made["approval"]["name"]
    bare = await factories.sender(business_account_id=None)
    refusal = await api.refusal(SYNC, senderId=encode("Sender", bare.id))
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", "senderId")


async def test_templates_are_listed_page_by_page(api: Api) -> None:
    word = unique("Page")
    made = [(await create(api, title=f"{word} {n}"))["id"] for n in range(5)]
    seen: list[str] = []
    after = None
    while True:
        variables = {"filter": {"search": word.upper()}, "orderBy": "TITLE", "direction": "ASC", "first": 2}
        page = (await api.data(LIST, **variables, after=after))["messageTemplates"]
        assert page["totalCount"] == 5
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == made
    page = (await api.data(LIST, filter={"search": word}, first=2, offset=3))["messageTemplates"]
    assert [edge["node"]["id"] for edge in page["edges"]] == made[1::-1]
    for arguments, field in (
        ({"first": 101}, "first"),
        ({"first": 1, "offset": -1}, "offset"),
        ({"after": "x"}, "after"),
    ):
        refusal = await api.refusal(LIST, **arguments)
        assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", field)
    foreign = await api.refusal(LIST, after=after)
    assert (foreign["code"], foreign["field"]) == ("VALIDATION_ERROR", "after")


@pytest.mark.parametrize("role", [None, *Role])
async def test_who_may_change_templates(api: Api, role: Role | None) -> None:
    template, title = await factories.template("Before"), unique("role")
    id = encode("MessageTemplate", template.id)
    may = role in (Role.ADMIN, Role.MARKETER)
    for document, variables in (
        (CREATE, {"input": {"title": title, "content": "x"}}),
        (UPDATE, {"id": id, "input": {"content": "After"}}),
        (DELETE, {"id": id}),
    ):
        answer = await api.gql(document, variables, role=role)
        code = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
        assert code == (None if may else "AUTHORIZATION_ERROR" if role else "AUTHENTICATION_ERROR")
    kept = await MessageTemplate.get(id=template.id)
    assert (kept.content, kept.deleted_at is None) == (("After", False) if may else ("Before", True))
    assert await MessageTemplate.filter(title=title).exists() == may


async def test_a_list_of_templates_costs_the_same_whatever_its_length() -> None:
    word = unique("Cost")
    for n in range(6):
        await MessageTemplate.create(title=f"{word} {n}", content="{{name}}")
    contact = await factories.contact()
    query = """query ($filter: MessageTemplateFilter, $first: Int, $contact: ID) {
      messageTemplates(filter: $filter, first: $first) { edges { node {
        id variables scheduledCount sentCount preview(contactId: $contact) { content contact { id } }
      } } }
    }"""
    counts: list[int] = []
    for first in (1, 6):
        variables = {"filter": {"search": word}, "first": first, "contact": encode("Contact", contact.id)}
        data, count = await counted(query, **variables)
        assert len(data["messageTemplates"]["edges"]) == first
        counts.append(count)
    assert counts[0] == counts[1] <= 4


async def test_ids_lead_back_to_their_objects(api: Api) -> None:
    template = await create(api)
    assert decode(template["id"], "MessageTemplate") > 0
    found = await api.data("query ($id: ID!) { node(id: $id) { __typename id } }", id=template["id"])
    assert found["node"] == {"__typename": "MessageTemplate", "id": template["id"]}
