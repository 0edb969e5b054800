"""Write schema.graphql from the code; with --check only compare, for tests and CI."""

import argparse
import difflib
from itertools import islice
from pathlib import Path

from graph.schema import schema
from tidings.trouble import Trouble

FILE = Path("schema.graphql")
SHOWN_LINES = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is out of date")


def run(given: argparse.Namespace) -> int:
    served = schema.as_str().rstrip() + "\n"
    if not given.check:
        FILE.write_text(served)
        return 0
    committed = FILE.read_text() if FILE.exists() else ""
    if committed == served:
        return 0
    changes = difflib.unified_diff(committed.splitlines(), served.splitlines(), "committed", "served", lineterm="", n=1)
    raise Trouble(f"{FILE} is out of date; `make schema` writes it anew\n" + "\n".join(islice(changes, SHOWN_LINES)))
