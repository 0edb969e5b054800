"""Countries that WhatsApp does not let a sender write to (130497): each is closed once, told of, and lifted by hand."""

import pytest

from db.core import connect
from db.messages.reach import Portfolio
from domain import senders
from domain.core.access import SYSTEM
from domain.core.phone import country_of
from domain.messages import dispatch
from domain.providers.base import Refused
from domain.providers.reactions import of_code
from tests.domain.messages.surroundings import a_message, a_sender, leave, state_of
from tests.factories import unique
from tests.statements import statements

PORTUGAL, BRAZIL, NOWHERE = "+351912345678", "+5511987654321", "+12005550100"
WORDS = "Business account is restricted from messaging users in this country."


async def refused(sender: int, address: str, *, code: int = 130497) -> int:
    """A message that WhatsApp refuses."""
    message = await a_message(sender, address=address)
    await dispatch.settle([(each, Refused(of_code(code, WORDS))) for each in await leave(sender)])
    return message


async def closed(sender: int) -> list[str]:
    return await connect.value("SELECT closed_countries FROM sender WHERE id = $1", sender)


async def times_told(sender: int) -> int:
    return await connect.value(
        "SELECT count(*) FROM event WHERE type = 'SENDER_HEALTH_CHANGED' AND subject_id = $1", sender
    )


async def test_each_country_is_closed_and_told_of_once_though_the_words_are_the_same() -> None:
    sender = await a_sender()
    for address, countries in ((PORTUGAL, ["PT"]), (BRAZIL, ["PT", "BR"]), (PORTUGAL, ["PT", "BR"])):
        await refused(sender, address)
        assert (await closed(sender), await times_told(sender)) == (countries, len(countries))


async def test_what_is_lifted_and_closed_again_is_told_of_both_times() -> None:
    sender = await a_sender()
    await refused(sender, PORTUGAL)
    await senders.connect_sender(SYSTEM, sender)
    assert (await closed(sender), await times_told(sender)) == ([], 2)
    await refused(sender, PORTUGAL)
    assert (await closed(sender), await times_told(sender)) == (["PT"], 3)


async def test_a_number_that_tells_no_country_closes_none() -> None:
    assert country_of(NOWHERE) is None
    sender = await a_sender()
    await refused(sender, NOWHERE)
    assert (await closed(sender), await times_told(sender)) == ([], 1)


@pytest.mark.parametrize("address", ["+0", "4917@lid", "", NOWHERE])
async def test_an_address_of_no_country_leaves_beside_closed_ones(address: str) -> None:
    sender = await a_sender()
    first, other = [await a_message(sender, address=each) for each in (PORTUGAL, address)]
    claimed = {each.id: each.outcome for each in await dispatch.claim(sender, 10, closed=["PT"])}
    assert isinstance(claimed[first], Refused)
    assert claimed[other] is None


async def test_who_is_not_written_to_takes_no_place_in_the_portfolios_limit() -> None:
    sender, portfolio = await a_sender(), Portfolio(unique("portfolio"), 1)
    barred, first, beyond = [await a_message(sender, address=each) for each in (PORTUGAL, BRAZIL, "+12025550143")]
    claimed = {each.id: each.outcome for each in await dispatch.claim(sender, 10, portfolio=portfolio, closed=["PT"])}
    assert claimed.keys() == {barred, first}
    assert isinstance(claimed[barred], Refused)
    assert claimed[first] is None
    assert await state_of(beyond) == "QUEUED"


async def test_senders_are_written_after_what_is_held_for_a_template() -> None:
    """As everywhere: whoever locks a sender waits for no schedule any more."""
    sender = await a_sender()
    template = await connect.value(
        "INSERT INTO message_template (title, content) VALUES ($1, 'Hello') RETURNING id", unique()
    )
    await a_message(sender, address=PORTUGAL)
    await a_message(sender, address=BRAZIL, template_id=template)
    with statements() as found:
        await dispatch.settle(
            [
                (each, Refused(of_code(130497 if place == 0 else 132007, WORDS)))
                for place, each in enumerate(await leave(sender))
            ]
        )
    writes = [n for n, sql in enumerate(found) if "UPDATE sender" in sql]
    holds = [n for n, sql in enumerate(found) if "UPDATE schedule" in sql or "UPDATE campaign" in sql]
    assert writes
    assert holds
    assert min(writes) > max(holds)
