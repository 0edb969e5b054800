"""Analytics: figures over a period."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from db.messages.stats import DeliveryStats as Delivered
from domain import analytics
from domain.analytics import MOST_STEPS, Period, TrendInterval
from graph.contacts.privacy import Tally
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, query
from graph.core.inputs import DateTimeRange, given
from graph.leads import LeadStatus
from graph.messages.types import DeliveryStats

describe(
    TrendInterval,
    "Width of a step in a trend.",
    DAY="A day, from midnight to midnight in the zone asked for; 23 or 25 hours where clocks change.",
    WEEK="A week, from Monday.",
    MONTH="A calendar month.",
)


def _tallies(counts: Mapping[Any, int]) -> list[Tally]:
    return [Tally(key=str(key), count=count) for key, count in counts.items()]


@strawberry.type(description="Contacts created in the period, by consent.")
class ContactAnalytics:
    total: int = column("All of them; deleted and merged ones are none.")
    opted_in: int = column("Those who agreed.")
    opted_out: int = column("Those who declined.")
    unknown: int = column("Those never asked.")
    opt_in_rate: float = column("Share of all who agreed, 0 to 1; 0 when there are none.")


@strawberry.type(description="Campaigns created in the period.")
class CampaignAnalytics:
    total: int = column("All of them.")

    @computed("How many in each status; every status is there.", size=6)
    @staticmethod
    def by_status(row: strawberry.Parent[analytics.CampaignFigures]) -> list[Tally]:
        return _tallies(row.by_status)

    @computed("Their figures, added up, with the rates.", graphql_type=DeliveryStats)
    @staticmethod
    async def stats(info: Info, row: strawberry.Parent[analytics.CampaignFigures]) -> Delivered:
        return await analytics.delivery(info.context.viewer, row.ids)


@strawberry.type(description="Conversations within one step of a trend.")
class ConversationTrend:
    first_day: date = column(
        "First day of the step, in the zone asked for; the period may begin after it.", name="date"
    )
    conversations: int = column("Conversations with a message in it.")
    messages: int = column("Messages in it.")
    average_response_time: float | None = column(
        "Seconds from a message of a contact to our next, of the answers given in it; null when there were none."
    )


@strawberry.type(
    description=(
        "Conversations with a message in the period. Messages are those that came in, and those of ours that WhatsApp "
        "has taken, at that time; reactions, what failed, and what was deleted with its conversation, are none."
    )
)
class ConversationAnalytics:
    @computed("All of them.")
    @staticmethod
    async def total_conversations(row: strawberry.Parent[analytics.Talking]) -> int:
        return (await row.standing()).total

    @computed("Their messages in the period.")
    @staticmethod
    async def total_messages(row: strawberry.Parent[analytics.Talking]) -> int:
        return (await row.pace()).messages

    @computed("Messages for each conversation; 0 when there are none.")
    @staticmethod
    async def average_messages_per_conversation(row: strawberry.Parent[analytics.Talking]) -> float:
        return await row.messages_each()

    @computed(
        "Seconds from a message of a contact, of several in a row from the first, to what the bot or a person of ours "
        "says next: the mean over all answers given in the period, however long before it the contact had asked. What "
        "schedules and campaigns send answers nobody. Null when none was answered."
    )
    @staticmethod
    async def average_response_time(row: strawberry.Parent[analytics.Talking]) -> float | None:
        return (await row.pace()).average_response_time

    @computed("Mean of the ratings that these conversations have now, 1 to 5; null when none has one.")
    @staticmethod
    async def satisfaction_score(row: strawberry.Parent[analytics.Talking]) -> float | None:
        return (await row.standing()).satisfaction_score

    @computed("Share of these conversations that is CLOSED now, 0 to 1; 0 when there are none.")
    @staticmethod
    async def resolution_rate(row: strawberry.Parent[analytics.Talking]) -> float:
        return (await row.standing()).resolution_rate

    @computed("How many are in each status now; every status is there.", size=3)
    @staticmethod
    async def by_status(row: strawberry.Parent[analytics.Talking]) -> list[Tally]:
        return _tallies((await row.standing()).by_status)

    @computed("How many have unread messages now.")
    @staticmethod
    async def unread(row: strawberry.Parent[analytics.Talking]) -> int:
        return (await row.standing()).unread

    @computed("How many are of priority URGENT now.")
    @staticmethod
    async def urgent(row: strawberry.Parent[analytics.Talking]) -> int:
        return (await row.standing()).urgent

    @computed("How many are no one's work now.")
    @staticmethod
    async def unassigned(row: strawberry.Parent[analytics.Talking]) -> int:
        return (await row.standing()).unassigned

    @computed(
        f"The figures day by day, week by week or month by month, also of steps without any; at most {MOST_STEPS} "
        "steps, more are VALIDATION_ERROR. Without a start they begin with the first message.",
        size=MOST_STEPS,
        graphql_type=list[ConversationTrend],
    )
    @staticmethod
    async def trends(
        row: strawberry.Parent[analytics.Talking],
        interval: Annotated[TrendInterval, arg("Width of a step.")] = TrendInterval.DAY,
    ) -> list[analytics.Trend]:
        return await row.trends(interval)

    @computed(
        "What was said and changed until then is in these figures: they are a few seconds behind. Null while they are "
        "counted for the first time, and do not hold all that was said yet."
    )
    @staticmethod
    async def counted_until(row: strawberry.Parent[analytics.Talking]) -> datetime | None:
        return await row.counted_until()


@strawberry.type(description="One stage of the pipeline.")
class LeadStage:
    status: LeadStatus = column("The stage.")
    count: int = column("Leads in it now.")
    value: Decimal = column("Their estimated value.")
    weighted_value: Decimal = column("The same, each weighted by its probability.")
    reached: int = column(
        "Leads that are or were in this stage or a later one. LOST is no step of the funnel: those that are or were "
        "lost."
    )
    conversion_rate: float = column(
        "Share of the leads that reached the stage before this one that reached it, 0 to 1; 1 for the first. For LOST, "
        "the share of all."
    )


@strawberry.type(description="Leads created in the period.")
class LeadAnalytics:
    total: int = column("All of them.")
    overdue: int = column("Open ones whose follow-up is past.")
    average_score: float | None = column("Mean score, 0 to 100; null when there are none.")
    conversion_rate: float = column("Share of closed leads that were won, 0 to 1; 0 when none is closed.")
    open_value: Decimal = column("Estimated value of open leads.")
    weighted_value: Decimal = column("The same, each weighted by its probability.")
    won_value: Decimal = column("Value of leads won.")

    @computed("How many of each priority, the most urgent first; every priority is there.", size=4)
    @staticmethod
    def by_priority(row: strawberry.Parent[analytics.LeadFigures]) -> list[Tally]:
        return _tallies(row.by_priority)

    @computed(
        "How many of each source, the most frequent 100 at most; those without one are under an empty key.", size=100
    )
    @staticmethod
    def by_source(row: strawberry.Parent[analytics.LeadFigures]) -> list[Tally]:
        return _tallies(row.by_source)

    @computed("Pipeline and funnel: every stage, in order.", size=7, graphql_type=list[LeadStage])
    @staticmethod
    async def stages(row: strawberry.Parent[analytics.LeadFigures]) -> list[analytics.Stage]:
        return await row.stages()


@strawberry.type(name="Analytics", description="Figures over a period.")
class Analytics:
    start: datetime | None = column("Its beginning; null: from the first day on.")
    end: datetime = column("Its end.")

    @query(analytics.contacts, description="Contacts by consent.", graphql_type=ContactAnalytics)
    @staticmethod
    async def contacts(info: Info, row: strawberry.Parent[Period]) -> analytics.ContactFigures:
        return await analytics.contacts(info.context.viewer, row)

    @query(
        analytics.campaigns, description="Campaigns and what became of their messages.", graphql_type=CampaignAnalytics
    )
    @staticmethod
    async def campaigns(info: Info, row: strawberry.Parent[Period]) -> analytics.CampaignFigures:
        return await analytics.campaigns(info.context.viewer, row)

    @query(analytics.conversations, description="Conversations.", graphql_type=ConversationAnalytics)
    @staticmethod
    async def conversations(info: Info, row: strawberry.Parent[Period]) -> analytics.Talking:
        return await analytics.conversations(info.context.viewer, row)

    @query(analytics.leads, description="Leads.", graphql_type=LeadAnalytics)
    @staticmethod
    async def leads(info: Info, row: strawberry.Parent[Period]) -> analytics.LeadFigures:
        return await analytics.leads(info.context.viewer, row)

    @query(
        analytics.csv_url,
        description=(
            "All of these figures as CSV, with the trend by the narrowest interval that fits: a signed URL, good for "
            "one hour. Cells that a spreadsheet would take for formulas begin with an apostrophe."
        ),
    )
    @staticmethod
    async def csv_url(info: Info, row: strawberry.Parent[Period]) -> str:
        return await analytics.csv_url(info.context.for_one(), row)


@strawberry.type
class AnalyticsQuery:
    @query(
        analytics.period,
        description="Figures over a period; everything up to now when no period is given.",
        graphql_type=Analytics,
        cost=50,
    )
    async def analytics(
        self,
        info: Info,
        period: Annotated[DateTimeRange | None, arg("The period; everything up to now when left out.")] = None,
        time_zone: Annotated[str, arg("IANA name of the zone whose days, weeks and months count.")] = "UTC",
    ) -> Period:
        asked = given(period)
        return await analytics.period(
            info.context.viewer, start=asked.get("start"), end=asked.get("end"), time_zone=time_zone
        )
