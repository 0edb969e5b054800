"""Templates at WhatsApp: submitted, changed and deleted over real HTTP, and kept true by what WhatsApp says."""

import asyncio
from typing import Any

import httpx
import pytest

from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.senders import Sender
from db.templates import MessageTemplate, QualityRating, TemplateCategory, TemplateStatus
from domain import senders, templates
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal, Refusals
from domain.templates.approval import apply_category, apply_quality, apply_status, told_reason
from domain.templates.submission import Approval
from tests import factories
from tests.callers import only
from tests.factories import unique
from tests.running import Simulator, free_port

UTILITY = TemplateCategory.UTILITY


@pytest.fixture(autouse=True)
def _whatsapp(simulator: Simulator) -> None: ...


async def account() -> Sender:
    """A sender of a WhatsApp Business account of its own."""
    return await factories.sender(business_account_id=unique("waba"))


async def submitted(sender: Sender, content: str = "Hello {{ name }}, welcome.", **more: Any) -> MessageTemplate:
    approval = Approval(language="en_US", category=UTILITY, sender_id=sender.id, **more)
    return await templates.create(SYSTEM, title=unique("Olá Mundo!"), content=content, approval=approval)


def known(simulator: Simulator, sender: Sender) -> list[dict[str, Any]]:
    """The account's templates as WhatsApp lists them."""
    url = f"{simulator.url}/v26.0/{sender.business_account_id}/message_templates"
    answer = httpx.get(url, headers={"Authorization": "Bearer a-token"}, trust_env=False)
    return answer.json()["data"]


async def updates_of(template_id: int) -> int:
    return await connect.value(
        "SELECT count(*) FROM event WHERE type = 'TEMPLATE_UPDATED' AND subject_id = $1", template_id
    )


async def test_an_approval_is_submitted_with_named_placeholders_and_examples(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender, "Hello {{ name }}, your code is {{code}}.", examples={"code": 7})
    (at_whatsapp,) = known(simulator, sender)
    assert at_whatsapp["id"] == template.approval_id
    assert (at_whatsapp["parameter_format"], at_whatsapp["category"]) == ("NAMED", "UTILITY")
    assert at_whatsapp["components"] == [
        {
            "type": "BODY",
            "text": "Hello {{name}}, your code is {{code}}.",
            "example": {
                "body_text_named_params": [
                    {"param_name": "name", "example": "Rita Sousa"},
                    {"param_name": "code", "example": "7"},
                ]
            },
        }
    ]
    assert template.approval_name == at_whatsapp["name"]
    assert template.approval_name.startswith("ola_mundo_")
    assert (template.approval_status, template.language, template.category) == (
        TemplateStatus.PENDING,
        "en_US",
        UTILITY,
    )
    assert (template.business_account_id, template.synced_at is not None) == (sender.business_account_id, True)
    assert template.content == "Hello {{ name }}, your code is {{code}}."
    assert await updates_of(template.id) == 1


async def test_the_default_sender_owns_it_where_none_is_named() -> None:
    sender = await factories.sender(business_account_id=unique("waba"), is_default=True)
    approval = Approval(language="pt_PT", category=UTILITY, name="good_name_1")
    template = await templates.create(SYSTEM, title="T", content="Hello you", approval=approval)
    assert (template.business_account_id, template.approval_name) == (sender.business_account_id, "good_name_1")


async def test_what_whatsapp_refuses_is_not_stored_and_its_words_are_passed_on() -> None:
    sender, title = await account(), unique("refused")
    first = await submitted(sender)
    approval = Approval(language="en_US", category=UTILITY, sender_id=sender.id, name=first.approval_name)
    with pytest.raises(Refusal) as caught:
        await templates.create(SYSTEM, title=title, content="Hello {{name}}, hi.", approval=approval)
    assert (caught.value.code, caught.value.field) == (ErrorCode.WHATSAPP_API_ERROR, "approval.name")
    assert "already" in caught.value.message
    assert caught.value.details["providerCode"] == 100
    assert not await MessageTemplate.filter(title=title).exists()


