"""Templates: storing, changing, deleting and finding them, and who may."""

import asyncio
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.core import connect
from db.core.paging import PageRequest
from db.schedules import ScheduleCounts
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import templates
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal, Refusals
from domain.templates import MessageTemplateOrder
from tests import factories
from tests.callers import check_attempts, each_caller
from tests.crowds import crowd
from tests.factories import unique

MARKETER = Viewer(role=Role.MARKETER)


async def scheduled(template: MessageTemplate, status: str, *, sender_id: int | None = None) -> int:
    """A schedule in any status, without the way there."""
    return await connect.value(
        "INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)"
        " VALUES ($1, $2, $3, '{}', $4, now() + interval '1 day', 0, 0) RETURNING id",
        *(template.id, await crowd(1), sender_id or (await factories.sender()).id, status),
    )


async def test_a_template_is_stored_as_given_and_trimmed() -> None:
    template = await templates.create(MARKETER, title="  Greeting ", content=" Hello {{ name }},\n{{x}} ")
    stored = await templates.get(SYSTEM, template.id)
    assert (stored.title, stored.content) == ("Greeting", "Hello {{ name }},\n{{x}}")
    assert (stored.approval_name, stored.approval_status) == (None, None)
    assert stored.created_at == stored.updated_at == template.created_at


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"title": " ", "content": "x"}, {"title": "required"}),
        ({"title": "t" * 256, "content": "c" * 5001}, {"title": "too_long", "content": "too_long"}),
        ({"title": "a\x00b", "content": ""}, {"title": "invalid_characters", "content": "required"}),
    ],
)
async def test_bounds_hold_field_by_field(given: dict[str, str], fields: dict[str, str]) -> None:
    before = await MessageTemplate.all().count()
    template = await factories.template()
    for attempt in (templates.create(SYSTEM, **given), templates.update(SYSTEM, template.id, **given)):
        with pytest.raises((Refusal, Refusals)) as caught:
            await attempt
        refusals = caught.value.refusals if isinstance(caught.value, Refusals) else [caught.value]
        assert {refusal.field: refusal.details["reason"] for refusal in refusals} == fields
        assert {refusal.code for refusal in refusals} == {ErrorCode.VALIDATION_ERROR}
    assert await MessageTemplate.all().count() == before + 1
    assert (await templates.get(SYSTEM, template.id)).updated_at == template.updated_at


async def test_the_bounds_themselves_are_allowed() -> None:
    template = await templates.create(SYSTEM, title="t" * 255, content="c" * 5000)
    assert (len(template.title), len(template.content)) == (255, 5000)


async def test_an_update_changes_what_is_given() -> None:
    template = await factories.template("Hello")
    changed = await templates.update(MARKETER, template.id, content="Bye {{name}}")
    assert (changed.title, changed.content) == (template.title, "Bye {{name}}")
    assert changed.updated_at > template.updated_at
    changed = await templates.update(MARKETER, template.id, title="Other")
    stored = await templates.get(SYSTEM, template.id)
    assert (stored.title, stored.content) == ("Other", "Bye {{name}}")


@pytest.mark.parametrize("status", ["PENDING", "HELD", "PROCESSING"])
async def test_a_template_that_schedules_need_stays(status: str) -> None:
    template = await factories.template()
    schedule = await scheduled(template, status)
    with pytest.raises(Refusal) as caught:
        await templates.delete(SYSTEM, template.id)
    assert caught.value.code is ErrorCode.INVALID_STATE
    assert (await templates.get(SYSTEM, template.id)).title == template.title
    await connect.execute("UPDATE schedule SET status = 'SENT' WHERE id = $1", schedule)
    assert await templates.delete(SYSTEM, template.id) == template.id


async def test_a_deleted_template_is_gone_but_still_named() -> None:
    template = await factories.template()
    assert await templates.delete(MARKETER, template.id) == template.id
    for attempt in (
        templates.get(SYSTEM, template.id),
        templates.update(SYSTEM, template.id, title="x"),
        templates.delete(SYSTEM, template.id),
    ):
        with pytest.raises(Refusal) as caught:
            await attempt
        assert caught.value.code is ErrorCode.NOT_FOUND
    assert (await templates.find(SYSTEM, search=template.title, page=PageRequest())).rows == []
    named = (await templates.by_ids(SYSTEM, [0, template.id]))[1]
    assert named is not None
    assert named.title == template.title


async def test_two_deletions_at_once_are_one() -> None:
    template = await factories.template()
    answers = await asyncio.gather(*(templates.delete(SYSTEM, template.id) for _ in range(4)), return_exceptions=True)
    assert answers.count(template.id) == 1


