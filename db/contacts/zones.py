"""Time zones that phone numbers point to, by libphonenumber's data."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """All that are known here, but for the name by which a machine calls its own."""
    return frozenset(available_timezones() - {"localtime"})


def zone_of(phone_number: str | None) -> str | None:
    """The zone that a number points to; None where it points nowhere."""
    digits = (phone_number or "")[1:]
    for length in range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 0, -1):
        if zones := TIMEZONE_DATA.get(digits[:length]):
            return _middle(zones)
    return None


@lru_cache(maxsize=1024)
def _middle(zones: tuple[str, ...]) -> str | None:
    """Of several the one in the midst of their offsets, from which none is farther away than it must be."""
    now = datetime.now()  # noqa: DTZ005 - a time of day anywhere: offsets of zones are asked for it
    known = sorted((zone for zone in zones if zone in names()), key=lambda zone: (ZoneInfo(zone).utcoffset(now), zone))
    return known[len(known) // 2] if known else None


def table_of_zones() -> list[str]:
    """Statements that make a table `number_zone` of it, for numbers that are looked up by PostgreSQL."""
    rows = ", ".join(f"('{prefix}', '{zone}')" for prefix, of in TIMEZONE_DATA.items() if (zone := _middle(of)))
    return [
        "CREATE TABLE number_zone (prefix text PRIMARY KEY, name text NOT NULL)",
        f"INSERT INTO number_zone VALUES {rows}",
        "ANALYZE number_zone",
    ]


def zone_sql(number: str) -> str:
    """SQL of the zone of a number, by that table."""
    prefixes = ", ".join(f"substr({number}, 2, {length})" for length in range(1, TIMEZONE_LONGEST_PREFIX + 1))
    return f"(SELECT name FROM number_zone WHERE prefix IN ({prefixes}) ORDER BY length(prefix) DESC LIMIT 1)"
