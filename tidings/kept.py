"""What an installation makes up for itself once and keeps in its data folder, readable by its owner alone."""

import json
import secrets
from pathlib import Path

from tidings.private import write_private

FILE = "secrets.json"


def kept(data_dir: Path, name: str) -> str:
    """The secret of that name; made up at the first call: 32 random bytes in URL-safe letters."""
    return recall(data_dir, name) or keep(data_dir, name, secrets.token_urlsafe(32))


def recall(data_dir: Path, name: str) -> str | None:
    """What was kept under that name, if anything."""
    return _read(data_dir / FILE).get(name)


def keep(data_dir: Path, name: str, secret: str) -> str:
    """Keep a secret that came from elsewhere; gives it back."""
    file = data_dir / FILE
    write_private(file, json.dumps({**_read(file), name: secret}, indent=2) + "\n")
    return secret


def _read(file: Path) -> dict[str, str]:
    return json.loads(file.read_text()) if file.exists() else {}
