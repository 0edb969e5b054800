"""A server that runs as our child: started, found again after a crash, stopped, killed."""

import hashlib
import os
import pwd
import random
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tidings.child import Identity, end, spawn
from tidings.trouble import Trouble

START_SECONDS = 120.0
"""How long a start may take; recovery after a crash replays what was written since the last checkpoint."""
LOG_BYTES = 5_000_000


class ServiceError(Trouble):
    """An embedded service cannot run; the text says why and what to do."""


class Server(ABC):
    """One server program with its folder. The port is chosen at the first start and stays the same afterwards."""

    name: str
    stop_steps: Sequence[tuple[signal.Signals, float]]
    """How to ask it to stop, as (signal, seconds to wait); the first one is also sent when our own process dies."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / self.name
        self.log = data_dir / f"{self.name}.log"
        self.mark = f"tidings-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients reach it."""

    @abstractmethod
    def _prepare(self, identity: Identity | None) -> None:
        """Make the folder ready; nothing of an earlier run is alive."""

    @abstractmethod
    def _launch(self, identity: Identity | None) -> subprocess.Popen[bytes]:
        """Start the program on `self.port`."""

    @abstractmethod
    def _is_ready(self, pid: int) -> bool:
        """Whether it accepts clients."""

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServiceError(f"{self.name} is not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, or start again, and wait until clients are served. What a crash left running is stopped first."""
        if self.running:
            return
        self._clear_leftovers()
        identity = owner(self.folder)
        self._prepare(identity)
        chosen = self.port
        for attempt in range(3):
            self.port = chosen or free_port()
            self._process = self._launch(identity)
            if self._wait_until_ready(self._process):
                return
            if attempt == 2 or chosen:
                break
        raise ServiceError(f"{self.name} did not start. The end of {self.log}:\n{self._end_of_log()}")

    def stop(self) -> None:
        if self._process is not None:
            end(self._process, self.stop_steps)

    def kill(self) -> None:
        """As `kill -9`: no farewell, nothing written."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._is_ready(process.pid):
                return True
            time.sleep(0.01)
        end(process, self.stop_steps)
        return False

    def _clear_leftovers(self) -> None:
        """Stop what an earlier run left on this folder; the caller holds the folder's lock, so nobody uses it."""
        for step, seconds in [*self.stop_steps, (signal.SIGKILL, 10.0)]:
            if not (alive := self._leftovers()):
                return
            for process in alive:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(step)
            psutil.wait_procs(alive, timeout=seconds)
        if self._leftovers():
            raise ServiceError(f"an earlier {self.name} on {self.folder} does not end; stop it by hand")

    def _leftovers(self) -> list[psutil.Process]:
        """Our mark is in the title of each of the server's processes, which root may read even in a container."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter(["cmdline"]):
            title = " ".join(process.info["cmdline"] or ())
            if self.mark in title and Path(title.split()[0].rstrip(":")).name.startswith(("postgres", "valkey")):
                found.append(process)
        return found

    def _open_log(self) -> int:
        """A descriptor to append to; an old log of more than 5 MB is set aside first, one generation."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _spawn(
        self, command: Sequence[str], identity: Identity | None, *, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        log = self._open_log()
        try:
            farewell = self.stop_steps[0][0]
            return spawn(command, stdout=log, stdin=stdin, folder=self.folder, identity=identity, farewell=farewell)
        finally:
            os.close(log)

    def _end_of_log(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])


def free_port() -> int:
    """A port that nobody listens at, below those that systems hand out to outgoing connections (from 32768 on)."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def owner(folder: Path) -> Identity | None:
    """Whom a server runs as. PostgreSQL refuses root: as root it runs as the owner of its folder, `nobody` at first."""
    if os.geteuid() != 0:
        if folder.exists() and folder.stat().st_uid != os.geteuid():
            raise ServiceError(f"{folder} belongs to user {folder.stat().st_uid}; run as that user or as root")
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return Identity(folder.stat().st_uid, folder.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid)


def make_folder(folder: Path, identity: Identity | None) -> None:
    """A folder that only the server may read, in a place where it can get at it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if identity is not None:
        os.chown(folder, *identity)
        let_through(folder)


def let_through(path: Path, *, chmod: Callable[[Path, int], None] = Path.chmod) -> None:
    """As root: let other users pass through (not read) the folders above, which a clone in a private home needs."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            chmod(folder, mode & 0o7777 | 0o011)
