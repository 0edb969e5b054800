"""Attempts to sign in are limited before any password is looked at: finding out takes 64 MiB and tens of milliseconds.

Who is kept out is so whether or not there is such an account, and while Redis is away too; sessions go on meanwhile.
"""

import unicodedata

from db.core.settings import get_settings
from db.core.window import Window, give_back, take
from domain import audit
from domain.core import rates
from domain.core.access import Viewer
from domain.core.errors import Refusal
from domain.core.tokens import digest

FROM_HERE = 10
"""Wrong passwords for one account from one address, in 15 minutes."""
FROM_ANYWHERE = 100
"""Wrong passwords for one account, in an hour."""
FOR_ANYONE = 100
"""Wrong passwords from one address, in an hour; who registers, and fails to sign in by a provider, counts too."""
OF_ONES_OWN = 10
"""Wrong current passwords of one user, in 15 minutes, in whatever session, from wherever; sign-ins are none of them."""

RENEWALS = 10
"""New pairs of tokens for one session, in a minute."""


_LONGEST = 1000
"""Characters of an email that are looked at: an account's has 254."""


async def admit(viewer: Viewer, email: str | None = None) -> None:
    """Counts an attempt, at an account or at whatever one. Raises Refusal RATE_LIMIT_EXCEEDED."""
    if not get_settings().rate_limits:
        return
    await _admit(viewer, *_windows(viewer, email))


async def guessed(viewer: Viewer, user_id: int) -> None:
    """Counts a current password that is shown, by user. Raises Refusal RATE_LIMIT_EXCEEDED.

    Apart from sign-ins: or whoever holds a stolen token would keep its owner from the sign-in that ends it.
    """
    if get_settings().rate_limits:
        await _admit(viewer, _guesses(user_id))


async def not_guessed(user_id: int) -> None:
    """A current password that is right is no guess, nor is one that nobody looked at."""
    if get_settings().rate_limits:
        await give_back([_guesses(user_id)])


async def renewed(session_id: int) -> None:
    """Counts a new pair of tokens, by session: nobody guesses 256 bits, and no stranger uses this up for others.

    Raises Refusal RATE_LIMIT_EXCEEDED.
    """
    if get_settings().rate_limits:
        await rates.admit(Window(f"session:{session_id}", "renewals", RENEWALS, 60))


async def late(shown: str) -> bool:
    """Whether a refresh token, by its digest, is looked at although its session may renew no more: once a minute."""
    told = await take([Window(f"refresh:{shown}", "late renewals", 1, 60)])
    return told is not None and told[0].wait == 0


async def refused(viewer: Viewer, reason: str) -> None:
    """Writes down that somebody is kept out: for each address once in 15 minutes, or strangers would fill the log."""
    once = Window(_address(viewer), f"refusals by {reason}", 1, 900)
    told = await take(rates.with_site(viewer.ip_address, [once]))
    if told is not None and all(count.wait == 0 for count in told):
        await audit.note(viewer, "signInRefused", {"reason": (None, reason)})


async def succeeded(viewer: Viewer, email: str | None = None) -> None:
    """An attempt that succeeds is none, nor is one that nobody looked at."""
    if get_settings().rate_limits:
        await give_back(_windows(viewer, email))


async def _admit(viewer: Viewer, *windows: Window) -> None:
    try:
        await rates.admit(*windows)
    except Refusal as refusal:
        await refused(viewer, refusal.details["reason"])
        raise


def _guesses(user_id: int) -> Window:
    return Window(f"user:{user_id}", "current passwords", OF_ONES_OWN, 900)


def _windows(viewer: Viewer, email: str | None) -> list[Window]:
    """Those of the account, if it is known, and last those of the address."""
    address = _address(viewer)
    anyone = rates.with_site(viewer.ip_address, [Window(address, "sign-in attempts", FOR_ANYONE, 3600)])
    if email is None:
        return anyone
    # Emails stay out of Redis.
    account = f"account:{digest(_folded(email))}"
    return [
        Window(f"{account}@{address}", "sign-in attempts", FROM_HERE, 900),
        Window(account, "sign-in attempts", FROM_ANYWHERE, 3600),
        *anyone,
    ]


def _folded(email: str) -> str:
    """The same for all spellings by which the database may find one account.

    Its lower() makes a plain i of more letters than Python's does, as its locale has it: each would have a window.
    """
    folded = unicodedata.normalize("NFKD", email.strip()[:_LONGEST].casefold())
    return "".join(char for char in folded if not unicodedata.combining(char)).replace("\u0131", "i")


def _address(viewer: Viewer) -> str:
    return f"address:{rates.network(viewer.ip_address)}"
