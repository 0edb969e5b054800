"""Shapes and limits of what is sent (A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig

ALICE = "+351910000111"
BODY = {"text": "Keep Friday?"}
LINK = "https://cdn.ex.example/a.jpg"


def buttons(*titles: str, **more: Any) -> dict[str, Any]:
    made = [{"type": "reply", "reply": {"id": f"id:{n}", "title": title}} for n, title in enumerate(titles)]
    return {"type": "button", "body": BODY, "action": {"buttons": made}, **more}


def listed(rows: int, sections: int = 1, **more: Any) -> dict[str, Any]:
    def row(n: int) -> dict[str, str]:
        return {"id": f"r{n}", "title": "10:00"}

    made = [{"title": "Friday", "rows": [row(s * rows + n) for n in range(rows)]} for s in range(sections)]
    return {"type": "list", "body": BODY, "action": {"button": "Slots", "sections": made}, **more}


def cta(label: str) -> dict[str, Any]:
    parameters = {"display_text": label, "url": "https://ex.example/p"}
    return {"type": "cta_url", "body": BODY, "action": {"name": "cta_url", "parameters": parameters}}


def flow(**parameters: Any) -> dict[str, Any]:
    return {"type": "flow", "body": BODY, "action": {"name": "flow", "parameters": parameters}}


@pytest.mark.parametrize(
    "interactive",
    [
        buttons("Keep", "Move", "x" * 20),
        buttons("Keep", header={"type": "text", "text": "Visit"}, footer={"text": "Clinic"}),
        buttons("Keep", header={"type": "image", "image": {"link": LINK}}),
        listed(10),
        listed(5, 2, body={"text": "x" * 4096}),
        cta("Pay"),
        flow(flow_id="660077", flow_cta="Open form", flow_action="navigate", flow_action_payload={"screen": "START"}),
        {"type": "location_request_message", "body": BODY, "action": {"name": "send_location"}},
    ],
)
async def test_good_interactive_messages(rig: Rig, interactive: dict[str, Any]) -> None:
    await rig.send(ALICE, type="interactive", interactive=interactive)


@pytest.mark.parametrize(
    ("interactive", "code"),
    [
        ({"type": "button", "body": BODY}, 131008),
        ({"body": BODY, "action": {}}, 131008),
        (buttons(), 131009),
        (buttons("a", "b", "c", "d"), 131009),
        (buttons("same", "same"), 131009),
        (buttons("x" * 21), 131009),
        (buttons("Keep", body={"text": "x" * 1025}), 131009),
        (buttons("Keep", footer={"text": "x" * 61}), 131009),
        (buttons("Keep", header={"type": "text", "text": "x" * 61}), 131009),
        (buttons("Keep", header={"type": "audio", "audio": {}}), 131009),
        (listed(11), 131009),
        (listed(6, 2), 131009),
        (listed(1, header={"type": "image", "image": {"link": LINK}}), 131009),
        (cta("x" * 21), 131009),
        (flow(flow_cta="Open"), 131008),
        (flow(flow_id="1", flow_cta="Open", flow_action="data_exchange", flow_action_payload={"screen": "X"}), 131009),
    ],
)
async def test_bad_interactive_messages(rig: Rig, interactive: dict[str, Any], code: int) -> None:
    assert await rig.code(ALICE, type="interactive", interactive=interactive) == (400, code)
    assert await rig.ledger() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "image", "image": {"caption": "door"}}, 100),
        ({"type": "image", "image": {"id": "1", "link": LINK}}, 100),
        ({"type": "image", "image": {"link": LINK, "caption": "x" * 1025}}, 131009),
        ({"type": "audio", "audio": {"link": LINK, "caption": "x"}}, 131009),
        ({"type": "location", "location": {"latitude": 1}}, 131008),
        ({"type": "contacts", "contacts": [{"name": {}}]}, 131008),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "R"}}] * 258}, 131009),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, 131008),
        ({"type": "reaction", "reaction": {"message_id": "w", "emoji": "👍"}, "context": {"message_id": "w"}}, 100),
    ],
)
async def test_bad_content(rig: Rig, fields: dict[str, Any], code: int) -> None:
    assert await rig.code(ALICE, **fields) == (400, code)


async def test_reactions_to_what_cannot_be_reacted_to_fail_later(rig: Rig) -> None:
    heard = await rig.hear(ALICE)
    taken_back = await rig.hear(ALICE)
    await rig.hear(ALICE, type="revoke", content={"original_message_id": taken_back})
    reaction = await rig.hear(ALICE, type="reaction", content={"message_id": "wamid.x", "emoji": "👍"})

    async def reacted(wamid: str) -> str:
        return await rig.send(ALICE, type="reaction", reaction={"message_id": wamid, "emoji": "👍"})

    fine = await reacted(heard)
    await rig.endpoint.until(lambda: rig.endpoint.words(fine) == ["sent"])
    for target in (taken_back, reaction):
        wamid = await reacted(target)
        await rig.endpoint.until(lambda wamid=wamid: rig.endpoint.words(wamid) == ["failed"])
        assert rig.endpoint.statuses()[-1]["errors"][0]["code"] == 131009
    await rig.control("POST", "clock", {"jump": 31 * 86_400})
    late = await reacted(heard)
    await rig.endpoint.until(lambda: rig.endpoint.words(late) == ["failed"])
