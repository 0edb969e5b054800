"""Our templates made equal to WhatsApp's: all of an account, and those whose change was cut off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from db.core import connect
from db.senders import Sender
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import templates
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from domain.templates import submission, sync
from domain.templates.approval import apply_status
from tests import factories
from tests.domain.test_template_approval import account, submitted, updates_of
from tests.factories import unique
from tests.running import Simulator
from workers.templates import sync_templates

HEADERS = {"Authorization": "Bearer a-token"}


@pytest.fixture(autouse=True)
def _whatsapp(simulator: Simulator) -> Iterator[None]:
    """It reviews nothing meanwhile: what it tells would be news in the midst of a test."""
    simulator.configure(template_review=600)
    yield
    simulator.configure(template_review=0.1)


def at_whatsapp(simulator: Simulator, sender: Sender, name: str, **given: Any) -> str:
    """Makes a template at WhatsApp, without us; its id."""
    body = {
        "name": name,
        "language": "pt_PT",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Hi {{1}}, it is {{2}}."}],
        **given,
    }
    url = f"{simulator.url}/v26.0/{sender.business_account_id}/message_templates"
    answer = httpx.post(url, json=body, headers=HEADERS, trust_env=False)
    assert answer.is_success, answer.text
    return answer.json()["id"]


def edit_at_whatsapp(simulator: Simulator, template: MessageTemplate, components: list[dict[str, Any]]) -> None:
    url, body = f"{simulator.url}/v26.0/{template.approval_id}", {"components": components}
    assert httpx.post(url, json=body, headers=HEADERS, trust_env=False).is_success


def gone_at_whatsapp(simulator: Simulator, sender: Sender, name: str) -> None:
    url = f"{simulator.url}/v26.0/{sender.business_account_id}/message_templates"
    assert httpx.delete(url, params={"name": name}, headers=HEADERS, trust_env=False).is_success


async def ours(sender: Sender) -> dict[str, MessageTemplate]:
    found = await MessageTemplate.filter(business_account_id=sender.business_account_id, deleted_at=None)
    return {template.approval_name or "": template for template in found}


async def long_ago(template: MessageTemplate, **columns: Any) -> None:
    stale = datetime.now(UTC) - timedelta(hours=1)
    hidden = {"deleted_at": stale} if columns.pop("hidden", False) else {}
    await MessageTemplate.filter(id=template.id).update(synced_at=stale, **hidden, **columns)


async def test_what_only_whatsapp_has_becomes_ours_with_all_its_parts(simulator: Simulator) -> None:
    sender = await account()
    components = [
        {"type": "HEADER", "format": "TEXT", "text": "For {{1}}", "example": {"header_text": ["Rita"]}},
        {"type": "BODY", "text": "Hi {{1}}, it is {{2}}.", "example": {"body_text": [["Rita", "Friday"]]}},
        {"type": "FOOTER", "text": "Clinic"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "See", "url": "https://ex.example/{{1}}"}]},
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Now"}},
    ]
    id = at_whatsapp(simulator, sender, "made_there", components=components)
    await sync.run(sender.id)
    (template,) = (await ours(sender)).values()
    assert (template.approval_id, template.approval_name, template.language) == (id, "made_there", "pt_PT")
    assert (template.title, template.category, template.positional) == ("made_there", TemplateCategory.MARKETING, True)
    assert template.content == "Hi {{1}}, it is {{2}}."
    assert template.header == {"format": "TEXT", "text": "For {{header_1}}"}
    assert template.footer == "Clinic"
    assert template.buttons == [{"type": "URL", "title": "See", "url": "https://ex.example/{{button_1}}"}]
    assert template.examples == {"1": "Rita", "2": "Friday", "header_1": "Rita"}
    assert template.other_components == [components[-1]]
    assert await updates_of(template.id) == 1
    await sync.run(sender.id)
    again = await MessageTemplate.get(id=template.id)
    assert await updates_of(template.id) == 1, "nothing has changed, so nothing is told"
    assert again.updated_at == template.updated_at
    assert (again.synced_at or template.created_at) > (template.synced_at or again.created_at)


async def test_all_pages_are_taken_in(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = await account()
    names = {f"page_{n}" for n in range(7)}
    for name in names:
        at_whatsapp(simulator, sender, name)
    monkeypatch.setattr("domain.providers.cloud_templates._PAGE", 3)
    await sync.run(sender.id)
    assert (await ours(sender)).keys() == names


async def test_what_we_alone_know_of_a_template_stays(simulator: Simulator) -> None:
    sender = await account()
    template = await templates.create(
        SYSTEM,
        title=unique("kept"),
        content="Hello {{ name }}, hi.",
        buttons=[
            {"type": "REPLY", "title": "Yes", "payload": "yes:{{name}}"},
            {"type": "URL", "title": "See", "url": "https://ex.example/{{order}}"},
            {"type": "CODE", "title": "Copy", "code": "S{{order}}"},
        ],
        approval=submission.Approval(
            language="en_US", category=TemplateCategory.UTILITY, sender_id=sender.id, examples={"order": "51"}
        ),
    )
    before = await MessageTemplate.get(id=template.id)
    await sync.run(sender.id)
    after = await MessageTemplate.get(id=template.id)
    assert (after.content, after.buttons, after.examples, after.positional) == (
        before.content, before.buttons, before.examples, False,
    )  # fmt: skip


async def test_what_was_changed_there_is_changed_here(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    await apply_status("APPROVED", approval_id=template.approval_id)
    before = await updates_of(template.id)
    simulator.post(f"templates/{template.approval_name}/status", status="PAUSED", waba_id=sender.business_account_id)
    changed = [{"type": "BODY", "text": "Bye {{name}}, bye."}, {"type": "FOOTER", "text": "F"}]
    edit_at_whatsapp(simulator, template, changed)
    await sync.run(sender.id)
    after = await MessageTemplate.get(id=template.id)
    assert (after.content, after.footer) == ("Bye {{name}}, bye.", "F")
    assert await updates_of(template.id) > before


async def test_what_is_gone_there_is_deleted_here_and_still_shown(simulator: Simulator) -> None:
    sender = await account()
    gone, kept = await submitted(sender), await submitted(sender)
    gone_at_whatsapp(simulator, sender, gone.approval_name or "")
    await sync.run(sender.id)
    assert (await templates.get(SYSTEM, gone.id)).approval_status is TemplateStatus.DELETED
    assert (await templates.get(SYSTEM, kept.id)).approval_status is not TemplateStatus.DELETED
    assert await updates_of(gone.id) >= 2
    told = await updates_of(gone.id)
    await sync.run(sender.id)
    assert await updates_of(gone.id) == told


async def test_one_that_is_deleted_and_made_anew_under_its_name_is_another(simulator: Simulator) -> None:
    sender = await account()
    former = await submitted(sender)
    name = former.approval_name or ""
    gone_at_whatsapp(simulator, sender, name)
    id = at_whatsapp(simulator, sender, name, language="en_US")
    await sync.run(sender.id)
    assert (await MessageTemplate.get(id=former.id)).approval_status is TemplateStatus.DELETED
    assert (await MessageTemplate.get(approval_id=id)).approval_name == name


async def test_a_template_of_ours_that_was_deleted_does_not_come_back(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    await templates.delete(SYSTEM, template.id)
    await sync.run(sender.id)
    assert await ours(sender) == {}


async def test_without_whatsapp_nothing_is_forgotten(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    simulator.configure(expired_tokens=["a-token"])
    try:
        with pytest.raises(Refusal) as caught:
            await sync.run(sender.id)
        await sync_templates(sender.id)  # No fault of ours: the job is done, and is not told of as one that fails.
    finally:
        simulator.configure(expired_tokens=[])
    assert caught.value.code is ErrorCode.WHATSAPP_API_ERROR
    assert (await MessageTemplate.get(id=template.id)).approval_status is not TemplateStatus.DELETED


async def settled(template: MessageTemplate) -> MessageTemplate | None:
    """After the clock has come by often enough: tests before us may have left others."""
    for _ in range(50):
        await sync.settle()
        found = await MessageTemplate.get_or_none(id=template.id)
        if found is None or (found.synced_at and datetime.now(UTC) - found.synced_at < timedelta(minutes=30)):
            return found
    raise AssertionError("it was never asked about")


async def test_a_submission_whose_end_nobody_saw_is_found_at_whatsapp(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    # As it is while WhatsApp is asked: kill -9 leaves it so.
    await long_ago(template, approval_id=None, approval_status=TemplateStatus.PENDING, hidden=True)
    found = await settled(template)
    assert found is not None
    assert (found.approval_id, found.deleted_at) == (template.approval_id, None)


async def test_a_submission_that_never_reached_whatsapp_was_never_there() -> None:
    sender = await account()
    template = await submitted(sender)
    await long_ago(template, approval_id=None, approval_name="never_there", hidden=True)
    assert await settled(template) is None


async def test_a_submission_that_is_under_way_is_left_alone(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    now = await connect.value("SELECT now()")
    await MessageTemplate.filter(id=template.id).update(
        approval_id=None, approval_name="under_way", synced_at=now, deleted_at=now
    )
    await sync.run(sender.id)
    assert await MessageTemplate.filter(id=template.id).exists()


async def test_an_edit_whose_end_nobody_saw_is_taken_from_whatsapp(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender, "Hello {{name}}, new.")
    await long_ago(template, content="Hello {{name}}, old.", approval_status=TemplateStatus.PENDING)
    found = await settled(template)
    assert found is not None
    assert found.content == "Hello {{name}}, new."


async def test_a_deletion_whose_end_nobody_saw_is_shown_again_or_done(simulator: Simulator) -> None:
    sender = await account()
    there, gone = await submitted(sender), await submitted(sender)
    gone_at_whatsapp(simulator, sender, gone.approval_name or "")
    for template in (there, gone):
        await long_ago(template, hidden=True)
    shown, done = await settled(there), await settled(gone)
    assert shown is not None
    assert done is not None
    assert shown.deleted_at is None
    assert (done.deleted_at is not None, done.approval_status) == (True, TemplateStatus.DELETED)


async def test_a_pause_that_ended_unheard_is_found_out(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    simulator.post(f"templates/{template.approval_name}/status", status="APPROVED", waba_id=sender.business_account_id)
    await long_ago(template, approval_status=TemplateStatus.PAUSED)
    found = await settled(template)
    assert found is not None
    assert found.approval_status is TemplateStatus.APPROVED


async def test_an_account_whose_token_cannot_be_read_keeps_no_other_waiting(simulator: Simulator) -> None:
    """SECRET_KEY was lost, and not every token is entered anew yet."""
    locked, other = await account(), await account()
    first, second = await submitted(locked), await submitted(other)
    simulator.post(f"templates/{second.approval_name}/status", status="APPROVED", waba_id=other.business_account_id)
    await Sender.filter(id=locked.id).update(access_token=b"\x00")
    await long_ago(first, approval_status=TemplateStatus.PAUSED)
    await long_ago(second, approval_status=TemplateStatus.PAUSED)
    found = await settled(second)
    await Sender.filter(id=locked.id).update(access_token=None)
    assert found is not None
    assert found.approval_status is TemplateStatus.APPROVED


async def test_only_a_sender_with_an_account_has_templates() -> None:
    sender = await factories.sender(business_account_id=None)
    with pytest.raises(Refusal) as caught:
        await sync.request(SYSTEM, sender.id)
    assert (caught.value.code, caught.value.field) == (ErrorCode.VALIDATION_ERROR, "senderId")
    with pytest.raises(Refusal) as caught:
        await sync.request(SYSTEM, 0)
    assert caught.value.code is ErrorCode.NOT_FOUND


async def test_a_deletion_that_is_under_way_stays_hidden() -> None:
    sender = await account()
    template = await submitted(sender)
    await MessageTemplate.filter(id=template.id).update(deleted_at=await connect.value("SELECT now()"))
    await sync.run(sender.id)
    assert (await MessageTemplate.get(id=template.id)).deleted_at is not None


async def test_what_slipped_through_between_two_pages_is_looked_for_once_more(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await account()
    template = await submitted(sender)
    listing, asked = sync.cloud_templates.list_templates, list[int]()

    async def shifting(*given: Any, **named: Any) -> Any:
        page, after = await listing(*given, **named)
        asked.append(len(page))
        return ([], None) if len(asked) == 1 else (page, after)

    monkeypatch.setattr(sync.cloud_templates, "list_templates", shifting)
    await sync.run(sender.id)
    assert (await MessageTemplate.get(id=template.id)).approval_status is not TemplateStatus.DELETED
    assert asked == [1, 1]
