"""Files on their way out: uploaded once, reused until WhatsApp forgets them, and refused by themselves alone."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from db.core import connect
from db.files import ProviderMedia
from db.messages import MessageType
from db.senders import SenderProvider
from domain import files
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.files import Wanted, providing, storage
from domain.messages import dispatch
from domain.messages.carrying import carry
from domain.providers import media
from domain.providers.base import Account, Interactive, Media, NotSent, Outgoing, Refused, Text
from domain.providers.media import Held, Stored
from domain.providers.reactions import ProviderError, Reaction
from tests.domain.files import samples
from tests.domain.files.surroundings import announced, uploaded
from tests.domain.messages.surroundings import a_sender
from tests.factories import unique
from tests.running import Simulator

pytestmark = [
    pytest.mark.usefixtures("simulator", "place"),
    pytest.mark.timeout(300),
]  # the first to want S3 installs its server


async def an_account(**given: Any) -> Account:
    return replace(Account(await a_sender(), unique("pn"), "a-token"), **given)


async def provided(account: Account, id: int, type: MessageType = MessageType.IMAGE) -> Held | ProviderError | NotSent:
    return (await files.provide(account, [(id, type)]))[id, type]


def taken_by(simulator: Simulator, account: Account, id: str | None) -> dict[str, Any]:
    """What WhatsApp says of a file that it holds."""
    answer = httpx.get(
        f"{simulator.url}/v26.0/{id}",
        params={"phone_number_id": account.phone_number_id},
        headers={"Authorization": "Bearer a-token"},
        trust_env=False,
    )
    return answer.json()


class Uploads:
    """Counts what is handed over, and may hold it up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self._upload = media.upload
        monkeypatch.setattr(media, "upload", self)

    async def __call__(self, account: Account, file: Stored) -> Held | ProviderError | NotSent:
        self.names.append(file.name)
        await self.may_end.wait()
        return await self._upload(account, file)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: a test of impatience says so itself."""
    monkeypatch.setattr(providing, "PATIENCE", 60)


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> Uploads:
    return Uploads(monkeypatch)


async def test_a_file_is_uploaded_once_for_each_sender(simulator: Simulator, uploads: Uploads) -> None:
    file, account, other = await uploaded("Ação 1.png"), await an_account(), await an_account()
    first = await asyncio.gather(*(provided(account, file.id) for _ in range(5)))
    assert len(set(first)) == 1
    [held] = set(first)
    assert isinstance(held, Held)
    told = taken_by(simulator, account, held.id)
    assert (told["mime_type"], told["file_size"], told["sha256"]) == (
        "image/png",
        file.size_bytes,
        (file.sha256 or b"").hex(),
    )
    assert await provided(account, file.id) == held
    assert await provided(other, file.id) != held
    assert uploads.names == ["Ação 1.png", "Ação 1.png"]


async def test_it_is_uploaded_anew_before_whatsapp_forgets_it(uploads: Uploads) -> None:
    file, account = await uploaded(), await an_account()
    first = await provided(account, file.id)
    kept = await ProviderMedia.get(file_id=file.id)
    assert 28 < (kept.expires_at - kept.created_at).days <= 29
    await connect.execute("UPDATE provider_media SET expires_at = now() WHERE file_id = $1", file.id)
    second = await provided(account, file.id)
    assert first != second
    assert isinstance(second, Held)
    assert (len(uploads.names), (await ProviderMedia.get(file_id=file.id)).provider_id) == (2, second.id)


@pytest.mark.parametrize(
    ("name", "content", "type"),
    [
        ("a.csv", b"a,b\n1,2\n", MessageType.DOCUMENT),
        ("a.md", b"# Title\n", MessageType.DOCUMENT),
        ("a.pdf", samples.PDF, MessageType.DOCUMENT),
        ("a.ogg", samples.ogg(), MessageType.VOICE),
        ("a.webp", samples.webp(), MessageType.STICKER),
    ],
)
async def test_whatsapp_takes_what_we_say_it_takes(name: str, content: bytes, type: MessageType) -> None:
    file = await uploaded(name, content)
    held = await provided(await an_account(), file.id, type)
    assert isinstance(held, Held)
    assert held.id is not None


async def test_documents_that_it_does_not_take_as_uploads_it_fetches_from_a_link() -> None:
    file = await uploaded("a.gif", samples.GIF)
    held = await provided(await an_account(), file.id, MessageType.DOCUMENT)
    assert isinstance(held, Held)
    assert held.id is None
    assert f"/files/{file.id}?" in (held.link or "")
    assert not await ProviderMedia.filter(file_id=file.id).exists()


async def test_waha_is_given_a_link() -> None:
    file = await uploaded()
    held = await provided(await an_account(provider=SenderProvider.WAHA), file.id)
    assert isinstance(held, Held)
    assert (held.id, f"/files/{file.id}?" in (held.link or "")) == (None, True)


async def test_what_cannot_be_sent_fails_by_itself_alone(simulator: Simulator) -> None:
    account, good = await an_account(), await uploaded()
    waiting, failed, deleted = (await announced()).file, (await announced()).file, await uploaded()
    await connect.execute("UPDATE file SET status = 'FAILED', error_message = 'No.' WHERE id = $1", failed.id)
    await files.delete(SYSTEM, deleted.id)
    sound, sticker = await uploaded("a.mp3", samples.MP3), await uploaded("a.webp", samples.webp(size=200_000))
    gone = await uploaded()
    await storage.remove(gone.id)
    wanted: list[Wanted] = [
        *((file.id, MessageType.IMAGE) for file in (good, waiting, failed, deleted, sound, gone)),
        (sticker.id, MessageType.STICKER),
        (2**40, MessageType.IMAGE),
    ]
    found = await files.provide(account, wanted)
    told = [(one.code, one.reaction) if isinstance(one, ProviderError) else type(one) for one in map(found.get, wanted)]
    assert told == [
        Held,
        NotSent,
        (ErrorCode.VALIDATION_ERROR, Reaction.FAIL),
        (ErrorCode.NOT_FOUND, Reaction.FAIL),
        (ErrorCode.VALIDATION_ERROR, Reaction.FAIL),
        (ErrorCode.INTERNAL_ERROR, Reaction.FAIL),
        (ErrorCode.VALIDATION_ERROR, Reaction.FAIL),
        (ErrorCode.NOT_FOUND, Reaction.FAIL),
    ]


async def test_an_upload_that_takes_long_goes_on_while_messages_come_again(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providing, "PATIENCE", 0.1)
    file, account = await uploaded(), await an_account()
    uploads.may_end.clear()
    for _ in range(2):
        late = await provided(account, file.id)
        assert isinstance(late, NotSent)
    uploads.may_end.set()
    async with asyncio.timeout(60):
        while isinstance(found := await provided(account, file.id), NotSent):
            pass
    assert isinstance(found, Held)
    assert len(uploads.names) == 1, "whoever comes again waits for the same upload, or finds what it left"


async def test_whoever_looked_before_an_upload_ended_does_not_begin_another(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, account = await uploaded(), await an_account()
    look = providing._held
    looked: list[int] = []

    async def too_early(sender_id: int, ids: list[int]) -> dict[int, Held]:
        looked.append(len(looked))
        return {} if len(looked) == 3 else await look(sender_id, ids)

    monkeypatch.setattr(providing, "_held", too_early)
    first = await provided(account, file.id)
    assert await provided(account, file.id) == first
    assert (uploads.names, len(looked)) == ([file.name], 4)


async def test_whatsapps_refusal_is_told(simulator: Simulator) -> None:
    simulator.configure(expired_tokens=["a-bad-token"])
    file = await uploaded()
    refused = await provided(await an_account(access_token="a-bad-token"), file.id)
    assert isinstance(refused, ProviderError)
    assert (refused.provider_code, refused.reaction) == (190, Reaction.EXPIRE_SENDER)
    simulator.configure(expired_tokens=[])


async def test_while_whatsapp_is_away_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "address", lambda path: f"http://127.0.0.1:1/{path}")  # pyright: ignore[reportUnknownLambdaType]
    away = await provided(await an_account(), (await uploaded()).id)
    assert isinstance(away, NotSent)


async def test_messages_carry_what_whatsapp_calls_their_file() -> None:
    account, file, sound = await an_account(), await uploaded(), await uploaded("a.mp3", samples.MP3)
    picture = Media("IMAGE", file_id=file.id, caption="Here")
    header: Any = {"kind": "interactive", "header": None, "footer": None, "buttons": [], "sections": []}
    contents = [picture, Interactive("Choose", header, picture), Text("words"), Media("IMAGE", file_id=sound.id)]
    departures = [
        dispatch.Departure(number, uuid4(), 0, Outgoing("+351910000111", "c", content))
        for number, content in enumerate(contents)
    ]
    first, second, third, fourth = await carry(account, departures)
    assert first.outgoing is not None
    assert second.outgoing is not None
    assert first.outgoing.media is not None
    assert (first.outgoing.media.caption, first.outgoing.media.id is not None) == ("Here", True)
    assert first.outgoing.media.filename == file.name
    assert second.outgoing.media == first.outgoing.media
    assert (third, third.outcome) == (departures[2], None)
    assert isinstance(fourth.outcome, Refused)
