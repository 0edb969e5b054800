"""The event log's retention."""

from domain import events
from workers.core.clock import every

every(600.0, timeout=300.0)(events.trim)
