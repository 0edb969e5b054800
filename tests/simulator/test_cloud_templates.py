"""Templates: review, listing, and the checks of a send that uses one (A7, A3, C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

WABA = "318800221144667"
ALICE = "+351910000111"


def sent(name: str, *parameters: Any, language: str = "en", **more: Any) -> dict[str, Any]:
    """The fields of a send with body parameters: texts, or whole parameters."""
    given: list[Any] = [each if isinstance(each, dict) else {"type": "text", "text": each} for each in parameters]
    components: list[Any] = [*more.get("components", []), *([{"type": "body", "parameters": given}] if given else [])]
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": components}}


async def test_review_by_webhook(rig: Rig) -> None:
    await rig.template("order_ready", "Hi {{1}}, done.")
    await rig.template("reject_me", "Buy now")
    told = {c["value"]["message_template_name"]: c for c in rig.endpoint.changes()}
    assert {name: change["value"]["event"] for name, change in told.items()} == {
        "order_ready": "APPROVED",
        "reject_me": "REJECTED",
    }
    assert told["order_ready"]["field"] == "message_template_status_update"
    assert isinstance(told["order_ready"]["value"]["message_template_id"], int)
    assert await rig.code(ALICE, **sent("reject_me")) == (404, 132001)


async def test_creation_is_checked(rig: Rig) -> None:
    good = {"name": "a", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi"}]}
    assert (await rig.call("POST", f"{WABA}/message_templates", good))[0] == 200
    cases: list[tuple[dict[str, Any], int | None]] = [
        ({}, 2388024),
        ({"name": "Has Blank"}, None),
        ({"name": "b", "category": "SPAM"}, None),
        ({"name": "b", "language": ""}, None),
        ({"name": "b", "components": []}, None),
        ({"name": "b", "components": [{"type": "BODY", "text": "x" * 1025}]}, 2388072),
        ({"name": "b", "components": [{"type": "BODY", "text": "{{1}} is here"}]}, 2388299),
        ({"name": "b", "components": [{"type": "BODY", "text": "here is {{1}}"}]}, 2388299),
        ({"name": "b", "components": [{"type": "HEADER", "text": "x" * 61}, {"type": "BODY", "text": "x"}]}, 2388047),
        ({"name": "b", "components": [{"type": "FOOTER", "text": "x" * 61}, {"type": "BODY", "text": "x"}]}, 2388073),
    ]
    for change, subcode in cases:
        status, reply = await rig.call("POST", f"{WABA}/message_templates", {**good, **change})
        assert (status, reply["error"]["code"], reply["error"].get("error_subcode")) == (400, 100, subcode), change


async def test_list_and_delete(rig: Rig) -> None:
    for name in ("one", "two", "three"):
        await rig.template(name, "Hi")
    _, page = await rig.call("GET", f"{WABA}/message_templates", limit="2", fields="name,status")
    assert [each["name"] for each in page["data"]] == ["one", "two"]
    assert set(page["data"][0]) == {"id", "name", "status"}
    assert page["paging"]["next"]
    _, rest = await rig.call("GET", f"{WABA}/message_templates", limit="2", after=page["paging"]["cursors"]["after"])
    assert [each["name"] for each in rest["data"]] == ["three"]
    assert "next" not in rest["paging"]
    _, named = await rig.call("GET", f"{WABA}/message_templates", name="two", status="APPROVED")
    assert [each["name"] for each in named["data"]] == ["two"]
    assert (await rig.call("GET", "another/message_templates"))[1]["data"] == []
    assert await rig.call("DELETE", f"{WABA}/message_templates", name="two") == (200, {"success": True})
    assert (await rig.call("DELETE", f"{WABA}/message_templates", name="two"))[0] == 400
    assert await rig.code(ALICE, **sent("two")) == (404, 132001)


async def test_edit_is_reviewed_again(rig: Rig) -> None:
    await rig.template("offer", "Old")
    _, listed = await rig.call("GET", f"{WABA}/message_templates")
    template_id = listed["data"][0]["id"]
    body = {"components": [{"type": "BODY", "text": "New"}]}
    assert await rig.call("POST", template_id, body) == (200, {"success": True})
    assert (await rig.call("GET", template_id))[1]["status"] == "PENDING"
    await rig.endpoint.until(lambda: len(rig.endpoint.changes()) == 2)
    await rig.send(ALICE, **sent("offer"))
    assert [row["text"] for row in await rig.ledger()] == ["New"]


async def test_positional_parameters(rig: Rig) -> None:
    await rig.template("visit", "Hi {{1}}, see you {{2}}. Bye {{1}}!")
    status, reply = await rig.post(ALICE, **sent("visit", "Rita", "Friday"))
    assert (status, reply["messages"][0]["message_status"]) == (200, "accepted")
    assert [row["text"] for row in await rig.ledger()] == ["Hi Rita, see you Friday. Bye Rita!"]
    assert await rig.code(ALICE, **sent("visit", "Rita")) == (400, 132000)
    assert await rig.code(ALICE, **sent("visit", "Rita", "Friday", "x")) == (400, 132000)
    assert await rig.code(ALICE, **sent("visit", "Rita", "")) == (400, 132012)
    named = {"type": "text", "text": "Rita", "parameter_name": "who"}
    assert await rig.code(ALICE, **sent("visit", named, "Friday")) == (400, 132012)
    assert await rig.code(ALICE, **sent("visit", "Rita", "Friday", language="pt")) == (404, 132001)
    assert await rig.code(ALICE, **sent("missing")) == (404, 132001)


async def test_named_parameters(rig: Rig) -> None:
    await rig.template("visit", "Hi {{who}}, see you {{day}}.", parameter_format="NAMED")
    who, day = (
        {"type": "text", "text": text, "parameter_name": name} for name, text in (("who", "Rita"), ("day", "Fri"))
    )
    await rig.send(ALICE, **sent("visit", day, who))
    assert [row["text"] for row in await rig.ledger()] == ["Hi Rita, see you Fri."]
    assert await rig.code(ALICE, **sent("visit", who)) == (400, 132000)
    assert await rig.code(ALICE, **sent("visit", who, who)) == (400, 132012)
    assert await rig.code(ALICE, **sent("visit", who, "Fri")) == (400, 132012)
    assert await rig.code(ALICE, **sent("visit", who, {**day, "parameter_name": "date"})) == (400, 132012)


async def test_header_and_buttons(rig: Rig) -> None:
    url = {"type": "URL", "text": "Pay", "url": "https://ex.example/{{1}}"}
    components = [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Hi"},
        {"type": "BUTTONS", "buttons": [url]},
    ]
    await rig.template("pay", "", components=components)
    header = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://ex.example/h.png"}}]}
    button = {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "51"}]}
    assert await rig.code(ALICE, **sent("pay", components=[button])) == (400, 132012)
    assert await rig.code(ALICE, **sent("pay", components=[header])) == (400, 131008)
    await rig.send(ALICE, **sent("pay", components=[header, button]))


async def test_pause_disable_and_approve(rig: Rig) -> None:
    await rig.template("promo", "Hi", category="MARKETING")
    for status, code in (("PAUSED", (400, 132015)), ("DISABLED", (400, 132016))):
        await rig.control("POST", "templates/promo/status", {"status": status})
        assert await rig.code(ALICE, **sent("promo")) == code
    await rig.control("POST", "templates/promo/status", {"status": "APPROVED"})
    await rig.send(ALICE, **sent("promo"))
    statuses = await rig.endpoint.until(rig.endpoint.statuses)
    assert statuses[0]["pricing"]["category"] == "marketing"
    events = [c["value"]["event"] for c in rig.endpoint.changes() if c["field"] == "message_template_status_update"]
    assert events == ["APPROVED", "PAUSED", "DISABLED", "APPROVED"]


async def test_template_needs_no_window(start: Started) -> None:
    rig = await start(window=True)
    await rig.template("hello", "Hi")
    wamid = await rig.send(ALICE, **sent("hello"))
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(wamid))


async def test_held_by_pacing(rig: Rig) -> None:
    await rig.template("promo", "Hi")
    await rig.control("POST", "faults", {"kind": "held"})
    _, reply = await rig.post(ALICE, **sent("promo"))
    assert reply["messages"][0]["message_status"] == "held_for_quality_assessment"


async def test_malformed_components(rig: Rig) -> None:
    await rig.template("hello", "Hi {{1}}!")
    for components in ("x", [1], [{"type": "body", "parameters": 1}], [{"type": "body", "parameters": ["x"]}]):
        status, reply = await rig.post(
            ALICE, type="template", template={"name": "hello", "language": {"code": "en"}, "components": components}
        )
        assert (status, reply["error"]["code"]) == (400, 131009)
    odd = {"type": "body", "parameters": [{"type": "currency", "currency": "EUR"}]}
    assert await rig.code(ALICE, **sent("hello", components=[odd])) == (400, 132012)
    assert await rig.code(ALICE, type="template", template={"name": "hello", "language": "en"}) == (400, 131008)


def code(text: str, *, button: str | None = None, **more: Any) -> dict[str, Any]:
    """The fields of a send of a one-time code: twice, as it must be, unless told otherwise."""
    parameters = [{"type": "text", "text": button or text}]
    on_button = {"type": "button", "sub_type": "url", "index": "0", "parameters": parameters}
    return sent("login", text, **{"components": [on_button], **more})


ASKED: list[dict[str, Any]] = [
    {"type": "body", "add_security_recommendation": True},
    {"type": "footer", "code_expiration_minutes": 5},
    {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code"}]},
]


async def test_a_one_time_code_has_metas_own_words(rig: Rig) -> None:
    await rig.template("login", "", category="AUTHENTICATION", components=ASKED, parameter_format="NAMED")
    _, listed = await rig.call("GET", f"{WABA}/message_templates")
    body, footer, buttons = listed["data"][0]["components"]
    assert listed["data"][0]["parameter_format"] == "POSITIONAL"
    assert body["text"] == "*{{1}}* is your verification code. For your security, do not share this code."
    assert footer["text"] == "This code expires in 5 minutes."
    [button] = buttons["buttons"]
    assert (button["type"], button["text"]) == ("URL", "Copy code"), "asked for as an OTP, and listed as a link"
    assert button["url"].endswith("otp_type=COPY_CODE&code=otp{{1}}")
    await rig.send(ALICE, **code("482913"))
    assert [row["text"].partition(" ")[0] for row in await rig.ledger()] == ["*482913*"]
    assert await rig.code(ALICE, **sent("login", "482913")) == (400, 131008)
    assert await rig.code(ALICE, **code("482913", button="111111")) == (400, 131009)
    assert await rig.code(ALICE, **code("4829134829134829")) == (400, 132005)
    hidden = {"recipient": "PT.40817263554433221100", **code("482913")}
    assert await rig.code("", **hidden) == (400, 131062)


async def test_what_may_not_be_said_of_a_one_time_code(rig: Rig) -> None:
    made = {"name": "login", "language": "pt_PT", "category": "AUTHENTICATION"}
    body, footer, buttons = ASKED
    bad: list[list[dict[str, Any]]] = [
        [{"type": "BODY", "text": "Your code is {{1}}."}, buttons],
        [{**body, "text": "{{1}}"}, buttons],
        [{"type": "HEADER", "format": "TEXT", "text": "Hi"}, body, buttons],
        [{**body, "add_security_recommendation": "yes"}, buttons],
        [body, {**footer, "code_expiration_minutes": 91}, buttons],
        [body, {**footer, "code_expiration_minutes": 0}, buttons],
        [body, {"type": "FOOTER", "text": "Clinic"}, buttons],
        [body],
        [body, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://ex.example"}]}],
        [body, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "x" * 26}]}],
        [body, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "ONE_TAP"}]}],
        [body, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}] * 2}],
    ]
    for components in bad:
        status, reply = await rig.call("POST", f"{WABA}/message_templates", {**made, "components": components})
        assert (status, reply["error"]["code"]) == (400, 100), components
    assert (await rig.call("POST", f"{WABA}/message_templates", {**made, "components": [body, buttons]}))[0] == 200
    _, listed = await rig.call("GET", f"{WABA}/message_templates")
    assert listed["data"][0]["components"][0]["text"].startswith("*{{1}}* é o seu código")
