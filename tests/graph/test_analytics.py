"""Analytics through the API."""

import asyncio
import csv
import io
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from db.accounts import Role, Scope
from domain import analytics, leads
from domain.core.access import SYSTEM
from graph.core.ids import encode
from tests import factories
from tests.domain.analytics.histories import conversation_of, say
from tests.running import Api, Program
from tests.statements import counted

TALKED = """conversations {
  totalConversations totalMessages averageMessagesPerConversation averageResponseTime satisfactionScore resolutionRate
  byStatus { key count } unread urgent unassigned countedUntil
  trends(interval: $interval) { date conversations messages averageResponseTime }
}"""
FIGURES = f"""query ($period: DateTimeRange, $timeZone: String! = "UTC", $interval: TrendInterval! = DAY) {{
  analytics(period: $period, timeZone: $timeZone) {{
    start end csvUrl {TALKED}
    contacts {{ total optedIn optedOut unknown optInRate }}
    campaigns {{
      total byStatus {{ key count }} stats {{ recipients sent delivered read deliveryRate readRate replyRate }}
    }}
    leads {{
      total overdue averageScore conversionRate openValue weightedValue wonValue byPriority {{ key count }}
      bySource {{ key count }} stages {{ status count value weightedValue reached conversionRate }}
    }}
  }}
}}"""
MARCH = {"start": "2025-03-01T00:00:00Z", "end": "2025-03-04T00:00:00Z"}
RATE = "mutation ($id: ID!) { updateConversation(id: $id, input: { satisfactionScore: 4 }) { satisfactionScore } }"


async def test_the_figures_of_a_sender_and_of_everything(api: Api) -> None:
    owner = await factories.user()
    sender, other = await factories.sender(), await factories.sender()
    secret = await factories.api_token(owner, Scope.READ, sender_id=sender.id)
    contact = await factories.contact()
    began = datetime(2025, 3, 2, 20, tzinfo=UTC)
    await say(sender.id, contact.id, "CONTACT", began)
    await say(sender.id, contact.id, "OPERATOR", began + timedelta(seconds=90))
    await say(other.id, contact.id, "CONTACT", began)
    await api.data(RATE, id=encode("Conversation", await conversation_of(sender.id, contact.id)))
    await leads.create(SYSTEM, contact_id=contact.id, title="Offer", source="fair")
    await analytics.count_new()

    async def asked(**variables: Any) -> dict[str, Any]:
        answer = await api.gql(FIGURES, variables, token=secret)
        assert "errors" not in answer, answer
        return answer["data"]["analytics"]

    found = await asked(period=MARCH)
    assert (found["start"], found["end"]) == ("2025-03-01T00:00:00Z", "2025-03-04T00:00:00Z")
    talked = found["conversations"]
    assert {key: talked[key] for key in ("totalConversations", "totalMessages", "averageResponseTime")} == {
        "totalConversations": 1, "totalMessages": 2, "averageResponseTime": 90.0,
    }  # fmt: skip
    assert (talked["averageMessagesPerConversation"], talked["satisfactionScore"], talked["resolutionRate"]) == (
        2,
        4,
        0,
    )
    assert {each["key"]: each["count"] for each in talked["byStatus"]} == {"ACTIVE": 1, "ESCALATED": 0, "CLOSED": 0}
    assert (talked["unread"], talked["urgent"], talked["unassigned"]) == (1, 0, 1)
    assert [(day["date"], day["conversations"], day["messages"]) for day in talked["trends"]] == [
        ("2025-03-01", 0, 0), ("2025-03-02", 1, 2), ("2025-03-03", 0, 0),
    ]  # fmt: skip
    # In India it was the next day already.
    india = (await asked(period=MARCH, timeZone="Asia/Kolkata"))["conversations"]["trends"]
    assert [day["date"] for day in india if day["messages"]] == ["2025-03-03"]
    monthly = (await asked(period=MARCH, interval="MONTH"))["conversations"]["trends"]
    assert monthly == [{"date": "2025-03-01", "conversations": 1, "messages": 2, "averageResponseTime": 90.0}]
    everything = await asked(interval="MONTH")
    assert (everything["start"], everything["contacts"]["total"], everything["leads"]["total"]) == (None, 1, 1)
    assert everything["leads"]["bySource"] == [{"key": "fair", "count": 1}]
    assert [stage["status"] for stage in everything["leads"]["stages"]][::6] == ["NEW", "LOST"]
    assert everything["campaigns"]["total"] == 0
    assert len(everything["campaigns"]["byStatus"]) == 6
    for role in Role:
        seen = await api.data(FIGURES, role=role, period=MARCH)
        assert seen["analytics"]["conversations"]["totalConversations"] >= 2, "of all senders"
    everything["conversations"]["trends"] = []  # Those of more than 366 days are by week in the CSV.
    for shown in (found, everything):
        content = (await api.http.get(shown["csvUrl"])).content.decode("utf-8-sig")
        _, *rows = csv.reader(io.StringIO(content))
        lines = {tuple(row[:3]): row[3] for row in rows}
        wanted = dict(as_lines(shown))
        assert {key: number(lines[key]) for key in wanted} == wanted


