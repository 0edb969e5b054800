"""New contacts, however they come: by the API, by import, by a message to or from a number that nobody has."""

from collections.abc import Sequence

from db.contacts import ConsentSource, ContactValues, add_contacts
from db.contacts.zones import zone_of
from domain.contacts.announce import changed
from domain.contacts.consents import opt_out_again


async def add(
    given: Sequence[ContactValues], source: ConsentSource = ConsentSource.API, *, actor_id: int | None = None
) -> list[int]:
    """Adds contacts, inside the caller's transaction; answers their ids. Known numbers violate PHONE_UNIQUE.

    `source` is how their consents became known. A zone that is not given is inferred from the number; who
    had opted out when they were erased is opted out.
    """
    ids = await add_contacts([_zoned(values) for values in given], source, actor_id)
    for id in ids:
        changed(id, actor_id=actor_id)
    numbers = {values.phone_number: id for values, id in zip(given, ids, strict=True) if values.phone_number}
    await opt_out_again(numbers, source, actor_id=actor_id)
    return ids


def _zoned(values: ContactValues) -> ContactValues:
    if values.time_zone is not None or (zone := zone_of(values.phone_number)) is None:
        return values
    return values._replace(time_zone=zone, time_zone_inferred=True)
