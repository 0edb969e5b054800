"""Numbers whose owners had opted out when they were deleted or erased, as keyed hashes: it holds when they return."""

import hmac
from collections.abc import Iterable, Sequence
from functools import cache

from db.contacts import Contact, OptInStatus
from db.core import connect
from domain.core.secrets import derived_key

_ANY = "SELECT EXISTS (SELECT FROM suppression)"
_KNOWN = "SELECT hash FROM suppression WHERE hash = ANY($1::bytea[])"
_KEEP = "INSERT INTO suppression (hash) SELECT unnest($1::bytea[]) ON CONFLICT (hash) DO NOTHING"


@cache
def _key() -> bytes:
    return derived_key("suppressed numbers")


def _hash(number: str) -> bytes:
    return hmac.digest(_key(), number.encode(), "sha256")


async def suppress(contact: Contact) -> None:
    """Keeps the opt-out of a contact that goes, if there is one, inside the caller's transaction."""
    if contact.opt_in_status is OptInStatus.OPTED_OUT and contact.numbers:
        await connect.execute(_KEEP, sorted(map(_hash, contact.numbers.split())))


async def suppressed(numbers: Iterable[str]) -> list[str]:
    """Those of the numbers whose opt-out is kept."""
    hashes = {_hash(number): number for number in numbers}
    if not hashes or not await connect.value(_ANY):
        return []
    return [hashes[row["hash"]] for row in await connect.rows(_KNOWN, list(hashes))]


async def lift(numbers: Sequence[str]) -> None:
    """Forgets it: who has these numbers has agreed since."""
    if numbers and await connect.value(_ANY):
        await connect.execute("DELETE FROM suppression WHERE hash = ANY($1::bytea[])", list(map(_hash, numbers)))