def as_lines(shown: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], float | None]]:
    """Every figure of an answer as the CSV names it: by section, figure, and what it is of."""
    sections = {name: dict(shown[name]) for name in ("contacts", "campaigns", "conversations", "leads")}
    sections["campaigns"] |= sections["campaigns"].pop("stats")
    del sections["conversations"]["countedUntil"]
    steps = {"stages": ("stages", "status"), "trends": ("conversations by day", "date")}
    for section, figures in sections.items():
        for name, value in figures.items():
            if name in steps:
                step, key = steps[name]
                for each in value:
                    for figure in each.keys() - {key}:
                        yield (step, in_words(figure), each[key]), number(each[figure])
            elif isinstance(value, list):
                for each in cast(list[dict[str, Any]], value):
                    yield (section, in_words(name), each["key"]), each["count"]
            else:
                yield (section, in_words(name), ""), number(value)


def in_words(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def number(value: Any) -> float | None:
    return None if value in (None, "") else float(value)


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"timeZone": "Nowhere"}, "timeZone"),
        ({"period": {"start": MARCH["end"], "end": MARCH["start"]}}, "period"),
        ({"period": {"start": "2020-01-01T00:00:00Z"}}, "interval"),
    ],
)
async def test_what_is_wrong_is_told_by_field(api: Api, variables: dict[str, Any], field: str) -> None:
    refusal = await api.refusal(FIGURES, **variables)
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", field)


async def test_only_what_is_asked_for_is_counted(database: None) -> None:
    async def statements(selection: str) -> int:
        return (await counted(f"{{ analytics {{ {selection} }} }}"))[1]

    assert await statements("start end csvUrl") == 0
    assert await statements("contacts { total optInRate }") == 1
    assert await statements("conversations { totalConversations unread urgent resolutionRate byStatus { key } }") == 1
    assert await statements("conversations { totalMessages averageResponseTime }") == 1
    assert await statements("leads { total bySource { key } }") == 1
    assert await statements("leads { total stages { reached } }") == 2
    assert await statements("campaigns { total byStatus { count } }") == 1
    assert await statements("campaigns { stats { sent } }") == 2


async def test_the_clock_counts_what_is_said(api: Api, worker: Program) -> None:
    sender, contact = await factories.sender(), await factories.contact()
    secret = await factories.api_token(await factories.user(), Scope.READ, sender_id=sender.id)
    await say(sender.id, contact.id, "CONTACT", datetime.now(UTC) - timedelta(hours=1))
    end = time.monotonic() + 20
    while True:
        answer = await api.gql("{ analytics { conversations { totalMessages countedUntil } } }", token=secret)
        found = answer["data"]["analytics"]["conversations"]
        if found["totalMessages"]:
            break
        assert time.monotonic() < end, found
        await asyncio.sleep(0.2)
    assert found["totalMessages"] == 1
