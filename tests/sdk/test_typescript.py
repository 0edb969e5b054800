"""The SDK for TypeScript as npm packs it: programs that use it compile strictly and work with the real API."""

import asyncio
import fcntl
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import domain
from db.accounts import Role, Scope
from db.core import connect
from domain.events import Place
from domain.events import encode as cursor
from graph.core.ids import encode
from tests import factories
from tests.clients.line import Line
from tests.clients.node import ROOT, installed, npm, run, telling
from tests.clients.sending import PEOPLE, SEEN_BEFORE_THE_CUT, logged, over, prepared
from tests.conftest import PASSWORD
from tests.domain.campaigns.surroundings import a_campaign
from tests.domain.conversations.surroundings import ACCOUNT, a_conversation, approved
from tests.running import Api, Program

pytestmark = pytest.mark.timeout(300)  # the first to want Node installs its packages

PACKED = f"tidings-sdk-{domain.VERSION}.tgz"
PAGES = {
    each: "shown_" + each.parent.name + "_" + each.stem
    for each in [ROOT / "README.md", ROOT / "docs/clients.md", ROOT / "sdk/typescript/README.md"]
}
"""Pages that show programs, and what those of a page, one after the other, are called here."""
HERE = Path(__file__).parent / "typescript"
SDK = ROOT / "sdk/typescript"


