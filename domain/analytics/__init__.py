"""Analytics: figures over a period. A token bound to a sender is given those of its own."""

from db.analytics.recount import count_new
from db.analytics.talk import Pace
from domain.analytics.counting import (
    CampaignFigures,
    ContactFigures,
    LeadFigures,
    Stage,
    campaigns,
    contacts,
    delivery,
    leads,
)
from domain.analytics.periods import MOST_STEPS, Period, TrendInterval, period
from domain.analytics.table import csv_url
from domain.analytics.talking import Standing, Talking, Trend, conversations

__all__ = [
    "MOST_STEPS",
    "CampaignFigures",
    "ContactFigures",
    "LeadFigures",
    "Pace",
    "Period",
    "Stage",
    "Standing",
    "Talking",
    "Trend",
    "TrendInterval",
    "campaigns",
    "contacts",
    "conversations",
    "count_new",
    "csv_url",
    "delivery",
    "leads",
    "period",
]
