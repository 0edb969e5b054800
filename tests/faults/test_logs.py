"""What is logged of a busy run: a line for each request and job, ids that go along, and nothing about people."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.faults.conftest import Installation
from tests.running import Program

CANARY = f"canary{secrets.token_hex(4)}"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { id } }"


@pytest_asyncio.fixture(loop_scope="session")
async def talkative(installation: Installation, tmp_path: Path) -> AsyncIterator[Path]:
    """All there is, down to DEBUG, in a file of its own."""
    settings = {**installation.environment, "LOG_LEVEL": "DEBUG", "LOG_FILE": str(tmp_path / "log")}
    installation.worker.stop()
    installation.api.program.stop()
    with ExitStack() as running:
        running.enter_context(Program.api(settings))
        running.enter_context(Program.worker(settings))
        yield tmp_path / "log"
    installation.api.program.start()
    installation.worker.start()


def text_of(log: Path) -> str:
    return log.read_text()


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(log).splitlines()]


async def test_a_busy_run_names_nobody_and_quotes_nothing(installation: Installation, talkative: Path) -> None:
    schedule = await installation.schedule(15)
    installation.simulator.post("faults", kind="refuse", code=131026, count=2)
    installation.simulator.post("faults", kind="cut_before_accept", count=1)
    await installation.done(schedule)
    people = [
        row["address"] for row in await installation.fetch("SELECT address FROM message WHERE address IS NOT NULL")
    ]
    for number in people[:5]:
        said = {"from": number[1:], "text": f"{CANARY} hello", "name": CANARY}
        installation.simulator.post("inbound", phone_number_id="106540352242922", **said)
    await installation.until_rows(
        "SELECT 1 FROM message WHERE direction = 'INBOUND' AND content LIKE $1", 5, f"{CANARY}%"
    )
    for number, text in ((people[0], CANARY), ("+1", CANARY), (people[1], "x" * 5000)):
        given = {"to": {"phoneNumber": number}, "message": {"text": text}}
        await installation.api.gql(SEND, {"input": given})
    search = "query ($s: String) { contacts(filter: { search: $s }) { totalCount } }"
    await installation.data(search, s=people[2])
    await installation.api.http.get(f"/graphql?query={{contacts(filter:{{search:%22{people[3]}%22}}){{totalCount}}}}")
    found = await installation.data("{ auditEntries { csvUrl } }")
    assert (await installation.api.http.get(found["auditEntries"]["csvUrl"])).status_code == 200
    written = text_of(talkative)
    assert len(people) >= 15
    assert not [number for number in people if number.removeprefix("+") in written]
    assert CANARY not in written
    assert installation.environment["ADMIN_TOKEN"] not in written
    assert found["auditEntries"]["csvUrl"].rpartition("/")[2] not in written, "whoever has the link reads the list"
    events = {line["event"] for line in lines(talkative)}
    assert {"request", "job"} <= events


async def test_an_id_of_a_request_goes_along_with_its_jobs(installation: Installation, talkative: Path) -> None:
    await installation.schedule(1)
    number = (await installation.fetch("SELECT phone_number FROM contact_phone LIMIT 1"))[0]["phone_number"]
    template = await installation.template("UTILITY")
    given = {"to": {"phoneNumber": number}, "message": {"template": {"templateId": template}}}
    answer = await installation.api.http.post(
        "/graphql",
        json={"query": SEND, "variables": {"input": given}},
        headers={"X-Request-ID": "traced-1"},
    )
    assert "errors" not in answer.json(), answer.text

    def traced() -> list[dict[str, Any]]:
        return [line for line in lines(talkative) if line.get("request_id") == "traced-1"]

    async with asyncio.timeout(20):
        while not any(line["event"] == "job" for line in traced()):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.1)
    found = traced()
    assert len([line for line in found if line["event"] == "request"]) == 1
    jobs = [line for line in found if line["event"] == "job"]
    assert jobs[0]["actor"] == "dispatch"
    assert jobs[0]["result"] == "done"
    assert jobs[0]["ms"] >= 0
