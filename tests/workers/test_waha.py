"""Messages leave through WAHA: people are looked for first, ids are kept before the send, doubts are looked up."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from db.contacts import ContactIdentity, ContactPhone
from db.core import connect
from db.core.settings import get_settings
from db.messages import Message
from db.senders import Sender, SenderStatus
from domain import senders
from domain.providers.waha import Waha
from tests import factories
from tests.databases import database_of_its_own
from tests.factories import phone, unique
from tests.running import Simulator, free_port
from tests.waha import becomes, connected, drive
from workers import messages


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _apart(database: None) -> AsyncIterator[None]:
    """Here no API and no worker hears what WAHA posts."""
    async with database_of_its_own():
        yield


@pytest.fixture(autouse=True)
def _waha(database: None, simulator: Simulator) -> Any:
    simulator.configure(waha_start=0.05, waha_patience=0.3, waha_engine="NOWEB", not_on_whatsapp_suffix="000")
    yield
    simulator.forget_faults()
    simulator.configure(waha_engine="NOWEB", waha_empty_share=0, not_on_whatsapp_suffix="")


async def queue(sender: Sender, text: str = "Hello", *, number: str | None = None, **given: Any) -> Message:
    number = number or phone()
    contact = await factories.contact(phone_number=number)
    return await Message.create(
        **{
            "sender_id": sender.id,
            "contact_id": contact.id,
            "direction": "OUTBOUND",
            "author": "SYSTEM",
            "type": "TEXT",
            "purpose": "UTILITY",
            "state": "QUEUED",
            "address": number,
            "content": text,
            "due_at": await connect.value("SELECT now()"),
            **given,
        }
    )


async def now(message: Message) -> Message:
    return await Message.get(id=message.id)


async def again(message: Message) -> None:
    """Makes it due, as the clock does when its doubt is decided."""
    await connect.execute(
        "UPDATE message SET state = 'QUEUED', due_at = now(), lease_until = NULL WHERE id = $1", message.id
    )


def sent_to(simulator: Simulator, sender: Sender, text: str) -> list[dict[str, Any]]:
    found = simulator.get("ledger", phone_number_id=str(sender.session_name))["messages"]
    return [each for each in found if each["text"] == text]


async def test_a_message_leaves_under_an_id_that_is_kept_before(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await connected(simulator)
    message = await queue(sender, text := unique("hello"))
    await messages.dispatch(sender.id)
    left = await now(message)
    assert left.state == "SENT"
    [accepted] = sent_to(simulator, sender, text)
    assert left.provider_message_id == f"{sender.session_name}:{accepted['wamid']}"
    # One whose answer is lost has its id all the same, by which acks find it.
    simulator.post("faults", kind="cut_after_accept", phone_number_id=sender.session_name)
    lost = await queue(sender, text := unique("lost"))
    await messages.dispatch(sender.id)
    in_doubt = await now(lost)
    [accepted] = sent_to(simulator, sender, text)
    assert (in_doubt.state, in_doubt.provider_message_id) == ("UNKNOWN", f"{sender.session_name}:{accepted['wamid']}")


@pytest.mark.parametrize("engine", ["NOWEB", "GOWS", "WEBJS"])
async def test_a_doubt_is_looked_up_before_anything_is_sent_again(simulator: Simulator, engine: str) -> None:
    simulator.configure(waha_engine=engine)
    sender = await connected(simulator)
    text = unique("doubt")
    simulator.post("faults", kind="cut_after_accept", phone_number_id=sender.session_name)
    message = await queue(sender, text)
    await messages.dispatch(sender.id)
    assert (await now(message)).state == "UNKNOWN"
    assert len(sent_to(simulator, sender, text)) == 1
    await again(message)
    await messages.dispatch(sender.id)
    [accepted] = sent_to(simulator, sender, text)
    left = await now(message)
    assert (left.state, left.provider_message_id) == ("SENT", f"{sender.session_name}:{accepted['wamid']}")


@pytest.mark.parametrize("engine", ["NOWEB", "WEBJS"])
async def test_what_is_not_found_is_sent_under_the_same_id(simulator: Simulator, engine: str) -> None:
    simulator.configure(waha_engine=engine)
    sender = await connected(simulator)
    text = unique("crash")
    simulator.post("faults", kind="refuse", code=1, phone_number_id=sender.session_name)
    message = await queue(sender, text)
    await messages.dispatch(sender.id)
    in_doubt = await now(message)
    assert (in_doubt.state, sent_to(simulator, sender, text)) == ("UNKNOWN", [])
    await again(message)
    await messages.dispatch(sender.id)
    [accepted] = sent_to(simulator, sender, text)
    left = await now(message)
    assert (left.state, left.provider_message_id) == ("SENT", f"{sender.session_name}:{accepted['wamid']}")
    assert in_doubt.provider_message_id in (None, left.provider_message_id)


async def test_the_same_words_to_the_same_person_twice_are_two_messages(simulator: Simulator) -> None:
    """An engine without ids of ours: what the look-up finds may be the other message, which is known already."""
    simulator.configure(waha_engine="WEBJS")
    sender = await connected(simulator)
    text, first = unique("twice"), await queue(sender, unique("first"))
    same = {"contact_id": first.contact_id, "address": first.address}
    one = await queue(sender, text, **same)
    await messages.dispatch(sender.id)
    simulator.post("faults", kind="refuse", code=1, phone_number_id=sender.session_name)
    other = await queue(sender, text, **same, created_at=one.created_at)
    await messages.dispatch(sender.id)
    await again(other)
    await messages.dispatch(sender.id)
    assert len(sent_to(simulator, sender, text)) == 2
    assert (await now(other)).provider_message_id != (await now(one)).provider_message_id


@pytest.mark.parametrize(("engine", "state"), [("NOWEB", "SENT"), ("WEBJS", "UNKNOWN")])
async def test_an_empty_answer(simulator: Simulator, engine: str, state: str) -> None:
    simulator.configure(waha_engine=engine, waha_empty_share=1)
    sender = await connected(simulator)
    message = await queue(sender, unique("empty"))
    await messages.dispatch(sender.id)
    assert (await now(message)).state == state


async def test_a_number_that_is_not_there_is_not_written_to(simulator: Simulator) -> None:
    sender = await connected(simulator)
    number = phone()[:-3] + "000"
    message = await queue(sender, text := unique("nobody"), number=number)
    await messages.dispatch(sender.id)
    failed = await now(message)
    assert (failed.state, failed.error_code, failed.attempts) == ("FAILED", "NOT_ON_WHATSAPP", 0)
    assert failed.error_message == "This number is not on WhatsApp."
    assert sent_to(simulator, sender, text) == []
    found = await ContactPhone.get(phone_number=number)
    assert (found.on_whatsapp, found.verified_at is not None) == (False, True)


async def test_whatsapps_spelling_is_asked_for_once_and_used(simulator: Simulator) -> None:
    sender = await connected(simulator)
    number = phone()
    message = await queue(sender, text := unique("ninth"), number=number)
    await messages.dispatch(sender.id)
    [accepted] = sent_to(simulator, sender, text)
    wa_id = accepted["to"].partition("@")[0]
    assert await ContactIdentity.filter(contact_id=message.contact_id, type="WA_ID", value=wa_id).exists()
    assert await ContactIdentity.filter(contact_id=message.contact_id, type="LID").exists()
    assert (await ContactPhone.get(phone_number=number)).on_whatsapp is True
    # Now it is known: WAHA may refuse to say it again.
    simulator.configure(not_on_whatsapp_suffix=wa_id[-5:])
    later = await queue(sender, unique("later"), contact_id=message.contact_id, address=number)
    await messages.dispatch(sender.id)
    assert (await now(later)).state == "SENT"


async def test_a_session_that_drops_halts_its_sender_and_the_queue_waits(simulator: Simulator) -> None:
    sender = await connected(simulator)
    first, texts = await queue(sender), [unique("wait") for _ in range(3)]
    await messages.dispatch(sender.id)
    drive(simulator, sender, "drop", status="STARTING", seconds=0)
    waiting = [await queue(sender, text, contact_id=first.contact_id, address=first.address) for text in texts]
    await messages.dispatch(sender.id)
    halted = await Sender.get(id=sender.id)
    assert halted.status is not SenderStatus.CONNECTED
    assert "STARTING" in str(halted.error_message)
    assert {(await now(each)).state for each in waiting} == {"QUEUED"}
    await connect.execute("UPDATE message SET due_at = now() WHERE sender_id = $1 AND due_at IS NOT NULL", sender.id)
    await senders.connect_sender(factories.SYSTEM, sender.id, restart=True)
    await becomes(sender, SenderStatus.CONNECTED)
    async with asyncio.timeout(10):
        while {(await now(each)).state for each in waiting} != {"SENT"}:
            await messages.dispatch(sender.id)
            await asyncio.sleep(0.05)
    for text in texts:
        assert len(sent_to(simulator, sender, text)) == 1


async def test_while_waha_is_away_messages_wait(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = await connected(simulator)
    message = await queue(sender, unique("away"))
    monkeypatch.setattr(get_settings(), "waha_url", f"http://127.0.0.1:{free_port()}")
    await messages.dispatch(sender.id)
    waits = await now(message)
    assert (waits.state, waits.error_code) == ("QUEUED", None)
    assert await connect.value("SELECT due_at > now() + interval '5 s' FROM message WHERE id = $1", message.id)
    assert (await Sender.get(id=sender.id)).status is SenderStatus.CONNECTED


async def test_who_is_known_by_a_bsuid_alone_cannot_be_reached(simulator: Simulator) -> None:
    sender = await connected(simulator)
    message = await queue(sender, address="PT.40817263554433221100")
    await messages.dispatch(sender.id)
    failed = await now(message)
    assert (failed.state, failed.error_code) == ("FAILED", "VALIDATION_ERROR")


async def test_who_hides_their_number_is_answered_by_their_lid(simulator: Simulator) -> None:
    sender = await connected(simulator)
    message = await queue(sender, text := unique("lid"), address="123456789012345@lid")
    await messages.dispatch(sender.id)
    assert (await now(message)).state == "SENT"
    assert [each["to"] for each in sent_to(simulator, sender, text)] == ["123456789012345@lid"]


async def test_a_fault_of_ours_holds_up_its_message_alone(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await connected(simulator)
    broken, whole = await queue(sender, unique("broken")), await queue(sender, unique("whole"))
    find = Waha.find

    async def finds(api: Waha, number: str) -> object:
        if number == broken.address:
            raise KeyError("chatId")
        return await find(api, number)

    monkeypatch.setattr(Waha, "find", finds)
    await messages.dispatch(sender.id)
    assert ((await now(broken)).state, (await now(whole)).state) == ("QUEUED", "SENT")
    assert await connect.value("SELECT due_at > now() + interval '5 s' FROM message WHERE id = $1", broken.id)
