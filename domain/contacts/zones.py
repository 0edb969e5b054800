"""Time zones of contacts: by their IANA names, or inferred from a number and marked so."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from domain.core.errors import ErrorCode, Refusal


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def parse_zone(name: str) -> str:
    """Raises Refusal for what is no IANA name, such as Europe/Lisbon."""
    if (found := name.strip()) not in _names():
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "This is no IANA name of a time zone, such as Europe/Lisbon.",
            field="timeZone",
            reason="unknown_time_zone",
        )
    return found


def zone_of(phone_number: str | None) -> str | None:
    """The zone that a number points to, by libphonenumber's data; None where it points nowhere."""
    digits = (phone_number or "")[1:]
    for length in range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 0, -1):
        if zones := TIMEZONE_DATA.get(digits[:length]):
            return _middle(zones)
    return None


@lru_cache(maxsize=1024)
def _middle(zones: tuple[str, ...]) -> str | None:
    """Of several the one in the midst of their offsets, from which none is farther away than it must be."""
    now = datetime.now()  # noqa: DTZ005 - a time of day anywhere: offsets of zones are asked for it
    known = sorted((zone for zone in zones if zone in _names()), key=lambda zone: (ZoneInfo(zone).utcoffset(now), zone))
    return known[len(known) // 2] if known else None
