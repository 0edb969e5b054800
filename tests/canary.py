"""What tests send of people, which no log line, error, event or figure may hold: emails, numbers and passwords.

The factories make them, so that the whole suite sends them; what is said in messages follows tests/faults/test_logs.py.
The log is looked through line by line down to INFO where everyone shares an installation, and down to WARNING where
tests break one of their own, for those read it themselves.
"""

import json
import re
from pathlib import Path
from typing import Any

PASSWORD = "correct-horse-battery"
"""Of the users that the factories make."""
_NUMBER = re.compile(r"\b55119\d{8}\b")
SENT = re.compile(rf"{_NUMBER.pattern}|(?:user|person)-[0-9a-f]{{10}}@example|{PASSWORD}", re.IGNORECASE)
"""Numbers, emails and the password of factories.py."""


def check(text: str, where: str) -> None:
    """Fails where something that was sent is told again."""
    found = [text[max(0, match.start() - 200) : match.end()] for match in SENT.finditer(text)]
    assert not found, f"{len(found)} times in {where}, the first after: {found[0]}"


def check_log(log: Path) -> int:
    """The log and what was rotated away. Gives how many letters were looked through."""
    written = sorted(file for file in log.parent.glob(f"{log.name}*") if file.is_file())
    assert written, f"there is no {log}"
    texts = {file.name: file.read_text(errors="replace") for file in written}
    for name, text in texts.items():
        check(text, name)
    return sum(map(len, texts.values()))


def check_figures(figures: str) -> None:
    """Figures name our senders by their numbers, and nobody else."""
    assert "tidings_" in figures
    check(re.sub(r'sender="[^"]*"', "", figures), "metrics")


def check_errors(answer: Any, asked: str) -> None:
    """Looks at the errors of an answer, or of a message on a socket; they may tell a caller a number that they gave."""
    errors = answer.get("errors") if isinstance(answer, dict) else answer
    if errors and not isinstance(errors, str):
        digits = re.sub(r"\D", "", asked)
        told = _NUMBER.sub(lambda found: "" if found[0] in digits else found[0], json.dumps(errors))
        check(told, "errors")
