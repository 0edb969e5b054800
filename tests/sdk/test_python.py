"""The SDK for Python as its wheel holds it: generated from what is there, and programs on it work with the real API."""

import asyncio
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tidings_sdk import (
    AsyncTidings,
    ContactFilter,
    ConversationRef,
    CreateContactInput,
    CreateGroupInput,
    CreateScheduleInput,
    EventFilter,
    LoginInput,
    MessageInput,
    SendMessageInput,
    Tidings,
    TidingsError,
)

import domain
from db.accounts import Role, Scope
from db.core import connect
from db.messages import Message, Priority
from domain import analytics
from domain.events import Place
from domain.events import encode as cursor
from graph.core.ids import decode, encode
from sdk.python import codegen
from tests import apart, factories
from tests.clients.line import Line
from tests.clients.node import ROOT, run
from tests.clients.sending import PEOPLE, SEEN_BEFORE_THE_CUT, logged, over, prepared
from tests.conftest import PASSWORD
from tests.domain.conversations.surroundings import a_conversation
from tests.running import Api, Program

pytestmark = pytest.mark.timeout(300)  # the first to want the generator installs it

SDK = ROOT / "sdk/python"
WHEEL = f"tidings_sdk-{domain.VERSION}-py3-none-any.whl"


def test_what_is_generated_is_current(tmp_path: Path) -> None:
    codegen.write(tmp_path)
    written = {file.relative_to(tmp_path): file.read_text() for file in tmp_path.rglob("*.py")}
    assert len(written) > 100
    kept = {
        file.relative_to(SDK / "tidings_sdk")
        for folder in ("generated", "synchronous")
        for file in (SDK / "tidings_sdk" / folder).rglob("*.py")
    }
    assert kept | {Path("harmless.py")} == set(written)
    other = [name for name, text in written.items() if (SDK / "tidings_sdk" / name).read_text() != text]
    assert other == [], "make sdk"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel brings, and nothing of its sources."""
    folder = tmp_path_factory.mktemp("python")
    source = folder / "source"
    names = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    listed = subprocess.run(names, cwd=SDK, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((SDK / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source]
    subprocess.run(command, check=True, timeout=120)
    with zipfile.ZipFile(folder / WHEEL) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


async def program(installed: Path, name: str, *arguments: str, **environment: str) -> list[str]:
    given = {**environment, "PYTHONPATH": str(installed), "PATH": os.environ["PATH"]}
    command = ["env", *(f"{key}={value}" for key, value in given.items())]
    command += [sys.executable, "-W", "error", str(ROOT / f"examples/sdk/{name}.py"), *arguments]
    status, said = await run(command, cwd=installed)
    assert status == 0, said
    return said.splitlines()


async def bearer(api: Api, *scopes: Scope) -> dict[str, str]:
    token = await factories.api_token(await factories.user(), Scope.READ, *scopes)
    return {"TIDINGS_URL": api.url, "TIDINGS_TOKEN": token}


def test_the_wheel_wants_three_packages_and_says_its_types(installed: Path) -> None:
    metadata = (installed / f"tidings_sdk-{domain.VERSION}.dist-info/METADATA").read_text()
    wants = {line.split()[1].split(">")[0] for line in metadata.splitlines() if line.startswith("Requires-Dist")}
    assert wants == {"httpx", "pydantic", "websockets"}
    assert (installed / "tidings_sdk/py.typed").is_file()
    assert not (installed / "codegen.py").exists()


@pytest.mark.soak
async def test_it_is_installed_into_an_empty_environment_and_sends(
    api: Api, worker: Program, installed: Path, tmp_path: Path
) -> None:
    """As whoever has only the wheel does; what it wants comes from the index. The program is its README's."""
    programs = apart.environment(tmp_path / "venv", installed.parent / WHEEL)
    found = "SELECT phone_number FROM contact_phone JOIN conversation USING (contact_id) WHERE conversation.id = $1"
    number: str = await connect.value(found, await a_conversation())
    token = (await bearer(api, Scope.CONVERSATIONS))["TIDINGS_TOKEN"]
    [text] = re.findall(r"^```python\n(.*?)^```", (SDK / "README.md").read_text(), re.M | re.S)
    for usual, given in {"http://127.0.0.1:8000": api.url, "…": token, "+5511987654321": number}.items():
        assert f'"{usual}"' in text
        text = text.replace(f'"{usual}"', repr(given))
    status, said = await run([str(programs / "python"), "-I", "-W", "error", "-c", text], cwd=tmp_path)
    assert status == 0, said
    id, state = said.split()
    assert state == "QUEUED"
    assert (await Message.get(id=decode(id, "Message"))).content == "Hello from Python!"


async def test_a_message_is_scheduled_for_a_group(api: Api, installed: Path) -> None:
    """S1's example."""
    await factories.sender(is_default=True)
    group = await factories.group(await factories.contact())
    environment = await bearer(api, Scope.CAMPAIGNS, Scope.CONTACTS)
    assert await program(installed, "schedule", encode("Group", group.id), **environment) == ["Status: PENDING"]


