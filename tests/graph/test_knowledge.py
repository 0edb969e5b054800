"""What the bot knows, through the API and a worker."""

import asyncio
import time
from typing import Any

from db.accounts import Role, Scope
from tests import factories
from tests.factories import unique
from tests.graph.test_files import announce, put
from tests.running import Api, Program

ASK = """query ($question: String!) { askKnowledge(question: $question) {
  answer confidenceScore model sources { passage score file { id name } } } }"""
INDEXING = "query ($id: ID!) { node(id: $id) { ... on File { indexing { status progress passages errorMessage } } } }"
FILES = """query ($search: String, $first: Int, $after: String) {
  knowledgeFiles(search: $search, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id name purpose indexing { status } } }
} }"""


async def taught(api: Api, name: str, content: str, **given: Any) -> str:
    """The id of a file that a worker has read."""
    plain = content.encode()
    upload = await announce(api, name=name, content=plain, purpose="KNOWLEDGE", **given)
    assert (await put(api, upload, plain)).status_code == 200
    id, end = upload["file"]["id"], time.monotonic() + 20
    while (await api.data(INDEXING, id=id))["node"]["indexing"]["status"] in ("QUEUED", "RUNNING"):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    return id


async def test_what_is_uploaded_is_read_and_answers(api: Api, worker: Program) -> None:
    thing = unique("zibble").replace("-", "")
    id = await taught(api, "Things.txt", f"A {thing} costs 12 euros.\n")
    indexing = (await api.data(INDEXING, id=id))["node"]["indexing"]
    assert indexing == {"status": "COMPLETED", "progress": 1, "passages": 1, "errorMessage": None}
    answer = (await api.data(ASK, role=Role.SALES, question=f"What does a {thing} cost?"))["askKnowledge"]
    assert answer["answer"] == f"A {thing} costs 12 euros."
    assert answer["confidenceScore"] > 0.5
    assert answer["sources"][0] == {
        "passage": answer["answer"],
        "score": answer["confidenceScore"],
        "file": {"id": id, "name": "Things.txt"},
    }
    assert answer["model"] is None
    await api.data("mutation ($id: ID!) { deleteFile(id: $id) }", id=id)
    answer = (await api.data(ASK, role=Role.SALES, question=f"What does a {thing} cost?"))["askKnowledge"]
    assert thing not in str(answer)


async def test_a_question_has_bounds(api: Api) -> None:
    for question, reason in (("", "required"), ("x" * 1001, "too_long"), ("\0", "invalid_characters")):
        refusal = await api.refusal(ASK, question=question)
        assert (refusal["code"], refusal["field"], refusal["details"]["reason"]) == (
            "VALIDATION_ERROR",
            "question",
            reason,
        )


async def test_who_may_not_ask(api: Api) -> None:
    assert (await api.refusal(ASK, role=Role.VIEWER, question="x"))["code"] == "AUTHORIZATION_ERROR"
    assert (await api.refusal(ASK, role=None, question="x"))["code"] == "AUTHENTICATION_ERROR"
    secret = await factories.api_token(await factories.user(), Scope.READ)
    answer = await api.gql(ASK, {"question": "x"}, token=secret)
    assert answer["errors"][0]["extensions"]["code"] == "AUTHORIZATION_ERROR"


async def test_its_files_are_listed_newest_first(api: Api, worker: Program) -> None:
    word = unique("list")
    ids = [await taught(api, f"{word} {number}.txt", "words") for number in range(2)]
    page = (await api.data(FILES, role=Role.VIEWER, search=word.upper(), first=1))["knowledgeFiles"]
    assert (page["totalCount"], [edge["node"]["id"] for edge in page["edges"]]) == (2, [ids[1]])
    rest = (await api.data(FILES, search=word, after=page["pageInfo"]["endCursor"]))["knowledgeFiles"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == [ids[0]]
    sender, user = await factories.sender(), await factories.user()
    bound = await factories.api_token(user, Scope.READ, sender_id=sender.id)
    assert (await api.gql(FILES, {"search": word}, token=bound))["data"]["knowledgeFiles"]["totalCount"] == 0
