"""What Meta decides over time: marketing not delivered, templates paused, held, rated, limited (A7, B1, F 18-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

NUMBER, WABA = "209900112233445", "318800221144667"
ALICE, BOB, JANE = "+351910000111", "+351910000222", "+12025550123"
PROMO = {"type": "template", "template": {"name": "promo", "language": {"code": "en"}}}
HELLO = {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}}
HOUR, DAY = 3600, 86_400


async def outcome(rig: Rig, to: str, **fields: Any) -> int:
    """The error that a message fails with after acceptance; 0 for one that is read."""
    wamid = await rig.send(to, **fields)
    words = await rig.endpoint.until(lambda: {"read", "failed"} & set(rig.endpoint.words(wamid)))
    if words == {"read"}:
        return 0
    [failed] = [each for each in rig.endpoint.statuses() if each["id"] == wamid]
    return failed["errors"][0]["code"]


def template_news(rig: Rig, field: str = "message_template_status_update") -> list[dict[str, Any]]:
    return [change["value"] for change in rig.endpoint.changes() if change["field"] == field]


async def test_who_stops_marketing_gets_none_and_everything_else(rig: Rig) -> None:
    await rig.template("promo", "Sale", category="MARKETING")
    await rig.template("hello", "Hi")
    said = {"phone_number_id": NUMBER, "from": ALICE, "value": "stop"}
    assert await rig.control("POST", "preferences", said) == {"stopped": True}
    [told] = await rig.endpoint.until(lambda: template_news(rig, "user_preferences"))
    [preference] = told["user_preferences"]
    assert (preference["wa_id"], preference["value"]) == ("351910000111", "stop")
    assert preference["category"] == "marketing_messages"
    assert isinstance(preference["timestamp"], int)
    assert told["metadata"]["phone_number_id"] == NUMBER
    assert await outcome(rig, ALICE, **PROMO) == 131050
    assert await outcome(rig, ALICE, **HELLO) == 0
    assert await outcome(rig, BOB, **PROMO) == 0
    await rig.control("POST", "preferences", {**said, "value": "resume"})
    assert await outcome(rig, ALICE, **PROMO) == 0


async def test_meta_spares_some_marketing_but_not_in_a_conversation(start: Started) -> None:
    rig = await start(marketing_refused_share=1.0)
    await rig.template("promo", "Sale", category="MARKETING")
    await rig.template("hello", "Hi")
    assert await outcome(rig, ALICE, **PROMO) == 131049
    assert await outcome(rig, ALICE, **HELLO) == 0
    await rig.hear(ALICE)
    assert await outcome(rig, ALICE, **PROMO) == 0


async def test_no_marketing_to_american_numbers(rig: Rig) -> None:
    await rig.template("promo", "Sale", category="MARKETING")
    assert await outcome(rig, JANE, **PROMO) == 131049
    await rig.change(us_marketing=True)
    assert await outcome(rig, JANE, **PROMO) == 0


async def test_pauses_of_three_and_six_hours_then_disabled(rig: Rig) -> None:
    await rig.template("promo", "Sale", category="MARKETING")
    for hours, title in ((3, "FIRST_PAUSE"), (6, "SECOND_PAUSE")):
        rig.endpoint.posts.clear()
        await rig.control("POST", "templates/promo/pause")
        [told] = await rig.endpoint.until(lambda: template_news(rig))
        assert (told["event"], told["other_info"]["title"]) == ("PAUSED", title)
        assert await rig.code(ALICE, **PROMO) == (400, 132015)
        await rig.control("POST", "clock", {"jump": hours * HOUR - 60})
        assert await rig.code(ALICE, **PROMO) == (400, 132015)
        await rig.control("POST", "clock", {"jump": 61})
        told = await rig.endpoint.until(lambda: template_news(rig)[1:])
        assert (told[0]["event"], told[0]["other_info"]["title"]) == ("APPROVED", "UNPAUSE")
        assert await outcome(rig, ALICE, **PROMO) == 0
    rig.endpoint.posts.clear()
    await rig.control("POST", "templates/promo/pause")
    [told] = await rig.endpoint.until(lambda: template_news(rig))
    assert (told["event"], told["other_info"]["title"]) == ("DISABLED", "DISABLED")
    assert await rig.code(ALICE, **PROMO) == (400, 132016)


async def test_a_pause_for_pacing_is_ended_by_hand_and_no_other(rig: Rig) -> None:
    await rig.template("promo", "Sale", category="MARKETING")
    shown = await rig.control("POST", "templates/promo/status", {"status": "PAUSED"})
    template_id = shown["templates"][0]["id"]
    assert await rig.call("POST", f"{template_id}/unpause") == (200, {"success": True})
    assert (await rig.call("POST", f"{template_id}/unpause"))[0] == 400
    assert (await rig.post(ALICE, **PROMO))[0] == 200
    await rig.control("POST", "templates/promo/pause")
    assert (await rig.call("POST", f"{template_id}/unpause"))[0] == 400
    assert await rig.code(ALICE, **PROMO) == (400, 132015)


async def test_quality_and_category_are_told(rig: Rig) -> None:
    await rig.template("hello", "Hi")
    await rig.control("POST", "templates/hello/quality", {"quality": "YELLOW"})
    [told] = await rig.endpoint.until(lambda: template_news(rig, "message_template_quality_update"))
    assert (told["previous_quality_score"], told["new_quality_score"]) == ("UNKNOWN", "YELLOW")
    await rig.control("POST", "templates/hello/category", {"category": "MARKETING"})
    [told] = await rig.endpoint.until(lambda: template_news(rig, "template_category_update"))
    assert (told["previous_category"], told["new_category"]) == ("UTILITY", "MARKETING")
    _, listed = await rig.call("GET", f"{WABA}/message_templates")
    assert (listed["data"][0]["quality_score"], listed["data"][0]["category"]) == ({"score": "YELLOW"}, "MARKETING")
    said = await rig.control("POST", "templates/hello/mood", {"mood": "good"}, expect=400)
    assert "There is no mood" in said["error"]


@pytest.mark.parametrize(("kind", "code"), [("held", 0), ("held_dropped", 132015)])
async def test_what_is_held_is_sent_or_dropped_later(rig: Rig, kind: str, code: int) -> None:
    await rig.template("promo", "Sale", category="MARKETING")
    await rig.control("POST", "faults", {"kind": kind, "seconds": 3600})
    _, reply = await rig.post(ALICE, **PROMO)
    assert reply["messages"][0]["message_status"] == "held_for_quality_assessment"
    wamid = reply["messages"][0]["id"]
    told = await rig.send(BOB)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(told))
    assert rig.endpoint.words(wamid) == []
    await rig.control("POST", "clock", {"jump": 3601})
    await rig.endpoint.until(lambda: {"read", "failed"} & set(rig.endpoint.words(wamid)))
    [row] = await rig.ledger(to=ALICE)
    assert (row["outcome"], row["error"] or 0) == ("failed" if code else "read", code)


async def test_a_share_of_marketing_is_held(start: Started) -> None:
    rig = await start(held_share=1.0)
    await rig.template("promo", "Sale", category="MARKETING")
    await rig.template("hello", "Hi")
    for fields, status in ((PROMO, "held_for_quality_assessment"), (HELLO, "accepted")):
        assert (await rig.post(ALICE, **fields))[1]["messages"][0]["message_status"] == status


def made(name: str, **more: Any) -> dict[str, Any]:
    parts = [{"type": "BODY", "text": "Hi"}, *more.pop("components", [])]
    return {"name": name, "language": "en", "category": "UTILITY", "components": parts, **more}


async def test_a_hundred_templates_an_hour_and_names_that_are_taken(rig: Rig) -> None:
    for n in range(100):
        assert (await rig.call("POST", f"{WABA}/message_templates", made(f"t{n}")))[0] == 200
    status, reply = await rig.call("POST", f"{WABA}/message_templates", made("one_more"))
    assert (status, reply["error"]["code"]) == (400, 80007)
    await rig.control("POST", "clock", {"jump": HOUR + 1})
    await rig.template("one_more", "Hi")
    await rig.call("DELETE", f"{WABA}/message_templates", name="one_more")
    status, reply = await rig.call("POST", f"{WABA}/message_templates", made("one_more"))
    assert (status, reply["error"]["error_subcode"]) == (400, 2388023)
    await rig.control("POST", "clock", {"jump": 30 * DAY + 1})
    await rig.template("one_more", "Hi")


async def test_an_approved_template_is_edited_once_a_day(rig: Rig) -> None:
    await rig.template("hello", "Hi")
    _, listed = await rig.call("GET", f"{WABA}/message_templates")
    template_id = listed["data"][0]["id"]

    async def edit(text: str) -> int:
        body = {"components": [{"type": "BODY", "text": text}]}
        status, _ = await rig.call("POST", template_id, body)
        if status == 200:
            await rig.control("POST", "templates/hello/status", {"status": "APPROVED"})
        return status

    assert [await edit("Ho"), await edit("Hu")] == [200, 400]
    for _ in range(9):
        await rig.control("POST", "clock", {"jump": DAY + 1})
        assert await edit("Ha") == 200
    await rig.control("POST", "clock", {"jump": DAY + 1})
    assert await edit("He") == 400


@pytest.mark.parametrize(
    "components",
    [
        [{"type": "FOOTER", "text": "by {{1}}"}],
        [{"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": str(n)} for n in range(11)]}],
        [
            {
                "type": "BUTTONS",
                "buttons": [{"type": "URL", "text": str(n), "url": "https://ex.example"} for n in range(3)],
            }
        ],
        [{"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x" * 26}]}],
        [{"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Pay", "url": "https://{{1}}.example/x"}]}],
        [{"type": "BUTTONS", "buttons": "none"}],
    ],
    ids=["footer", "eleven", "urls", "label", "place", "kind"],
)
async def test_parts_beyond_the_limits(rig: Rig, components: list[dict[str, Any]]) -> None:
    status, reply = await rig.call("POST", f"{WABA}/message_templates", made("t", components=components))
    assert (status, reply["error"]["code"]) == (400, 100)
