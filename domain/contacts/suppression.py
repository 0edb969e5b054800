"""Numbers whose owners had opted out when they were deleted or erased, as keyed hashes: it holds when they return."""

import hmac
from collections.abc import Iterable, Sequence

import structlog

from db.contacts import Contact, OptInStatus
from db.core import connect
from domain.core.secrets import SecretError, derived_key, derived_keys, seal, unseal

log = structlog.get_logger()

_ANY = "SELECT EXISTS (SELECT FROM suppression)"
_KNOWN = "SELECT hash FROM suppression WHERE hash = ANY($1::bytea[])"
_KEEP = "INSERT INTO suppression (hash) SELECT unnest($1::bytea[]) ON CONFLICT (hash) DO NOTHING"


_PURPOSE = "suppressed numbers"
_KEY = "SELECT sealed FROM data_key WHERE name = $1"
_BEGIN = "INSERT INTO data_key (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"


async def _hashes(numbers: Iterable[str]) -> dict[bytes, str]:
    """The numbers by their hashes, under a key of their own: nobody could make them anew when SECRET_KEY changes."""
    while (sealed := await connect.value(_KEY, _PURPOSE)) is None:
        # The first release made them under what it derived from SECRET_KEY.
        first = list(derived_keys(_PURPOSE).values())[-1]
        await connect.execute(_BEGIN, _PURPOSE, seal(first.hex()))
    try:
        key = bytes.fromhex(unseal(sealed))
    except SecretError:
        # With SECRET_KEY all earlier opt-outs of deleted contacts are lost, and not all later ones of everybody.
        log.exception("suppression_key_lost")
        key = derived_key(_PURPOSE)
    return {hmac.digest(key, number.encode(), "sha256"): number for number in numbers}


async def suppress(contact: Contact) -> None:
    """Keeps the opt-out of a contact that goes, if there is one, inside the caller's transaction."""
    if contact.opt_in_status is OptInStatus.OPTED_OUT and contact.numbers:
        await connect.execute(_KEEP, sorted(await _hashes(contact.numbers.split())))


async def suppressed(numbers: Iterable[str]) -> list[str]:
    """Those of the numbers whose opt-out is kept."""
    wanted = list(numbers)
    if not wanted or not await connect.value(_ANY):
        return []
    hashes = await _hashes(wanted)
    return [hashes[row["hash"]] for row in await connect.rows(_KNOWN, list(hashes))]


async def lift(numbers: Sequence[str]) -> None:
    """Forgets it: who has these numbers has agreed since."""
    if numbers and await connect.value(_ANY):
        await connect.execute("DELETE FROM suppression WHERE hash = ANY($1::bytea[])", list(await _hashes(numbers)))
