"""News of templates that come late, again and in any order: what WhatsApp decided last holds."""

import itertools
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from db.templates import MessageTemplate, TemplateStatus
from domain.templates import approval, sync
from domain.templates.approval import apply_status
from tests.domain.inbound.posts import NOW, body, take_up
from tests.domain.test_template_approval import account, submitted, updates_of
from tests.factories import unique
from tests.running import Simulator


@pytest.fixture(autouse=True)
def _whatsapp(simulator: Simulator) -> None: ...


async def a_template(**given: Any) -> MessageTemplate:
    values = {
        "title": unique("t"),
        "content": "Hello you.",
        "approval_id": unique("id"),
        "approval_name": unique("name"),
        "language": "en_US",
        "category": "UTILITY",
        "approval_status": TemplateStatus.PENDING,
        "business_account_id": unique("waba"),
        **given,
    }
    return await MessageTemplate.create(**values)


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def news(template: MessageTemplate, at: int | None, field: str, **value: Any) -> dict[str, Any]:
    post = body({"field": field, "value": {"message_template_id": template.approval_id, **value}})
    if at is not None:
        post["entry"][0]["time"] = at
    return post


def status(template: MessageTemplate, event: str, at: int | None, **value: Any) -> dict[str, Any]:
    return news(template, at, "message_template_status_update", event=event, **value)


def quality(template: MessageTemplate, score: str, at: int) -> dict[str, Any]:
    return news(template, at, "message_template_quality_update", new_quality_score=score)


def category(template: MessageTemplate, word: str, at: int) -> dict[str, Any]:
    return news(template, at, "template_category_update", new_category=word)


async def known(template: MessageTemplate) -> tuple[str | None, str | None, str | None, str | None]:
    found = await MessageTemplate.get(id=template.id)
    return found.approval_status, found.reason, found.quality, found.category


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_the_last_decision_holds_in_any_order_and_to_hear_it_again_changes_nothing(
    order: tuple[int, ...],
) -> None:
    template = await a_template()
    told = [
        status(template, "APPROVED", NOW - 50),
        status(template, "PAUSED", NOW - 40, reason="FIRST_PAUSE"),
        status(template, "APPROVED", NOW - 30),
        status(template, "PAUSED", NOW - 20, reason="SECOND_PAUSE"),
    ]
    posts = [told[place] for place in order]
    await take_up(*posts[:2])
    await take_up(*posts[2:])
    assert (await known(template))[:2] == ("PAUSED", "SECOND_PAUSE")
    before = await updates_of(template.id)
    await take_up(*posts)
    assert (await known(template))[:2] == ("PAUSED", "SECOND_PAUSE")
    assert await updates_of(template.id) == before


async def test_an_approval_posted_again_after_a_pause_lets_nothing_go() -> None:
    template = await a_template()
    approved = status(template, "APPROVED", NOW - 50)
    await take_up(approved, status(template, "PAUSED", NOW - 40), approved)
    assert (await known(template))[0] == "PAUSED"
    await take_up(status(template, "APPROVED", NOW - 30))
    assert (await known(template))[0] == "APPROVED"


async def test_each_kind_of_news_has_its_own_order() -> None:
    template = await a_template()
    await take_up(
        quality(template, "RED", NOW - 10),
        category(template, "MARKETING", NOW - 20),
        status(template, "APPROVED", NOW - 30),
        quality(template, "GREEN", NOW - 11),
        category(template, "UTILITY", NOW - 21),
        status(template, "PAUSED", NOW - 31),
    )
    assert await known(template) == ("APPROVED", None, "RED", "MARKETING")
    # A status that tells the category besides may be news of one and late for the other.
    await take_up(status(template, "PAUSED", NOW - 25, message_template_category="UTILITY"))
    assert await known(template) == ("PAUSED", None, "RED", "MARKETING")


@pytest.mark.parametrize("order", list(itertools.permutations(["APPROVED", "PAUSED", "REJECTED"])))
async def test_of_one_second_the_same_one_holds_in_any_order(order: tuple[str, ...]) -> None:
    template = await a_template()
    await take_up(*(status(template, event, NOW) for event in order))
    assert (await known(template))[0] == "REJECTED"


async def test_a_clock_of_whatsapps_that_is_ahead_of_ours_makes_no_difference() -> None:
    """Held against our clock, each would be as new as it was posted last."""
    template = await a_template()
    soon = now() + 1800
    approved = status(template, "APPROVED", soon)
    await take_up(approved, status(template, "PAUSED", soon + 1))
    await take_up(approved)
    assert (await known(template))[0] == "PAUSED"


async def test_news_without_a_time_are_kept_with_the_reason_and_change_nothing() -> None:
    template = await a_template(approval_status="PAUSED")
    [post] = await take_up(status(template, "APPROVED", None))
    assert post.errors == ["entry[0].changes[0]: it does not say when."]
    assert (await known(template))[0] == "PAUSED"


async def test_what_whatsapp_answers_is_newer_than_what_it_posted_before(simulator: Simulator) -> None:
    template = await submitted(await account())
    # Refused as it was sent: paused, and an approval of five minutes ago comes late.
    await apply_status("PAUSED", approval_id=template.approval_id, reason="No.")
    await take_up(status(template, "APPROVED", NOW - 300))
    assert (await known(template))[:2] == ("PAUSED", "No.")
    await take_up(status(template, "APPROVED", now()))
    assert (await known(template))[0] == "APPROVED"


async def told_meanwhile(template: MessageTemplate, monkeypatch: pytest.MonkeyPatch) -> None:
    """While WhatsApp is asked, it tells us of a pause that its answer does not know of yet."""
    request = httpx.AsyncClient.request

    async def answered(self: httpx.AsyncClient, method: str, url: str, **given: Any) -> httpx.Response:
        answer = await request(self, method, url, **given)
        if method == "GET":
            await take_up(status(template, "PAUSED", now()))
        return answer

    monkeypatch.setattr(httpx.AsyncClient, "request", answered)


@pytest.mark.parametrize("way", ["caught up with", "listed"])
async def test_an_answer_that_was_overtaken_by_news_does_not_undo_them(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    sender = await account()
    template = await submitted(sender)
    await MessageTemplate.filter(id=template.id).update(content="Hello {{ name }}, other words.")
    await told_meanwhile(template, monkeypatch)
    if way == "listed":
        await sync.run(sender.id)
        # What it says is taken over all the same.
        assert (await MessageTemplate.get(id=template.id)).content == template.content.replace("{{ name }}", "{{name}}")
    else:
        await approval.catch_up(template)
    assert (await known(template))[0] == "PAUSED"


async def test_a_list_is_newer_than_what_was_posted_before_it(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    simulator.post(f"templates/{template.approval_name}/status", status="APPROVED", waba_id=sender.business_account_id)
    paused = status(template, "PAUSED", now())
    await take_up(paused)
    assert (await known(template))[0] == "PAUSED"
    await sync.run(sender.id)
    assert (await known(template))[0] == "APPROVED"
    await take_up(paused)
    assert (await known(template))[0] == "APPROVED"
