"""The alert rules of docs/operations.md by themselves: each problem has one, and none asks for what nobody tells."""

from prometheus_client import generate_latest

from domain.core import traffic
from domain.health.problems import DOWN, Kind
from tests.faults.alerts import DOCUMENT, Scrapes, read, rules

SHARED = {"tidings_problem", "tidings_workers"}
"""Told by the API from what all processes share."""


def test_each_problem_has_a_rule_and_a_line_in_the_table() -> None:
    text = DOCUMENT.read_text()
    for kind in Kind:
        matching = [rule for rule in rules().values() if f'problem="{kind}"' in rule.expr]
        assert len(matching) == 1, kind
        assert f"`{kind}`" in text
        if kind in DOWN:
            assert matching[0].severity == "critical"


def test_rules_ask_for_what_is_told() -> None:
    traffic.SENDS.labels("+12025550100", "in_doubt")
    traffic.TICKS.labels("trim")
    traffic.ERRORS.labels("INTERNAL_ERROR")
    traffic.PROVIDER.labels("WAHA", "accepted")
    traffic.MODELS.labels("a", "failed")
    told = {name for name, _ in read(generate_latest(traffic.REGISTRY).decode())}
    for rule in rules().values():
        assert rule.metrics <= told | SHARED | {"up"}, rule
        assert rule.summary.endswith(".")


def test_a_rule_holds_by_what_was_scraped() -> None:
    def scraped(errors: int, *, sends: int, doubts: int, lost: int = 0) -> str:
        return (
            f'tidings_errors_total{{code="INTERNAL_ERROR"}} {errors}\n'
            f'tidings_sends_total{{result="accepted",sender="a"}} {sends}\n'
            f'tidings_sends_total{{result="in_doubt",sender="b"}} {doubts}\n'
            f'tidings_workers{{state="lost"}} {lost}\n'
        )

    known = rules()
    scrapes = Scrapes()
    scrapes.taken.append((0, read(scraped(5, sends=0, doubts=0), scraped(5, sends=0, doubts=0))))
    scrapes.taken.append((100, read(scraped(6, sends=90, doubts=10, lost=1), scraped(5, sends=0, doubts=0))))
    assert not scrapes.holds(known["TidingsFaults"]), "one in 100 s"
    assert scrapes.holds(known["TidingsSendsInDoubt"])
    assert scrapes.holds(known["TidingsWorkerLost"])
    assert not scrapes.holds(known["TidingsNoWorker"]), "nothing is told of it"
    scrapes.taken.append((200, read(scraped(8, sends=99, doubts=1), scraped(9, sends=0, doubts=0))))
    assert scrapes.holds(known["TidingsFaults"]), "seven in 200 s"
    assert not scrapes.holds(known["TidingsSendsInDoubt"])
