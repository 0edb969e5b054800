"""What goes wrong with a send: at random by the shares in the settings, or on demand by the control API."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from simulator.clock import Clock
from simulator.people import digits, wa_id_of
from simulator.settings import Settings


class Kind(StrEnum):
    """The ways a send goes wrong."""

    CUT_BEFORE_ACCEPT = "cut_before_accept"
    """The connection closes without a reply, after `seconds`; nothing was accepted."""
    CUT_AFTER_ACCEPT = "cut_after_accept"
    """Accepted at once; the connection closes without a reply after `seconds`, and the webhooks follow."""
    SLOW = "slow"
    """Accepted after `seconds`."""
    REFUSE = "refuse"
    """Refused with `code` in the HTTP reply."""
    FAIL = "fail"
    """Accepted; a webhook then says failed with `code`."""
    BAD_GATEWAY = "bad_gateway"
    """502 with an HTML body; nothing was accepted."""
    BAD_GATEWAY_AFTER_ACCEPT = "bad_gateway_after_accept"
    """502 with an HTML body, yet the message was accepted."""
    GARBLED = "garbled"
    """200 with half a JSON body; the message was accepted."""
    EMPTY = "empty"
    """Accepted; the reply has no body (some releases of WAHA)."""
    STATUS_FIRST = "status_first"
    """Accepted; the endpoint has the first status before the client has its reply."""
    HELD = "held"
    """Accepted as held_for_quality_assessment, then sent after `seconds`, or held_seconds (templates only)."""
    HELD_DROPPED = "held_dropped"
    """Accepted as held_for_quality_assessment, and failed with 132015 after as long (templates only)."""
    SILENT = "silent"
    """Accepted with a good reply; no webhook ever comes."""


@dataclass(slots=True)
class Fault:
    """A fault for the next `count` sends, or for those to one recipient or from one number."""

    kind: Kind
    count: int = 1
    to: str = ""
    phone_number_id: str = ""
    code: int = 131000
    seconds: float = 0.0
    until: float = math.inf
    """When it ends even if sends are left."""

    def meets(self, phone_number_id: str, person: str, settings: Settings) -> bool:
        """Whether this send is one it waits for."""
        if self.phone_number_id and self.phone_number_id != phone_number_id:
            return False
        return not self.to or person in (self.to, wa_id_of(digits(self.to), settings))


class Faults:
    """Faults asked for come first, in the order they were asked; then the dice."""

    def __init__(self, settings: Settings, random: Random, clock: Clock) -> None:
        self._settings = settings
        self._random = random
        self._clock = clock
        self.asked: list[Fault] = []

    def next(self, phone_number_id: str, person: str) -> Fault | None:
        """The fault of this send, if it has one."""
        if not self.asked:
            return self._by_chance()
        now = self._clock.now()
        for fault in [each for each in self.asked if each.until <= now]:
            self.asked.remove(fault)
        for fault in self.asked:
            if fault.meets(phone_number_id, person, self._settings):
                fault.count -= 1
                if not fault.count:
                    self.asked.remove(fault)
                return fault
        return self._by_chance()

    def _by_chance(self) -> Fault | None:
        at: float | None = None
        for kind, share in self._shares():
            if share:
                at = self._random.random() if at is None else at
                if at < share:
                    return self._made(kind)
                at -= share
        return None

    def _shares(self) -> Iterator[tuple[Kind, float]]:
        settings = self._settings
        yield Kind.REFUSE, settings.error_share
        yield Kind.BAD_GATEWAY, settings.bad_gateway_share
        yield Kind.CUT_BEFORE_ACCEPT, settings.cut_before_accept_share
        yield Kind.CUT_AFTER_ACCEPT, settings.cut_after_accept_share
        yield Kind.SLOW, settings.slow_share
        yield Kind.STATUS_FIRST, settings.status_first_share

    def _made(self, kind: Kind) -> Fault:
        code = self._random.choice((131000, 131016, 2)) if kind is Kind.REFUSE else 0
        return Fault(kind, code=code)
