"""A campaign on its way, for people: started, held, let go on, ended, its figures put right."""

from datetime import datetime
from typing import TypedDict, Unpack

from db.accounts import Role, Scope
from db.campaigns import Campaign, CampaignStatus, hold
from db.campaigns import preflight as rows
from db.campaigns import stats as figures
from db.campaigns.preflight import Look
from db.campaigns.stats import Corrected
from db.campaigns.telling import tell
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType
from domain.campaigns import running
from domain.campaigns.preflight import BEFORE, obstacles, standing
from domain.campaigns.reading import in_status, visible
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal

RUNNING, PAUSED = CampaignStatus.RUNNING, CampaignStatus.PAUSED
MOST = 2**31 - 1
"""Of a figure: GraphQL's Int."""


class Figures(TypedDict, total=False):
    """Figures as they should read; what is left out, or None, stays."""

    sent: int | None
    delivered: int | None
    read: int | None
    failed: int | None
    replies: int | None


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def start(viewer: Viewer, id: int, *, at: datetime | None = None, preflight_id: str | None = None) -> Campaign:
    """Starts a DRAFT or SCHEDULED campaign, now or at a time; of two at once, one wins.

    Whoever does so agrees to what WhatsApp takes its template for. Raises INVALID_STATE, PREFLIGHT_OUTDATED,
    VALIDATION_ERROR, SESSION_EXPIRED, TEMPLATE_UNAVAILABLE.
    """
    while True:
        # Counting a million takes seconds: it is done before anybody has to wait for us, anew where it was overtaken.
        seen = await standing(await in_status(viewer, id, BEFORE, lock=""))
        await _check_time(at)
        counts = await (rows.look(id) if preflight_id is not None else rows.anyone(id))
        async with transaction():
            campaign = await in_status(viewer, id, BEFORE)
            await _hold(campaign)
            found = await standing(campaign)
            if found.version != seen.version:
                continue
            if isinstance(counts, Look) and preflight_id != (now := found.preflight_id(counts)):
                words = "The audience or the message has changed since this preflight."
                raise Refusal(ErrorCode.PREFLIGHT_OUTDATED, words, field="preflightId", preflightId=now)
            if refusal := next(iter(obstacles(found, counts, at=at)), None):
                refusal.field = "id"
                raise refusal
            if at is None:
                await _begin(viewer, id)
            else:
                await hold.agree([id])
                sql = "UPDATE campaign SET status = 'SCHEDULED', scheduled_at = $2, updated_at = now() WHERE id = $1"
                await connect.execute(sql, id, at)
                await tell(EventType.CAMPAIGN_STATUS_CHANGED, [id], actor_id=viewer.user_id)
            return await visible(viewer, id)


async def start_new(viewer: Viewer, campaign: Campaign) -> None:
    """The same for one that was made in this transaction; refusals name fields of its input."""
    check = Checks()
    check.refusals += obstacles(await standing(campaign), await rows.anyone(campaign.id))
    check.done()
    await _begin(viewer, campaign.id)


async def _begin(viewer: Viewer, id: int) -> None:
    if not await running.begin([id], actor_id=viewer.user_id, agreed=True):
        # What has become of its template or senders since we looked.
        raise Refusal(ErrorCode.INVALID_STATE, await hold.why(id) or "It may not be sent now.", field="id")


async def _hold(campaign: Campaign) -> None:
    """Whoever deletes its template or a group of its waits for us, and then finds that we need it."""
    await connect.execute("SELECT FROM message_template WHERE id = $1 FOR SHARE", campaign.template_id)
    wanted = campaign.audience.get("group_ids", [])
    await connect.execute("SELECT FROM contact_group WHERE id = ANY($1) ORDER BY id FOR SHARE", wanted)


async def _check_time(at: datetime | None) -> None:
    """By the database's clock; a second is forgiven for the way here."""
    if at is None:
        return
    if await connect.value("SELECT $1::timestamptz < now() - interval '1 second'", at):
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This time is past.", field="at", reason="past")
    if await connect.value("SELECT $1::timestamptz > now() + interval '1 year'", at):
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This is over a year ahead.", field="at", reason="too_late")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def pause(viewer: Viewer, id: int) -> Campaign:
    """Holds a RUNNING campaign until somebody resumes it; what is being handed over is not called back."""
    async with transaction():
        await in_status(viewer, id, (RUNNING,))
        await running.pause(id, actor_id=viewer.user_id)
        return await visible(viewer, id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def resume(viewer: Viewer, id: int) -> Campaign:
    """Lets a PAUSED campaign go on where it stopped, for whatever WhatsApp takes its template now.

    Raises INVALID_STATE, TEMPLATE_UNAVAILABLE, SESSION_EXPIRED.
    """
    async with transaction():
        await in_status(viewer, id, (PAUSED,))
        if not await running.resume(id, actor_id=viewer.user_id):
            words = await hold.why(id) or "It may not be sent now."
            code = ErrorCode.TEMPLATE_UNAVAILABLE if words.startswith("The template") else ErrorCode.SESSION_EXPIRED
            raise Refusal(code, words, field="id")
        return await visible(viewer, id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def stop(viewer: Viewer, id: int) -> Campaign:
    """Ends a SCHEDULED, RUNNING or PAUSED campaign for good; what is queued is cancelled."""
    async with transaction():
        await in_status(viewer, id, (CampaignStatus.SCHEDULED, RUNNING, PAUSED))
        await running.stop(id, actor_id=viewer.user_id)
        return await visible(viewer, id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def complete(viewer: Viewer, id: int) -> Campaign:
    """Has a RUNNING or PAUSED campaign done as it is; what is queued is cancelled."""
    async with transaction():
        await in_status(viewer, id, (RUNNING, PAUSED))
        await running.complete(id, actor_id=viewer.user_id)
        return await visible(viewer, id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def put_stats(viewer: Viewer, id: int, **given: Unpack[Figures]) -> Campaign:
    """Has figures of a campaign read so; later receipts count on from there. Raises VALIDATION_ERROR."""
    check, wanted = Checks(), dict[Corrected, int]()
    for name in figures.CORRECTED:
        with check():
            if (figure := given.get(name)) is not None:
                if not 0 <= figure <= MOST:
                    words = "A figure is not negative."
                    raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=name, reason="out_of_range")
                wanted[name] = figure
    check.done()
    async with transaction():
        campaign = await visible(viewer, id, lock="FOR UPDATE")
        if not wanted:
            return campaign
        await figures.put(id, wanted)
        await tell(EventType.CAMPAIGN_PROGRESS, [id], actor_id=viewer.user_id)
        return await visible(viewer, id)