@contextmanager
def alone() -> Iterator[None]:
    """While it is built nobody else builds it."""
    with (SDK / "package-lock.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programs, compiled against the package that npm packed, and nothing of its sources."""
    packages, folder = installed(SDK) / "node_modules", tmp_path_factory.mktemp("typescript")
    with alone():
        subprocess.run(["npm", "run", "--silent", "build"], cwd=SDK, check=True, timeout=120)
        subprocess.run(
            ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder],
            cwd=SDK,
            check=True,
            capture_output=True,
            timeout=60,
        )
    (folder / "node_modules/@tidings").mkdir(parents=True)
    for each in packages.iterdir():
        (folder / "node_modules" / each.name).symlink_to(each)
    with tarfile.open(folder / PACKED) as packed:
        packed.extractall(folder, filter="data")
    (folder / "package").rename(folder / "node_modules/@tidings/sdk")
    (folder / "package.json").write_text('{"type": "module"}')
    for each in [*HERE.iterdir(), *(ROOT / "examples/sdk").glob("*.ts*")]:
        shutil.copy(each, folder)
    for page, name in PAGES.items():
        (folder / f"{name}.ts").write_text(shown(page))
    compiled = subprocess.run(
        [packages / ".bin/tsc"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert compiled.returncode == 0, compiled.stdout
    return folder


def shown(page: Path) -> str:
    """What a page shows, as one program: for the server, the token and the customer of a test."""
    text = "".join(re.findall(r"^```ts\n(.*?)^```", page.read_text(), re.M | re.S))
    for usual, name in {
        "'http://127.0.0.1:8000'": "TIDINGS_URL",
        "'+351912345678'": "CUSTOMER",
        "process.env['TOKEN']!": "TIDINGS_TOKEN",
    }.items():
        text = text.replace(usual, f"process.env['{name}']!")
    return text


def test_every_program_that_is_shown_is_run() -> None:
    program = re.compile(r"^```(?:ts|js|tsx|jsx|typescript|javascript)\b", re.M)
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sdk").glob("*/*.md")]
    assert {each for each in pages if program.search(each.read_text())} == set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=PAGES.values())
async def test_what_a_page_shows_runs(page: Path, api: Api, worker: Program, readers: None, built: Path) -> None:
    number = await number_in(await a_conversation((await factories.sender(business_account_id=ACCOUNT)).id))
    environment = await bearer(api, Scope.CONVERSATIONS, Scope.CONTACTS)
    said = await program(built, PAGES[page], **environment, CUSTOMER=number)
    assert said[0].split()[1] == "QUEUED"
    follows = page.name == "clients.md"
    assert ("MESSAGE_SENT Have you seen it?" in said) is said[-1].startswith("MESSAGE_READ") is follows


async def program(built: Path, name: str, *arguments: str, given: Any = None, **environment: str) -> list[str]:
    """What a program printed, by lines; it must have ended well."""
    command = ["env", *(f"{key}={value}" for key, value in environment.items()), "node", f"out/{name}.js", *arguments]
    status, said = await run(command, cwd=built, given=given, seconds=60)
    assert status == 0, said
    return said.splitlines()


async def account(api: Api, role: Role = Role.ADMIN) -> dict[str, Any]:
    user = await factories.user(role=role, password=PASSWORD)
    return {"url": api.url, "line": "", "email": user.email, "password": PASSWORD}


async def bearer(api: Api, *scopes: Scope) -> dict[str, str]:
    """Where the examples find the API, and the token that they go with."""
    token = await factories.api_token(await factories.user(), Scope.READ, *scopes)
    return {"TIDINGS_URL": api.url, "TIDINGS_TOKEN": token}


async def number_in(conversation: int) -> str:
    """Whose conversation it is."""
    found = "SELECT phone_number FROM contact_phone JOIN conversation USING (contact_id) WHERE conversation.id = $1"
    return await connect.value(found, conversation)


def test_the_package_has_the_version_of_the_server_and_what_is_built(built: Path) -> None:
    package = built / "node_modules/@tidings/sdk"
    said = json.loads((package / "package.json").read_text())
    assert said["version"] == domain.VERSION
    assert {each.name for each in package.iterdir()} == {"package.json", "README.md", "dist"}
    for entry in said["exports"].values():
        assert (package / entry).is_file()
        assert (package / entry).with_suffix(".d.ts").is_file()
    assert set(said["dependencies"]) == {"graphql", "graphql-ws", "ws"}


async def test_four_lines_send_a_message(api: Api, worker: Program, built: Path) -> None:
    number = await number_in(await a_conversation())
    [said] = await program(built, "send", number, **await bearer(api, Scope.CONVERSATIONS))
    id, status = said.split()
    assert status == "QUEUED"
    found = await api.data("query ($id: ID!) { message(id: $id) { content } }", id=id)
    assert found["message"]["content"] == "Hello from TypeScript!"


@pytest.mark.soak
async def test_it_is_installed_into_an_empty_folder_and_sends(
    api: Api, worker: Program, built: Path, tmp_path: Path
) -> None:
    """As whoever has only the packed file does; what the package wants comes from the registry."""
    npm(tmp_path, "install", built / PACKED)
    assert {each.name for each in (tmp_path / "node_modules/@tidings/sdk").iterdir()} == {
        "package.json",
        "README.md",
        "dist",
    }
    assert not (tmp_path / "node_modules/react").exists()  # who has no hooks needs none
    shutil.copy(built / f"out/{PAGES[SDK / 'README.md']}.js", tmp_path / "program.mjs")
    number = await number_in(await a_conversation())
    environment = {**await bearer(api, Scope.CONVERSATIONS), "CUSTOMER": number}
    command = ["env", *(f"{key}={value}" for key, value in environment.items()), "node", "program.mjs"]
    status, said = await run(command, cwd=tmp_path)
    assert status == 0, said
    id, state = said.split()
    assert state == "QUEUED"
    found = await api.data("query ($id: ID!) { message(id: $id) { content } }", id=id)
    assert found["message"]["content"] == "Hello!"


async def test_a_message_is_scheduled_for_a_group(api: Api, built: Path) -> None:
    """S1's example."""
    await factories.sender(is_default=True)
    people = [encode("Contact", (await factories.contact()).id) for _ in range(2)]
    environment = await bearer(api, Scope.CAMPAIGNS, Scope.CONTACTS)
    [said] = await program(built, "schedule", *people, **environment)
    id, status = said.removeprefix("Scheduled with ID: ").split(", ")
    assert status == "PENDING"
    found = await api.data("query ($id: ID!) { schedule(id: $id) { group { contactCount } } }", id=id)
    assert found["schedule"]["group"]["contactCount"] == 2


async def test_a_conversation_is_streamed(api: Api, worker: Program, readers: None, built: Path) -> None:
    """S3's example."""
    id = encode("Conversation", await a_conversation((await factories.sender(business_account_id=ACCOUNT)).id))
    said = await program(built, "stream", id, **await bearer(api, Scope.CONVERSATIONS))
    assert said[0].startswith("Message ID: ")
    assert [line.split()[0] for line in said[1:]][-3:] == ["MESSAGE_SENT", "MESSAGE_DELIVERED", "MESSAGE_READ"]
    assert said[-1] == "MESSAGE_READ Hello from JavaScript!"


async def test_a_conversation_is_taken_over_and_handed_back(api: Api, built: Path) -> None:
    """S5's example; what is refused is said by code and field."""
    number = await number_in(await a_conversation())
    environment = await bearer(api, Scope.CONVERSATIONS)
    assert await program(built, "takeover", number, **environment) == ["OPERATOR A person is here. BOT"]
    command = ["env", *(f"{key}={value}" for key, value in environment.items()), "node", "out/takeover.js", "919"]
    status, said = await run(command, cwd=built)
    assert (status, said.split()[2]) == (1, "INVALID_PHONE_NUMBER")


async def test_calls(api: Api, built: Path) -> None:
    group = await factories.group(
        *[await factories.contact(name=name) for name in ("Ana", "Bia", "Cid", "Dora", "Eva")]
    )
    conversation = encode("Conversation", await a_conversation())
    ids = {"group": encode("Group", group.id), "conversation": conversation, "unknown": encode("Contact", 2**40)}
    await program(built, "calls", given={**await account(api), "ids": ids})


async def test_only_what_does_no_harm_is_tried_again(api: Api, built: Path) -> None:
    ids = {"conversation": encode("Conversation", await a_conversation())}
    await program(built, "retries", given={**await account(api), "ids": ids})


async def test_events_go_on_after_every_cut(api: Api, worker: Program, readers: None, built: Path) -> None:
    given = await prepared(api)
    made = "mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id } }"
    schedule = (await api.data(made, input=given["schedule"]))["createSchedule"]["id"]
    ids = {"schedule": schedule, "people": str(PEOPLE), "expired": cursor(Place("0123abcd", 1))}
    told: list[dict[str, Any]] = []
    async with Line.to(urlsplit(api.url).port or 0) as line, asyncio.timeout(60):
        given |= {"url": api.url, "line": f"http://127.0.0.1:{line.port}", "ids": ids}
        async with telling(built, "out/live.js", given) as said:
            async for text in said:
                told.append(json.loads(text))
                if len(told) == SEEN_BEFORE_THE_CUT:
                    line.cut()
                    await over(api, schedule)
                    line.mend()
    heard = [each["event"] for each in told if "event" in each]
    assert heard == [each for each in await logged(api, schedule) if each["type"] != "MESSAGE_SCHEDULED"]
    assert told[len(heard) :] == [{"left": True}, {"expired": "CURSOR_EXPIRED"}, {"refused": "AUTHENTICATION_ERROR"}]


async def test_hooks_for_react(api: Api, worker: Program, readers: None, built: Path) -> None:
    sender = await factories.sender(business_account_id=ACCOUNT)
    conversation = await a_conversation(sender.id, name=(name := factories.unique("Rita")))
    campaign = await a_campaign(sender.id, template_id=(await approved()).id)
    ids = {
        "name": name,
        "conversation": encode("Conversation", conversation),
        "campaign": encode("Campaign", campaign.id),
        "sender": encode("Sender", sender.id),
    }
    await program(built, "hooks", given={**await account(api), "ids": ids})
