"""The alert rules of docs/operations.md by themselves: each problem has one, and none asks for what nobody tells."""

import re

import pytest
from prometheus_client import generate_latest

from db.core import heartbeat
from domain.core import traffic
from domain.health.problems import DOWN, Kind
from tests.faults.alerts import DOCUMENT, Scrapes, interval, read, rules

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


TRACES = {
    "TidingsWebhooksRefused": traffic.REFUSED_SECONDS,
    "TidingsPostsNotUnderstood": 3600,
    "TidingsWorkerLost": heartbeat._KEPT_MS / 1000 - heartbeat.FRESH,
    # From a minute on, until they are decided: SEND_GRACE.
    "TidingsDoubtsStay": 900 - 60,
    "TidingsSenderSilent": 7 * 86400 - 900,
    # Where WhatsApp does not say for how long.
    "TidingsSenderRests": 3600,
}
"""Seconds for which a state lasts after what has brought it about once; others last as long as that does."""


def test_no_rule_waits_for_longer_than_its_state_lasts() -> None:
    """One webhook that could not be kept, one worker that has ended: it is told by a trace that goes away."""
    known = rules()
    for alert, lasts in TRACES.items():
        # A scrape may have missed its beginning and an evaluation its end.
        assert known[alert].seconds + 2 * interval() <= lasts, alert


@pytest.mark.parametrize("alert", [alert for alert, rule in rules().items() if "rate(" in rule.expr])
def test_a_rule_on_rates_fires_while_its_state_goes_on(alert: str) -> None:
    """By evaluations as Prometheus makes them: `for` begins anew with each at which it does not hold."""
    rule, scrapes, held, at = rules()[alert], Scrapes(), 0.0, 0
    while held < rule.seconds:
        at += interval()
        labelled = re.findall(r"tidings_[a-z_]+\{[^}]*\}", rule.expr)
        bare = [name for name in re.findall(r"tidings_\w+(?=\[)", rule.expr) if f"{name}{{" not in rule.expr]
        lines = [f"{series} {6 * at if series.endswith('_sum') else at}" for series in labelled + bare]
        scrapes.taken.append((at, read("\n".join(lines) + "\n")))
        held = held + interval() if scrapes.holds(rule) else 0.0
        assert at < 3600, alert


def test_rules_ask_for_what_is_told() -> None:
    traffic.SENDS.labels("+12025550100", "in_doubt")
    traffic.TICKS.labels("trim")
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
    first = Scrapes([(0, read("")), (100, read(scraped(99, sends=1, doubts=1)))])
    assert not first.holds(known["TidingsFaults"]), "as Prometheus, which has seen it once"