@pytest.mark.parametrize(
    ("subcode", "field"),
    [
        (2388040, "content"),
        (2388047, "header"),
        (2388072, "content"),
        (2388073, "footer"),
        (2388293, "content"),
        (2388299, "content"),
        (2388019, "approval"),
        (2388023, "approval.name"),
        (1, "approval"),
    ],
)
async def test_each_fault_that_whatsapp_finds_names_its_field(
    subcode: int, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"code": 100, "error_subcode": subcode, "message": "Invalid parameter", "error_user_msg": "Not like this."}

    async def refuse(self: httpx.AsyncClient, method: str, url: str, **given: Any) -> httpx.Response:
        return httpx.Response(400, json={"error": error})

    sender, title = await account(), unique("refused")
    monkeypatch.setattr(httpx.AsyncClient, "request", refuse)
    approval = Approval(language="en_US", category=UTILITY, sender_id=sender.id)
    with pytest.raises(Refusal) as caught:
        await templates.create(SYSTEM, title=title, content="Hello {{name}}, hi.", approval=approval)
    assert (caught.value.field, caught.value.message) == (field, "Not like this.")
    assert caught.value.details["providerSubcode"] == subcode
    assert not await MessageTemplate.filter(title=title).exists()


async def test_a_whatsapp_that_cannot_be_reached_is_no_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = await account()
    monkeypatch.setattr(get_settings(), "whatsapp_api_url", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Refusal) as caught:
        await submitted(sender)
    assert caught.value.code is ErrorCode.WHATSAPP_API_ERROR
    assert "did not answer" in caught.value.message
    assert not await MessageTemplate.filter(business_account_id=sender.business_account_id).exists()


async def test_a_token_that_ran_out_is_told_with_whatsapps_code(simulator: Simulator) -> None:
    template = await submitted(await account())
    await approve(template)
    simulator.configure(expired_tokens=["a-token"])
    try:
        with pytest.raises(Refusal) as caught:
            await templates.update(SYSTEM, template.id, content="Other words")
    finally:
        simulator.configure(expired_tokens=[])
    assert (caught.value.code, caught.value.details["providerCode"]) == (ErrorCode.WHATSAPP_API_ERROR, 190)
    assert (await templates.get(SYSTEM, template.id)).content == template.content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"language": "english!"}, "approval.language"),
        ({"name": "Bad Name"}, "approval.name"),
        ({"name": ""}, "approval.name"),
        ({"examples": ["x"]}, "approval.examples"),
        ({"examples": {}}, "approval.examples"),
    ],
)
async def test_bad_approvals_are_refused_before_whatsapp_is_asked(
    changes: dict[str, Any], field: str, simulator: Simulator
) -> None:
    sender = await account()
    values = {"language": "en", "category": UTILITY, "sender_id": sender.id, "examples": {"code": "1"}, **changes}
    with pytest.raises(Refusal) as caught:
        await templates.create(SYSTEM, title="T", content="Your code {{code}} here", approval=Approval(**values))
    assert (caught.value.code, caught.value.field) == (ErrorCode.VALIDATION_ERROR, field)
    assert known(simulator, sender) == []


async def test_an_approved_content_has_at_most_1024_characters_and_a_title_that_makes_a_name() -> None:
    approval = Approval(language="en", category=UTILITY)
    with pytest.raises(Refusals) as caught:
        await templates.create(SYSTEM, title="你好", content="x" * 1025, approval=approval)
    assert [refusal.field for refusal in caught.value.refusals] == ["content", "approval.name"]


async def test_the_account_must_be_known() -> None:
    sender = await factories.sender(business_account_id=None)
    for sender_id, code in ((sender.id, ErrorCode.VALIDATION_ERROR), (0, ErrorCode.NOT_FOUND)):
        approval = Approval(language="en", category=UTILITY, sender_id=sender_id)
        with pytest.raises(Refusal) as caught:
            await templates.create(SYSTEM, title="T", content="x", approval=approval)
        assert (caught.value.code, caught.value.field) == (code, "approval.senderId")


async def test_approval_that_came_before_the_row_is_caught_up_with(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await account()
    request = httpx.AsyncClient.request

    async def answered_late(self: httpx.AsyncClient, method: str, url: str, **given: Any) -> httpx.Response:
        answer = await request(self, method, url, **given)
        async with asyncio.timeout(10):
            while known(simulator, sender)[0]["status"] != "APPROVED":  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.05)
        return answer

    monkeypatch.setattr(httpx.AsyncClient, "request", answered_late)
    template = await submitted(sender)
    assert template.approval_status is TemplateStatus.APPROVED


async def approve(template: MessageTemplate) -> None:
    await apply_status("APPROVED", approval_id=template.approval_id, reason="NONE")


