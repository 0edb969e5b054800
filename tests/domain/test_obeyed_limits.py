"""Limits of the settings hold for every way in: texts however they come to be sent, and documents however they come."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.contacts import JobStatus
from db.core import connect
from db.files import File
from domain import senders, settings
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from domain.messages import dispatch
from domain.providers.base import Outcome, Refused
from tests import factories
from tests.callers import only
from tests.crowds import crowd
from tests.domain.campaigns import surroundings as campaigns
from tests.domain.conversations.surroundings import a_conversation, send, stored
from tests.domain.core.test_fetch import Site
from tests.domain.files import samples
from tests.domain.files.surroundings import announced, put
from tests.domain.files.test_fetching import named, site  # noqa: F401 - a fixture
from tests.domain.files.theirs import held, received, tended
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.running import Simulator

TOO_LONG, LONG_ENOUGH = "x" * 21, "x" * 20
TOO_LARGE = samples.PDF.ljust(1_000_001, b"\n")


@pytest_asyncio.fixture(autouse=True)
async def _limits(database: None) -> AsyncIterator[None]:
    await settings.update(SYSTEM, {"limits": {"max_message_length": 20, "max_file_size_mb": 1}})
    yield
    await settings.update(SYSTEM, {"limits": {"max_message_length": None, "max_file_size_mb": None}})


def fault(outcome: Outcome | None) -> str | None:
    return outcome.error.message if isinstance(outcome, Refused) else None


WORDS = "The text has over 20 characters once it is filled in."


async def test_what_an_operator_writes() -> None:
    conversation = await a_conversation()
    before = await stored()
    assert await only(send(conversation, {"text": TOO_LONG})) == (
        ErrorCode.VALIDATION_ERROR,
        "message.text",
        "too_long",
    )
    assert await stored() == before
    assert (await send(conversation, {"text": LONG_ENOUGH})).content == LONG_ENOUGH


async def test_a_text_of_ours_that_an_operator_sends() -> None:
    conversation, template = await a_conversation(), await factories.template("{{words}}")
    long, good = [
        {"template": {"template_id": template.id, "variables": {"words": words}}} for words in (TOO_LONG, LONG_ENOUGH)
    ]
    assert (await only(send(conversation, long)))[1:] == ("message.template.variables", "too_long")
    assert (await send(conversation, good)).content == LONG_ENOUGH


async def test_what_a_schedule_sends() -> None:
    sender = await a_sender()
    template = await factories.template("Hi {{name}}, welcome!!")
    short, long = [
        await a_message(sender, await a_contact(name=name), template_id=template.id) for name in ("Al", "Alexandra")
    ]
    told = {departure.id: fault(departure.outcome) for departure in await dispatch.claim(sender, 10)}
    assert told == {short: None, long: WORDS}


async def test_what_a_campaign_says() -> None:
    sender = await a_sender(provider="WAHA")
    await campaigns.running_one(sender, group=await crowd(1), text=TOO_LONG)
    [departure] = await dispatch.claim(sender, 10)
    assert fault(departure.outcome) == WORDS


async def test_what_is_answered_to_a_stop() -> None:
    with pytest.raises(Refusal) as caught:
        await settings.update(SYSTEM, {"consent": {"opt_out_reply": TOO_LONG}})
    assert (caught.value.field, caught.value.details["reason"]) == ("consent.optOutReply", "too_long")


async def test_a_document_that_is_announced_or_grows_as_it_comes() -> None:
    assert (await only(announced("a.pdf", TOO_LARGE)))[1:] == ("sizeBytes", "too_large")
    await settings.update(SYSTEM, {"limits": {"max_file_size_mb": 2}})
    upload = await announced("a.pdf", TOO_LARGE)
    await settings.update(SYSTEM, {"limits": {"max_file_size_mb": 1}})
    assert (await only(put(upload, TOO_LARGE)))[2] == "too_large"
    assert (await File.get(id=upload.file.id)).status is JobStatus.FAILED
    picture = await announced("a.png", samples.png(1_000_001))
    assert (await put(picture, samples.png(1_000_001))).status is JobStatus.COMPLETED, "of documents alone"


async def test_a_document_that_a_url_leads_to(site: Site) -> None:  # noqa: F811 - the fixture
    site.content = TOO_LARGE
    failed = await tended((await named(f"{site.url}/good")).id)
    assert (failed.status, failed.error_message) == (
        JobStatus.FAILED,
        "It has 1000001 bytes; a file of its kind may have 1000000.",
    )


async def test_what_people_send_is_kept_however_large(simulator: Simulator) -> None:
    file = await received(held(simulator, TOO_LARGE, "application/pdf"), TOO_LARGE)
    assert (await tended(file.id)).status is JobStatus.COMPLETED


async def test_pauses_are_those_of_whatsapp_web_alone_and_hold_for_the_next_message() -> None:
    waha, number = await a_sender(provider="WAHA"), (await factories.sender()).id
    await connect.execute("UPDATE sender SET status = 'CONNECTED' WHERE id = $1", number)
    await settings.update(SYSTEM, {"delays": {"message_delay": 7, "sender_switch_delay": 9}})
    try:
        found = [await senders.departing(id) for id in (waha, number)]
    finally:
        await settings.update(SYSTEM, {"delays": {"message_delay": None, "sender_switch_delay": None}})
    assert [(one.pace.delay, one.pace.switch_delay) for one in found if one is not None] == [(7, 9), (0, 0)]
    after = await senders.departing(waha)
    assert after is not None
    assert (after.pace.delay, after.pace.switch_delay) == (0, 0)
