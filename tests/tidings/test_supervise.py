"""Supervision of real processes that die, hang and are killed."""

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tidings.supervise import Program, supervised
from tidings.trouble import Trouble

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)"
PATIENT = "import time; time.sleep(99)"
SUPERVISOR = """
import json, sys
from tidings.supervise import Program, stopped_by_signals, supervised
with stopped_by_signals(), supervised() as supervisor:
    for name, code in json.loads(sys.argv[1]).items():
        supervisor.start(Program(name, [sys.executable, "-c", code]))
    print(json.dumps([program.pid for program in supervisor.programs]), flush=True)
    supervisor.watch()
"""


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def until(is_so: Callable[[], bool], *, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


class Outside:
    """A supervisor in a process of its own, with two children: one that ends when asked, one that does not."""

    def __init__(self, **programs: str) -> None:
        command = [sys.executable, "-c", SUPERVISOR, json.dumps(programs)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        with self.process.stdout as out:
            words: list[str] = []
            while not words or not words[-1].startswith("["):
                words.append(out.readline())
            self.children: list[int] = json.loads(words[-1])

    def gone(self) -> bool:
        return not any(alive(pid) for pid in self.children)


def test_a_killed_program_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    with supervised() as supervisor, caplog.at_level(logging.INFO, "tidings"):
        supervisor.start(python("sleeper", PATIENT))
        first = supervisor.programs[0].pid
        psutil.Process(first).kill()
        until(lambda: not supervisor.programs[0].running)
        supervisor.wait_for(lambda: supervisor.programs[0].running, "the sleeper")
        assert supervisor.programs[0].pid != first
    assert "sleeper was killed by SIGKILL; it is started again in 0.2 s" in caplog.text
    assert not supervisor.programs[0].running


def test_a_program_that_keeps_dying_waits_ever_longer(caplog: pytest.LogCaptureFixture) -> None:
    with supervised() as supervisor, caplog.at_level(logging.INFO, "tidings"):
        supervisor.start(python("dying", "import sys; sys.exit(3)"))
        with pytest.raises(Trouble, match="the dying one is not ready after 2 s"):
            supervisor.wait_for(lambda: False, "the dying one", seconds=2)
    waits = [record.args[2] for record in caplog.records if "again" in record.msg and isinstance(record.args, tuple)]
    assert waits[:3] == [0.2, 0.4, 0.8]
    assert "dying ended with status 3" in caplog.text


def test_a_program_that_cannot_start_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    with supervised() as supervisor:
        supervisor.start(Program("missing", ["./no-such-program"]))
        supervisor.start(python("sleeper", PATIENT))
        assert supervisor.programs[1].running
    assert "missing cannot start" in caplog.text


def test_a_step_that_fails_says_so() -> None:
    with pytest.raises(Trouble, match="migrate ended with status 4"):
        python("migrate", "import sys; sys.exit(4)").run()


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_in_good_order(first: signal.Signals) -> None:
    outside = Outside(one=PATIENT, two=PATIENT)
    outside.process.send_signal(first)
    assert outside.process.wait(10) == 0
    assert outside.gone()


def ignores_sigterm(pid: int) -> bool:
    [ignored] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigIgn:")]
    return bool(int(ignored.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_a_second_signal_kills_what_does_not_stop() -> None:
    outside = Outside(stubborn=STUBBORN, patient=PATIENT)
    until(lambda: ignores_sigterm(outside.children[0]))
    outside.process.terminate()
    until(lambda: not alive(outside.children[1]))
    assert alive(outside.children[0])
    outside.process.terminate()
    assert outside.process.wait(10) == 0, "it waits for one that sleeps for 99 s"
    assert outside.gone()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_kill_9_of_the_supervisor_ends_its_children() -> None:
    outside = Outside(one=PATIENT, two=PATIENT)
    outside.process.kill()
    outside.process.wait()
    until(outside.gone)


def test_a_dead_service_is_started_again(tmp_path: Path) -> None:
    class Service:
        name = "service"
        running = False
        pid = 1
        starts = 0

        def start(self) -> None:
            self.starts += 1
            self.running = self.starts > 1
            if not self.running:
                raise Trouble("not yet")

        def stop(self) -> None:
            raise AssertionError("whoever made a service stops it")

        kill = stop

    service = Service()
    with supervised([service]) as supervisor:
        supervisor.wait_for(lambda: service.running, "the service")
    assert service.starts == 2
