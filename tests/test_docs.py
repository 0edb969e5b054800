"""The documentation: it builds without a broken link, is served as it was built, and its examples run."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from graphql import LoneAnonymousOperationRule, UniqueOperationNamesRule, build_schema, parse, specified_rules, validate
from starlette.applications import Starlette

from db.accounts import Role, Scope
from db.core.settings import Settings, get_settings
from domain import VERSION
from domain.accounts.callers import API_TOKEN_PREFIX
from graph.app import ROUTES
from graph.core import pages
from tests import factories
from tests.running import Api, Program, Simulator
from tests.test_parity import ELEMENT, is_served
from tidings.__main__ import COMMANDS

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"(?:^<!-- shown: (?P<why>.+?) -->\n)?^```(?P<language>\w+)[^\n]*\n(?P<text>.*?)^```", re.M | re.S)
RUN = ("sh", "python")
ELSEWHERE = {
    "json": "test_what_is_shown_of_data_can_be_read",
    "toml": "test_what_is_shown_of_data_can_be_read",
    "graphql": "test_what_a_page_asks_is_valid",
    "ts": "tests/sdk/test_typescript.py",
    "yaml": "tests/faults/test_alerts.py",
}
"""Where blocks of other languages are tried."""
NOT_OF_BLOCKS = (LoneAnonymousOperationRule, UniqueOperationNamesRule)
"""Rules of a document: a block may hold many, one after another."""
SITE = "graph/static/docs"
SHOWN = {"this machine's own": 8, "settings": 3, "placeholders": 2}
"""How many blocks of those languages are not run, by why."""


class Block(NamedTuple):
    language: str
    text: str
    why: str | None
    """Why it is shown and not run."""


def documents() -> list[Path]:
    docs = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs/moving").glob("*.md")]
    return sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *docs])


def all_blocks(document: Path) -> list[Block]:
    return [Block(each["language"], each["text"], each["why"]) for each in BLOCK.finditer(document.read_text())]


def blocks(document: Path) -> list[Block]:
    return [block for block in all_blocks(document) if block.language in RUN]


RUNNABLE = [each for each in documents() if any(block.why is None for block in blocks(each))]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """As `make docs` does, of a copy."""
    for name in ("docs", "mkdocs.yml", "schema.graphql", "graph/static/openapi.json"):
        there = folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, there, ignore=shutil.ignore_patterns("__pycache__", "reference"))
        elif not there.exists():
            shutil.copy(ROOT / name, there)
    subprocess.run([sys.executable, "docs/reference.py"], cwd=folder, check=True)
    return rebuilt(folder)


def rebuilt(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "zensical", "build", "--strict"], cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
async def served(built: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(pages, "SITE", built / SITE)
    app = Starlette(routes=pages.routes("type Query"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://docs", trust_env=False) as http:
        yield http


async def test_every_page_is_served_and_loads_nothing_from_elsewhere(served: httpx.AsyncClient, built: Path) -> None:
    site = built / SITE
    found = [page.parent.relative_to(site) for page in site.rglob("*/index.html")]
    assert {Path("tutorial"), Path("moving/bulk"), Path("reference/types")} <= set(found)
    for page in found:
        answer = await served.get(f"/docs/{page.as_posix()}/")
        assert answer.status_code == 200
        loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', answer.text)
        assert loaded == []


async def test_a_page_may_run_what_stands_in_it_and_nothing_else(served: httpx.AsyncClient) -> None:
    answer = await served.get("/docs/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.count("'sha256-") == len(re.findall("<script>", answer.text)) > 0
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


async def test_what_is_read_has_its_address(served: httpx.AsyncClient) -> None:
    assert "Tidings" in (await served.get("/docs", follow_redirects=True)).text
    reference = await served.get("/redoc", follow_redirects=True)
    assert 'id="createmessagetemplate"' in (await served.get("/docs/reference/mutations/")).text
    assert (reference.status_code, reference.url.path) == (200, "/docs/reference/queries/")
    assert (await served.get("/schema.graphql")).text == "type Query"
    assert (await served.get("/openapi.json")).json()["info"]["version"] == VERSION


async def test_until_it_is_built_the_docs_are_graphiql(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "SITE", tmp_path)
    app = Starlette(routes=pages.routes("type Query"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://docs", trust_env=False) as http:
        assert (await http.get("/docs")).headers["location"] == "/graphql"
        assert (await http.get("/redoc")).headers["location"] == "/schema.graphql"


def test_whoever_hides_the_schema_hides_what_tells_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "introspection", False)
    assert pages.routes("type Query") == []


def test_a_broken_link_is_found(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(built, folder)
    page = folder / "docs/index.md"
    page.write_text(page.read_text() + "\n[nowhere](nowhere.md)\n")
    assert rebuilt(folder).returncode != 0


def test_openapi_tells_of_every_route() -> None:
    told = {
        (path, method.upper())
        for path, calls in pages.described()["paths"].items()
        for method in calls
        if path not in ("/", "/graphql", "/schema.graphql", "/openapi.json")
    }
    there = {(route.path, method) for route in ROUTES for method in route.methods or ["GET"] if method != "HEAD"}  # pyright: ignore
    assert told == there


async def test_what_is_served_answers_as_openapi_says(api: Api) -> None:
    headers = {"x-admin-token": os.environ["ADMIN_TOKEN"]}
    asked = 0
    for path, calls in pages.described()["paths"].items():
        if "get" not in calls or calls["get"].get("parameters"):
            continue
        answer = await api.http.get(path, headers=headers)
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in calls["get"]["responses"][str(answer.status_code)]["content"], path
        asked += 1
    assert asked > 10


def test_what_moving_pages_name_is_served() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text())
    for page in (ROOT / "docs/moving").glob("*.md"):
        named = [found for name in re.findall(r"`([^`\n]+)`", page.read_text()) if (found := ELEMENT.fullmatch(name))]
        assert len(named) > 5
        assert [part[0] for part in named if not is_served(part, schema)] == [], page.name


async def test_whoever_needs_help_is_told_where_to_look(api: Api) -> None:
    told = (ROOT / "README.md").read_text().partition("## When something is wrong")[2]
    assert "Open an issue in the repository" in told
    named = re.findall(r"`([^`]+)`", told)
    paths = {each for each in named if each.startswith("/")}
    assert paths == {"/docs", "/schema.graphql", "/health/detailed", "/health"}
    for path in paths:
        # Health is 503 where something is amiss, and the docs may not be built.
        answer = await api.http.get(path, headers={"accept": "text/html,*/*"})
        assert answer.status_code in (200, 307, 503), path
    assert "tidings doctor" in named
    assert "doctor" in COMMANDS
    assert str(Settings.model_fields["log_file"].default) in told
    answer = await api.http.post("/graphql", json={"query": "{ message(id: 1) { nothing } }"})
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert answer.headers["x-request-id"] == error["extensions"]["requestId"]


def test_a_token_that_is_shown_looks_like_one_of_ours() -> None:
    assert f"export TOKEN={API_TOKEN_PREFIX}…" in (ROOT / "docs/tutorial.md").read_text()


def test_every_language_of_an_example_is_tried_somewhere() -> None:
    languages = {block.language for document in documents() for block in all_blocks(document)}
    assert languages == {*RUN, *ELSEWHERE}


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.relative_to(ROOT).as_posix())
def test_what_a_page_asks_is_valid(document: Path) -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text())
    rules = [rule for rule in specified_rules if rule not in NOT_OF_BLOCKS]
    for block in all_blocks(document):
        if block.language == "graphql":
            assert validate(schema, parse(block.text), rules) == [], block.text


def test_what_is_shown_of_data_can_be_read() -> None:
    for document in documents():
        for block in all_blocks(document):
            if block.language in ("json", "toml"):
                assert (json if block.language == "json" else tomllib).loads(block.text), block.text


def test_every_example_is_run_or_says_why_not() -> None:
    shown: dict[str, int] = {}
    for document in documents():
        for block in blocks(document):
            if block.why is not None:
                shown[block.why] = shown.get(block.why, 0) + 1
    assert shown == SHOWN


@pytest.mark.parametrize("document", RUNNABLE, ids=[each.relative_to(ROOT).as_posix() for each in RUNNABLE])
async def test_the_examples_of_a_page_run(
    document: Path, api: Api, worker: Program, simulator: Simulator, tmp_path: Path
) -> None:
    """One after another, each with what those before it have set; programs see the environment."""
    owner = await factories.user(role=Role.ADMIN)
    sender = await factories.sender(is_default=True)
    given = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "sdk/python"),
        "HOME": str(tmp_path),
        "TOKEN": await factories.api_token(owner, *Scope),
        "EMAIL": owner.email,
        "PASSWORD": factories.PASSWORD,
        "SIMULATOR": simulator.url,
        "PHONE_NUMBER_ID": str(sender.phone_number_id),
        "CUSTOMER": factories.phone(),
    }
    script = ["set -euo pipefail"]
    for number, block in enumerate(each for each in blocks(document) if each.why is None):
        text = block.text.replace("http://127.0.0.1:8000", api.url).replace(
            ":8000", api.url.removeprefix("http://127.0.0.1")
        )
        if block.language == "python":
            (tmp_path / f"{number}.py").write_text(text)
            text = f"python {tmp_path}/{number}.py\n"
        script.append(text)
    status, said = await shell("\n".join(script), given)
    assert status == 0, said
    assert '"errors"' not in said


async def shell(script: str, environment: dict[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script, cwd=ROOT, env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(100):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
