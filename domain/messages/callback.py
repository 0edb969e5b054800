"""What travels with a send and comes back in its receipts: message, attempt, and a stamp that it is ours.

WhatsApp tells every program that is subscribed to an account of every message, so that another installation's receipts
come here too, and its numbers are not ours.
"""

from uuid import UUID

from domain.core.secrets import is_stamp, stamp


def write(id: int, attempt_id: UUID) -> str:
    named = f"{id}.{attempt_id.hex}"
    return f"{named}.{stamp(named)}"


def read(callback: str | None) -> tuple[int, UUID] | None:
    """Message and attempt; None where the callback is not one of ours."""
    named, _, stamped = (callback or "").rpartition(".")
    if not named or not is_stamp(named, stamped):
        return None
    number, _, attempt = named.partition(".")
    return int(number), UUID(hex=attempt)
