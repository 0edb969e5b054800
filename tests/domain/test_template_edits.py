"""Texts that change at WhatsApp: while they are sent, by two at once, refused, in doubt, or cut off."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.schedules import run
from db.templates import MessageTemplate, TemplateStatus
from domain import templates
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from domain.templates import submission
from tests.domain.test_template_approval import account, approve, known, submitted, updates_of
from tests.plans import plan
from tests.running import Simulator


@pytest.fixture(autouse=True)
def _whatsapp(simulator: Simulator) -> None: ...


async def test_what_is_under_review_cannot_be_edited(simulator: Simulator) -> None:
    simulator.configure(template_review=60)
    try:
        template = await submitted(await account())
    finally:
        simulator.configure(template_review=0.1)
    before = await updates_of(template.id)
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="Other words", title="New")
    assert (caught.value.code, caught.value.details["reason"]) == (ErrorCode.INVALID_STATE, "pending")
    kept = await templates.get(SYSTEM, template.id)
    assert (kept.content, kept.title, kept.updated_at) == (template.content, template.title, template.updated_at)
    assert await updates_of(template.id) == before


async def test_a_review_that_nobody_told_us_of_is_found_to_be_over() -> None:
    template = await submitted(await account())
    await asyncio.sleep(0.3)  # until WhatsApp has reviewed it
    stale = datetime.now(UTC) - timedelta(minutes=2)
    row = MessageTemplate.filter(id=template.id)
    await row.update(approval_status=TemplateStatus.PENDING, synced_at=stale)
    edited = await templates.update(SYSTEM, template.id, content="Hello {{name}}, goodbye.")
    assert edited.content == "Hello {{name}}, goodbye."


async def in_use(simulator: Simulator) -> MessageTemplate:
    """A template that WhatsApp has approved, but refuses to edit."""
    template = await submitted(await account())
    await asyncio.sleep(0.3)  # until WhatsApp has reviewed it
    await approve(template)
    await MessageTemplate.filter(id=template.id).update(reason="It was paused once.")
    return await MessageTemplate.get(id=template.id)


async def test_an_edit_that_whatsapp_refuses_changes_nothing(simulator: Simulator) -> None:
    template = await in_use(simulator)
    before = await updates_of(template.id)
    simulator.configure(expired_tokens=["a-token"])
    try:
        with pytest.raises(Refusal) as caught:
            await templates.update(SYSTEM, template.id, content="Other words", title="New")
    finally:
        simulator.configure(expired_tokens=[])
    assert caught.value.code is ErrorCode.WHATSAPP_API_ERROR
    kept = await templates.get(SYSTEM, template.id)
    assert (kept.content, kept.title, kept.updated_at) == (template.content, template.title, template.updated_at)
    assert (kept.approval_status, kept.reason) == (TemplateStatus.APPROVED, template.reason)
    assert await updates_of(template.id) == before


async def test_an_edit_that_is_cut_off_does_not_leave_it_under_review(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = await in_use(simulator)
    asked = asyncio.Event()

    async def never(*_: Any, **__: Any) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(submission.cloud_templates, "edit_template", never)
    editing = asyncio.create_task(templates.update(SYSTEM, template.id, content="Other words"))
    await asked.wait()
    assert (await MessageTemplate.get(id=template.id)).approval_status is TemplateStatus.PENDING
    with pytest.raises(Refusal) as second:
        await templates.update(SYSTEM, template.id, content="Still other words")
    assert second.value.code is ErrorCode.INVALID_STATE
    editing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await editing
    kept = await MessageTemplate.get(id=template.id)
    assert (kept.content, kept.approval_status) == (template.content, TemplateStatus.APPROVED)


async def test_after_an_edit_that_whatsapp_may_have_taken_it_is_asked(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = await in_use(simulator)
    simulator.configure(template_review=60)
    edit = submission.cloud_templates.edit_template

    async def unheard(*given: Any, **named: Any) -> None:
        await edit(*given, **named)
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, "WhatsApp did not answer.")

    monkeypatch.setattr(submission.cloud_templates, "edit_template", unheard)
    try:
        with pytest.raises(Refusal):
            await templates.update(SYSTEM, template.id, content="Hello {{name}}, goodbye.")
    finally:
        simulator.configure(template_review=0.1)
    assert (await MessageTemplate.get(id=template.id)).approval_status is TemplateStatus.PENDING


async def test_a_deletion_that_is_cut_off_does_not_hide_what_is_still_there(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = await in_use(simulator)
    asked = asyncio.Event()

    async def never(*_: Any, **__: Any) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(submission.cloud_templates, "delete_template", never)
    deleting = asyncio.create_task(templates.delete(SYSTEM, template.id))
    await asked.wait()
    deleting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deleting
    assert (await templates.get(SYSTEM, template.id)).id == template.id


async def test_a_text_that_is_being_sent_does_not_change_at_whatsapp(simulator: Simulator) -> None:
    """WhatsApp would review it anew and refuse the messages that have not left; so the change waits."""
    sender = await account()
    template = await submitted(sender)
    await asyncio.sleep(0.3)  # until WhatsApp has reviewed it
    await approve(template)
    schedule = await plan(template_id=template.id, sender_id=sender.id)
    assert [row["id"] for row in await run.begin([schedule.id])] == [schedule.id]
    with pytest.raises(Refusal) as refused:
        await templates.update(SYSTEM, template.id, content="Hello {{name}}, goodbye.")
    assert refused.value.code is ErrorCode.INVALID_STATE
    stored = await MessageTemplate.get(id=template.id)
    assert (stored.content, stored.approval_status) == (template.content, TemplateStatus.APPROVED)
    (at_whatsapp,) = known(simulator, sender)
    assert "welcome" in at_whatsapp["components"][0]["text"]
    await templates.update(SYSTEM, template.id, title="Another title")


async def test_a_schedule_does_not_begin_while_its_template_is_being_changed() -> None:
    sender = await account()
    template = await submitted(sender)
    await asyncio.sleep(0.3)  # until WhatsApp has reviewed it
    await approve(template)
    schedule = await plan(template_id=template.id, sender_id=sender.id)
    begun, changed = await asyncio.gather(
        run.begin([schedule.id]),
        templates.update(SYSTEM, template.id, content="Hello {{name}}, goodbye."),
        return_exceptions=True,
    )
    assert isinstance(changed, Refusal) == bool(begun), "both went through, or neither"


@pytest.mark.parametrize("status", [status for status in TemplateStatus if status not in templates.EDITABLE])
async def test_only_what_whatsapp_lets_be_changed_is_changed(simulator: Simulator, status: TemplateStatus) -> None:
    template = await in_use(simulator)
    await MessageTemplate.filter(id=template.id).update(approval_status=status, synced_at=datetime.now(UTC))
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="Other words")
    assert (caught.value.code, caught.value.details["reason"]) == (ErrorCode.INVALID_STATE, status.lower())
    kept = await MessageTemplate.get(id=template.id)
    assert (kept.content, kept.approval_status) == (template.content, status)


@pytest.mark.parametrize("status", [TemplateStatus.REJECTED, TemplateStatus.PAUSED])
async def test_what_was_turned_down_may_be_changed_as_often_as_it_takes(
    simulator: Simulator, status: TemplateStatus
) -> None:
    template = await in_use(simulator)
    for content in ("Hello {{name}}, second.", "Hello {{name}}, third."):
        simulator.post(
            f"templates/{template.approval_name}/status", status=status, waba_id=template.business_account_id
        )
        await MessageTemplate.filter(id=template.id).update(approval_status=status)
        assert (await templates.update(SYSTEM, template.id, content=content)).content == content


@pytest.mark.parametrize(
    ("hours_ago", "free_in_hours"),
    [
        ([1], 23),
        ([24 * n + 25 for n in range(10)], 30 * 24 - (24 * 9 + 25)),
        ([25], None),
        ([720 + n for n in range(12)], None),
    ],
)
async def test_an_approved_one_changes_once_a_day_and_ten_times_in_thirty(
    simulator: Simulator, hours_ago: list[int], free_in_hours: int | None
) -> None:
    template, now = await in_use(simulator), datetime.now(UTC)
    edits = [now - timedelta(hours=hours) for hours in reversed(hours_ago)]
    await MessageTemplate.filter(id=template.id).update(edited_at=edits)
    if free_in_hours is None:
        await templates.update(SYSTEM, template.id, content="Hello {{name}}, again.")
        edited = await MessageTemplate.get(id=template.id)
        assert len(edited.edited_at or []) == min(len(edits) + 1, 10)
        return
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="Hello {{name}}, again.")
    assert (caught.value.code, caught.value.details["reason"]) == (ErrorCode.INVALID_STATE, "edited_often")
    after = datetime.fromisoformat(caught.value.details["after"])
    assert abs(after - now - timedelta(hours=free_in_hours)) < timedelta(minutes=1)
    assert (await MessageTemplate.get(id=template.id)).content == template.content
    await templates.update(SYSTEM, template.id, title="A title is ours alone")


async def test_placeholders_stay_named_or_numbered(simulator: Simulator) -> None:
    template = await in_use(simulator)
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="Hello {{1}}, hi.", examples={"1": "a"})
    assert (caught.value.field, caught.value.details["reason"]) == ("content", "other_format")


async def test_examples_that_were_given_still_hold(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender, "Hello {{name}}, code {{code}} it is.", examples={"code": "7"})
    await asyncio.sleep(0.3)  # until WhatsApp has reviewed it
    await approve(template)
    edited = await templates.update(SYSTEM, template.id, content="Hello {{name}}, it is {{code}} now.", footer="F")
    assert edited.examples == {"name": "Rita Sousa", "code": "7"}
    (at_whatsapp,) = known(simulator, sender)
    assert [component["type"] for component in at_whatsapp["components"]] == ["BODY", "FOOTER"]
