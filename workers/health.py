"""Operating figures are forgotten after a month."""

from domain.health import system
from workers.core.clock import every

every(3600.0)(system.trim)