async def test_a_text_is_sent_and_its_conversation_read(api: Api, worker: Program, installed: Path) -> None:
    """S3's example: the number as a chat id, the priority as a number."""
    found = "SELECT phone_number FROM contact_phone JOIN conversation USING (contact_id) WHERE conversation.id = $1"
    began = datetime.now(UTC).date()
    # Its bot says nothing: what others have given it to read, it would answer from.
    conversation = await a_conversation((await factories.sender()).id)
    number: str = await connect.value(found, conversation)
    environment = await bearer(api, Scope.CONVERSATIONS)
    await analytics.count_new()
    before = {day: await said_on(day) for day in (began, began + timedelta(days=1))}
    assert sum(before.values()) > 0
    said = await program(installed, "send", f"{number.removeprefix('+')}@c.us", **environment)
    queued = await Message.get(id=decode(said[0].removeprefix("Message queued: "), "Message"))
    assert (queued.content, queued.priority) == ("Hello from the API!", Priority.NORMAL)
    theirs: str = await connect.value(
        "SELECT m.content FROM message m JOIN conversation c USING (sender_id, contact_id)"
        " WHERE c.id = $1 AND m.direction = 'INBOUND'",
        conversation,
    )
    assert sorted(said[1:-1]) == sorted(["Hello from the API!", theirs])
    counted = int(said[-1].removeprefix("Messages today: "))
    # The worker counts on while the program runs, and a day may end.
    bounds = {day: (before[day], await said_on(day)) for day in {began, datetime.now(UTC).date()}}
    assert any(least <= counted <= most for least, most in bounds.values()), (counted, bounds)


async def test_a_priority_may_be_a_number_from_1_to_5(api: Api) -> None:
    found = "SELECT phone_number FROM contact_phone JOIN conversation USING (contact_id) WHERE conversation.id = $1"
    number: str = await connect.value(found, await a_conversation())
    async with await signed_in(api) as tidings:
        sent = [await tidings.send_text(number, "Hello", priority=each) for each in range(1, 6)]
    kept = [(await Message.get(id=decode(each.id, "Message"))).priority for each in sent]
    assert kept == [Priority.LOW, Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT]


async def said_on(day: date) -> int:
    """What conversations have heard and sent on a day of UTC, counted one by one."""
    start = datetime.combine(day, datetime.min.time(), UTC)
    counted: int = await connect.value(
        "SELECT count(*) FROM message m JOIN conversation c USING (sender_id, contact_id) WHERE c.deleted_at IS NULL"
        " AND m.type <> 'REACTION' AND m.state <> 'FAILED' AND m.deleted_at IS NULL"
        " AND CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END >= $1"
        " AND CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END < $1 + interval '1 day'",
        start,
    )
    return counted


async def signed_in(api: Api, url: str | None = None) -> AsyncTidings:
    user = await factories.user(role=Role.ADMIN, password=PASSWORD)
    tidings = AsyncTidings(url or api.url, wait=0.05)
    await tidings.login(LoginInput(email=user.email, password=PASSWORD))
    return tidings


async def test_every_node_of_a_connection_page_by_page(api: Api) -> None:
    names = ["Ana", "Bia", "Cid", "Dora", "Eva"]
    made = [await factories.contact(name=name) for name in names]
    people = [encode("Contact", contact.id) for contact in made]
    ours = ContactFilter(groupId=encode("Group", (await factories.group(*made)).id))
    async with await signed_in(api) as tidings:
        found = [each.id async for each in tidings.each(tidings.contacts, filter_=ours, first=2)]
        assert sorted(found) == sorted(people)
        token = tidings.token

    def read() -> list[str]:
        with Tidings(api.url, token) as alone:
            return [each.id for each in alone.each(alone.contacts, filter_=ours, first=2)]

    assert sorted(await asyncio.to_thread(read)) == sorted(people)


async def test_a_refusal_says_its_code_and_field(api: Api) -> None:
    async with await signed_in(api) as tidings:
        with pytest.raises(TidingsError) as refused:
            await tidings.send_text("+919", "Hello")
        assert (refused.value.code, refused.value.field) == ("INVALID_PHONE_NUMBER", "to.phoneNumber")
        assert refused.value.reason
        assert refused.value.request_id
        with pytest.raises(ValueError, match="1 to 5"):
            await tidings.send_text("+919", "Hello", priority=6)


async def test_a_stale_token_is_renewed_once_for_all(api: Api) -> None:
    told: list[tuple[str | None, str | None]] = []
    async with await signed_in(api) as tidings:
        tidings.token, tidings.on_tokens = "a.stale.token", lambda *pair: told.append(pair)
        await asyncio.gather(*(tidings.me() for _ in range(5)))
        assert told == [(tidings.token, tidings.refresh_token)]
        await tidings.logout(tidings.refresh_token or "")
        assert told[1:] == [(None, None)]
        with pytest.raises(TidingsError) as refused:
            await tidings.users()
        assert refused.value.code == "AUTHENTICATION_ERROR"


