"""The log: one line a request, with what an operator needs and nothing that a caller sent."""

import json
from typing import Any

import pytest
import structlog
from structlog.testing import CapturingLogger
from structlog.typing import EventDict

from db.accounts import Role
from tests.graph.core.toy import Toy

CANARY = "hunter2-canary"


@pytest.fixture
def lines() -> Any:
    """The lines written while a test runs."""
    before, found = structlog.get_config(), list[EventDict]()

    def keep(_logger: Any, _method: str, event: EventDict) -> EventDict:
        found.append(dict(event))
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, keep], logger_factory=lambda *_: CapturingLogger()
    )
    yield found
    structlog.configure(**before)


def requests(lines: list[EventDict]) -> list[EventDict]:
    return [line for line in lines if line["event"] == "request"]


async def test_a_request_is_one_line(served: Toy, lines: list[EventDict]) -> None:
    body = {"query": "query A { hello } query B { contacts { totalCount } }", "operationName": "B"}
    answer = await served.http.post("/graphql", json=body, headers={"x-request-id": "mine-2"})
    assert answer.json()["errors"]
    (line,) = requests(lines)
    assert (line["request_id"], line["caller"], line["operation"], line["codes"], line["status"]) == (
        "mine-2",
        "anonymous",
        "B",
        ["AUTHENTICATION_ERROR"],
        200,
    )
    assert line["ms"] >= 0


async def test_nothing_that_callers_send_is_written(served: Toy, lines: list[EventDict]) -> None:
    mutation = "mutation ($s: String!, $x: Int) { enter(secret: $s) }"
    await served.post(mutation, s=CANARY)
    await served.post(mutation, s={"password": CANARY}, x=CANARY)
    await served.post(f'mutation {{ enter(secret: "{CANARY}", nope: "{CANARY}") }}')
    await served.post(f'{{ "{CANARY}" }}')
    await served.http.get("/graphql", params={"query": f'{{ node(id: "{CANARY}") {{ id }} }}'})
    await served.http.post("/graphql", json={"query": "{ hello }"}, headers={"authorization": f"Bearer {CANARY}"})
    assert len(requests(lines)) == 6
    assert CANARY not in json.dumps(lines, default=repr)


async def test_a_clients_mistake_is_no_error_of_ours(served: Toy, lines: list[EventDict]) -> None:
    await served.post("{ nothing }", role=Role.VIEWER)
    assert [line["event"] for line in lines] == ["request"]
    await served.post("{ broken }")
    assert [line["event"] for line in lines[1:]] == ["unexpected_error", "request"]


async def test_files_and_webhooks_that_went_well_are_debug_lines(served: Toy, lines: list[EventDict]) -> None:
    levels: list[str] = []
    processors = structlog.get_config()["processors"]

    def note(_logger: Any, method: str, event: EventDict) -> EventDict:
        levels.append(method)
        return event

    structlog.configure(processors=[note, *processors])
    assert (await served.http.get("/static/graphiql/icon.svg")).status_code == 200
    assert (await served.http.get("/static/nothing")).status_code == 404
    assert sorted(levels) == ["debug", "info"], "a file may be done after the next request"


async def test_callers_do_not_fill_the_log(served: Toy, lines: list[EventDict]) -> None:
    """Names and paths are theirs to choose; a file of the log holds 10 MB, and the oldest goes."""
    for name in ("x" * 900_000, f"call {CANARY}"):
        await served.http.post("/graphql", json={"query": "{ hello }", "operationName": name})
    await served.http.get("/" + "x" * 5000)
    await served.http.get("/%1b%5b2J%0arequest%20status=200")
    assert [line.get("operation") for line in requests(lines)] == ["…", "…", None, None]
    assert requests(lines)[-1]["path"] == "/�[2J�request status=200", "terminals obey nothing of it"
    assert all(len(str(line)) < 1000 for line in lines)
    assert CANARY not in str(lines)
