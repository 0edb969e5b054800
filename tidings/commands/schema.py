"""Write schema.graphql and docs/roles.md from the code; with --check only compare, for tests and CI."""

import argparse
import difflib
from itertools import islice
from pathlib import Path

from graph.core import roles
from graph.schema import schema
from tidings.trouble import Trouble

FILE = Path("schema.graphql")
ROLES = Path("docs/roles.md")
SHOWN_LINES = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is out of date")


def run(given: argparse.Namespace) -> int:
    rules = roles.page(schema._schema)  # pyright: ignore[reportPrivateUsage]
    for file, served in ((FILE, schema.as_str().rstrip() + "\n"), (ROLES, rules)):
        if not given.check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(served)
        else:
            _compare(file, served)
    return 0


def _compare(file: Path, served: str) -> None:
    committed = file.read_text() if file.exists() else ""
    if committed == served:
        return
    changes = difflib.unified_diff(committed.splitlines(), served.splitlines(), "committed", "served", lineterm="", n=1)
    raise Trouble(f"{file} is out of date; `make schema` writes it anew\n" + "\n".join(islice(changes, SHOWN_LINES)))
