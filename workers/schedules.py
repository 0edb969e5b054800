"""Schedules: starts what is due, spreads it over its recipients, and ends what is done."""

from domain import schedules
from workers.core.broker import actor
from workers.core.clock import every


@actor()
async def fan_out(schedule_id: int) -> None:
    """Queues one message for each recipient of a schedule; goes on where an earlier run stopped."""
    await schedules.fan_out(schedule_id)


every(0.25)(schedules.start_due)
every(0.5)(schedules.complete_all)
