"""Programs of `tidings` that start by a fork of a process that has loaded them already: the API in 0.1 s instead of 3.

Each of a thousand starts would else read the same modules again, and that was a third of what the tests cost. A program
of the tests is a process all the same, of its own session, environment and signals, which is killed like any other.
The simulator starts as everywhere: it counts its ids from when it was loaded, and it is loaded in a moment.
"""

import atexit
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from tidings.child import die_with

_LOADED = ("tidings.commands.api", "tidings.commands.worker", "tidings.commands.migrate")
_LOADED += ("uvicorn.lifespan.on", "uvicorn.protocols.http.httptools_impl")
_LONGEST = 1 << 20
"""Bytes of a request: arguments and environment."""


class Child:
    """What of subprocess.Popen is asked of it; `args` are those after -m."""

    def __init__(self, args: Sequence[str], environment: Mapping[str, str]) -> None:
        self.args = list(args)
        self.returncode: int | None = None
        self._end, told = socket.socketpair()
        nursery = _nursery()
        asked = {"args": self.args, "environment": dict(environment), "folder": os.getcwd()}
        with told:
            socket.send_fds(nursery, [json.dumps(asked).encode()], [1, 2, told.fileno()])
        self.pid = int(self._end.recv(32))

    def poll(self) -> int | None:
        """Its exit status, or minus the signal that ended it; None while it runs."""
        return self._told(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status. Raises subprocess.TimeoutExpired."""
        status = self._told(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def _told(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._end.settimeout(timeout)
            try:
                self.returncode = int(self._end.recv(32))
            except (TimeoutError, BlockingIOError):
                return None
            self._end.close()
        return self.returncode

    def send_signal(self, what: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, what)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def _nursery() -> socket.socket:
    """What the one of this process listens to. It ends when this process does, and its children with it."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        command = [sys.executable, "-m", "tests.nursery"]
        process = subprocess.Popen(command, stdin=its, cwd=Path(__file__).parents[1], start_new_session=True)

    def end() -> None:
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours


def _next(requests: socket.socket) -> list[str]:
    """Serves until it is itself a child, which answers its arguments."""
    waiting = selectors.DefaultSelector()
    waiting.register(requests, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is requests:
                asked, files, *_ = socket.recv_fds(requests, _LONGEST, 3)
                if not asked:
                    sys.exit()
                parent = os.getpid()
                pid = os.fork()
                if pid == 0:
                    _forget(waiting)
                    requests.close()
                    return _born(parent, files, **json.loads(asked))
                for file in files[:2]:
                    os.close(file)
                told = socket.socket(fileno=files[2])
                told.send(str(pid).encode())
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))
            else:
                pid, told = key.data
                waiting.unregister(key.fileobj)
                os.close(key.fd)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with told:
                    told.send(str(status).encode())


def _forget(waiting: selectors.BaseSelector) -> None:
    """A child has nothing to do with the others."""
    for key in list(waiting.get_map().values()):
        if key.data is not None:
            os.close(key.fd)
            key.data[1].close()
    waiting.close()


def _born(parent: int, files: Sequence[int], args: list[str], environment: dict[str, str], folder: str) -> list[str]:
    os.setsid()
    die_with(parent, signal.SIGKILL)()
    for file, target in zip(files, (1, 2), strict=False):
        os.dup2(file, target)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    return args


def _main() -> None:
    requests = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name in _LOADED:
        import_module(name)
    gc.collect()
    gc.freeze()
    sys.argv = _next(requests)
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
