"""Messages that carry a file: before they leave, the provider is given it."""

from collections.abc import Sequence
from dataclasses import replace

from db.messages import MessageType
from domain import files
from domain.messages.dispatch import Departure
from domain.providers.base import Account, NotSent, Refused
from domain.providers.reactions import ProviderError


async def carry(account: Account, departures: Sequence[Departure]) -> list[Departure]:
    """The same, each with what the provider calls its file; one whose file cannot be had stays, by itself alone."""
    wanted = {one for departure in departures if (one := _wanted(departure)) is not None}
    if not wanted:
        return list(departures)
    found = await files.provide(account, wanted)
    return [_carrying(departure, found) for departure in departures]


def _wanted(departure: Departure) -> files.Wanted | None:
    media = departure.outgoing.media if departure.outgoing else None
    return None if media is None or media.file_id is None else (media.file_id, MessageType(media.kind))


def _carrying(departure: Departure, found: files.Provided) -> Departure:
    outgoing, wanted = departure.outgoing, _wanted(departure)
    if outgoing is None or outgoing.media is None or wanted is None:
        return departure
    held = found[wanted]
    if isinstance(held, ProviderError):
        return replace(departure, outcome=Refused(held))
    if isinstance(held, NotSent):
        return replace(departure, outcome=held)
    return replace(
        departure, outgoing=outgoing.carrying(replace(outgoing.media, id=held.id, link=held.link, filename=held.name))
    )
