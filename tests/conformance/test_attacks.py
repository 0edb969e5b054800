"""What attackers send over HTTP, to the whole API: each is refused as a mistake, at once, and is no fault of ours."""

import asyncio
import json
from typing import Any

import httpx
import psutil
import pytest

from db.accounts import Role
from tests.listening import receive, socket_of, subscribe
from tests.running import Api

CREATE = 'mutation {{ createContact(input: {{ name: "x", phoneNumber: "+5511987654321", {} }}) {{ id }} }}'
SECONDS = 0.5
"""Of the processor, for one request."""

DOCUMENTS = {
    "selections in each other": ("{{ {} id {} }}".format("me { " * 900, "} " * 900), "syntax_error"),
    "inline fragments in each other": ("{{ {} __typename {} }}".format("... { " * 900, "} " * 900), "syntax_error"),
    "lists in each other": (f"{{ node(id: {'[' * 2000}{']' * 2000}) {{ id }} }}", "syntax_error"),
    "objects in each other": (CREATE.format("company: " + "{ a: " * 900 + "1" + " }" * 900), "syntax_error"),
    "types in each other": (f"query ($a: {'[' * 2000}Int{']' * 2000}) {{ health {{ status }} }}", "syntax_error"),
    "a loop of introspection": (
        "{{ __schema {{ types {{ {} name {} }} }} }}".format("fields { type { " * 6, "} } " * 6),
        None,
    ),
    "a loop of fragments": ("{ ...A } fragment A on Query { ...A }", "invalid_document"),
    "950 variables": (f"query ({' '.join(f'$a{n}: Int' for n in range(950))}) {{ __typename }}", "invalid_document"),
    "950 times one variable": (f"query ({'$a: Int ' * 950}) {{ __typename }}", "invalid_document"),
    "1,200 arguments": (
        f"{{ contacts({' '.join(f'x{n}: 1' for n in range(1200))}) {{ totalCount }} }}",
        "invalid_document",
    ),
    "1,200 fields of an input": (CREATE.format(" ".join(f"x{n}: 1" for n in range(1200))), "unknown_field"),
    "1,600 wrong items": (
        f"mutation {{ createGroup(input: {{ name: 1, contactIds: [{'{} ' * 1600}] }}) {{ id }} }}",
        None,
    ),
    "480 fragments": (
        "{ __typename } " + " ".join(f"fragment F{n} on Query {{ __typename }}" for n in range(480)),
        "invalid_document",
    ),
    "700 operations": (" ".join(f"query Q{n} {{ __typename }}" for n in range(700)), "too_many_fields"),
    "490 unknown fields": (f"{{ {' '.join(f'contact{n}' for n in range(490))} }}", "invalid_document"),
    "1,900 directives": (f"{{ __typename {'@x ' * 1900} }}", "too_many_directives"),
    "a hundred sign-ins": (
        f"mutation {{ {' '.join(f'a{n}: login(input: {{}}) {{ accessToken }}' for n in range(100))} }}",
        "too_many_aliases",
    ),
    "a name of 900 KB": (f"{{ {'x' * 900_000} }}", "invalid_document"),
    "a text of 900 KB": (f'{{ contacts(filter: {{ search: "{"x" * 900_000}" }}) {{ totalCount }} }}', "too_long"),
    "half a surrogate pair": (r'{ contacts(filter: { search: "\ud800" }) { totalCount } }', "syntax_error"),
    "NUL": ('{ contacts(filter: { search: "\\u0000" }) { totalCount } }', "invalid_characters"),
    "a number of 5,000 digits": (f"{{ contacts(first: {'9' * 5000}) {{ totalCount }} }}", "invalid_value"),
    "a number beyond 32 bits": ("{ contacts(first: 2147483648) { totalCount } }", "invalid_value"),
    "a float for an integer": ("{ contacts(first: 1e308) { totalCount } }", "invalid_value"),
    "__proto__": ("{ __proto__ }", "invalid_document"),
    "subscription by HTTP": ("subscription { events { cursor } }", None),
}


def cpu(api: Api) -> float:
    assert api.program.process is not None
    spent = psutil.Process(api.program.process.pid).cpu_times()
    return spent.user + spent.system


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hostile_document_is_refused_at_once(api: Api, name: str) -> None:
    document, reason = DOCUMENTS[name]
    before = cpu(api)
    answer = await api.gql(document, role=Role.ADMIN)
    assert cpu(api) - before < SECONDS
    assert not answer.get("data") or list(answer["data"].values()) == [None]
    assert 1 <= len(answer["errors"]) <= 21
    for error in answer["errors"]:
        assert error["extensions"]["code"] in ("VALIDATION_ERROR", "COST_LIMIT_EXCEEDED")
    if reason is not None:
        assert answer["errors"][0]["extensions"]["details"]["reason"] == reason


async def test_comments_cost_little_and_say_nothing(api: Api) -> None:
    before = cpu(api)
    answer = await api.gql(f"# {'x' * 900_000}\n{{ __typename }}")
    assert cpu(api) - before < SECONDS
    assert answer["data"] == {"__typename": "Query"}


