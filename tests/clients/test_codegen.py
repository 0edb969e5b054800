"""What generators make of the schema and of the operations that we show: strict types, and a client that works."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.accounts import Role
from graph.core import ids
from tests import factories
from tests.clients.generator import generator as generator
from tests.clients.node import HERE, ROOT, run
from tests.conftest import PASSWORD
from tests.running import Api, Program

pytestmark = pytest.mark.timeout(300)  # the first to want a generator installs it

OPERATIONS = ROOT / "graph/static/graphiql/operations"


async def test_types_for_typescript_are_strict(node: Path, tmp_path: Path) -> None:
    shutil.copytree(HERE / "typed", tmp_path, dirs_exist_ok=True)
    command = ["node", "codegen.mjs", str(ROOT / "schema.graphql"), str(OPERATIONS), str(tmp_path)]
    assert await run(command) == (0, "")
    status, said = await run([str(node / "node_modules/.bin/tsc"), "--project", str(tmp_path)])
    assert status == 0, said


@pytest.fixture
def client(generator: Path, tmp_path: Path) -> Path:
    """A folder with the client that was generated for Python, and a program that uses it."""
    shutil.copytree(HERE / "typed", tmp_path, dirs_exist_ok=True)
    shutil.copytree(OPERATIONS, tmp_path / "operations")
    shutil.copy(ROOT / "schema.graphql", tmp_path)
    subprocess.run([generator], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def test_the_client_for_python_is_strict(client: Path) -> None:
    command = [Path(sys.executable).with_name("basedpyright"), "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=client, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


async def test_the_client_for_python_works(api: Api, worker: Program, client: Path) -> None:
    user = await factories.user(role=Role.ADMIN, password=PASSWORD)
    await factories.sender(is_default=True)
    group = await factories.group(await factories.contact(name="Rita"), await factories.contact(name="João"))
    template = await factories.template()
    status, said = await run(
        [sys.executable, "-W", "error", "use.py"],
        cwd=client,
        given={
            "http": f"{api.url}/graphql",
            "ws": api.ws_url,
            "email": user.email,
            "password": PASSWORD,
            "template": ids.encode("MessageTemplate", template.id),
            "group": ids.encode("Group", group.id),
        },
    )
    assert status == 0, said
    found = json.loads(said)
    assert sorted(found["people"]) == ["João", "Rita"]
    assert found["status"] == "SENT"
    assert found["seen"].count("MESSAGE_SENT") == 2
    assert found["seen"][-1] == "MESSAGE_COMPLETED"
    assert found["logged"] >= 2
