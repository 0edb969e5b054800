"""Counting what a subscription tells."""

from typing import Any

from rich.console import Console

from tidings.demo.screen import Screen
from tidings.demo.tally import Figures, Tally

PEOPLE = 4


def event(cursor: int, kind: str, message: str | None = None) -> dict[str, Any]:
    contact = {"name": f"Person {message}", "phoneNumber": "+12025550100"}
    return {
        "cursor": str(cursor),
        "type": f"MESSAGE_{kind}",
        "occurredAt": "2026-03-01T09:00:00.250Z",
        "error": "Not on WhatsApp [131026]" if kind == "FAILED" else None,
        "message": {"id": message, "contact": contact} if message else None,
    }


def told(*kinds: tuple[str, str | None]) -> Tally:
    tally = Tally(PEOPLE)
    for cursor, (kind, message) in enumerate(kinds):
        tally.add(event(cursor, kind, message))
    return tally


def test_each_message_counts_once_where_it_is_now() -> None:
    tally = told(("SENT", "a"), ("DELIVERED", "a"), ("READ", "a"), ("SENT", "b"), ("FAILED", "b"), ("SENT", "c"))
    assert tally.figures == Figures(recipients=4, pending=1, sent=2, delivered=1, read=1, failed=1)


def test_a_late_event_takes_nothing_back() -> None:
    assert told(("READ", "a"), ("SENT", "a")).figures.read == 1


def test_the_end_is_announced_without_a_message() -> None:
    tally = told(("PROCESSING", None), ("COMPLETED", None))
    assert tally.completed
    assert tally.figures.pending == PEOPLE


def test_all_have_arrived_when_only_readings_can_follow() -> None:
    tally = told(*((kind, who) for who in "abc" for kind in ("SENT", "DELIVERED")))
    assert not tally.all_arrived
    tally.add(event(99, "FAILED", "d"))
    assert tally.all_arrived


def test_an_event_that_comes_twice_is_noticed() -> None:
    tally = told(("SENT", "a"))
    tally.add(event(0, "SENT", "a"))
    assert tally.repeated == 1


def test_figures_of_the_api_are_compared_by_name() -> None:
    stats = {"recipients": 4, "pending": 0, "sent": 3, "delivered": 3, "read": 1, "failed": 0}
    stored = Figures.of_stats({**stats, "unconfirmed": 1, "cancelled": 0})
    assert stored.failed == 1
    assert told(("SENT", "a")).figures.differences(stored) == [
        "pending: 3 seen, 0 stored",
        "sent: 1 seen, 3 stored",
        "delivered: 0 seen, 3 stored",
        "read: 0 seen, 1 stored",
        "failed: 0 seen, 1 stored",
    ]


def test_without_a_terminal_there_are_plain_lines() -> None:
    tally = told(("SENT", "a"), ("FAILED", "b"))
    console = Console(force_terminal=False, record=True, width=100, quiet=False, no_color=True)
    with Screen(console, tally) as screen:
        screen.tell("worker-1 was killed by SIGKILL; it is started again in 0.2 s")
        screen.show(at_once=True)
    text = console.export_text()
    assert "queued    2  sent    1  delivered    0  read    0  failed    1" in text
    assert "! worker-1 was killed" in text


def test_on_a_terminal_there_are_bars_and_the_last_events() -> None:
    tally = told(("SENT", "a"), ("FAILED", "b"))
    console = Console(force_terminal=True, record=True, width=100, no_color=True)
    with Screen(console, tally) as screen:
        screen.show(at_once=True)
    text = console.export_text()
    assert "queued" in text
    assert "2/4" in text
    assert "Person b +12025550100: Not on WhatsApp [131026]" in text
