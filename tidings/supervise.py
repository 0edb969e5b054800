"""Supervision: parts are started in order, started again when they die, and stopped in the opposite order."""

import logging
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from tidings.child import end, spawn
from tidings.trouble import Trouble

log = logging.getLogger("tidings")

CALM_SECONDS = 60.0
"""A part that ran this long starts again at once when it dies; one that dies sooner waits ever longer."""
LONGEST_WAIT = 30.0
PACE = 0.1
"""Seconds between two looks at the parts."""


class Part(Protocol):
    """Something that runs: a program, or an embedded service."""

    name: str

    @property
    def running(self) -> bool: ...
    @property
    def pid(self) -> int: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Program:
    """A program as a part. Its output goes to ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    stop_seconds: float = 12.0
    """The API and workers give themselves 10 s for what they have in hand."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise Trouble(f"{self.name} is not started")
        return self._process.pid

    @property
    def ended(self) -> str:
        """How it ended, in words."""
        code = self._process.poll() if self._process else None
        return f"was killed by {signal.Signals(-code).name}" if code and code < 0 else f"ended with status {code}"

    def start(self) -> None:
        self._process = spawn(self.command, environment=self.environment)

    def stop(self) -> None:
        """SIGTERM, which asks it to finish what it has begun; SIGKILL after `stop_seconds`."""
        if self._process is not None:
            end(self._process, [(signal.SIGTERM, self.stop_seconds)])

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def run(self) -> None:
        """Run it to its end; raises Trouble unless it ends well."""
        self.start()
        try:
            if self._process is not None and self._process.wait() != 0:
                raise Trouble(f"{self.name} {self.ended}; its messages above say why")
        finally:
            self.stop()


class Stopped(BaseException):
    """SIGTERM or SIGINT has come: unwind, stopping everything on the way."""


class Supervisor:
    """Keeps parts alive. Services of the list are stopped by whoever made them, after the programs."""

    def __init__(self, services: Sequence[Part] = ()) -> None:
        self.services = list(services)
        self.programs: list[Program] = []
        self._since: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def start(self, program: Program) -> None:
        self.programs.append(program)
        self._begin(program)

    def look(self) -> None:
        """Start again what has died. One that keeps dying waits 0.2 s, then twice as long each time, up to 30 s."""
        for part in [*self.services, *self.programs]:
            if part.running:
                continue
            now = time.monotonic()
            if part.name not in self._due:
                calm = now - self._since.get(part.name, now) > CALM_SECONDS
                failures = 0 if calm else self._failures.get(part.name, 0)
                self._failures[part.name] = failures + 1
                wait = min(LONGEST_WAIT, 0.2 * 2**failures)
                self._due[part.name] = now + wait
                how = part.ended if isinstance(part, Program) else "has died"
                log.warning("%s %s; it is started again in %.1f s", part.name, how, wait)
            elif now >= self._due[part.name]:
                del self._due[part.name]
                self._begin(part)

    def watch(self) -> None:
        """Look after the parts until a signal ends it."""
        while True:
            self.look()
            time.sleep(PACE)

    def wait_for(self, is_ready: Callable[[], bool], what: str, *, seconds: float = 60.0) -> None:
        """Look after the parts until something is so."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if time.monotonic() > deadline:
                raise Trouble(f"{what} is not ready after {seconds:.0f} s; the messages above say why")
            self.look()
            time.sleep(PACE)

    def stop(self) -> None:
        """The last started first: workers finish what they have in hand while the API and the database still serve."""
        for program in reversed(self.programs):
            program.stop()

    def kill(self) -> None:
        for program in self.programs:
            program.kill()

    def _begin(self, part: Part) -> None:
        self._since[part.name] = time.monotonic()
        try:
            part.start()
        except (Trouble, OSError) as trouble:
            log.warning("%s cannot start: %s", part.name, trouble)
        else:
            log.info("%s runs as process %d", part.name, part.pid)


@contextmanager
def supervised(services: Sequence[Part] = ()) -> Generator[Supervisor]:
    """A supervisor whose programs are stopped at the end; a second signal meanwhile kills them."""
    supervisor = Supervisor(services)
    try:
        with _on_second_signal(supervisor.kill):
            try:
                yield supervisor
            finally:
                supervisor.stop()
    finally:
        supervisor.kill()


@contextmanager
def stopped_by_signals() -> Generator[None]:
    """SIGTERM and SIGINT raise Stopped, once; it ends here. Later ones disturb the tidying up no more."""
    came = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal came
        if came:
            _second_signal()
            return
        came = True
        log.info("%s: stopping", signal.Signals(signum).name)
        raise Stopped

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    except Stopped:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


_hurry: list[Callable[[], None]] = []


def _second_signal() -> None:
    log.warning("second signal: killing what has not stopped")
    for each in _hurry:
        each()


@contextmanager
def _on_second_signal(call: Callable[[], None]) -> Generator[None]:
    _hurry.append(call)
    try:
        yield
    finally:
        _hurry.remove(call)
