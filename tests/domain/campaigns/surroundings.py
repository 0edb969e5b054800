"""Campaigns at every stage, for tests of what happens to them."""

from collections.abc import Awaitable
from typing import Any

from db.campaigns import Campaign, CampaignSender, CampaignStatus
from db.campaigns import stats as figures
from db.core import connect
from db.core.transaction import transaction
from db.messages.stats import DeliveryStats
from db.templates import MessageTemplate
from domain.campaigns import running
from domain.core.errors import ErrorCode
from domain.messages import dispatch
from domain.messages.dispatch import Departure
from domain.messages.receipts import settle_statuses
from domain.providers.base import Accepted, Outcome, Refused
from domain.providers.reactions import of_code
from tests.callers import only
from tests.crowds import crowd
from tests.domain.messages.surroundings import a_sender, status
from tests.drafts import columns
from tests.factories import unique
from tests.plans import approved_template


async def a_template(**given: Any) -> MessageTemplate:
    """One that WhatsApp has approved, for UTILITY where nothing else is given."""
    template = await approved_template(unique("waba"))
    await MessageTemplate.filter(id=template.id).update(**given)
    return await MessageTemplate.get(id=template.id)


async def a_campaign(*senders: int, group: int | None = None, **given: Any) -> Campaign:
    """A DRAFT of an approved template for three people, unless `given` says otherwise."""
    if "template_id" not in given and "text" not in given:
        of = await connect.value("SELECT business_account_id FROM sender WHERE id = $1", senders[0]) if senders else "w"
        given["template_id"] = (await a_template(business_account_id=of)).id
    account = None
    if given.get("template_id") is not None:
        template = await MessageTemplate.get(id=given["template_id"])
        account = template.business_account_id
        given.setdefault("category", template.category)
    if "audience" not in given:
        given["audience"] = {"group_ids": [group if group is not None else await crowd(3)]}
    campaign = await Campaign.create(name=unique("campaign"), **{"variables": {}, **given})
    for sender in senders or [await a_sender(business_account_id=account)]:
        await CampaignSender.create(campaign_id=campaign.id, sender_id=sender)
    return campaign


async def begun(*senders: int, **given: Any) -> Campaign:
    """A RUNNING one whose audience nobody has frozen yet."""
    campaign = await a_campaign(*senders, **given)
    async with transaction():
        assert await running.begin([campaign.id]) == [campaign.id]
    return await Campaign.get(id=campaign.id)


async def running_one(*senders: int, **given: Any) -> Campaign:
    """A RUNNING one with its messages in the queue."""
    return await started(await a_campaign(*senders, **given))


async def started(campaign: Campaign, *, chunk: int = 20_000) -> Campaign:
    """Begins a DRAFT and queues its messages."""
    async with transaction():
        assert await running.begin([campaign.id]) == [campaign.id]
    await running.fan_out(campaign.id, chunk=chunk)
    return await Campaign.get(id=campaign.id)


async def step(name: str, campaign: Campaign) -> bool:
    """Pauses, resumes, stops or completes it, as somebody would."""
    async with transaction():
        return await getattr(running, name)(campaign.id)


async def standing(campaign: Campaign) -> tuple[CampaignStatus, str | None]:
    found = await Campaign.get(id=campaign.id)
    return found.status, found.error_message


async def stats(campaign: Campaign) -> DeliveryStats:
    return (await figures.stats([campaign.id]))[campaign.id]


async def messages_of(campaign: Campaign) -> list[Any]:
    return await connect.rows("SELECT * FROM message WHERE campaign_id = $1 ORDER BY id", campaign.id)


async def states(campaign: Campaign) -> list[str]:
    return [row["state"] for row in await messages_of(campaign)]


async def recipients_of(campaign: Campaign) -> dict[int, str | None]:
    """The exclusion of each person in the frozen audience."""
    found = await connect.rows(
        "SELECT contact_id, exclusion FROM campaign_recipient WHERE campaign_id = $1 ORDER BY id", campaign.id
    )
    return {row["contact_id"]: row["exclusion"] for row in found}


async def sender_of(campaign: Campaign) -> int:
    return await connect.value("SELECT min(sender_id) FROM campaign_sender WHERE campaign_id = $1", campaign.id)


async def events_of(campaign: Campaign) -> list[str]:
    """The statuses that were announced, in order."""
    found = await connect.rows(
        "SELECT data ->> 'status' AS status FROM event WHERE subject_type = 'Campaign' AND campaign_id = $1"
        " AND type = 'CAMPAIGN_STATUS_CHANGED' ORDER BY number",
        campaign.id,
    )
    return [row["status"] for row in found]


async def leave(campaign: Campaign, most: int = 100) -> list[Departure]:
    """Claims what is due from its only sender and commits it to leave."""
    return await dispatch.depart(await dispatch.claim(await sender_of(campaign), most))


async def arrive(departures: list[Departure], *kinds: str) -> None:
    """Has WhatsApp take messages that left, and say what became of each."""
    await dispatch.settle((departure, accepted()) for departure in departures)
    for departure, kind in zip(departures, kinds, strict=True):
        await settle_statuses([status(departure, kind)])


def accepted() -> Outcome:
    return Accepted(f"wamid.{unique()}")


def refused(code: int, words: str = "No.") -> Outcome:
    return Refused(of_code(code, words))


async def changes_nothing(campaign: Campaign, attempt: Awaitable[object], code: ErrorCode, reason: str | None) -> None:
    """It is refused so, and nothing was written or told of."""
    before, told = columns(await Campaign.get(id=campaign.id)), await events_of(campaign)
    assert (await only(attempt))[::2] == (code, reason)
    assert columns(await Campaign.get(id=campaign.id)) == before
    assert (await events_of(campaign), await recipients_of(campaign)) == (told, {})
