"""Campaigns: starts what is due, spreads it over its recipients, tells how far it has come, and ends what is done."""

from domain.campaigns import running
from workers.core.broker import actor
from workers.core.clock import every


@actor()
async def fan_out_campaign(campaign_id: int) -> None:
    """Queues one message for each recipient of a campaign; goes on where an earlier run stopped."""
    await running.fan_out(campaign_id)


every(0.25)(running.start_due)
every(0.5)(running.complete_all)
every(0.25)(running.fold)