QUERY = b'{"query":"{ __typename }"%s}'
JSON = "application/json"
BODIES: dict[str, tuple[bytes, dict[str, str], int]] = {
    "a key twice, the last one counts": (QUERY % b',"query":"{ a: __typename }"', {}, 200),
    "keys that nobody knows": (QUERY % b',"extensions":{"persistedQuery":{"version":1}},"x":1', {}, 200),
    "variables in each other": (QUERY % b',"variables":{"a":%s}' % (b"[" * 900 + b"]" * 900), {}, 200),
    "variables too deep": (QUERY % b',"variables":{"a":%s}' % (b"[" * 5000 + b"]" * 5000), {}, 400),
    "NaN": (QUERY % b',"variables":{"a":NaN}', {}, 400),
    "Infinity": (QUERY % b',"variables":{"a":-Infinity}', {}, 400),
    "1e999": (QUERY % b',"variables":{"a":1e999}', {}, 400),
    "a number of 5,000 digits": (QUERY % (b',"variables":{"a":%s}' % (b"9" * 5000)), {}, 400),
    "a lone surrogate": (QUERY % b',"variables":{"a":"\\ud800"}', {}, 400),
    "NUL": (QUERY % b',"operationName":"\\u0000"', {}, 200),
    "raw NUL": (b'{"query":"{ __typename }\x00"}', {}, 400),
    "UTF-16": (b'{"query":"{ __typename }"}'.decode().encode("utf-16"), {}, 400),
    "a byte order mark": (b"\xef\xbb\xbf" + QUERY % b"", {}, 400),
    "overlong UTF-8": (QUERY % b',"operationName":"\xc0\xaf"', {}, 400),
    "two values": (QUERY % b"" + QUERY % b"", {}, 400),
    "a comment": (QUERY % b"" + b"//", {}, 400),
    "a batch": (b"[%s,%s]" % (QUERY % b"", QUERY % b""), {}, 400),
    "gzip, which is not taken": (b"\x1f\x8b\x08\x00\x00", {"content-encoding": "gzip"}, 400),
    "no content type": (QUERY % b"", {"content-type": ""}, 415),
    "UTF-16 announced": (QUERY % b"", {"content-type": f"{JSON}; charset=utf-16"}, 415),
    "GraphQL as such": (b"{ __typename }", {"content-type": "application/graphql"}, 415),
    "plain text, as a page elsewhere may send": (QUERY % b"", {"content-type": "text/plain"}, 415),
    "a form": (b"query={ __typename }", {"content-type": "application/x-www-form-urlencoded"}, 415),
    "an upload": (
        b'--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ __typename }"}\r\n--x--\r\n',
        {"content-type": "multipart/form-data; boundary=x"},
        415,
    ),
    "a token that is no ASCII": (QUERY % b"", {"authorization": "Bearer é😀"}, 200),
    "an admin token that is no ASCII": (QUERY % b"", {"x-admin-token": "é😀"}, 200),
    "a token of 20 KB": (QUERY % b"", {"authorization": f"Bearer {'x' * 20_000}"}, 200),
    "a token with NUL in it": (QUERY % b"", {"authorization": "Bearer tdg_%00"}, 200),
    "an Accept of 1,000 parts": (QUERY % b"", {"accept": ",".join(["text/html"] * 1000 + [JSON])}, 200),
    "an Accept of nonsense": (QUERY % b"", {"accept": ";;q=;,,=/"}, 406),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_hostile_body_is_told_what_it_is(api: Api, name: str) -> None:
    body, given, status = BODIES[name]
    headers = {key: value.encode() for key, value in {"content-type": JSON, **given}.items()}
    before = cpu(api)
    answer = await api.http.post("/graphql", content=body, headers=headers)
    assert cpu(api) - before < SECONDS
    assert answer.status_code == status
    assert ("data" in answer.json()) == (status == 200 and name != "NUL")
    for error in answer.json().get("errors", ()):
        assert error["extensions"]["code"] == "VALIDATION_ERROR"


async def test_variables_with_10_000_keys_too_many_are_refused_at_once(api: Api) -> None:
    document = "mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }"
    given = {f"x{number}": "y" * 50 for number in range(10_000)}
    before = cpu(api)
    answer = await api.gql(document, {"input": given}, role=Role.ADMIN)
    assert cpu(api) - before < SECONDS
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"VALIDATION_ERROR"}
    assert len(json.dumps(answer)) < 50_000


async def test_a_socket_takes_one_sign_in_at_a_time_too(api: Api) -> None:
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, DOCUMENTS["a hundred sign-ins"][0])
        answer = await receive(socket)
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


async def test_a_mutation_goes_neither_by_get_nor_by_another_method(api: Api) -> None:
    mutation = 'mutation { createGroup(input: { name: "by get" }) { id } }'
    headers = {"authorization": f"Bearer {api.tokens[Role.ADMIN]}"}
    for method, status in (("GET", 405), ("HEAD", 405), ("PUT", 405), ("PATCH", 405), ("DELETE", 405), ("TRACE", 405)):
        answer = await api.http.request(method, "/graphql", params={"query": mutation}, headers=headers)
        assert answer.status_code == status, method
    answer = await api.http.get("/graphql", params={"query": mutation, "operationName": ""}, headers=headers)
    assert answer.status_code == 405
    found = await api.data('{ groups(filter: { search: "by get" }) { totalCount } }')
    assert found["groups"]["totalCount"] == 0


async def slow(api: Api, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request whose body has begun, and goes on when it likes."""
    url = httpx.URL(api.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def test_bodies_that_never_end_hold_up_nobody(api: Api) -> None:
    waiting: list[Any] = [await slow(api, b'{"query":') for _ in range(200)]
    try:
        async with asyncio.timeout(5):
            assert (await api.gql("{ __typename }"))["data"] == {"__typename": "Query"}
    finally:
        for _, writer in waiting:
            writer.transport.abort()
    assert (await api.gql("{ __typename }"))["data"] == {"__typename": "Query"}
