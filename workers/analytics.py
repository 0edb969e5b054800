"""Analytics: the clock counts what has changed."""

from domain import analytics
from workers.core.clock import every

every(3.0, timeout=90.0)(analytics.count_new)
