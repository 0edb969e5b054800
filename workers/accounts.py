"""Sessions that are over leave their tokens behind."""

from domain import accounts
from workers.core.clock import every

every(3600.0)(accounts.forget_ended)
