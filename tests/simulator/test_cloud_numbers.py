"""Phone numbers and accounts: what Meta tells of them, limits they share, restrictions (A8, B1, C6, F 15-17, 23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

NUMBER, OTHER, WABA = "209900112233445", "77", "318800221144667"
ALICE, BOB, CAROL = "+351910000111", "+351910000222", "+351910000333"
HELLO = {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}}
DAY = 86_400


async def news(rig: Rig, field: str) -> dict[str, Any]:
    """The value of the last change of a field, once one has come."""

    def last() -> Any:
        found = [change["value"] for change in rig.endpoint.changes() if change["field"] == field]
        return found[-1] if found else None

    value = await rig.endpoint.until(last)
    rig.endpoint.posts.clear()
    rig.endpoint.signatures.clear()
    return value


async def test_everything_meta_tells_of_a_number(rig: Rig) -> None:
    fields = (
        "id,display_phone_number,verified_name,quality_rating,name_status,status,code_verification_status,"
        "platform_type,throughput,whatsapp_business_manager_messaging_limit,health_status"
    )
    _, number = await rig.call("GET", NUMBER, fields=fields)
    entities = number["health_status"].pop("entities")
    assert number == {
        "id": NUMBER,
        "display_phone_number": "+15552233445",
        "verified_name": "Simulated business",
        "quality_rating": "GREEN",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
        "health_status": {"can_send_message": "AVAILABLE"},
    }
    assert [(each["entity_type"], each["can_send_message"]) for each in entities] == [
        ("PHONE_NUMBER", "AVAILABLE"),
        ("WABA", "AVAILABLE"),
    ]


async def test_news_of_a_number_are_told_and_shown(rig: Rig) -> None:
    await rig.control("POST", f"numbers/{NUMBER}", {"quality_rating": "RED"})
    told = await news(rig, "phone_number_quality_update")
    assert told == {"display_phone_number": "15552233445", "event": "FLAGGED"}
    await rig.control("POST", f"numbers/{NUMBER}", {"quality_rating": "YELLOW"})
    assert (await news(rig, "phone_number_quality_update"))["event"] == "UNFLAGGED"
    await rig.control("POST", f"numbers/{NUMBER}", {"throughput": 1000.0, "name_status": "DECLINED"})
    assert (await news(rig, "phone_number_quality_update"))["event"] == "THROUGHPUT_UPGRADE"
    _, listed = await rig.call("GET", f"{WABA}/phone_numbers", fields="quality_rating,throughput,name_status")
    assert listed["data"] == [
        {"id": NUMBER, "quality_rating": "YELLOW", "throughput": {"level": "HIGH"}, "name_status": "DECLINED"}
    ]
    _, other = await rig.call("GET", OTHER, fields="quality_rating,throughput")
    assert other == {"id": OTHER, "quality_rating": "GREEN", "throughput": {"level": "STANDARD"}}
    said = await rig.control("POST", f"numbers/{NUMBER}", {"quality_rating": "PURPLE"}, expect=400)
    assert "quality_ratings is one of" in said["error"]


async def test_an_upgrade_refuses_sends_for_a_minute(rig: Rig) -> None:
    await rig.control("POST", f"numbers/{NUMBER}", {"throughput": 1000.0, "upgrade_seconds": 60})
    assert await rig.code(ALICE) == (500, 131057)
    assert (await rig.post(ALICE, number=OTHER))[0] == 200
    await rig.control("POST", "clock", {"jump": 61})

    async def sent() -> bool:
        return (await rig.post(BOB))[0] == 200

    await rig.until(sent)


async def test_each_number_has_its_throughput(start: Started) -> None:
    rig = await start(throughput=0.0, throughputs={NUMBER: 2.0})
    codes = [(await rig.post(f"+3519100001{n:02d}"))[1].get("error", {}).get("code") for n in range(3)]
    assert codes == [None, None, 130429]
    assert [(await rig.post(f"+3519100001{n:02d}", number=OTHER))[0] for n in range(20)] == [200] * 20


async def test_the_documented_pair_bucket(rig: Rig) -> None:
    """45 within 6 s, then a pause until what was borrowed is paid back: 20 at once cost two minutes (B1)."""
    await rig.change(throughput=0.0)
    codes = [(await rig.post(ALICE))[1].get("error", {}).get("code") for _ in range(46)]
    assert codes == [None] * 45 + [131056]
    assert [(await rig.post(BOB))[0] for _ in range(20)] == [200] * 20
    await rig.control("POST", "clock", {"jump": 110})
    assert await rig.code(BOB) == (400, 131056)
    await rig.control("POST", "clock", {"jump": 11})
    assert (await rig.post(BOB))[0] == 200
    assert await rig.code(ALICE) == (400, 131056)


async def test_numbers_share_the_portfolios_limit(start: Started) -> None:
    rig = await start(portfolio_cap=2, waba_ids={OTHER: "other"})
    await rig.template("hello", "Hi")
    await rig.call("POST", "other/message_templates", {**_made("hello")})
    await rig.until(lambda: _approved(rig, "other"))
    first, again = await rig.send(ALICE, **HELLO), await rig.send(ALICE, number=OTHER, **HELLO)
    second, third = await rig.send(BOB, number=OTHER, **HELLO), await rig.send(CAROL, **HELLO)
    await rig.endpoint.until(lambda: rig.endpoint.words(third) == ["failed"])
    [failed] = [status for status in rig.endpoint.statuses() if status["id"] == third]
    assert failed["errors"][0]["code"] == 131048
    for wamid in (first, again, second):
        await rig.endpoint.until(lambda wamid=wamid: "read" in rig.endpoint.words(wamid))
    await rig.hear(CAROL)
    inside = await rig.send(CAROL, **HELLO)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(inside))
    await rig.control("POST", "clock", {"jump": DAY + 1})
    later = await rig.send(CAROL, **HELLO)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(later))


def _made(name: str) -> dict[str, Any]:
    return {"name": name, "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi"}]}


async def _approved(rig: Rig, waba_id: str) -> bool:
    _, listed = await rig.call("GET", f"{waba_id}/message_templates", status="APPROVED")
    return bool(listed["data"])


async def test_the_limit_may_be_refused_in_the_reply(start: Started) -> None:
    rig = await start(portfolio_cap=1, portfolio_cap_in_reply=True, portfolio_cap_code=131064)
    await rig.template("hello", "Hi")
    await rig.send(ALICE, **HELLO)
    assert await rig.code(BOB, **HELLO) == (400, 131064)


async def test_the_limit_changes_and_is_told(rig: Rig) -> None:
    await rig.control("POST", "limit", {"tier": "TIER_2K"})
    told = await news(rig, "business_capability_update")
    assert told == {"max_daily_conversations_per_business": "TIER_2K", "max_phone_numbers_per_waba": 25}
    _, number = await rig.call("GET", NUMBER, fields="whatsapp_business_manager_messaging_limit")
    assert number["whatsapp_business_manager_messaging_limit"] == "TIER_2K"
    assert "tier is one of" in (await rig.control("POST", "limit", {"tier": "MANY"}, expect=400))["error"]


async def test_a_restriction_stops_what_begins_a_conversation(rig: Rig) -> None:
    await rig.template("hello", "Hi")
    await rig.control("POST", "account", {"event": "ACCOUNT_RESTRICTION", "seconds": 3600})
    told = await news(rig, "account_update")
    [info] = told["restriction_info"]
    assert info["restriction_type"] == "RESTRICTED_BIZ_INITIATED_MESSAGING"
    assert await rig.code(ALICE, **HELLO) == (403, 368)
    assert (await rig.post(ALICE))[0] == 200
    _, number = await rig.call("GET", NUMBER, fields="health_status")
    assert number["health_status"]["can_send_message"] == "LIMITED"
    assert number["health_status"]["entities"][1]["errors"][0]["error_code"] == 368
    await rig.control("POST", "clock", {"jump": 3601})
    assert (await rig.post(ALICE, **HELLO))[0] == 200


async def test_a_disabled_account_sends_nothing_until_reinstated(rig: Rig) -> None:
    await rig.control("POST", "account", {"event": "DISABLED_UPDATE"})
    told = await news(rig, "account_update")
    assert told["ban_info"]["waba_ban_state"] == "DISABLE"
    assert told["ban_info"]["waba_ban_date"].endswith(", 2026")
    assert await rig.code(ALICE) == (403, 131031)
    await rig.control("POST", "account", {"event": "DISABLED_UPDATE", "state": "REINSTATE"})
    assert (await rig.post(ALICE))[0] == 200


@pytest.mark.parametrize(("event", "refused"), [("PARTNER_REMOVED", (403, 10)), ("ACCOUNT_DELETED", (400, 33))])
async def test_an_account_that_is_gone(rig: Rig, event: str, refused: tuple[int, int]) -> None:
    await rig.control("POST", "account", {"event": event, "waba_id": "another"})
    assert (await rig.post(ALICE))[0] == 200
    await rig.control("POST", "account", {"event": event})
    assert await rig.code(ALICE) == refused
    await rig.control("POST", "account", {"event": "ACCOUNT_RECONNECTED"})
    assert (await rig.post(ALICE))[0] == 200


async def test_a_violation_is_told_and_stops_nothing(rig: Rig) -> None:
    await rig.control("POST", "account", {"event": "ACCOUNT_VIOLATION", "state": "ADULT"})
    assert (await news(rig, "account_update"))["violation_info"] == {"violation_type": "ADULT"}
    assert (await rig.post(ALICE))[0] == 200


async def test_any_other_news(rig: Rig) -> None:
    await rig.control("POST", "changes", {"field": "security", "value": {"event": "PIN_CHANGED"}})
    assert await news(rig, "security") == {"event": "PIN_CHANGED"}
    assert "field is" in (await rig.control("POST", "changes", {"value": {}}, expect=400))["error"]


async def test_faults_last_for_a_while(rig: Rig) -> None:
    await rig.control("POST", "faults", {"kind": "refuse", "code": 131016, "for": 600})
    assert [await rig.code(ALICE) for _ in range(3)] == [(500, 131016)] * 3
    await rig.control("POST", "clock", {"jump": 601})
    assert (await rig.post(ALICE))[0] == 200
    assert (await rig.control("GET", "faults"))["faults"] == []
