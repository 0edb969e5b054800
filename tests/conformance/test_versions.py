"""What clients rely on goes with a major version alone, as docs/versions.md promises."""

import subprocess

import pytest
from graphql import build_schema
from graphql.utilities import find_breaking_changes

from domain import VERSION
from tests.clients.node import ROOT


def broken(old: str, released: str, new: str, version: str) -> list[str]:
    """What a schema takes from clients of the last release although its version does not say so."""
    if version.split(".")[0] != released.split(".")[0]:
        return []
    return [change.description for change in find_breaking_changes(build_schema(old), build_schema(new))]


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def test_nothing_is_gone_since_the_last_release() -> None:
    """Releases are tags, such as v1.2.3."""
    releases = git("tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname").split()
    if not releases:
        assert VERSION == "0.1.0", "nothing is promised before the first release, and later ones have their tags"
        return
    old = git("show", f"{releases[0]}:schema.graphql")
    assert broken(old, releases[0].removeprefix("v"), (ROOT / "schema.graphql").read_text(), VERSION) == []


OLD = """
enum Order { TITLE, AGE }
input New { title: String }
type Query { item(id: ID): String, other: String }
"""


@pytest.mark.parametrize(
    ("was", "becomes", "version", "told"),
    [
        ("", "", "1.0.1", []),
        ("other: String", "other: String, more: Int", "1.1.0", []),
        (", other: String", "", "1.1.0", ["Field Query.other was removed."]),
        (", other: String", "", "2.0.0", []),
        (", AGE", "", "1.1.0", ["Enum value Order.AGE was removed."]),
        ("title: String", "title: String, age: Int!", "1.1.0", ["A required field New.age was added."]),
        ("(id: ID)", "(id: ID!)", "1.1.0", ["Argument Query.item(id:) has changed type from ID to ID!."]),
    ],
    ids=["same", "more", "less", "less-major", "value", "required", "stricter"],
)
def test_the_check_finds_what_breaks(was: str, becomes: str, version: str, told: list[str]) -> None:
    assert broken(OLD, "1.0.0", OLD.replace(was, becomes), version) == told
