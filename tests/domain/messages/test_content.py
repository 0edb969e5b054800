"""WhatsApp's limits of each kind of content (wire facts A3): at them it passes, beyond one field is at fault."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.core.errors import Checks, Refusal, Refusals
from domain.messages import content

Fault = tuple[str | None, Any]


def faults(check: Callable[[Checks], object]) -> list[Fault]:
    """Field and reason of each refusal."""
    checks = Checks()
    with checks():
        check(checks)
    try:
        checks.done()
    except Refusal as refusal:
        return [(refusal.field, refusal.details.get("reason"))]
    except Refusals as several:
        return [(refusal.field, refusal.details.get("reason")) for refusal in several.refusals]
    return []


REPLY = {"type": "REPLY", "title": "Yes", "payload": "y"}
LINK = {"type": "URL", "title": "Pay", "url": "https://ex.example"}
FORM = {"type": "FLOW", "title": "Open", "flow_id": "66"}
ROW = {"payload": "r1", "title": "10:00"}
LIST = {"buttons": [{"type": "LIST", "title": "Slots"}], "sections": [{"rows": [ROW]}]}


def interactive(**given: Any) -> list[Fault]:
    message = {"text": "Hi", "buttons": [REPLY], **given}
    return faults(lambda check: content.check_interactive(message, check, "i"))


def button(**given: Any) -> list[Fault]:
    return interactive(buttons=[REPLY | given])


def rows(count: int, of_each: int = 1) -> list[dict[str, Any]]:
    """Sections of so many rows in all."""
    made = [{"payload": f"r{n}", "title": f"Row {n}"} for n in range(count)]
    return [{"title": f"S{n}", "rows": made[n : n + of_each]} for n in range(0, count, of_each)]


@pytest.mark.parametrize(
    "found",
    [
        faults(lambda _: content.check_text("x" * 4096, "t", most=4096)),
        faults(lambda _: content.check_text("😀" * 2048, "t", most=4096)),
        interactive(text="x" * 1024, footer="x" * 60, header={"text": "x" * 60}),
        interactive(buttons=[REPLY | {"title": f"{n}", "payload": f"{n}"} for n in range(3)]),
        button(title="x" * 20, payload="x" * 256),
        interactive(buttons=[LINK | {"url": "https://ex.example/" + "x" * 1981}]),
        interactive(buttons=[FORM | {"screen": "START", "data": {"visit": 1}, "payload": "token"}]),
        interactive(**LIST, text="x" * 4096),
        interactive(buttons=LIST["buttons"], sections=rows(10)),
        interactive(buttons=LIST["buttons"], sections=rows(10, of_each=5)),
    ],
)
def test_at_the_limit_it_passes(found: list[Fault]) -> None:
    assert found == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (faults(lambda _: content.check_text("x" * 4097, "t", most=4096)), [("t", "too_long")]),
        (faults(lambda _: content.check_text("😀" * 2048 + "x", "t", most=4096)), [("t", "too_long")]),
        (faults(lambda _: content.check_text(" ", "t", most=4096)), [("t", "required")]),
        (faults(lambda _: content.check_text("\x07", "t", most=4096)), [("t", "invalid_characters")]),
        (faults(lambda _: content.check_text("\ud800", "t", most=4096)), [("t", "invalid_characters")]),
        (interactive(text="x" * 1025), [("i.text", "too_long")]),
        (interactive(footer="x" * 61), [("i.footer", "too_long")]),
        (interactive(header={"text": "x" * 61}), [("i.header.text", "too_long")]),
        (interactive(header={"location": {}}), [("i.header.location", "templates_only")]),
        (interactive(buttons=[]), [("i.buttons", "required")]),
        (
            interactive(buttons=[REPLY | {"title": f"{n}", "payload": f"{n}"} for n in range(4)]),
            [("i.buttons", "too_many")],
        ),
        (interactive(buttons=[REPLY, LINK]), [("i.buttons", "mixed")]),
        (interactive(buttons=[LINK, LINK | {"title": "Other"}]), [("i.buttons", "too_many")]),
        (interactive(buttons=[REPLY, REPLY | {"title": "No"}]), [("i.buttons[1].payload", "repeated")]),
        (interactive(buttons=[REPLY, REPLY | {"payload": "n"}]), [("i.buttons[1].title", "repeated")]),
        (button(title="x" * 21), [("i.buttons[0].title", "too_long")]),
        (button(title="😀" * 11), [("i.buttons[0].title", "too_long")]),
        (button(payload="x" * 257), [("i.buttons[0].payload", "too_long")]),
        (button(type="PHONE"), [("i.buttons[0].type", "templates_only")]),
        (button(type="CODE"), [("i.buttons[0].type", "templates_only")]),
        (interactive(buttons=[LINK | {"url": None}]), [("i.buttons[0].url", "required")]),
        (interactive(buttons=[LINK | {"url": "ftp://ex.example"}]), [("i.buttons[0].url", "invalid_format")]),
        (interactive(buttons=[LINK | {"url": "https://[ex"}]), [("i.buttons[0].url", "invalid_format")]),
        (interactive(buttons=[LINK | {"url": "https://x/" + "x" * 1991}]), [("i.buttons[0].url", "too_long")]),
        (interactive(buttons=[FORM | {"flow_id": None}]), [("i.buttons[0].flowId", "required")]),
        (interactive(buttons=[FORM | {"data": {"a": 1}}]), [("i.buttons[0].screen", "required")]),
        (interactive(buttons=[FORM | {"screen": "S", "data": [1]}]), [("i.buttons[0].data", "not_an_object")]),
        (interactive(sections=[{"rows": [ROW]}]), [("i.sections", "not_a_list")]),
        (interactive(buttons=LIST["buttons"]), [("i.sections", "required")]),
        (interactive(**LIST | {"sections": rows(11)}), [("i.sections", "too_many")]),
        (interactive(**LIST | {"sections": rows(11, of_each=6)}), [("i.sections", "too_many_rows")]),
        (interactive(**LIST | {"sections": [{"rows": []}]}), [("i.sections[0].rows", "required")]),
        (
            interactive(**LIST | {"sections": [{"rows": [ROW]}, {"title": "B", "rows": [ROW | {"payload": "2"}]}]}),
            [("i.sections[0].title", "required")],
        ),
        (
            interactive(**LIST | {"sections": [{"title": "x" * 25, "rows": [ROW]}]}),
            [("i.sections[0].title", "too_long")],
        ),
        (interactive(**LIST | {"sections": [{"rows": [ROW, ROW]}]}), [("i.sections[0].rows[1].payload", "repeated")]),
        (
            interactive(
                **LIST | {"sections": [{"rows": [{"payload": "x" * 201, "title": "x" * 25, "description": "x" * 73}]}]}
            ),
            [
                ("i.sections[0].rows[0].payload", "too_long"),
                ("i.sections[0].rows[0].title", "too_long"),
                ("i.sections[0].rows[0].description", "too_long"),
            ],
        ),
        (interactive(**LIST, text="x" * 4097), [("i.text", "too_long")]),
        (
            interactive(text="", footer="x" * 61, buttons=[REPLY | {"title": ""}]),
            [("i.buttons[0].title", "required"), ("i.text", "required"), ("i.footer", "too_long")],
        ),
    ],
)
def test_beyond_it_one_field_is_at_fault(found: list[Fault], expected: list[Fault]) -> None:
    assert found == expected


def test_a_button_comes_back_with_its_title_where_no_payload_is_given() -> None:
    draft = content.check_interactive({"text": "Hi", "buttons": [REPLY | {"payload": None}]}, Checks(), "i")
    assert draft.details is not None
    assert draft.details["kind"] == "interactive"
    assert draft.details["buttons"] == [{"type": "REPLY", "title": "Yes", "payload": "Yes"}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"latitude": 90, "longitude": -180, "name": "x" * 1000, "address": "x" * 1000}, []),
        ({"latitude": 90.1}, [("l.latitude", "out_of_range")]),
        ({"longitude": -180.1}, [("l.longitude", "out_of_range")]),
        ({"latitude": float("nan")}, [("l.latitude", "out_of_range")]),
        ({"name": "x" * 1001, "address": "x" * 1001}, [("l.name", "too_long"), ("l.address", "too_long")]),
    ],
)
def test_places(given: dict[str, Any], expected: list[Fault]) -> None:
    place = {"latitude": 41.15, "longitude": -8.61} | given
    assert faults(lambda check: content.check_location(place, check, "l")) == expected


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([{"name": "Rita"}] * 257, []),
        ([], [("c", "required")]),
        ([{"name": "Rita"}] * 258, [("c", "too_many")]),
        ([{"name": ""}], [("c[0].name", "required")]),
        ([{"name": "x" * 101}], [("c[0].name", "too_long")]),
        ([{"name": "Rita", "phone_numbers": ["12"]}], [("c[0].phoneNumbers[0]", "invalid_length")]),
        ([{"name": "Rita", "phone_numbers": ["+351910000111"] * 21}], [("c[0].phoneNumbers", "too_many")]),
        ([{"name": "Rita", "emails": ["rita"]}], [("c[0].emails[0]", "invalid_format")]),
        ([{"name": "Rita", "company": "x" * 256}], [("c[0].company", "too_long")]),
    ],
)
def test_cards(cards: list[dict[str, Any]], expected: list[Fault]) -> None:
    assert faults(lambda check: content.check_cards(cards, check, "c")) == expected


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "🇵🇹", "👩‍👩‍👧‍👦", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☺", " 😀 "])
def test_one_emoji(emoji: str) -> None:
    assert content.check_reaction(emoji, "r").content == emoji.strip()


@pytest.mark.parametrize("emoji", ["👍👍", "ok", "1", "👍x", "x" * 5000, "\u200d", "é"])
def test_what_is_not_one_emoji(emoji: str) -> None:
    assert faults(lambda _: content.check_reaction(emoji, "r")) == [("r", "not_an_emoji")]


def test_no_emoji_takes_a_reaction_back() -> None:
    assert content.check_reaction(None, "r").content is None
