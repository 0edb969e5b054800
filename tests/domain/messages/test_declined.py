"""Who told WhatsApp that they want no marketing (131050) gets none from us either, however we learn of it."""

from db.contacts import Contact
from domain import contacts
from domain.core.access import SYSTEM
from domain.messages import dispatch, receipts
from domain.providers.base import Refused
from domain.providers.reactions import of_code
from tests.domain.messages.surroundings import a_contact, a_message, a_sender, leave, state_of, status

DECLINED = of_code(131050, "User has stopped marketing messages")


async def test_a_receipt_opts_its_contact_out_once_and_calls_off_what_waits() -> None:
    contact, sender = await a_contact(), await a_sender()
    await a_message(sender, contact, purpose="MARKETING")
    [departure] = await leave(sender)
    waiting = await a_message(await a_sender(), contact, purpose="MARKETING")
    told = status(departure, "failed", error=DECLINED)
    await receipts.settle_statuses([told])
    assert (await state_of(departure.id), await state_of(waiting)) == ("FAILED", "CANCELLED")
    assert (await Contact.get(id=contact)).opt_in_status == "OPTED_OUT"
    await contacts.opt_in(SYSTEM, contact)
    await receipts.settle_statuses([told])
    assert (await Contact.get(id=contact)).opt_in_status == "OPTED_IN"


async def test_so_does_the_answer_to_a_send_and_its_neighbours_stay() -> None:
    sender, declining, other = await a_sender(), await a_contact(), await a_contact()
    first = await a_message(sender, declining, purpose="MARKETING")
    await a_message(sender, other, purpose="MARKETING")
    fault = of_code(131026, "Message undeliverable")
    await dispatch.settle([(d, Refused(DECLINED if d.id == first else fault)) for d in await leave(sender)])
    assert await state_of(first) == "FAILED"
    assert (await Contact.get(id=declining)).opt_in_status == "OPTED_OUT"
    assert (await Contact.get(id=other)).opt_in_status == "UNKNOWN"


async def test_one_who_is_gone_is_no_hindrance() -> None:
    contact, sender = await a_contact(), await a_sender()
    await a_message(sender, contact)
    [departure] = await leave(sender)
    await contacts.delete(SYSTEM, contact)
    await receipts.settle_statuses([status(departure, "failed", error=DECLINED)])
    assert await state_of(departure.id) == "FAILED"
