"""Time zones of contacts as somebody says them: by their IANA names."""

from db.contacts.zones import names
from domain.core.errors import ErrorCode, Refusal


def parse_zone(name: str) -> str:
    """Raises Refusal for what is no IANA name, such as Europe/Lisbon."""
    if (found := name.strip()) not in names():
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "This is no IANA name of a time zone, such as Europe/Lisbon.",
            field="timeZone",
            reason="unknown_time_zone",
        )
    return found
