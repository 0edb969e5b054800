"""How leads change: every change leaves an activity and an event, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from tortoise.expressions import RawSQL

from db.core import connect
from db.events import EventType, record
from db.leads import Lead, LeadActivityType, LeadStatus
from db.messages import Priority
from domain.core.access import Viewer

# By the clock of the moment, under the lead's lock: in the order in which it changed.
_NOTE = """
INSERT INTO lead_activity (lead_id, type, note, changes, user_id, created_at)
SELECT lead_id, $2, $3, changes, $4, clock_timestamp() FROM unnest($1::bigint[], $5::jsonb[]) AS a(lead_id, changes)
RETURNING id, lead_id
"""

_BEEN = "UPDATE lead SET been = been | $2 WHERE id = ANY($1) AND been & $2 = 0"


async def change(
    viewer: Viewer,
    leads: Sequence[Lead],
    kind: LeadActivityType,
    values: Mapping[str, Any],
    *,
    note: str | None = None,
    whether_or_not: bool = False,
) -> list[Lead]:
    """Gives locked leads new values, and tells of those that it changes, or of all of them; answers them as they are.

    `whether_or_not` is for what happened even where nothing is other than before, such as a call.
    """
    changes = {lead.id: changed for lead in leads if (changed := _changed(lead, values)) or whether_or_not}
    if changes:
        await Lead.filter(id__in=list(changes)).update(**values, updated_at=RawSQL("clock_timestamp()"))
        status: LeadStatus | None = values.get("status")
        if status is not None:
            await connect.execute(_BEEN, list(changes), status.bit)
        await note_down(viewer, [lead for lead in leads if lead.id in changes], kind, changes, note=note)
    found = {lead.id: lead for lead in await Lead.filter(id__in=[lead.id for lead in leads])}
    return [found[lead.id] for lead in leads]


async def note_down(
    viewer: Viewer,
    leads: Sequence[Lead],
    kind: LeadActivityType,
    changes: Mapping[int, dict[str, list[Any]]],
    *,
    note: str | None = None,
) -> None:
    """Appends to the trails of leads."""
    texts = [orjson.dumps(changes[lead.id]).decode() for lead in leads]
    made = await connect.rows(_NOTE, [lead.id for lead in leads], kind, note, viewer.user_id, texts)
    activities = {row["lead_id"]: row["id"] for row in made}
    for lead in leads:
        type = EventType.LEAD_CREATED if kind is LeadActivityType.CREATED else EventType.LEAD_UPDATED
        tell(type, lead, actor_id=viewer.user_id, data={"activity_id": activities[lead.id]})


def tell(type: EventType, lead: Lead, *, actor_id: int | None = None, data: dict[str, Any] | None = None) -> None:
    record(type, "Lead", lead.id, actor_id=actor_id, contact_id=lead.contact_id, data=data)


def _changed(lead: Lead, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [_shown(getattr(lead, name)), _shown(value)]
        for name, value in values.items()
        if getattr(lead, name) != value and name != "follow_up_told"
    }


def _shown(value: Any) -> Any:
    match value:
        case Priority():
            return value.name
        case Decimal():
            return str(value)
        case _:
            return value
