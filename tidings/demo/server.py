"""An installation for the demonstration alone, with a data folder of its own, untouched by the user's settings."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.core.settings import Settings
from tidings.child import end, spawn
from tidings.services.together import alone
from tidings.trouble import Trouble

SEND_GRACE = 20
"""Seconds that a lost answer waits for its receipt: short, so that a worker killed meanwhile costs little time."""
START_SECONDS = 90.0
SOURCE = Path(__file__).parents[2]


@dataclass
class Server:
    """A running server; `ready` is what its ready file says. `log` is None when it is not ours."""

    ready: dict[str, Any]
    log: Path | None = None
    _read: int = field(default=0)

    def news(self) -> Iterator[str]:
        """What its supervisor reported since the last call: parts that died and were started again."""
        if self.log is None:
            return
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            lines.seek(self._read)
            written = lines.read()
        whole, _, _ = written.rpartition("\n")
        self._read += len(whole.encode())
        for line in whole.splitlines():
            _, ours, message = line.partition(" tidings: ")
            if ours and "started again" in message:
                yield message


@contextmanager
def own_server(data_dir: Path) -> Generator[Server]:
    """`tidings up` in a process of its own, on an empty folder; stopped at the end."""
    folder = data_dir.resolve() / "demo"
    with alone(folder):
        for left in folder.iterdir():
            if left.name != "lock":
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    ready_file, log = folder / "ready.json", folder / "demo.log"
    command = [sys.executable, "-m", "tidings", "up", f"--ready-file={ready_file}"]
    with log.open("wb") as output:
        # Its working folder keeps the user's .env away, and with it their database and their WhatsApp account.
        process = spawn(command, stdout=output, environment=_environment(folder), folder=folder)
    try:
        yield Server(_wait_until_ready(process, ready_file, log), log)
    finally:
        end(process, [(signal.SIGTERM, 40.0)])


def _environment(folder: Path) -> dict[str, str]:
    """Ours, with every setting of Tidings empty but those of the demonstration."""
    known = {name.upper() for name in Settings.model_fields} | {"WHATSAPP_WEBHOOK_SECRET"}
    path = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))
    own = {
        "DATA_DIR": str(folder),
        "API_PORT": "0",
        "SEND_GRACE": str(SEND_GRACE),
        "RATE_LIMITS": "off",
        "PYTHONPATH": path,
    }
    return {**dict.fromkeys(known, ""), **own}


def _wait_until_ready(process: subprocess.Popen[bytes], ready_file: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(errors="replace").splitlines()[-25:]
            raise Trouble(f"the server did not start; the end of {log}:\n" + "\n".join(lines))
        time.sleep(0.05)
    return json.loads(ready_file.read_text())
