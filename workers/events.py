"""The event log forgets what is old."""

from domain import events
from workers.core.clock import every

every(60.0)(events.trim)
