"""Scripts of faults: what happens when, in a small file of TOML.

    [[step]]
    at = "10m"                 # of the simulator's clock since the start; or  after_sends = 500
    do = "faults"              # a POST of the control API (control.py), by its path below /_simulator; or "settings"
    with = { kind = "cut_after_accept" }
    for = "5m"                 # faults and settings only: they are taken back after it

Times are seconds, or a number with s, m, h or d. `examples/faults.toml` is a whole one. A step that is wrong is told at
the start, by its number, and nothing runs. A reset ends the steps that have not happened by then.
"""

import logging
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson

from simulator.cloud import Cloud
from simulator.commands import UNUSABLE, Commands
from simulator.wire import Json, is_array, is_object

log = logging.getLogger("simulator")

_TIME = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_KNOWN = {"at", "after_sends", "do", "with", "for"}


class ScriptError(ValueError):
    """A script that cannot be followed."""


@dataclass(slots=True, frozen=True)
class Step:
    """One thing that happens."""

    at: float | None
    after_sends: int | None
    do: str
    body: Json | list[object]
    lasts: float


def _seconds(value: object) -> float:
    found = _TIME.fullmatch(str(value))
    if isinstance(value, bool) or found is None:
        raise ScriptError(f"{value!r} is no time; it is seconds, or a number with s, m, h or d.")
    return float(found[1]) * _UNITS[found[2]]


def _step(asked: object) -> Step:
    if not is_object(asked):
        raise ScriptError("a step is a table.")
    unknown = set(asked) - _KNOWN
    if unknown:
        raise ScriptError(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(_KNOWN))}.")
    after, do, body = asked.get("after_sends"), asked.get("do"), asked.get("with", {})
    if ("at" in asked) == (after is not None):
        raise ScriptError("a step has either at or after_sends.")
    if after is not None and (type(after) is not int or after < 1):
        raise ScriptError("after_sends is a whole number, at least 1.")
    if not isinstance(do, str) or not do:
        raise ScriptError("do is a path of the control API, such as faults.")
    if not is_object(body) and not is_array(body):
        raise ScriptError("with is a table, or a list.")
    if "for" in asked and do not in ("faults", "settings"):
        raise ScriptError("only faults and settings can be taken back: for is theirs.")
    lasts = _seconds(asked["for"]) if "for" in asked else 0.0
    return Step(_seconds(asked["at"]) if "at" in asked else None, after, do, body, lasts)


def read(path: Path) -> list[Step]:
    """The steps of a script; ScriptError says which one is wrong, and how."""
    try:
        script = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ScriptError(f"{path}: {error}") from error
    asked = script.get("step")
    if set(script) - {"step"} or not is_array(asked):
        raise ScriptError(f"{path}: a script is a list of [[step]].")
    steps: list[Step] = []
    for number, each in enumerate(asked, 1):
        try:
            steps.append(_step(each))
        except ScriptError as error:
            raise ScriptError(f"{path}, step {number}: {error}") from error
    return steps


class Script:
    """Has the steps happen: those with a time by the clock, the others right after the send that they wait for."""

    def __init__(self, steps: Sequence[Step], cloud: Cloud, commands: Commands) -> None:
        self._cloud = cloud
        self._commands = commands
        self._waiting = sorted((each for each in steps if each.after_sends), key=lambda each: each.after_sends or 0)
        start = cloud.clock.now()
        for step in steps:
            if step.at is not None:
                cloud.timers.at(start + step.at, partial(self._take, step))
        if self._waiting:
            cloud.sent = self._count

    def _count(self, sends: int) -> None:
        while self._waiting and (self._waiting[0].after_sends or 0) <= sends:
            self._take(self._waiting.pop(0))

    def _take(self, step: Step) -> None:
        body = step.body
        back: Callable[[], object] | None = None
        if step.lasts and is_object(body):
            if step.do == "faults":
                body = {**body, "for": step.lasts}
            else:
                settings = self._cloud.settings
                before = {name: getattr(settings, name) for name in body if hasattr(settings, name)}
                back = partial(self._do, step.do, orjson.loads(orjson.dumps(before)))
        self._do(step.do, body)
        if back is not None:
            self._cloud.timers.at(self._cloud.clock.now() + step.lasts, back)

    def _do(self, do: str, body: object) -> None:
        try:
            if self._commands.act(do, body) is None:
                log.error("the script asks for %s, which there is not", do)
            else:
                log.info("the script did %s %s", do, body)
        except UNUSABLE as error:
            log.error("the script asked for %s %s: %s", do, body, error)