@pytest.mark.parametrize("answer", [{}, [], None], ids=["nothing", "no object", "no JSON"])
async def test_whatsapp_that_cannot_be_asked_afterwards_costs_no_template(
    monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    request = httpx.AsyncClient.request

    async def unreadable(self: httpx.AsyncClient, method: str, url: str, **given: Any) -> httpx.Response:
        if method == "GET":
            return httpx.Response(200, json=answer) if answer is not None else httpx.Response(502, text="<html>")
        return await request(self, method, url, **given)

    monkeypatch.setattr(httpx.AsyncClient, "request", unreadable)
    template = await submitted(await account())
    assert await MessageTemplate.filter(id=template.id, approval_id=template.approval_id).exists()
    assert template.approval_status is TemplateStatus.PENDING


async def test_an_edit_goes_to_whatsapp_and_is_reviewed_again(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    await asyncio.sleep(0.3)
    await approve(template)
    edited = await templates.update(SYSTEM, template.id, content="Dear {{name}}, hello.", title="New")
    assert edited.approval_status in (TemplateStatus.PENDING, TemplateStatus.APPROVED)
    assert known(simulator, sender)[0]["components"][0]["text"] == "Dear {{name}}, hello."
    assert (edited.content, edited.title) == ("Dear {{name}}, hello.", "New")
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="Dear {{stranger}}, hello.")
    assert (caught.value.field, caught.value.details["missing"]) == ("examples", ["stranger"])
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="x" * 1025)
    assert caught.value.details["reason"] == "too_long"


async def test_a_new_title_alone_is_no_matter_of_whatsapps() -> None:
    template = await submitted(await account())
    await apply_status("PAUSED", approval_id=template.approval_id)
    renamed = await templates.update(SYSTEM, template.id, title="New", content=template.content)
    assert (renamed.title, renamed.approval_status) == ("New", TemplateStatus.PAUSED)


async def test_a_deletion_reaches_whatsapp(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender)
    await templates.delete(SYSTEM, template.id)
    assert known(simulator, sender) == []
    # What is gone there already, or has no one left to say it through, can be deleted here all the same.
    template = await submitted(sender)
    await MessageTemplate.filter(id=template.id).update(approval_id="1")
    assert await templates.delete(SYSTEM, template.id) == template.id
    template = await submitted(sender, name="other")
    await senders.delete(SYSTEM, sender.id)
    assert await templates.delete(SYSTEM, template.id) == template.id


async def test_a_pause_for_pacing_is_ended_by_hand(simulator: Simulator) -> None:
    template = await submitted(await account())
    before = await updates_of(template.id)
    refusal = await only(templates.unpause(SYSTEM, template.id))
    assert refusal[:2] == (ErrorCode.INVALID_STATE, "id"), "it is PENDING"
    assert (await only(templates.unpause(SYSTEM, (await factories.template()).id)))[0] is ErrorCode.INVALID_STATE
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=(await factories.sender()).id)
    assert (await only(templates.unpause(bound, template.id)))[0] is ErrorCode.AUTHORIZATION_ERROR
    simulator.post(f"templates/{template.approval_name}/pause")
    await apply_status("PAUSED", approval_id=template.approval_id)
    assert (await only(templates.unpause(SYSTEM, template.id)))[0] is ErrorCode.WHATSAPP_API_ERROR
    assert (await MessageTemplate.get(id=template.id)).approval_status is TemplateStatus.PAUSED, "for low quality"
    simulator.post(f"templates/{template.approval_name}/status", status="APPROVED")
    simulator.post(f"templates/{template.approval_name}/status", status="PAUSED")
    unpaused = await templates.unpause(SYSTEM, template.id)
    assert unpaused.approval_status is TemplateStatus.APPROVED
    assert await updates_of(template.id) == before + 2


async def test_a_template_that_whatsapp_keeps_is_kept(simulator: Simulator) -> None:
    template = await submitted(await account())
    simulator.configure(expired_tokens=["a-token"])
    try:
        with pytest.raises(Refusal) as caught:
            await templates.delete(SYSTEM, template.id)
    finally:
        simulator.configure(expired_tokens=[])
    assert caught.value.code is ErrorCode.WHATSAPP_API_ERROR
    assert (await templates.get(SYSTEM, template.id)).id == template.id


async def test_without_a_sender_of_the_account_nothing_can_be_changed_there() -> None:
    sender = await account()
    template = await submitted(sender)
    await senders.delete(SYSTEM, sender.id)
    with pytest.raises(Refusal) as caught:
        await templates.update(SYSTEM, template.id, content="Other words")
    assert caught.value.code is ErrorCode.INVALID_STATE


