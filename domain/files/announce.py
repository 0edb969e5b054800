"""What is told of files as they come."""

from db.events import EventType, record


def told(id: int, actor_id: int | None, sender_id: int | None) -> None:
    """Records that a file is further, or given up, inside the caller's transaction."""
    record(EventType.FILE_UPDATED, "File", id, actor_id=actor_id, sender_id=sender_id)
