"""People with habits: they answer, ask, stop, hide, move, react, edit, delete, are away (simulator/people.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.people import habit_of
from simulator.settings import Habit, Settings

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

NUMBER = "209900112233445"
BUTTONS = [{"type": "reply", "reply": {"id": f"id:{n}", "title": title}} for n, title in enumerate(("Keep", "Move"))]
ASKED = {"type": "button", "body": {"text": "Keep?"}, "action": {"buttons": BUTTONS}}


def person(tens: int) -> str:
    return f"+351910555{tens:02d}3"


@pytest.fixture
async def rig(start: Started) -> Rig:
    return await start(people_delay=0.02)


async def heard(rig: Rig, count: int = 1) -> list[dict[str, Any]]:
    return await rig.endpoint.until(lambda: len(rig.endpoint.messages()) >= count and rig.endpoint.messages())


async def test_those_who_answer_press_a_button_if_there_is_one(rig: Rig) -> None:
    await rig.send(person(0))
    [text] = await heard(rig)
    assert (text["from"], text["type"]) == ("351910555003", "text")
    wamid = await rig.send(person(0), type="interactive", interactive=ASKED)
    pressed = (await heard(rig, 2))[1]
    assert pressed["context"] == {"from": "15552233445", "id": wamid}
    assert pressed["interactive"]["type"] == "button_reply"
    assert pressed["interactive"]["button_reply"] in [each["reply"] for each in BUTTONS]


async def test_a_templates_quick_reply_is_pressed_with_its_payload(rig: Rig) -> None:
    quick = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Keep"}]}
    await rig.template("keep", "", components=[{"type": "BODY", "text": "Keep Friday?"}, quick])
    payload = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"payload": "keep:51"}]}
    template = {"name": "keep", "language": {"code": "en"}, "components": [payload]}
    await rig.send(person(0), type="template", template=template)
    [pressed] = await heard(rig)
    assert (pressed["type"], pressed["button"]) == ("button", {"payload": "keep:51", "text": "Keep"})


@pytest.mark.parametrize(("tens", "says"), [(1, "?"), (2, "."), (3, "STOP")])
async def test_those_who_ask_complain_and_stop(rig: Rig, tens: int, says: str) -> None:
    await rig.send(person(tens))
    [message] = await heard(rig)
    assert says in message["text"]["body"]


async def test_those_who_are_offline_get_it_later(rig: Rig) -> None:
    wamid = await rig.send(person(4))
    other = await rig.send("+351910000111")
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(other))
    assert rig.endpoint.words(wamid) == ["sent"]
    await rig.control("POST", "clock", {"jump": 28_801})
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["sent", "delivered", "read"])


async def test_those_who_hide_are_known_by_user_id(rig: Rig) -> None:
    wamid = await rig.send(person(5))
    [message] = await heard(rig)
    assert "from" not in message
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(wamid))
    statuses = [each for each in rig.endpoint.statuses() if each["id"] == wamid]
    assert {each["recipient_user_id"] for each in statuses} == {message["from_user_id"]}
    assert all("recipient_id" not in each for each in statuses)
    body = {
        "messaging_product": "whatsapp",
        "recipient": message["from_user_id"],
        "type": "text",
        "text": {"body": "x"},
    }
    await rig.call("POST", f"{NUMBER}/messages", body)
    assert {row["wa_id"] for row in await rig.ledger()} == {"351910555053"}


async def test_those_who_move_are_gone_from_the_old_number(rig: Rig) -> None:
    await rig.send(person(6))
    [message] = await heard(rig)
    assert message["system"]["type"] == "user_changed_number"
    assert message["system"]["wa_id"] == "351910556063"
    assert {"user_id", "previous_user_id", "body"} < set(message["system"])
    [change] = [each for each in rig.endpoint.changes() if "messages" in each["value"]]
    assert "contacts" not in change["value"]
    late = await rig.send(person(6))
    await rig.endpoint.until(lambda: rig.endpoint.words(late) == ["failed"])


async def test_those_who_react_take_it_back(rig: Rig) -> None:
    wamid = await rig.send(person(7))
    # Posts run side by side: no order of theirs is promised.
    given, taken = sorted((await heard(rig, 2))[:2], key=lambda told: not told["reaction"]["emoji"])
    assert given["reaction"]["message_id"] == taken["reaction"]["message_id"] == wamid
    assert given["reaction"]["emoji"]
    assert taken["reaction"]["emoji"] == ""


@pytest.mark.parametrize(("tens", "kind"), [(8, "edit"), (9, "revoke")])
async def test_those_who_edit_and_delete(rig: Rig, tens: int, kind: str) -> None:
    await rig.send(person(tens))
    first, second = sorted((await heard(rig, 2))[:2], key=lambda told: told["type"] == kind)
    assert (first["type"], second["type"]) == ("text", kind)
    assert second[kind]["original_message_id"] == first["id"]
    if kind == "edit":
        assert second["edit"]["message"]["text"]["body"] != first["text"]["body"]


async def test_those_who_stop_marketing_and_those_who_are_absent(rig: Rig) -> None:
    await rig.send(person(10))
    told = await rig.endpoint.until(lambda: [c for c in rig.endpoint.changes() if c["field"] == "user_preferences"])
    assert told[0]["value"]["user_preferences"][0]["value"] == "stop"
    absent = await rig.send(person(11))
    await rig.endpoint.until(lambda: rig.endpoint.words(absent) == ["failed"])


async def test_nobody_talks_for_ever(rig: Rig) -> None:
    for _ in range(5):
        await rig.send(person(1))
    quiet = await rig.send("+351910000111")
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(quiet))
    assert len(await heard(rig, 3)) == 3
    await rig.control("POST", "clock", {"jump": 86_401})
    await rig.send(person(1))
    assert len(await heard(rig, 4)) == 4


async def test_the_same_people_say_the_same(start: Started) -> None:
    said: list[list[str]] = []
    for _ in range(2):
        rig = await start(people_delay=0.02, people={"asks": 0.5}, people_turns=1)
        for n in range(12):
            await rig.send(f"+3519100001{n:02d}")
        last = await rig.send("+351910555013")
        await rig.endpoint.until(lambda rig=rig, last=last: "read" in rig.endpoint.words(last))
        found = sorted(f"{each['from']} {each['text']['body']}" for each in await heard(rig, 2))
        said.append(found)
    assert said[0] == said[1]
    assert 2 <= len(said[0]) <= 12


def test_shares_are_of_everybody_and_ranges_can_be_off() -> None:
    settings = Settings(people={"answers": 0.2, "stops": 0.1})
    found = [habit_of(f"3519{n:08d}", settings) for n in range(2000)]
    assert 320 < found.count(Habit.ANSWERS) < 480
    assert 140 < found.count(Habit.STOPS) < 260
    assert habit_of("351910555033", Settings()) is Habit.STOPS
    assert habit_of("351910555033", Settings(people_ranges=False)) is None
    assert habit_of("351910555990", Settings()) is None


async def test_people_of_waha_do_the_same(rig: Rig) -> None:
    await rig.session()
    for tens in (0, 3, 5, 6, 7, 8, 9):
        assert (await rig.text(f"{person(tens)[1:]}@c.us"))[0] == 201
    told = rig.endpoint.told
    await rig.endpoint.until(lambda: len(told("message")) >= 6 and len(told("message.reaction")) == 2)
    await rig.endpoint.until(lambda: told("message.edited") and told("message.revoked"))
    bodies = {each["from"]: each["body"] for each in told("message")}
    assert bodies["351910555033@c.us"] == "STOP"
    assert bodies["351910556063@c.us"] == "This is my new number."
    [hidden] = [sender for sender in bodies if sender.endswith("@lid")]
    assert (await rig.waha("GET", f"clinic/lids/{hidden}"))[1]["pn"] is None
    answer = await rig.waha("GET", "contacts/check-exists", session="clinic", phone="351910555063")
    assert answer[1] == {"numberExists": False}


@pytest.mark.parametrize("people", [{"sings": 0.1}, {"asks": 0.7, "stops": 0.5}, {"asks": "x"}])
async def test_bad_shares_are_refused(rig: Rig, people: dict[str, Any]) -> None:
    await rig.control("PATCH", "settings", {"people": people}, expect=400)
