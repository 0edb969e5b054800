"""The twenty-five faults of this product's list, and the table of how a run of their tests went.

A test says which fault it is by its name: `test_7_…`. What it measured it says by `record_property`. The table is
printed at the end of a run of this folder, and written into docs/reliability.md where FAULTS_TABLE names that file.
"""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FAULTS = {
    1: ("A worker is killed every 2 s through 5,000 sends", "I0; one kill leaves at most 100 in doubt"),
    2: ("A worker is killed between acceptance and its commit", "I0; the receipt settles it"),
    3: ("A worker is killed between the commit to leave and the POST", "I0; once after the grace, or UNCONFIRMED"),
    4: ("A worker is frozen past its lease and wakes up below the grace", "I0; no second POST"),
    5: ("SIGTERM twice during sends", "I0; gone within 5 s"),
    6: ("The clock is killed in the second in which schedules are due", "I0; each fires once"),
    7: ("Redis is emptied in the middle of a send", "I0; sending resumes within 15 s"),
    8: ("Redis is down for 30 s", "I0; the API writes; subscribers miss nothing"),
    9: ("Redis is frozen for 15 s", "I0; workers live or end and are started; nothing is stranded"),
    10: ("Redis has no memory left", "I0; rings fail aloud; the clock makes up for them"),
    11: ("PostgreSQL restarts in the middle", "I0; pools are back within 10 s and hold nothing dead"),
    12: ("PostgreSQL is killed and recovers", "I0; no acceptance is forgotten"),
    13: ("PostgreSQL is frozen for 20 s", "I0; health says 503; calls end; all is back within 10 s"),
    14: ("1,000 transactions and requests are cancelled", "I0; all connections come back"),
    15: ("A storm of 5xx without a code, half of them accepted", "I0"),
    16: ("WhatsApp takes 30 s to answer one sender", "I0; the other sender's p95 holds"),
    17: ("WhatsApp limits the rate", "I0; the rate is obeyed, none is lost"),
    18: ("One answer in twenty is dropped after acceptance", "I0; receipts settle all at the first attempt"),
    19: ("10,000 webhooks that repeat each other, 50 at once", "I0; one row and one event each"),
    20: ("Statuses come shuffled, again, and early", "I0; the final rank is right; none ever falls"),
    21: ("Nobody takes webhooks in during a send", "I0; nothing is sent again"),
    22: ("Clocks of workers are 5 minutes off, and a change of summer time", "I0; each schedule fires once, in time"),
    23: ("200 sockets of which 20 read nothing, 10,000 events", "I0; memory is bounded; the dead are cut within 60 s"),
    24: ("A receiver of our webhooks hangs, fails, redirects, and returns", "retried in order, signed, none lost"),
    25: ("Pause, cancel and opt-out while workers are killed", "I0; one batch in flight at most after the commit"),
}
"""By number: what is broken, and what must hold. I0 is in invariant.py."""

HELD_TO_I0 = "messages held to I0"
"""The figure of a test that looked whether I0 holds."""
RESULTS = ("passed", "skipped", "failed")
"""Each weighs more than those before it."""

BEGIN, END = "<!-- table of the last run: begin -->\n", "<!-- table of the last run: end -->\n"


def number_of(nodeid: str) -> int | None:
    """The fault that a test is about."""
    found = re.search(r"::test_(\d+)_", nodeid)
    return int(found[1]) if found else None


def _cell(text: object) -> str:
    return str(text).replace("|", "/").replace("\n", " ")


@dataclass
class Outcome:
    """What became of one test: of its setup, its call and its end."""

    result: str = "passed"
    seconds: float = 0.0
    figures: list[tuple[str, object]] = field(default_factory=list)
    """Fixtures measure, too, and say so after the call."""


class Table:
    """What became of the tests of each fault; registered as a plugin by conftest.py."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Reports of tests that run side by side come in any order."""
        if "tests/faults/" not in report.nodeid:
            return
        outcome = self.outcomes.setdefault(report.nodeid, Outcome())
        outcome.result = max(outcome.result, report.outcome, key=RESULTS.index)
        outcome.seconds += report.duration
        outcome.figures = list(report.user_properties)

    def rows(self) -> list[str]:
        """The table in Markdown: numbered faults first, then the others that measured something or did not pass."""
        lines = ["| | Fault | Invariant | Result | Figures |", "|---|---|---|---|---|"]
        for number, (fault, holds) in FAULTS.items():
            of_it = [outcome for nodeid, outcome in self.outcomes.items() if number_of(nodeid) == number]
            lines.append(f"| {number} | {fault} | {holds} | {_result(of_it)} | {_figures(of_it)} |")
        for nodeid, outcome in self.outcomes.items():
            if number_of(nodeid) is None and (outcome.figures or outcome.result != "passed"):
                name = nodeid.rpartition("::test_")[2].replace("_", " ")
                holds = "I0" if HELD_TO_I0 in dict(outcome.figures) else ""
                lines.append(f"| | {_cell(name)} | {holds} | {_result([outcome])} | {_figures([outcome])} |")
        return lines

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.outcomes:
            return
        rows = self.rows()
        terminalreporter.section("faults")
        for line in rows:
            if "| not run |" not in line:
                terminalreporter.write_line(line)
        if name := os.environ.get("FAULTS_TABLE"):
            page = Path(name)
            before, rest = page.read_text().split(BEGIN)
            page.write_text(before + BEGIN + "\n".join(rows) + "\n" + END + rest.split(END)[1])


def _result(outcomes: list[Outcome]) -> str:
    counted = Counter(outcome.result for outcome in outcomes)
    return ", ".join(f"{counted[result]} {result}" for result in reversed(RESULTS) if counted[result]) or "not run"


def _figures(outcomes: list[Outcome]) -> str:
    parts = [f"{name}: {value}" for outcome in outcomes for name, value in outcome.figures]
    seconds = sum(outcome.seconds for outcome in outcomes)
    return _cell("; ".join([*parts, f"{seconds:.0f} s"])) if outcomes else ""
