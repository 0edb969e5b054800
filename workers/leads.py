"""Leads: follow-ups whose time has come."""

from domain import leads
from workers.core.clock import every

every(1.0)(leads.tell_due)