async def test_schedules_are_counted_by_whether_they_were_sent() -> None:
    template, other = await factories.template(), await factories.template()
    sender = await factories.sender()
    for status in ("PENDING", "HELD", "PROCESSING", "SENT", "SENT", "FAILED", "CANCELLED"):
        id = await scheduled(template, status)
    await scheduled(template, "SENT", sender_id=sender.id)
    await connect.execute("UPDATE schedule SET archived_at = now() WHERE id = $1 - 3", id)
    ids = [other.id, template.id]
    assert await templates.schedule_counts(SYSTEM, ids) == [ScheduleCounts(0, 0), ScheduleCounts(3, 3)]
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=sender.id)
    assert await templates.schedule_counts(bound, ids) == [ScheduleCounts(0, 0), ScheduleCounts(0, 1)]


async def approved(word: str, *, account: str, status: TemplateStatus, **columns: Any) -> MessageTemplate:
    """A template as WhatsApp knows it, without asking it."""
    values = {"language": "en_US", "category": TemplateCategory.UTILITY, **columns}
    return await MessageTemplate.create(
        title=word, content="x", approval_id=unique(), approval_name=unique("t").replace("-", "_"),
        approval_status=status, business_account_id=account, **values,
    )  # fmt: skip


async def test_templates_are_found_by_what_they_are() -> None:
    word, account = unique("Find"), unique("waba")
    sender = await factories.sender(business_account_id=account)
    own = await templates.create(SYSTEM, title=f"{word} own", content="about 50% off_")
    ours = await approved(f"{word} ours", account=account, status=TemplateStatus.APPROVED)
    waits = await approved(
        f"{word} waits", account=account, status=TemplateStatus.PENDING, language="pt_PT",
        category=TemplateCategory.MARKETING,
    )  # fmt: skip
    foreign = await approved(f"{word} foreign", account=unique("waba"), status=TemplateStatus.APPROVED)

    async def found(viewer: Viewer = SYSTEM, **filters: Any) -> list[int]:
        page = await templates.find(viewer, page=PageRequest(), **{"search": word.lower(), **filters})
        assert await page.total() == len(page.rows)
        return [row.id for row in page.rows]

    assert await found() == [foreign.id, waits.id, ours.id, own.id]
    assert await found(descending=False) == [own.id, ours.id, waits.id, foreign.id]
    assert await found(order=MessageTemplateOrder.TITLE, descending=False) == [
        foreign.id, ours.id, own.id, waits.id,
    ]  # fmt: skip
    assert await found(status=[TemplateStatus.APPROVED]) == [foreign.id, ours.id]
    assert await found(category=[TemplateCategory.MARKETING, TemplateCategory.AUTHENTICATION]) == [waits.id]
    assert await found(language="pt_PT") == [waits.id]
    assert await found(sender_id=sender.id) == [ours.id, own.id]
    assert own.id in await found(search="50% OFF_")
    assert own.id not in await found(search="50%f_")
    await templates.update(SYSTEM, own.id, content="newer")
    assert (await found(order=MessageTemplateOrder.UPDATED_AT))[0] == own.id
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=sender.id)
    assert await found(bound) == [waits.id, ours.id, own.id]
    with pytest.raises(Refusal) as caught:
        await templates.get(bound, foreign.id)
    assert caught.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(Refusal) as caught:
        await found(sender_id=0)
    assert (caught.value.code, caught.value.field) == (ErrorCode.NOT_FOUND, "senderId")


async def test_a_token_that_is_bound_to_a_sender_changes_no_template_that_others_send() -> None:
    sender, template = await factories.sender(), await factories.template("ours")
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=sender.id)
    attempts: list[Any] = [
        templates.update(bound, template.id, content="mine"),
        templates.delete(bound, template.id),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal) as caught:
            await attempt
        assert caught.value.code is ErrorCode.AUTHORIZATION_ERROR
    kept = await templates.get(bound, template.id)
    assert (kept.content, kept.deleted_at) == ("ours", None)


async def test_a_search_takes_200_characters() -> None:
    assert (await templates.find(SYSTEM, search="x" * 200, page=PageRequest())).rows == []
    with pytest.raises(Refusal) as caught:
        await templates.find(SYSTEM, search="x" * 201, page=PageRequest())
    assert caught.value.field == "search"


@each_caller(Scope.CAMPAIGNS)
async def test_who_may_do_what(viewer: Viewer) -> None:
    template = await factories.template("Before")
    title = unique("title")
    changes = viewer.role in (Role.ADMIN, Role.MARKETER) and Scope.CAMPAIGNS in (viewer.scopes or Scope)
    attempts: list[tuple[Any, bool]] = [
        (templates.get(viewer, template.id), viewer.known and Scope.READ in (viewer.scopes or Scope)),
        (templates.create(viewer, title=title, content="x"), changes),
        (templates.update(viewer, template.id, content="After"), changes),
        (templates.delete(viewer, template.id), changes),
    ]
    await check_attempts(viewer, attempts)
    if not changes:
        assert (await templates.get(SYSTEM, template.id)).content == "Before"
        assert not await MessageTemplate.filter(title=title).exists()
