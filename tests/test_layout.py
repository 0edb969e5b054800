"""The house keeps its shape: what architecture asks for and neither ruff nor import-linter can see."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import workers.app
from tests.faults.table import FAULTS

ROOT = Path(__file__).parent.parent
FLOORS = ("graph", "workers", "domain", "db")
OWN = (*FLOORS, "tidings", "simulator")
LONGEST = 400
ROOMS = {
    "accounts",
    "analytics",
    "audit",
    "bot",
    "campaigns",
    "contacts",
    "conversations",
    "events",
    "files",
    "groups",
    "health",
    "inbound",
    "leads",
    "messages",
    "rates",
    "schedules",
    "senders",
    "settings",
    "templates",
    "webhooks",
}
BESIDE_ROOMS = {
    "graph": {"content", "core", "static", "app", "schema"},
    "workers": {"core", "app"},
    "domain": {"core", "providers"},
    "db": {"content", "core", "migrations", "memberships"},
}
"""What stands on a floor and is no room: its plumbing, its front door, what several rooms store or ask alike."""
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "manager", "service", "common", "misc"}
QUERY = {
    "all",
    "bulk_create",
    "bulk_update",
    "create",
    "exclude",
    "filter",
    "first",
    "get",
    "get_or_create",
    "get_or_none",
    "update_or_create",
}
"""Tortoise's ways to ask and to write, as methods of a model."""


def sources(*floors: str) -> list[Path]:
    """Our Python files; migrations are generated and held to nothing, and what tests install is not ours."""
    found = [file.relative_to(ROOT) for floor in floors for file in sorted((ROOT / floor).rglob("*.py"))]
    return [ROOT / file for file in found if not {"migrations", ".venv", "node_modules"} & set(file.parts)]


def names(files: list[Path]) -> list[str]:
    return [file.relative_to(ROOT).as_posix() for file in files]


def test_no_file_is_too_long() -> None:
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in names(sources(*OWN))}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_has_the_same_rooms(floor: str) -> None:
    stands = {path.stem for path in (ROOT / floor).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert stands - {"__init__", "__pycache__"} - BESIDE_ROOMS[floor] <= ROOMS


def test_names_say_something() -> None:
    empty = [file for file in sources(*OWN, "tests", "benchmarks") if {file.stem, file.parent.name} & SAYS_NOTHING]
    assert names(empty) == []


def calls_of(name: str, tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def test_each_ring_has_its_actor_and_each_actors_room_is_started() -> None:
    trees = {file: ast.parse(file.read_text()) for file in sources(*FLOORS)}
    rings = [call.args[0] for tree in trees.values() for call in calls_of("ring", tree)]
    rung = {name.value for name in rings if isinstance(name, ast.Constant)}
    actors = {
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and any(list(calls_of("actor", each)) for each in node.decorator_list)
    }
    assert rung == actors
    rooms = {file.stem for file in (ROOT / "workers").glob("*.py")} - {"__init__", "app"}
    assert {room.__name__.removeprefix("workers.") for room in workers.app.ROOMS} == rooms


def queries(tree: ast.AST) -> Iterator[ast.AST]:
    """Uses of the ORM: its import, and calls of a query's name on something written like a class."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=imported) if any(each.name.split(".")[0] == "tortoise" for each in imported):
                yield node
            case ast.ImportFrom(module="tortoise.models", names=[ast.alias(name="Model")]):
                pass  # the type of any row; rows pass through the face
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "tortoise":
                yield node
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=verb)) if (
                name[:1].isupper() and verb in QUERY
            ):
                yield node
            case _:
                pass


def test_the_face_asks_the_rules_and_not_the_rows() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for file in sources("graph")
        for node in queries(ast.parse(file.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("from tortoise import fields", 1),
        ("import tortoise.expressions", 1),
        ("from tortoise.models import Model", 0),
        ("row = await Contact.get(id=1)", 1),
        ("rows = Contact.filter(id=1).all()", 1),
        ("value = mapping.get(key)", 0),
        ("kind = Order.TITLE", 0),
    ],
)
def test_the_check_sees_queries(code: str, count: int) -> None:
    tree = compile(code, "example", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert len(list(queries(tree))) == count


def test_each_fault_of_the_list_has_its_tests() -> None:
    told = "\n".join(file.read_text() for file in (ROOT / "tests" / "faults").glob("test_*.py"))
    assert {int(number) for number in re.findall(r"async def test_(\d+)_", told)} == FAULTS.keys() == {*range(1, 26)}


@pytest.mark.parametrize("asked", [("format", "--check"), ("check",)], ids=["form", "lint"])
def test_ruff_is_content(asked: tuple[str, ...]) -> None:
    """Form, order of imports and lint, as pyproject.toml has them."""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run([ruff, *asked, "--no-cache", ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
