"""Numbers whose owners had opted out when they were erased, as keyed hashes: the opt-out holds when they come back."""

import hmac
from collections.abc import Iterable, Sequence
from functools import cache

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


async def suppress(numbers: Iterable[str]) -> None:
    """Keeps an opt-out of these numbers, inside the caller's transaction."""
    await connect.execute(_KEEP, sorted(map(_hash, numbers)))


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
