"""GraphQL over HTTP, as any client meets it."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from httpx import Response
from structlog.testing import capture_logs

from db.accounts import Role
from db.core.settings import get_settings
from domain import accounts
from graph.core import bodies, errors
from graph.core.ids import encode
from tests.graph.core import toy
from tests.graph.core.toy import Toy

GRAPHQL = "application/graphql-response+json"


async def post(served: Toy, body: Any, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await served.http.post("/graphql", content=content, headers={"content-type": "application/json", **headers})


@pytest.mark.parametrize(
    ("accept", "written"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, application/json; q=0.9", GRAPHQL),
        (f"{GRAPHQL}; q=0.1, application/json", "application/json"),
        ("application/vnd.whatsapp-llm.v1+json", "application/json"),
    ],
)
async def test_the_answer_has_the_type_that_was_asked_for(served: Toy, accept: str | None, written: str) -> None:
    answer = await post(served, {"query": "{ hello }"}, **({"accept": accept} if accept else {}))
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{written}; charset=utf-8")
    assert answer.json()["data"] == {"hello": "hello"}


@pytest.mark.parametrize("accept", ["text/plain", "application/vnd.whatsapp-llm.v2+json", "application/json; q=0"])
async def test_a_type_we_do_not_write_is_406(served: Toy, accept: str) -> None:
    answer = await post(served, {"query": "{ hello }"}, accept=accept)
    assert answer.status_code == 406
    assert answer.json()["errors"]


@pytest.mark.parametrize("document", ["{ hello", "{ nothing }", "query A { hello } query B { hello }"])
async def test_a_request_error_has_no_data_and_a_status_by_accept(served: Toy, document: str) -> None:
    for accept, status in ((GRAPHQL, 400), ("application/json", 200)):
        answer = await post(served, {"query": document}, accept=accept)
        assert answer.status_code == status
        assert "data" not in answer.json()
        assert answer.json()["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


async def test_a_field_error_keeps_the_data_and_200(served: Toy) -> None:
    answer = await post(served, {"query": "{ hello broken }"}, accept=GRAPHQL)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"hello": "hello", "broken": None}


async def test_two_operations_need_a_name(served: Toy) -> None:
    document = "query A { hello } query B { hello again: hello }"
    assert "data" not in (await post(served, {"query": document})).json()
    named = await post(served, {"query": document, "operationName": "B"})
    assert named.json()["data"] == {"hello": "hello", "again": "hello"}
    unknown = await post(served, {"query": document, "operationName": "C"})
    assert unknown.json()["errors"][0]["message"] == "The document has no operation of that name."


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'"a"',
        b"[]",
        b'[{"query": "{ hello }"}]',
        b"\xff\xfe",
        b'{"query": "\xed\xa0\x80"}',
        b"[" * 100_000,
        b'{"query": 1' + b"0" * 5000 + b"}",
        {"query": None},
        {"query": ["{ hello }"]},
        {"query": ""},
        {"query": "{ hello }", "variables": []},
        {"query": "{ hello }", "variables": "{}"},
        {"query": "{ hello }", "operationName": 5},
        {"query": "{ hello }", "extensions": "x"},
    ],
    ids=lambda body: repr(body)[:40],
)
async def test_what_is_no_request_is_400_in_json(served: Toy, body: Any) -> None:
    answer = await post(served, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


async def test_a_lone_surrogate_is_answered(served: Toy) -> None:
    answer = await post(served, b'{"query": "{ hello }", "operationName": "\\ud800"}')
    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
async def test_another_content_type_is_415(served: Toy, kind: str) -> None:
    answer = await post(served, {"query": "{ hello }"}, **{"content-type": kind})
    assert answer.status_code == 415


async def test_a_body_over_a_mebibyte_is_413_also_in_chunks(served: Toy) -> None:
    large = b'{"query": "{ hello }", "x": "' + b"a" * (1024 * 1024) + b'"}'
    assert (await post(served, large)).status_code == 413

    async def chunks() -> Any:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    answer = await served.http.post("/graphql", content=chunks(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/graphql", "/webhooks/whatsapp"])
async def test_a_body_that_does_not_arrive_is_408_and_the_end_of_its_connection(
    served: Toy, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    url = httpx.URL(served.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n"
        f"x-hub-signature-256: sha256={'0' * 64}\r\n\r\n".encode()
        + b'{"query":"{ hello }"}'
    )
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert (b"VALIDATION_ERROR" in answer) is (path == "/graphql")


async def test_queries_go_by_get_and_mutations_do_not(served: Toy) -> None:
    answer = await served.http.get(
        "/graphql", params={"query": "query($a: Boolean!) { hello @include(if: $a) }", "variables": '{"a": true}'}
    )
    assert answer.json()["data"] == {"hello": "hello"}
    refused = await served.http.get("/graphql", params={"query": 'mutation { enter(secret: "right") }'})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    watched = await post(served, {"query": "subscription { numbers(to: 1) }"})
    assert watched.status_code == 400


async def test_an_unexpected_error_is_masked(served: Toy) -> None:
    answer = await served.post("{ broken }")
    error = answer["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert error["path"] == ["broken"]
    assert "secret of ours" not in json.dumps(answer)


async def test_a_request_id_is_taken_or_made(served: Toy) -> None:
    answer = await post(served, {"query": "{ broken }"}, **{"x-request-id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.json()["errors"][0]["extensions"]["requestId"] == "mine-1"
    made = await post(served, {"query": "{ broken }"}, **{"x-request-id": "a b\tc"})
    assert made.headers["x-request-id"] == made.json()["errors"][0]["extensions"]["requestId"] != "a b\tc"


async def test_a_bad_token_does_not_lock_out_of_what_is_public(served: Toy) -> None:
    for headers in ({"authorization": "Bearer nonsense"}, {"authorization": "Basic x"}, {"x-admin-token": "no"}):
        assert (await post(served, {"query": "{ hello }"}, **headers)).json()["data"] == {"hello": "hello"}
        answer = (await post(served, {"query": "{ contacts { totalCount } }"}, **headers)).json()
        assert answer["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"


async def test_roles_and_scopes_hold(served: Toy) -> None:
    document = 'mutation { rename(input: { id: "x", name: "y" }) { id } }'
    viewer = await served.post(document, role=Role.VIEWER)
    assert viewer["errors"][0]["extensions"]["code"] == "AUTHORIZATION_ERROR"
    admin = await served.post(document, role=Role.ADMIN)
    assert admin["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_several_fields_at_fault_are_several_errors(served: Toy) -> None:
    answer = await served.post('mutation { rename(input: { id: "x", name: "", company: "too long" }) { id } }')
    assert [(error["extensions"]["field"], error["extensions"]["details"]["reason"]) for error in answer["errors"]] == [
        ("name", "required"),
        ("company", "too_long"),
    ]


async def test_browsers_are_told_to_be_careful(served: Toy) -> None:
    answer = await served.http.get("/")
    assert answer.json()["graphql"] == "/graphql"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (await served.http.get("/docs")).is_redirect
    assert "type Query" in (await served.http.get("/schema.graphql")).text


async def test_a_request_that_is_none_of_ours_has_its_code_and_id(served: Toy) -> None:
    for answer, status, code in (
        (await served.http.get("/nowhere"), 404, "NOT_FOUND"),
        (await served.http.delete("/graphql"), 405, "VALIDATION_ERROR"),
        (await post(served, b" " * 5_000_000), 413, "VALIDATION_ERROR"),
    ):
        assert answer.status_code == status
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == code
        assert error["extensions"]["requestId"] == answer.headers["x-request-id"]


async def test_a_fault_of_ours_has_its_id_and_says_no_more(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("postgres.internal:5432")

    monkeypatch.setattr(accounts, "authenticate", fails)
    answer = await post(served, {"query": "{ hello }"}, authorization="Bearer x")
    assert answer.status_code == 500
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "postgres" not in answer.text


async def test_while_the_database_is_away_the_answer_is_503_and_the_log_says_so_once(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("postgres.internal:5432")

    headers = {"authorization": f"Bearer {served.tokens[Role.ADMIN]}"}
    monkeypatch.setattr(errors, "_outages", errors._Outages())
    with capture_logs() as lines:
        with monkeypatch.context() as outage:
            outage.setattr(accounts, "authenticate", away)
            whole = [await post(served, {"query": "{ hello }"}, **headers, accept=kind) for kind in ("*/*", GRAPHQL)]
        monkeypatch.setattr(toy, "greet", away)
        part = await post(served, {"query": "{ hello contacts(first: 1) { totalCount } }"}, **headers)
        none = await post(served, {"query": "{ hello }"}, **headers)
    for answer in (*whole, part, none):
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "EXTERNAL_SERVICE_ERROR"
        assert error["extensions"]["details"] == {"reason": "unavailable"}
        assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
        assert "postgres" not in answer.text
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["database_away"]


async def test_what_was_found_is_answered_though_the_database_went_away(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(toy.rows.Contact, "get_or_none", away)
    document = f'{{ hello node(id: "{encode("Contact", 1)}") {{ id }} }}'
    answer = await post(served, {"query": document}, authorization=f"Bearer {served.tokens[Role.ADMIN]}")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"hello": "hello", "node": None}
    assert answer.json()["errors"][0]["extensions"]["code"] == "EXTERNAL_SERVICE_ERROR"


async def test_head_is_get_without_the_body(served: Toy) -> None:
    answer = await served.http.head("/graphql", params={"query": "{ hello }"})
    assert (answer.status_code, answer.content) == (200, b"")
    mutation = await served.http.head("/graphql", params={"query": 'mutation { enter(secret: "right") }'})
    assert mutation.status_code == 405


async def test_without_introspection_the_schema_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "introspection", False)
    async with toy.serving() as url, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{url}/schema.graphql")).status_code == 404


async def test_any_origin_may_call_in_development_without_cookies(served: Toy) -> None:
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    asked["access-control-request-headers"] = "authorization,content-type"
    answer = await served.http.options("/graphql", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
