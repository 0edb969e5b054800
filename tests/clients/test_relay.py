"""Relay's compiler accepts the schema, and its runtime pages, refetches, changes and hears through it."""

import json
import shutil
from pathlib import Path

import pytest

from db.accounts import Role
from graph.core import ids
from tests import factories
from tests.clients.node import ROOT, run
from tests.running import Api

pytestmark = pytest.mark.timeout(300)  # the first to want Node installs its packages

PEOPLE = 23


async def compiled(node: Path, folder: Path, schema: str) -> tuple[int, str]:
    """What relay-compiler makes of the operations in relay/."""
    shutil.copytree(node / "relay", folder, dirs_exist_ok=True)
    (folder / "schema.graphql").write_text(schema)
    return await run([str(node / "node_modules/.bin/relay-compiler"), "relay.config.json"], cwd=folder)


async def test_it_pages_refetches_changes_and_hears(api: Api, node: Path, tmp_path: Path) -> None:
    status, said = await compiled(node, tmp_path, (ROOT / "schema.graphql").read_text())
    assert status == 0, said
    people = [await factories.contact(name=f"Person {number:02}", company="Acme") for number in range(PEOPLE)]
    group = await factories.group(*people)
    status, said = await run(
        ["node", "relay.mjs"],
        given={
            "folder": str(tmp_path),
            "http": f"{api.url}/graphql",
            "ws": api.ws_url,
            "token": api.tokens[Role.ADMIN],
            "group": ids.encode("Group", group.id),
            "person": ids.encode("Contact", people[3].id),
        },
    )
    assert status == 0, said
    found = json.loads(said)
    names = [person.name for person in people]
    lengths = [5, 10, 15, 20, 23]
    assert found["forwards"] == {"lengths": lengths, "totalCount": PEOPLE, "people": names}
    assert found["backwards"] == {"lengths": lengths, "totalCount": PEOPLE, "people": names}
    assert found["members"] == [ids.encode("Contact", person.id) for person in reversed(people)]
    assert found["companies"] == ["Acme", "Changed", "Told", "Fetched"]


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("hasNextPage: Boolean!", "more: Boolean!"),
        ("type Contact implements Node", "type Contact"),
        ("interface Node {", "interface Thing {"),
    ],
)
async def test_its_compiler_sees_a_schema_that_breaks_the_rules(
    rule: str, broken: str, node: Path, tmp_path: Path
) -> None:
    schema = (ROOT / "schema.graphql").read_text()
    assert rule in schema
    status, said = await compiled(node, tmp_path, schema.replace(rule, broken))
    assert status != 0, said
