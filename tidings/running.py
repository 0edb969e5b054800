"""How a second command finds what `tidings up` runs: its embedded services have ports and passwords nobody typed in."""

import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from db.core.settings import Settings, get_settings
from tidings.private import write_private
from tidings.services import ServiceError
from tidings.services.together import alone

FILE = "running.json"


@contextmanager
def announced(data_dir: Path, environment: Mapping[str, str]) -> Generator[None]:
    """Leaves the settings of the running parts in the data folder, for its owner alone, until the end."""
    file = data_dir / FILE
    write_private(file, json.dumps(dict(environment)))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def join() -> bool:
    """Take on the settings of the `tidings up` that runs on our data folder; what we are told ourselves comes first."""
    settings = Settings()
    file = settings.data_dir / FILE
    if (settings.database_url and settings.redis_url) or not file.is_file() or not is_used(settings.data_dir):
        return False
    told: dict[str, str] = json.loads(file.read_text())
    os.environ.update({name: value for name, value in told.items() if not os.environ.get(name)})
    get_settings.cache_clear()
    return True


def is_used(data_dir: Path) -> bool:
    """Whether a living process holds the folder; a file that a kill -9 left behind says nothing."""
    try:
        with alone(data_dir):
            return False
    except ServiceError:
        return True
