"""The table of a run under fire tells of every test, in whatever order two processes report."""

from typing import Any

import pytest

from tests.faults.table import Table

FILE = "tests/faults/test_it.py"


def reported(table: Table, name: str, when: Any, outcome: Any, **figures: object) -> None:
    table.pytest_runtest_logreport(
        pytest.TestReport(
            f"{FILE}::{name}", (FILE, 0, name), {}, outcome, None, when, user_properties=figures.items(), duration=1.0
        )
    )


@pytest.fixture
def table() -> Table:
    return Table()


def row(table: Table, start: str) -> str:
    [found] = [line for line in table.rows() if line.startswith(start)]
    return found


def test_figures_of_fixtures_are_kept_when_others_report_meanwhile(table: Table) -> None:
    for when in ("setup", "call"):
        reported(table, "test_1_one", when, "passed", doubts=3)
        reported(table, "test_other", when, "passed")
    reported(table, "test_1_one", "teardown", "passed", doubts=3, **{"messages held to I0": 7})
    assert row(table, "| 1 |").endswith("| 1 passed | doubts: 3; messages held to I0: 7; 3 s |")


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
def test_what_failed_has_a_row_whenever_it_failed(table: Table, when: str) -> None:
    for phase in ("setup", "call", "teardown"):
        reported(table, "test_a_plain_one", phase, "failed" if phase == when else "passed")
    assert row(table, "| | a plain one |") == "| | a plain one |  | 1 failed | 3 s |"


def test_one_failure_among_many_is_counted(table: Table) -> None:
    for name, outcome in (("test_2_a", "passed"), ("test_2_b", "failed"), ("test_2_c", "skipped")):
        reported(table, name, "setup", "passed")
        reported(table, name, "call", outcome)
    assert "| 1 failed, 1 skipped, 1 passed |" in row(table, "| 2 |")


def test_what_was_not_run_is_called_so(table: Table) -> None:
    assert "| not run |" in row(table, "| 25 |")


def test_a_row_says_i0_where_i0_was_looked_at(table: Table) -> None:
    reported(table, "test_one_that_measured", "call", "passed", speed=1)
    reported(table, "test_one_that_looked", "call", "passed", **{"messages held to I0": 7})
    assert row(table, "| | one that measured |") == "| | one that measured |  | 1 passed | speed: 1; 1 s |"
    assert "| I0 |" in row(table, "| | one that looked |")
