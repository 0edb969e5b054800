"""What people send is fetched, checked and kept whole, however often that must be tried."""

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import pytest_asyncio

from db.contacts import JobStatus
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.files import File
from domain import files
from domain.core import fetch
from domain.core.access import SYSTEM
from domain.files import fetching, kinds, storage, tending
from domain.providers import media
from domain.providers.base import Account
from domain.providers.media import Held, Stored
from tests.domain.core.test_fetch import Site, serve
from tests.domain.files.surroundings import PNG, coming, events_of, kept
from tests.domain.files.theirs import a_sender_with_an_account, held, received, tended
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.domain.messages.surroundings import events_of as events_of_message
from tests.running import Simulator

pytestmark = [pytest.mark.usefixtures("place"), pytest.mark.timeout(300)]  # the first to want S3 installs its server


@pytest_asyncio.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A server of the public internet, as far as we can tell."""
    site, runner = await serve("127.0.0.1")
    monkeypatch.setattr(fetch, "is_public", lambda _: True)  # pyright: ignore[reportUnknownLambdaType]
    yield site
    site.let_go.set()
    await runner.cleanup()


async def named(url: str) -> File:
    """A file that a message names by its URL."""
    source = f'{{"url": "{url}"}}'
    id = await connect.value("INSERT INTO file (name, source, due_at) VALUES ('a.png', $1, now()) RETURNING id", source)
    return await File.get(id=id)


async def claimed(file: File) -> File | None:
    """This file, where it is to be fetched now: others may be due again by then, on a busy machine."""
    return next((found for found in await fetching.claim(100, 100) if found.id == file.id), None)


async def taken(file: File) -> File:
    found = await claimed(file)
    assert found is not None
    return found


@pytest.mark.parametrize("spelling", ["hex", "HEX", "base64", "none", "nonsense"])
async def test_what_somebody_sent_is_fetched_and_told_of(simulator: Simulator, spelling: str) -> None:
    digest = hashlib.sha256(PNG)
    sha256 = {
        "hex": digest.hexdigest(),
        "HEX": digest.hexdigest().upper(),
        "base64": base64.b64encode(digest.digest()).decode(),
        "none": None,
    }.get(spelling, "nonsense")
    file = await received(held(simulator), sha256=sha256)
    assert (file.status, file.name, file.mime_type) == (JobStatus.QUEUED, "image.png", "image/png")
    done = await tended(file.id)
    assert (done.status, done.mime_type, done.size_bytes, done.sha256) == (
        JobStatus.COMPLETED,
        "image/png",
        len(PNG),
        digest.digest(),
    )
    assert (kept(file.id), coming(), done.due_at) == (PNG, 0, None)
    assert await events_of(file.id) == ["FILE_UPDATED", "FILE_UPDATED"]


async def test_the_message_that_carries_it_is_told_of_and_its_conversation_found(simulator: Simulator) -> None:
    sender, contact = await a_sender_with_an_account(), await a_contact()
    file = await received(held(simulator), sender_id=sender)
    message = await a_message(sender, contact, media_id=file.id, state="RECEIVED", due_at=None)
    conversation = await connect.value(
        "INSERT INTO conversation (sender_id, contact_id, address) VALUES ($1, $2, 'x') RETURNING id", sender, contact
    )
    done = await tended(file.id)
    assert (done.status, done.conversation_id) == (JobStatus.COMPLETED, conversation)
    assert await events_of_message(message) == ["UPDATED"]


async def test_many_are_announced_at_once_in_their_order() -> None:
    sender = await a_sender()
    announced = [files.Received(sender, str(number), name=f"{number}.pdf", size=number) for number in range(300)]
    ids = await files.receive(announced)
    names = {file.id: (file.name, file.size_bytes, file.source) for file in await File.filter(id__in=ids)}
    assert [names[id] for id in ids] == [
        (f"{number}.pdf", number, {"id": str(number), "sha256": None, "mime_type": None}) for number in range(300)
    ]
    assert await files.receive([]) == []
    await connect.execute("DELETE FROM file WHERE id = ANY($1)", ids)


async def test_a_file_of_any_kind_is_kept_that_somebody_sent(simulator: Simulator) -> None:
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    done = await tended((await received(held(simulator, page, "text/html"), page, name="page.html")).id)
    assert (done.status, done.mime_type) == (JobStatus.COMPLETED, "text/html")
    odd = await tended((await received(held(simulator, bytes(10), "image/png"), bytes(10))).id)
    assert odd.mime_type == "image/png"


async def test_bytes_that_are_not_those_announced_are_not_kept(simulator: Simulator) -> None:
    file = await received(held(simulator), b"something else")
    tried = await tended(file.id)
    assert (tried.status, tried.attempts, kept(file.id), coming()) == (JobStatus.QUEUED, 1, None, 0)
    assert "SHA-256" in (tried.error_message or "")
    assert tried.due_at is not None
    assert 0 < (tried.due_at - tried.updated_at).total_seconds() < 5


async def test_what_whatsapp_does_not_know_is_given_up_with_words(simulator: Simulator, tmp_path: Path) -> None:
    path_of_png = tmp_path / "a.png"
    path_of_png.write_bytes(PNG)
    stored = Stored(nullcontext(path_of_png), "a.png", "image/png", "")
    elsewhere = await media.upload(Account(0, "another-number", "a-token"), stored)
    assert isinstance(elsewhere, Held)
    file = await received(elsewhere.id or "")
    message = await a_message(await a_sender(), media_id=file.id, state="RECEIVED", due_at=None)
    failed = await tended(file.id)
    assert (failed.status, failed.due_at) == (JobStatus.FAILED, None)
    assert (failed.error_message or "").startswith("WhatsApp says: ")
    assert await events_of(file.id) == ["FILE_UPDATED", "FILE_UPDATED"]
    assert await events_of_message(message) == ["UPDATED"]


async def test_a_sender_without_an_account_fetches_nothing(simulator: Simulator) -> None:
    failed = await tended((await received(held(simulator), sender_id=await a_sender())).id)
    assert (failed.status, failed.error_message) == (
        JobStatus.FAILED,
        "Its sender has no account at WhatsApp, or not any more.",
    )


async def test_a_sender_that_is_paused_still_fetches(simulator: Simulator) -> None:
    sender = await a_sender_with_an_account(status="STOPPED")
    assert (await tended((await received(held(simulator), sender_id=sender)).id)).status is JobStatus.COMPLETED


async def test_while_whatsapp_is_away_it_is_tried_again_and_at_last_given_up(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await received(held(simulator))
    with monkeypatch.context() as away:
        away.setenv("WHATSAPP_API_URL", "http://127.0.0.1:1")
        get_settings.cache_clear()
        waits: list[float] = []
        for _ in range(3):
            tried = await tended(file.id)
            assert tried.status is JobStatus.QUEUED
            assert tried.due_at is not None
            waits.append(round((tried.due_at - tried.updated_at).total_seconds()))
        assert waits == [2, 4, 8]
    get_settings.cache_clear()
    assert (await tended(file.id)).status is JobStatus.COMPLETED
    lost = await received(held(simulator), b"something else")
    await connect.execute("UPDATE file SET attempts = $2 WHERE id = $1", lost.id, fetching.MOST_ATTEMPTS - 1)
    assert (await tended(lost.id)).status is JobStatus.FAILED


async def test_one_that_is_being_fetched_is_nobody_elses_until_its_lease_ends(simulator: Simulator) -> None:
    file = await received(held(simulator))
    slow = await taken(file)
    assert await claimed(file) is None
    await connect.execute("UPDATE file SET due_at = now() - interval '1 s' WHERE id = $1", file.id)
    quick = await taken(file)
    assert (quick.id, quick.attempts) == (file.id, 2)
    # Whoever lost the lease keeps nothing and says nothing.
    await fetching.fetch(slow)
    assert ((await File.get(id=file.id)).status, kept(file.id)) == (JobStatus.RUNNING, None)
    await fetching.fetch(quick)
    assert ((await File.get(id=file.id)).status, kept(file.id)) == (JobStatus.COMPLETED, PNG)
    await fetching.fetch(slow)
    assert len(await events_of(file.id)) == 2


async def test_a_file_that_was_deleted_meanwhile_is_not_kept(simulator: Simulator) -> None:
    file = await received(held(simulator))
    slow = await taken(file)
    await files.delete(SYSTEM, file.id)
    await fetching.fetch(slow)
    assert (kept(file.id), coming()) == (None, 0)


async def test_what_comes_slowly_keeps_its_lease(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_RENEW_SECONDS", 0.05)
    file = await named(f"{site.url}/slow")
    slow = await taken(file)
    await connect.execute("UPDATE file SET due_at = now() + interval '1 s' WHERE id = $1", file.id)
    fetching_it = asyncio.create_task(fetching.fetch(slow))
    end = time.monotonic() + 10
    while not await connect.value("SELECT due_at > now() + interval '5 s' FROM file WHERE id = $1", file.id):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    # Somebody else has it now: this one stops.
    await connect.execute("UPDATE file SET attempts = attempts + 1, due_at = NULL WHERE id = $1", file.id)
    async with asyncio.timeout(10):
        await fetching_it
    assert coming() == 0


async def test_more_than_whatsapp_passes_on_is_let_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "MOST_RECEIVED", 1)
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 600)
    failed = await tended((await named(f"{site.url}/endless")).id)
    assert (failed.status, failed.error_message, coming()) == (JobStatus.FAILED, "It has more than 1 MB.", 0)


async def test_what_a_url_leads_to_is_kept_if_it_may_be_sent(site: Site) -> None:
    site.content = PNG
    done = await tended((await named(f"{site.url}/good")).id)
    assert (done.status, done.mime_type, kept(done.id)) == (JobStatus.COMPLETED, "image/png", PNG)
    site.content = b"<!DOCTYPE html><p>Please sign in"
    failed = await tended((await named(f"{site.url}/good")).id)
    assert (failed.status, kept(failed.id)) == (JobStatus.FAILED, None)
    site.content = b""
    assert (await tended((await named(f"{site.url}/good")).id)).error_message == "It is empty."


async def test_a_url_that_leads_inside_is_given_up(simulator: Simulator) -> None:
    """The simulator itself is such a place, when its URL comes from somebody else."""
    for url in (f"{simulator.url}/_simulator/settings", "http://localhost:6379/", "http://169.254.169.254/latest"):
        failed = await tended((await named(url)).id)
        assert failed.status is JobStatus.FAILED
        assert failed.error_message == "This address is not one of the public internet."


async def test_what_waha_holds_is_opened_with_its_key_at_its_own_address(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAHA_URL", simulator.url)
    monkeypatch.setenv("WAHA_API_KEY", simulator.get("settings")["waha_api_key"])
    get_settings.cache_clear()
    sender = await a_sender(provider="WAHA", session_name=f"s-{held(simulator)}")
    # As WAHA calls itself inside its container.
    url = f"http://localhost:3000/api/files/{held(simulator)}.png"
    done = await tended((await received(url, sender_id=sender)).id)
    assert (done.status, kept(done.id)) == (JobStatus.COMPLETED, PNG)
    monkeypatch.setenv("WAHA_API_KEY", "wrong")
    get_settings.cache_clear()
    refused = await tended((await received(url, sender_id=sender)).id)
    assert "HTTP 401" in (refused.error_message or "")
    broken = await tended((await received("http://[", sender_id=sender)).id)
    assert (broken.status, broken.error_message) == (JobStatus.FAILED, "WAHA names a URL that is none: http://[")
    elsewhere = await tended((await received(f"{simulator.url}0/other.png", sender_id=sender)).id)
    assert elsewhere.status is not JobStatus.COMPLETED


@pytest.mark.parametrize(
    "path",
    [
        *("../sessions", "x/../../sessions", ".%2E/sessions", "%2e%2E/sessions"),
        *("..%2Fsessions", "..\\sessions", "..", "/x"),
    ],
)
async def test_our_key_reads_nothing_of_waha_but_its_files(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("WAHA_URL", simulator.url)
    monkeypatch.setenv("WAHA_API_KEY", simulator.get("settings")["waha_api_key"])
    get_settings.cache_clear()
    sender = await a_sender(provider="WAHA", session_name=f"s-{held(simulator)}")
    found = await tended((await received(f"http://localhost:3000/api/files/{path}", sender_id=sender)).id)
    assert found.status is not JobStatus.COMPLETED
    assert "leads elsewhere" in (found.error_message or "")


async def test_what_workers_die_of_is_given_up(simulator: Simulator) -> None:
    file = await received(held(simulator))
    await connect.execute("UPDATE file SET attempts = 99, status = 'RUNNING' WHERE id = $1", file.id)
    failed = await tended(file.id)
    assert failed.status is JobStatus.FAILED
    assert "fault of the server" in (failed.error_message or "")


async def test_what_comes_slowly_holds_up_nothing_else(
    simulator: Simulator, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run ends after its seconds whatever it began: its place in the worker is needed to send messages."""
    monkeypatch.setattr(tending, "RUN_SECONDS", 0.2)
    slow = [await named(f"{site.url}/slow") for _ in range(tending.URLS_AT_ONCE)]
    began = time.monotonic()
    while await connect.value(
        "SELECT EXISTS (SELECT FROM file WHERE status = 'QUEUED' AND id = ANY($1))", [f.id for f in slow]
    ):
        await tending.tend()
    assert time.monotonic() - began < 5
    # The places of URLs are taken: one more is not claimed, and its attempts are not spent on waiting.
    late = await named(f"{site.url}/slow")
    assert await tending.tend() is False
    assert (await File.get(id=late.id)).attempts == 0
    # What people sent has places of its own.
    done = await tended((await received(held(simulator))).id)
    assert done.status is JobStatus.COMPLETED
    monkeypatch.setattr(tending, "AT_ONCE", tending.URLS_AT_ONCE)
    waits = await received(held(simulator))
    assert await tending.tend() is False
    assert (await File.get(id=waits.id)).attempts == 0, "all places are taken"
    await connect.execute("UPDATE file SET due_at = NULL, deleted_at = now() WHERE id = ANY($1)", [late.id, waits.id])