class Losing(httpx.AsyncHTTPTransport):
    """Loses the answers to the first requests, or the requests before they leave."""

    def __init__(self, count: int, error: Callable[[str], httpx.TransportError]) -> None:
        super().__init__()
        self.count, self.error, self.asked = count, error, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        lost = self.asked <= self.count
        if lost and self.error is httpx.ConnectError:
            raise self.error("lost")
        response = await super().handle_async_request(request)
        if lost:
            await response.aread()
            await response.aclose()
            raise self.error("lost")
        return response


async def test_only_what_does_no_harm_is_tried_again(api: Api) -> None:
    conversation = encode("Conversation", await a_conversation())
    async with await signed_in(api) as tidings:

        async def losing(count: int, error: Callable[[str], httpx.TransportError] = httpx.ReadError) -> Losing:
            transport = Losing(count, error)
            await tidings.http.aclose()
            tidings.http = httpx.AsyncClient(transport=transport)
            return transport

        line = await losing(2)
        assert (await tidings.me()).id
        assert line.asked == 3
        # A message goes with an id of its own: lost twice and sent once.
        line = await losing(2)
        sent = await tidings.send_message(
            SendMessageInput(to=ConversationRef(id=conversation), message=MessageInput(text="Once"))
        )
        assert line.asked == 3
        assert sent.correlation_id
        assert await connect.value("SELECT count(*) FROM message WHERE correlation_id = $1", sent.correlation_id) == 1
        # A group may have been made: the caller is told, and looks.
        name = factories.unique("Group")
        line = await losing(1)
        with pytest.raises(TidingsError) as unanswered:
            await tidings.create_group(CreateGroupInput(name=name))
        assert (line.asked, unanswered.value.code) == (1, "NETWORK_ERROR")
        assert await connect.value("SELECT count(*) FROM contact_group WHERE name = $1", name) == 1
        # It surely was not, where no connection was made.
        line = await losing(1, httpx.ConnectError)
        assert (await tidings.create_group(CreateGroupInput(name=f"{name} 2"))).id
        assert line.asked == 2


async def test_a_file_is_uploaded(api: Api) -> None:
    async with await signed_in(api) as tidings:
        file = await tidings.upload("hello.txt", b"Hello")
        found = await tidings.execute("query ($id: ID!) { node(id: $id) { id } }", None, {"id": file})
        assert found["node"]["id"] == file


@pytest.mark.parametrize("kind", ["asynchronous", "synchronous"])
async def test_events_go_on_after_a_cut(api: Api, worker: Program, readers: None, kind: str) -> None:
    given = await prepared(api)
    heard: list[str] = []
    async with Line.to(urlsplit(api.url).port or 0) as line, await signed_in(api) as straight:
        url = f"http://127.0.0.1:{line.port}"
        start = await straight.newest_cursor()
        schedule = (await straight.create_schedule(CreateScheduleInput.model_validate(given["schedule"]))).id
        await straight.execute("mutation ($id: ID!) { sendScheduleNow(id: $id) { id } }", None, {"id": schedule})
        half = asyncio.Event()
        loop = asyncio.get_running_loop()
        filter = EventFilter(scheduleId=schedule)

        def hear(event_cursor: str) -> None:
            heard.append(event_cursor)
            if len(heard) == SEEN_BEFORE_THE_CUT:
                loop.call_soon_threadsafe(half.set)

        async def listen() -> None:
            async with AsyncTidings(url, straight.token, wait=0.05) as tidings:
                async for event in tidings.watch_message_events(filter, start):
                    hear(event.cursor)
                    if event.type_.value == "MESSAGE_COMPLETED":
                        return

        def listen_alone() -> None:
            with Tidings(url, straight.token, wait=0.05) as tidings:
                for event in tidings.watch_message_events(filter, start):
                    hear(event.cursor)
                    if event.type_.value == "MESSAGE_COMPLETED":
                        return

        async with asyncio.timeout(60):
            task = asyncio.create_task(listen() if kind == "asynchronous" else asyncio.to_thread(listen_alone))
            await half.wait()
            line.cut()
            await over(api, schedule)
            line.mend()
            await task
    every = [each["cursor"] for each in await logged(api, schedule)]
    assert len(heard) > PEOPLE
    assert heard == every[: len(heard)]


async def test_a_cursor_that_has_gone_is_refused(api: Api) -> None:
    async with await signed_in(api) as tidings:
        with pytest.raises(TidingsError) as refused:
            async for _ in tidings.watch_message_events(after=cursor(Place("0123abcd", 1))):
                pass
        assert refused.value.code == "CURSOR_EXPIRED"
    async with AsyncTidings(api.url, "a.stale.token", wait=0.05) as stranger:
        with pytest.raises(TidingsError) as refused:
            await stranger.create_contact(CreateContactInput(name="Ana", phones=[]))
        assert refused.value.code == "AUTHENTICATION_ERROR"