@pytest.mark.parametrize(
    ("event", "reason", "status", "kept"),
    [
        ("APPROVED", "NONE", TemplateStatus.APPROVED, None),
        ("REINSTATED", None, TemplateStatus.APPROVED, None),
        ("FLAGGED", "low quality", TemplateStatus.APPROVED, "FLAGGED: low quality"),
        ("IN_APPEAL", None, TemplateStatus.PENDING, None),
        ("REJECTED", "INVALID_FORMAT", TemplateStatus.REJECTED, "INVALID_FORMAT"),
        ("PAUSED", "FIRST_PAUSE", TemplateStatus.PAUSED, "FIRST_PAUSE"),
        ("DISABLED", None, TemplateStatus.DISABLED, None),
        ("PENDING_DELETION", None, TemplateStatus.DELETED, None),
        ("LOCKED", None, TemplateStatus.OTHER, "LOCKED"),
        ("BRAND_NEW_WORD", "because", TemplateStatus.OTHER, "BRAND_NEW_WORD: because"),
    ],
)
async def test_every_word_of_whatsapp_has_a_status(
    event: str, reason: str | None, status: TemplateStatus, kept: str | None
) -> None:
    template = await submitted(await account())
    before = await updates_of(template.id)
    for _ in range(2):  # told twice, announced once
        await apply_status(event, approval_id=template.approval_id, reason=reason)
    told = await templates.get(SYSTEM, template.id)
    assert (told.approval_status, told.reason) == (status, kept)
    # On a slow machine the simulator has approved it by then.
    changed = (told.approval_status, told.reason) != (template.approval_status, template.reason)
    assert await updates_of(template.id) - before == changed


async def test_a_template_is_also_known_by_name_language_and_account() -> None:
    template = await submitted(await account())
    named = {"name": template.approval_name, "language": template.language}
    await apply_status("REJECTED", approval_id="unknown", **named, business_account_id="another")
    assert (await templates.get(SYSTEM, template.id)).approval_status is TemplateStatus.PENDING
    await apply_status("REJECTED", approval_id=None, **named, business_account_id=template.business_account_id)
    assert (await templates.get(SYSTEM, template.id)).approval_status is TemplateStatus.REJECTED


async def test_quality_and_category_follow_whatsapp() -> None:
    template = await submitted(await account())
    before = await updates_of(template.id)
    await apply_quality("YELLOW", approval_id=template.approval_id)
    await apply_category("MARKETING", approval_id=template.approval_id)
    await apply_category("SOMETHING_ELSE", approval_id=template.approval_id)
    told = await templates.get(SYSTEM, template.id)
    assert (told.quality, told.category) == (QualityRating.YELLOW, TemplateCategory.MARKETING)
    assert await updates_of(template.id) == before + 2
    await apply_quality("PURPLE", approval_id=template.approval_id)
    assert (await templates.get(SYSTEM, template.id)).quality is QualityRating.UNKNOWN


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"reason": "NONE"}, None),
        ({"reason": None}, None),
        ({"reason": 3, "other_info": "x", "rejection_info": None}, None),
        ({"reason": "INVALID_FORMAT"}, "INVALID_FORMAT"),
        (
            {"reason": "NONE", "other_info": {"title": "FIRST_PAUSE", "description": "Paused for 3 hours."}},
            "FIRST_PAUSE: Paused for 3 hours.",
        ),
        (
            {"reason": "SCAM", "rejection_info": {"reason": "SCAM", "recommendation": "Say who you are."}},
            "SCAM: Say who you are.",
        ),
        ({"reason": None, "disable_info": {"disable_date": "November 28, 2026"}}, "November 28, 2026"),
    ],
)
def test_all_that_an_update_says_of_why_is_kept(value: dict[str, Any], reason: str | None) -> None:
    assert told_reason(value) == reason


@pytest.mark.parametrize("word", ["LIMIT_EXCEEDED", "ARCHIVED", "UNARCHIVED", "LOCKED"])
async def test_words_that_say_nothing_of_sending_are_other_and_asked_about_later(word: str) -> None:
    template = await submitted(await account())
    await apply_status(word, approval_id=template.approval_id, category="MARKETING")
    told = await templates.get(SYSTEM, template.id)
    assert (told.approval_status, told.reason) == (TemplateStatus.OTHER, word)
    assert told.category is TemplateCategory.MARKETING
