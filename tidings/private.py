"""Files that their owner alone may read."""

import os
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Written aside and renamed, so that whoever reads meets the old file or the new one, after a crash too."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
