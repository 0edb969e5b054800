"""schemathesis: thousands of generated queries and mutations, none of which may find a fault of ours."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from db.accounts import Role
from tests.conformance import generated
from tests.factories import phone
from tests.faults.conftest import ADMIN_TOKEN, Installation

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
async def test_generated_operations_find_no_fault(installation: Installation, tmp_path: Path) -> None:
    await installation.done(await installation.schedule(generated.PEOPLE))
    await campaigns_and_conversations(installation)
    for role in Role:
        values = {
            "email": f"{role.lower()}@example.com",
            "password": "correct-horse-battery",
            "name": "A User",
            "role": role,
        }
        await installation.data(
            "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", input=values
        )
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", str(generated.SCHEMA)]
    command += ["--url", f"{installation.api.url}/graphql", "--header", f"X-Admin-Token: {ADMIN_TOKEN}"]
    command += ["--checks", "every_error_is_a_refusal,response_schema_conformance", "--continue-on-failure"]
    command += ["--seed", "3", "--max-examples", "40", "--generation-database", "none"]
    run = await asyncio.create_subprocess_exec(
        *command,
        cwd=tmp_path,  # It keeps a folder of notes where it runs.
        env={**os.environ, "SCHEMATHESIS_HOOKS": generated.__name__, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        out, _ = await run.communicate()
    finally:
        if run.returncode is None:
            run.kill()
    said = out.decode()
    assert run.returncode == 0, said
    missed, tested = (re.search(rf"{words}: +(\d+)", said) for words in ("Missing test data", "Tested"))
    assert tested is not None
    answered = int(tested[1]) - (int(missed[1]) if missed else 0)
    assert answered > 2 / 3 * int(tested[1]), "most operations should have been answered with data at least once"
    # schemathesis tries at first what the server takes, and a NUL in a header is no HTTP.
    assert [line for line in warnings(installation) if "Invalid HTTP request" not in line["event"]] == []


async def campaigns_and_conversations(installation: Installation) -> None:
    """Something that runs and somebody who wrote, for what wants such a state."""
    await installation.fetch("UPDATE sender SET messages_per_second = 1")
    audience = {"groupIds": [await installation.group(generated.PEOPLE)]}
    template = await installation.template()
    for number in range(40):
        made = await installation.campaign(0, start=number % 4 > 0, templateId=template, audience=audience)
        if number % 4 > 2:
            await installation.step("pause", made)
    numbers = "SELECT phone_number_id FROM sender WHERE deleted_at IS NULL AND phone_number_id IS NOT NULL"
    number = (await installation.fetch(numbers))[0]["phone_number_id"]
    before = len(await installation.fetch("SELECT id FROM conversation"))
    for _ in range(15):
        installation.simulator.post("inbound", phone_number_id=number, text="Hello", **{"from": phone()})
    await installation.until_rows("SELECT id FROM conversation", before + 15)


def warnings(installation: Installation) -> list[dict[str, Any]]:
    """What the programs of an installation have logged at WARNING or above, but for states such as a full queue."""
    lines = [json.loads(line) for line in Path(installation.environment["LOG_FILE"]).read_text().splitlines()]
    return [line for line in lines if line["event"] not in ("problem", "problem_over")]
