"""Headers of templates that are files: named like the files of messages, and shown to WhatsApp as an example."""

import asyncio
from typing import Any

import httpx
import pytest

from db.content import HeaderFormat
from db.senders import Sender
from db.templates import MessageTemplate, TemplateCategory
from domain import templates
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.providers.base import Media
from domain.templates.approval import apply_status
from domain.templates.rendering import render
from domain.templates.submission import Approval
from tests.callers import only
from tests.domain.files import samples
from tests.domain.files.surroundings import announced, uploaded
from tests.domain.test_template_approval import account, known
from tests.factories import unique
from tests.running import Simulator

pytestmark = pytest.mark.usefixtures("simulator")


def approval(sender: Sender) -> Approval:
    return Approval(language="en_US", category=TemplateCategory.UTILITY, sender_id=sender.id)


async def made(media: dict[str, Any], by: Approval | None = None) -> MessageTemplate:
    header = {"media": media}
    return await templates.create(SYSTEM, title=unique("t"), content="Hi {{name}}.", header=header, approval=by)


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [("a.png", samples.png(), "IMAGE"), ("a.mp4", samples.boxes(b"isom"), "VIDEO"), ("a.pdf", samples.PDF, "DOCUMENT")],
)
async def test_whatsapp_is_shown_the_file_as_an_example(
    simulator: Simulator, name: str, content: bytes, form: str
) -> None:
    sender, file = await account(), await uploaded(name, content)
    template = await made({"file_id": file.id}, approval(sender))
    assert template.header == {"format": HeaderFormat(form), "media_id": file.id}
    (header, _) = known(simulator, sender)[0]["components"]
    assert (header["type"], header["format"]) == ("HEADER", form)
    (handle,) = header["example"]["header_handle"]
    url = f"{simulator.url}/v26.0/{handle.removeprefix('4::')}"
    held = httpx.get(url, headers={"Authorization": "Bearer a-token"}, trust_env=False)  # noqa: ASYNC210 - a test
    assert held.json().get("file_size") == len(content), held.text


async def test_a_text_of_ours_under_a_picture_is_its_caption() -> None:
    file = await uploaded()
    template = await made({"file_id": file.id})
    assert render(template, {"name": "Rita"}, {}).content == Media("IMAGE", file_id=file.id, caption="Hi Rita.")


async def test_another_file_of_the_same_kind_is_no_matter_of_whatsapps(simulator: Simulator) -> None:
    sender, first, second = await account(), await uploaded(), await uploaded()
    template = await made({"file_id": first.id}, approval(sender))
    changed = await templates.update(SYSTEM, template.id, header={"media": {"file_id": second.id}})
    assert changed.header == {"format": "IMAGE", "media_id": second.id}
    assert changed.edited_at is None
    async with asyncio.timeout(60):
        while known(simulator, sender)[0]["status"] != "APPROVED":  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.05)
    await apply_status("APPROVED", approval_id=template.approval_id)
    pdf = await uploaded("a.pdf", samples.PDF)
    await templates.update(SYSTEM, template.id, header={"media": {"file_id": pdf.id}})
    assert (await MessageTemplate.get(id=template.id)).edited_at is not None


async def test_files_that_stand_above_no_text() -> None:
    sender = await account()
    voice, coming = await uploaded("a.ogg", samples.ogg()), await announced()
    refusals = [
        await only(made({"file_id": 0})),
        await only(made({"file_id": voice.id})),
        await only(made({"file_id": coming.file.id})),
        await only(made({"url": "https://ex.example/a.png"}, approval(sender))),
    ]
    assert [refusal[1:] for refusal in refusals] == [
        ("header.media.fileId", None),
        ("header.media", "not_taken"),
        ("header.media.fileId", "no_bytes"),
        ("header.media", "not_here_yet"),
    ]
    assert refusals[0][0] is ErrorCode.NOT_FOUND
    assert not await MessageTemplate.filter(business_account_id=sender.business_account_id).exists()
