"""Sessions: started, scanned, working, dropped; their QR codes (D2)."""

import base64
import io
import re
import zlib
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from random import Random

import segno

from simulator.clock import Clock, Timers
from simulator.settings import Settings
from simulator.waha.notes import Note
from simulator.wire import Json

ENGINES = ("NOWEB", "GOWS", "WEBJS")
_NOTES_KEPT = 20_000


class Status(StrEnum):
    """What a session is at."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    SCAN_QR_CODE = "SCAN_QR_CODE"
    WORKING = "WORKING"
    FAILED = "FAILED"


@dataclass(slots=True)
class Session:
    """A session: its config outlives a logout, its account a restart."""

    name: str
    config: Json
    engine: str
    status: Status = Status.STOPPED
    account: Json | None = None
    """`id`, `pushName` and `lid` of the number that is linked."""
    unlinked: bool = False
    """The phone has thrown the link away: what is kept of it leads to FAILED until a logout."""
    code: str = ""
    codes: int = 0
    code_expires: float = 0.0
    used_at: float = 0.0
    life: int = 0
    """Grows with each start and stop: what was put down for an earlier life does nothing."""
    statuses: deque[Json] = field(default_factory=lambda: deque[Json](maxlen=20))
    notes: OrderedDict[str, Note] = field(default_factory=OrderedDict[str, Note])
    """Its latest messages by id."""
    watched: set[str] = field(default_factory=set[str])
    """Chats in which the client has asked to be told that people type; forgotten with each start."""

    @property
    def me(self) -> Json | None:
        """The number, while the session works."""
        return self.account if self.status is Status.WORKING else None

    def keep(self, note: Note) -> None:
        """Remember a message for look-ups."""
        self.notes[note.id] = note
        if len(self.notes) > _NOTES_KEPT:
            self.notes.popitem(last=False)

    def shown(self) -> Json:
        """The session as the API tells it."""
        return {
            "name": self.name,
            "status": self.status.value,
            "config": self.config,
            "me": self.me,
            "engine": {"engine": self.engine},
        }


def code_png(code: str) -> bytes:
    """A QR code as a picture."""
    picture = io.BytesIO()
    segno.make(code, error="l", micro=False).save(picture, kind="png", scale=6)
    return picture.getvalue()


class Sessions:
    """All sessions of the server, and what time does to them."""

    def __init__(
        self, settings: Settings, random: Random, clock: Clock, timers: Timers, changed: Callable[[Session], None]
    ) -> None:
        self._settings = settings
        self._random = random
        self._clock = clock
        self._timers = timers
        self._changed = changed
        self.by_name: dict[str, Session] = {}

    def told(self, session: Session) -> Json:
        """The session with what only the control API tells: its code and the number it is linked to."""
        code = {"code": session.code or None, "code_expires": session.code_expires if session.code else None}
        return {**session.shown(), **code, "account": session.account}

    def create(self, name: str, config: Json) -> Session:
        """A stopped session."""
        session = self.by_name[name] = Session(name, config, self._settings.waha_engine)
        return session

    def _become(self, session: Session, status: Status) -> None:
        if session.status is not status:
            session.status = status
            session.statuses.append({"status": status.value, "timestamp": int(self._clock.now() * 1000)})
            self._changed(session)

    def _later(self, session: Session, due: float, step: Callable[[Session, float], None]) -> None:
        """Take `step` at `due` unless the session was stopped or started in between."""
        self._timers.at(due, partial(self._take, session, session.life, due, step))

    def _take(self, session: Session, life: int, due: float, step: Callable[[Session, float], None]) -> None:
        if session.life == life:
            step(session, due)

    def start(self, session: Session) -> None:
        """Start it unless it runs."""
        if session.status in (Status.STOPPED, Status.FAILED):
            session.life += 1
            session.codes = 0
            session.watched.clear()
            self._become(session, Status.STARTING)
            self._later(session, self._clock.now() + self._settings.waha_start, self._started)

    def _started(self, session: Session, at: float) -> None:
        if session.unlinked:
            self._become(session, Status.FAILED)
        elif session.account is not None:
            self._work(session, at)
        else:
            self._show_code(session, at)

    def _work(self, session: Session, at: float) -> None:
        session.code = ""
        session.used_at = at
        self._become(session, Status.WORKING)
        self._later(session, at + self._settings.waha_link, self._lapse)

    def _lapse(self, session: Session, at: float) -> None:
        """Without use for 14 days the phone ends the link; with use, look again when that would be over."""
        if session.status is Status.WORKING:
            over = session.used_at + self._settings.waha_link
            if over > at:
                self._later(session, over, self._lapse)
            else:
                self.unlink(session)

    def _show_code(self, session: Session, at: float) -> None:
        if session.codes >= self._settings.waha_codes:
            session.code = ""
            self._become(session, Status.FAILED)
            return
        holds = self._settings.waha_next_code if session.codes else self._settings.waha_first_code
        parts = (base64.b64encode(self._random.randbytes(32)).decode() for _ in range(4))
        session.code, session.code_expires = f"2@{','.join(parts)}", at + holds
        session.codes += 1
        self._become(session, Status.SCAN_QR_CODE)
        self._later(session, session.code_expires, partial(self._replace_code, session.codes))

    def _replace_code(self, number: int, session: Session, at: float) -> None:
        if session.status is Status.SCAN_QR_CODE and session.codes == number:
            self._show_code(session, at)

    def rotate(self, session: Session) -> None:
        """The code that is shown ends now."""
        self._show_code(session, self._clock.now())

    def scan(self, session: Session, phone: str, name: str) -> None:
        """Somebody scans the code with the phone of that number."""
        named = phone or self._settings.waha_numbers.get(session.name) or number_of(session.name)
        lid = f"{zlib.crc32(named.encode()):010d}{int(named) % 10**5:05d}@lid"
        session.account = {"id": f"{named}@c.us", "pushName": name, "lid": lid}
        session.unlinked, session.code = False, ""
        session.life += 1
        self._become(session, Status.STARTING)
        self._later(session, self._clock.now() + self._settings.waha_start, self._work)

    def stop(self, session: Session) -> None:
        """Stop it; the link is kept."""
        session.life += 1
        session.code = ""
        self._become(session, Status.STOPPED)

    def logout(self, session: Session) -> None:
        """Forget the link; a session that ran starts anew, with a code."""
        ran = session.status is not Status.STOPPED
        session.account, session.unlinked = None, False
        self.stop(session)
        if ran:
            self.start(session)

    def unlink(self, session: Session) -> None:
        """The phone throws the link away: FAILED, and again after each restart until a logout."""
        session.life += 1
        session.unlinked, session.code = True, ""
        self._become(session, Status.FAILED)

    def drop(self, session: Session, status: Status, seconds: float) -> None:
        """The session falls out of WORKING; back by itself after `seconds` unless that is 0."""
        session.life += 1
        self._become(session, status)
        if seconds:
            self._later(session, self._clock.now() + seconds, self._started)


def number_of(name: str) -> str:
    """The phone number that a session's name ends in; else one of the digits' own, always the same for the name."""
    named = re.search(r"(?:^|\D)(\d{8,15})$", name)
    return named[1] if named else f"4477009{zlib.crc32(name.encode()) % 10**5:05d}"
