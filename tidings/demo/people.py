"""The people of the demonstration, as a file of contacts has them: good rows and bad ones."""

import csv
from pathlib import Path

from tidings.trouble import Trouble

FILE = Path(__file__).parents[2] / "examples" / "contacts.csv"


def read_people(file: Path, limit: int | None) -> list[dict[str, str]]:
    """Rows as input of importContacts, in the order of the file."""
    if not file.is_file():
        raise Trouble(f"{file} is not there; give another file with --contacts")
    with file.open(newline="", encoding="utf-8") as lines:
        rows = [{"name": row["name"], "phoneNumber": row["phone"]} for row in csv.DictReader(lines)]
    if limit is not None and not 1 <= limit <= len(rows):
        raise Trouble(f"--people is 1 to {len(rows)}: so many are in {file.name}")
    return rows[:limit]
