"""One-time codes: asked for without words of ours, shown with WhatsApp's, and sent with the code in two places."""

from typing import Any

import pytest

from db.conversations import Conversation
from db.senders import Sender
from db.templates import MessageTemplate, TemplateCategory
from domain import templates
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal, Refusals
from domain.providers import cloud_templates
from domain.providers.base import TemplateContent
from domain.providers.cloud_components import from_components, to_components
from domain.templates import sync
from domain.templates.approval import apply_status
from domain.templates.rendering import Rendered, render
from domain.templates.submission import Approval
from tests.callers import only
from tests.domain.conversations.surroundings import a_conversation, approved, send, stored, the_sender
from tests.domain.test_template_approval import account, known
from tests.factories import unique
from tests.running import Simulator

pytestmark = pytest.mark.usefixtures("simulator")

AUTHENTICATION = TemplateCategory.AUTHENTICATION


async def submitted(sender: Sender, language: str = "en_US", **code: Any) -> MessageTemplate:
    approval = Approval(language, AUTHENTICATION, sender_id=sender.id, one_time_code=code or None)
    return await templates.create(SYSTEM, title=unique("Sign in"), approval=approval)


def filled(template: MessageTemplate, code: str) -> tuple[Rendered, list[dict[str, Any]]]:
    rendered = render(template, {}, {"1": code})
    assert isinstance(rendered.content, TemplateContent)
    return rendered, rendered.content.components


async def test_whatsapp_is_told_what_goes_with_it_and_writes_the_words(simulator: Simulator) -> None:
    sender = await account()
    template = await submitted(sender, "pt_PT", security_advice=True, expires_in_minutes=5, button_title="Copiar")
    assert to_components(template) == [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copiar"}]},
    ]
    (at_whatsapp,) = known(simulator, sender)
    body, footer, _ = at_whatsapp["components"]
    assert (template.content, template.footer) == (body["text"], footer["text"]), "its words, in the language"
    assert template.content.startswith("*{{1}}* é o seu código")
    assert [button["title"] for button in template.buttons or []] == ["Copiar"]
    assert (template.positional, template.category) == (True, AUTHENTICATION)
    assert (await MessageTemplate.get(id=template.id)).content == template.content


async def test_without_an_answer_the_english_words_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: Any, **__: Any) -> None:
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, "It does not answer.")

    sender = await account()
    with monkeypatch.context() as away:
        away.setattr(cloud_templates, "list_templates", silent)
        template = await submitted(sender, "es_ES", security_advice=False, expires_in_minutes=90)
    assert template.content == "*{{1}}* is your verification code."
    assert template.footer == "This code expires in 90 minutes."
    await sync.run(sender.id)
    assert (await MessageTemplate.get(id=template.id)).content == "Tu código de verificación es *{{1}}*."


async def test_the_code_fills_text_and_button() -> None:
    template = await submitted(await account())
    rendered, components = filled(template, "482913")
    assert rendered.fault is None
    assert rendered.text.startswith("*482913* is your verification code.")
    parameter = [{"type": "text", "text": "482913"}]
    assert components == [
        {"type": "body", "parameters": parameter},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": parameter},
    ]
    assert render(template, {}, {}).missing == ["1"]
    assert filled(template, "x" * 15)[0].fault is None
    assert filled(template, "x" * 16)[0].fault == "A one-time code has up to 15 characters."


async def test_a_sync_changes_nothing_of_one_that_is_known() -> None:
    sender = await account()
    template = await submitted(sender, expires_in_minutes=10)
    await sync.run(sender.id)
    again = await MessageTemplate.get(id=template.id)
    assert again.updated_at == template.updated_at
    assert to_components(again) == to_components(template)


@pytest.mark.parametrize(
    "listed",
    [
        [{"type": "BODY", "add_security_recommendation": True}],
        [{"type": "BODY", "text": "", "add_security_recommendation": True}],
    ],
)
def test_one_that_is_listed_without_words_can_be_sent_too(listed: list[Any]) -> None:
    buttons = {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]}
    footer = {"type": "FOOTER", "code_expiration_minutes": 7}
    parts = from_components([*listed, footer, buttons], format="POSITIONAL", category=AUTHENTICATION)
    assert parts.content == "*{{1}}* is your verification code. For your security, do not share this code."
    template = MessageTemplate(
        title="t",
        content=parts.content,
        footer=parts.footer,
        buttons=parts.buttons,
        positional=parts.positional,
        other_components=parts.other_components,
        approval_name="login",
        language="en",
        category=AUTHENTICATION,
    )
    _, components = filled(template, "1234")
    assert [component["type"] for component in components] == ["body", "button"]
    assert to_components(template) == [{"type": "BODY", "add_security_recommendation": True}, footer, buttons]


