"""What every way to WhatsApp keeps to, asked of both at the simulator: the dispatcher knows no difference."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import pytest_asyncio
from pydantic import SecretStr

from db.core.settings import get_settings
from db.senders import SenderProvider
from domain import providers
from domain.core.errors import ErrorCode, Refusal
from domain.providers import base
from domain.providers.base import (
    Accepted,
    Account,
    Cards,
    Content,
    Emoji,
    InDoubt,
    Interactive,
    Media,
    NotSent,
    Outgoing,
    Place,
    Refused,
    Text,
)
from domain.providers.reactions import KEEPING, Reaction
from tests.factories import phone, unique
from tests.running import Simulator, free_port
from tests.waha import connected

KINDS: dict[str, Content] = {
    "text": Text("Olá"),
    "image": Media("IMAGE", link="https://x.example/a.png", caption="Front"),
    "video": Media("VIDEO", link="https://x.example/a.mp4"),
    "audio": Media("AUDIO", link="https://x.example/a.mp3"),
    "voice": Media("VOICE", link="https://x.example/a.ogg"),
    "document": Media("DOCUMENT", link="https://x.example/i.pdf", filename="i.pdf"),
    "location": Place({"latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": None}),
    "contacts": Cards([{"name": "Rita", "phone_numbers": ["+351910000111"], "emails": [], "company": None}]),
    "buttons": Interactive(
        "Keep?",
        {
            "kind": "interactive",
            "header": None,
            "footer": None,
            "buttons": [{"type": "REPLY", "title": "Keep", "payload": "k"}],
            "sections": [],
        },
    ),
    "list": Interactive(
        "Pick",
        {
            "kind": "interactive",
            "header": None,
            "footer": "Clinic",
            "buttons": [{"type": "LIST", "title": "Slots"}],
            "sections": [{"title": "Friday", "rows": [{"payload": "f10", "title": "10:00", "description": None}]}],
        },
    ),
    "link": Interactive(
        "Pay",
        {
            "kind": "interactive",
            "header": None,
            "footer": None,
            "buttons": [{"type": "URL", "title": "Pay", "url": "https://x.example/p"}],
            "sections": [],
        },
    ),
}


@dataclass(frozen=True)
class Way:
    """A provider, and what the simulator knows of it."""

    account: Account
    simulator: Simulator
    setting: Literal["whatsapp_api_url", "waha_url"]

    @property
    def api(self) -> base.Provider:
        return providers.of(self.account)

    @property
    def number(self) -> str:
        """By what the simulator calls our number."""
        return self.account.session or self.account.phone_number_id

    def message(self, content: Content, *, to: str | None = None, **given: Any) -> Outgoing:
        return Outgoing(to or phone(), f"1.{unique()}", content, **given)

    def accepted(self) -> int:
        return int(self.simulator.get("ledger", phone_number_id=self.number)["total"])

    @contextmanager
    def fault(self, kind: str, **given: Any) -> Iterator[None]:
        self.simulator.post("faults", kind=kind, phone_number_id=self.number, **given)
        yield
        self.simulator.forget_faults()


@pytest_asyncio.fixture(loop_scope="session", params=["CLOUD_API", "WAHA", "WAHA with ids of the engine's"])
async def way(request: pytest.FixtureRequest, simulator: Simulator) -> AsyncIterator[Way]:
    simulator.configure(
        waha_start=0.05, waha_patience=0.3, waha_engine="WEBJS" if request.param.endswith("s") else "NOWEB"
    )
    if request.param == "CLOUD_API":
        yield Way(Account(1, unique("pn"), "a-token"), simulator, "whatsapp_api_url")
    else:
        sender = await connected(simulator)
        account = Account(sender.id, "", "", SenderProvider.WAHA, str(sender.session_name))
        yield Way(account, simulator, "waha_url")
    simulator.forget_faults()
    simulator.configure(waha_engine="NOWEB")


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_accepted_once_under_an_id_of_its_own(way: Way, kind: str) -> None:
    first, second = await way.api.send(way.message(KINDS[kind])), await way.api.send(way.message(KINDS[kind]))
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.provider_message_id != second.provider_message_id
    assert way.accepted() == 2


async def test_replies_and_reactions_name_the_message_that_they_are_to(way: Way) -> None:
    to = phone()
    quoted = await way.api.send(way.message(Text("first"), to=to))
    assert isinstance(quoted, Accepted)
    id = quoted.provider_message_id
    answer = await way.api.send(way.message(Text("second"), to=to, reply_to=id, quotes_own=True))
    assert isinstance(answer, Accepted)
    for emoji in ("👍", None):
        reaction = await way.api.send(way.message(Emoji(id, emoji), to=to, quotes_own=True))
        assert isinstance(reaction, Accepted)


async def test_the_same_send_twice_is_two_messages(way: Way) -> None:
    """Neither knows idempotency: whoever doubts must not just send again."""
    message = way.message(Text("twice"))
    first, second = await way.api.send(message), await way.api.send(message)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert way.accepted() == 2


@pytest.mark.parametrize("kind", ["cut_after_accept", "bad_gateway_after_accept"])
async def test_an_answer_that_is_lost_leaves_doubt(way: Way, kind: str) -> None:
    with way.fault(kind):
        assert isinstance(await way.api.send(way.message(Text("lost"))), InDoubt)
    assert way.accepted() == 1


@pytest.mark.parametrize("kind", ["cut_before_accept", "bad_gateway"])
async def test_what_was_not_taken_leaves_the_same_doubt(way: Way, kind: str) -> None:
    with way.fault(kind):
        assert isinstance(await way.api.send(way.message(Text("lost"))), InDoubt)
    assert way.accepted() == 0


@pytest.mark.parametrize("kind", ["garbled", "empty"])
async def test_an_answer_that_cannot_be_read_leaves_doubt_where_the_id_was_not_ours(way: Way, kind: str) -> None:
    with way.fault(kind):
        assert isinstance(await way.api.send(way.message(Text("what"))), InDoubt)
    assert way.accepted() == 1


async def test_an_answer_that_does_not_come_leaves_doubt(way: Way) -> None:
    with way.fault("slow", seconds=1.0):
        assert isinstance(await way.api.send(way.message(Text("late"))), InDoubt)


async def test_where_nobody_listens_it_is_surely_not_sent(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), way.setting, f"http://127.0.0.1:{free_port()}")
    assert isinstance(await way.api.send(way.message(Text("nobody"))), NotSent)


async def test_credentials_that_are_refused_stop_the_sender_and_burn_nothing(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "waha_api_key", SecretStr("wrong"))
    with way.fault("refuse", code=190):
        outcome = await way.api.send(way.message(Text("who")))
    assert isinstance(outcome, Refused)
    assert outcome.error.reaction in KEEPING
    assert outcome.error.reaction is not Reaction.SLOW
    assert outcome.error.code is ErrorCode.WHATSAPP_API_ERROR
    assert way.accepted() == 0


async def test_what_cannot_be_sent_fails_for_good_with_words(way: Way) -> None:
    """Each has something that it lacks: here a form without its id, there any form."""
    form = Interactive(
        "Tell us",
        {
            "kind": "interactive",
            "header": None,
            "footer": None,
            "buttons": [{"type": "FLOW", "title": "Open", "flow_id": "1"}],
            "sections": [],
        },
    )
    with way.fault("refuse", code=100):
        outcome = await way.api.send(way.message(form))
    assert isinstance(outcome, Refused)
    assert outcome.error.reaction is Reaction.FAIL
    assert outcome.error.message
    assert way.accepted() == 0


async def test_reading_and_typing_are_shown(way: Way) -> None:
    id = f"{way.account.session}:3EB0" if way.account.session else f"wamid.{unique()}"
    person = phone()
    await way.api.mark_read(id, person)
    await way.api.mark_read(id, person, typing=True)
    receipts = [each for each in way.simulator.get("receipts")["receipts"] if each["phone_number_id"] == way.number]
    assert {each["typing"] for each in receipts} == {False, True}
    await way.api.stop_typing(person)


async def test_reading_that_cannot_be_shown_is_told(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), way.setting, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Refusal) as caught:
        await way.api.mark_read("x:1", phone())
    assert caught.value.code is ErrorCode.WHATSAPP_API_ERROR
