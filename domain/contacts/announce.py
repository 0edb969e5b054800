"""What the log says of contacts."""

from db.events import EventType, record


def changed(contact_id: int, *, actor_id: int | None) -> None:
    """Records that a contact was made, or something of it changed."""
    record(EventType.CONTACT_UPDATED, "Contact", contact_id, actor_id=actor_id, contact_id=contact_id)