def test_what_opens_an_app_goes_back_as_it_was() -> None:
    url = "https://www.whatsapp.com/otp/code/?otp_type=ONE_TAP&package_name=org.ex&code=otp{{1}}"
    apps = [{"package_name": "org.ex", "signature_hash": "K8a/AINcGX7"}]
    listed = [
        {"type": "BODY", "text": "*{{1}}* is your verification code.", "add_security_recommendation": False},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy", "url": url, "supported_apps": apps}]},
    ]
    parts = from_components(listed, format="POSITIONAL", category=AUTHENTICATION)
    assert parts.other_components == [
        {"type": "BODY", "add_security_recommendation": False},
        {
            "type": "BUTTONS",
            "buttons": [{"type": "OTP", "otp_type": "ONE_TAP", "text": "Copy", "supported_apps": apps}],
        },
    ]


WORDS: dict[str, Any] = {
    "content": "Your code is {{1}}.",
    "header": {"text": "Clinic"},
    "footer": "Clinic",
    "buttons": [{"type": "REPLY", "title": "Keep"}],
}


async def refusals(attempt: Any) -> dict[str | None, str]:
    with pytest.raises((Refusal, Refusals)) as caught:
        await attempt
    found = caught.value.refusals if isinstance(caught.value, Refusals) else [caught.value]
    return {refusal.field: refusal.details["reason"] for refusal in found}


async def test_each_word_of_ours_is_refused_and_nothing_is_stored(simulator: Simulator) -> None:
    sender = await account()
    code = {"expires_in_minutes": 91, "button_title": "Copy {{1}}"}
    approval = Approval("en_US", AUTHENTICATION, sender_id=sender.id, one_time_code=code)
    assert await refusals(templates.create(SYSTEM, title="t", approval=approval, **WORDS)) == {
        **dict.fromkeys(WORDS, "not_for_codes"),
        "approval.oneTimeCode.expiresInMinutes": "out_of_range",
        "approval.oneTimeCode.buttonTitle": "placeholder",
    }
    other = Approval("en_US", TemplateCategory.UTILITY, sender_id=sender.id, one_time_code={})
    found = await refusals(templates.create(SYSTEM, title="t", content="Hi you.", approval=other))
    assert found == {"approval.oneTimeCode": "not_applicable"}
    assert await refusals(templates.create(SYSTEM, title="t")) == {"content": "required"}
    assert known(simulator, sender) == []
    assert not await MessageTemplate.filter(business_account_id=sender.business_account_id).exists()


async def test_only_its_title_is_ours_to_change() -> None:
    template = await submitted(await account())
    await apply_status("APPROVED", approval_id=template.approval_id)
    assert await refusals(templates.update(SYSTEM, template.id, **WORDS)) == dict.fromkeys(WORDS, "not_for_codes")
    changed = await templates.update(SYSTEM, template.id, title="Another")
    assert (changed.title, changed.content) == ("Another", template.content)
    assert changed.edited_at is None, "that is no matter of WhatsApp's"


async def test_it_is_sent_to_phone_numbers_alone() -> None:
    conversation = await a_conversation((await the_sender()).id)
    made = await submitted(await account())
    kept = ("content", "footer", "buttons", "positional", "other_components")
    template = await approved(category="AUTHENTICATION", **{name: getattr(made, name) for name in kept})
    message = {"template": {"template_id": template.id, "variables": {"1": "482913"}}}
    queued = await send(conversation, message)
    assert queued.purpose is AUTHENTICATION
    await Conversation.filter(id=conversation).update(address="PT.40817263554433221100")
    before = await stored()
    assert await only(send(conversation, message)) == (ErrorCode.VALIDATION_ERROR, "to", "no_phone_number")
    assert await stored() == before