async def test_what_drips_gives_its_place_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.3)
    file = await named(f"{site.url}/slow")
    slow = await taken(file)
    async with asyncio.timeout(10):
        await fetching.fetch(slow)
    again = await File.get(id=file.id)
    assert (again.status, again.error_message) == (JobStatus.QUEUED, "It came too slowly.")
    await connect.execute("UPDATE file SET attempts = $2 WHERE id = $1", file.id, fetching.MOST_ATTEMPTS_OF_URL - 1)
    failed = await tended(file.id)
    assert (failed.status, failed.error_message, coming()) == (JobStatus.FAILED, "It came too slowly.", 0)


@pytest.mark.parametrize("mime_type", ["image/png\r\nX-Evil: 1", "image/\N{SNOWMAN}", "nonsense"])
async def test_what_a_sender_calls_its_file_stays_out_of_headers(simulator: Simulator, mime_type: str) -> None:
    """People choose the MIME type of what they send; of content that says nothing it would stand in our answers."""
    content = b"\1\2\3zz" * 10
    sender = await a_sender_with_an_account()
    id = held(simulator, content, "application/x-theirs")
    async with transaction():
        [made] = await files.receive([files.Received(sender, id, mime_type=mime_type)])
    done = await tended(made)
    assert (done.status, done.mime_type) == (JobStatus.COMPLETED, "application/x-theirs")


async def test_what_people_send_is_not_given_up_for_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, simulator: Simulator
) -> None:
    file = await received(held(simulator))
    await connect.execute("UPDATE file SET attempts = $2 WHERE id = $1", file.id, tending.MOST_ATTEMPTS - 1)
    with monkeypatch.context() as full:
        full.setattr(storage, "_make_room", lambda path: path.symlink_to("/dev/full"))
        tried = await tended(file.id)
    assert (tried.status, tried.error_message) == (JobStatus.QUEUED, "The disk that holds files takes nothing.")
    assert (tried.attempts, coming()) == (tending.MOST_ATTEMPTS - 1, 0)
    assert ((await tended(file.id)).status, kept(file.id)) == (JobStatus.COMPLETED, PNG)
