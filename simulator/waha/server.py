"""The simulated WAHA: takes sends of its sessions, tells acks and what people write."""

import asyncio
import hashlib
import mimetypes
import zlib
from dataclasses import dataclass
from functools import partial

from simulator.chats import Entry
from simulator.cloud import Cloud
from simulator.faults import Fault, Kind
from simulator.ledger import Message, Outcome
from simulator.media import HEARD, Held, Store, plain_type
from simulator.people import digits, on_whatsapp, wa_id_of
from simulator.statuses import plan
from simulator.waha.hooks import Hooks
from simulator.waha.notes import ACK_NAMES, Note, ends, payload
from simulator.waha.sessions import Session, Sessions, Status
from simulator.wire import Json

ACKS = {Outcome.SENT: 1, Outcome.DELIVERED: 2, Outcome.READ: 3, Outcome.PLAYED: 4, Outcome.FAILED: -1}


@dataclass(slots=True, frozen=True)
class Asked:
    """A send of the right shape."""

    session: Session
    chat: str
    kind: str
    body: str
    id: str = ""
    reply_to: Json | None = None
    media: Json | None = None
    extra: Json | None = None
    target: str = ""
    """What a reaction is to."""


class Waha:
    """All of one WAHA server; ledger, faults, people and clock are those of the Cloud API beside it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.settings = cloud.settings
        self.clock = cloud.clock
        self.hooks = Hooks(cloud.settings, cloud.random, self.clock, cloud.timers)
        self.url = ""
        """Where clients find this server, as they last called it."""
        self.reset()

    def reset(self) -> None:
        """No sessions, nothing under way."""
        self.hooks.forget()
        cloud = self._cloud
        self.sessions = Sessions(cloud.settings, cloud.random, self.clock, cloud.timers, self._tell_status)
        self._lids: dict[str, str] = {}
        self.moved: set[str] = set()
        """Numbers that their owners gave up."""
        self._made = 0

    def _tell_status(self, session: Session) -> None:
        told = {"name": session.name, "status": session.status.value, "statuses": list(session.statuses)}
        self.hooks.emit(session, "session.status", told)

    def new_id(self) -> str:
        """A message id as WhatsApp's apps make them."""
        self._made += 1
        seed = f"{self.clock.now()}:{self._made}".encode()
        return f"3EB0{hashlib.sha1(seed, usedforsecurity=False).hexdigest()[:18].upper()}"

    def used(self, session: Session) -> None:
        """The link is in use: it lapses later."""
        session.used_at = self.clock.now()

    # People and their ids

    def lid(self, wa_id: str) -> str:
        """The lid of a phone, always the same; from now on it leads back to it."""
        lid = f"{int('1' + wa_id) * 73_939_133_000_917 % 10**15:015d}@lid"
        self._lids[lid] = wa_id
        return lid

    def hidden(self, wa_id: str) -> str:
        """The lid of somebody who shows nobody their number: it does not lead back to it."""
        lid = self.lid(wa_id)
        del self._lids[lid]
        return lid

    def phone(self, lid: str) -> str:
        """The wa_id behind a lid; empty where nobody was told."""
        return self._lids.get(lid, "")

    def chat_of(self, wa_id: str) -> str:
        """How somebody's messages name them: most by phone, a share of them by lid."""
        share = self.settings.waha_lid_share
        if share and zlib.crc32(f"lid:{self.settings.seed}:{wa_id}".encode()) / 2**32 < share:
            return self.lid(wa_id)
        return f"{wa_id}@c.us"

    def exists(self, phone: str) -> str:
        """The chat id of a number as people write it; empty where it is not on WhatsApp."""
        wa_id = wa_id_of(digits(phone), self.settings)
        return f"{wa_id}@c.us" if wa_id not in self.moved and on_whatsapp(wa_id, self.settings) else ""

    def _person(self, chat: str) -> str:
        name, _, kind = chat.partition("@")
        return self.phone(chat) or chat if kind == "lid" else digits(name)

    def _reaches(self, person: str) -> bool:
        """A Brazilian number written with the ninth digit that its owner registered without is nobody's."""
        known = person not in self.moved and wa_id_of(person, self.settings) == person
        return known and on_whatsapp(person, self.settings)

    def lids(self) -> dict[str, str]:
        """Every lid that leads to a phone."""
        return dict(self._lids)

    @property
    def media(self) -> Store:
        """Files that either side sent."""
        return self._cloud.media

    def file(self, held: Held) -> Json:
        """What a message says about a file."""
        extension = mimetypes.guess_extension(plain_type(held.mime_type)) or ".bin"
        url = f"{self.url}/api/files/{held.id}{extension}"
        return {"url": url, "mimetype": held.mime_type, "filename": held.filename or None, "error": None}

    async def fetched(self, media: Json) -> Json | None:
        """What a message says of a file that is named by link, which WAHA fetches before it sends; None: it cannot."""
        found = await self._cloud.links.fetch(str(media["url"]))
        if not found.data or not found.mime_type:
            return media if found.data else None
        name, kind = str(media.get("filename") or ""), str(media.get("mimetype") or found.mime_type)
        return self.file(self.media.keep(found.data, kind, HEARD, filename=name))

    def receipt(self, session: Session, chat: str, message_id: str | None, *, typing: bool) -> None:
        """The client has read somebody's messages, or types."""
        told = {"phone_number_id": session.name, "chat": chat, "message_id": message_id, "typing": typing}
        self._cloud.receipts.append(told)
        person = self._person(chat)
        if typing:
            self._cloud.chats.types(session.name, person, self._cloud.clock.now())
        else:
            self._cloud.chats.read(session.name, person, message_id or "")

    def stops_typing(self, session: Session, chat: str) -> None:
        """The client has thought better of it."""
        self._cloud.chats.types(session.name, self._person(chat), 0.0)

    # Sends

    def fault(self, asked: Asked) -> Fault | None:
        """What is to happen to this send."""
        fault = self._cloud.faults.next(asked.session.name, self._person(asked.chat))
        share = self.settings.waha_empty_share
        if fault is None and share and self._cloud.random.random() < share:
            return Fault(Kind.EMPTY)
        return fault

    def accept(self, asked: Asked, fault: Fault | None) -> Note:
        """Count the message and put down its acks; from here on it is sent, whatever becomes of the HTTP reply."""
        cloud, session = self._cloud, asked.session
        self.used(session)
        known = session.notes.get(asked.id) if asked.id else None
        if known is not None and self.settings.waha_swallow_repeats:
            return known
        now = self.clock.now()
        note = Note(
            id=asked.id or self.new_id(),
            chat=asked.chat,
            from_me=True,
            timestamp=int(now),
            body=asked.body,
            kind=asked.kind,
            media=asked.media,
            ack=0,
            reply_to=asked.reply_to,
            extra=asked.extra or {},
        )
        session.keep(note)
        person = self._person(asked.chat)
        message = Message(
            index=len(cloud.ledger), phone_number_id=session.name, to=asked.chat, person=person, by_bsuid=False,
            type=asked.kind, template="", category="", text=asked.body, callback_data="", accepted_at=now, id=note.id,
        )  # fmt: skip
        cloud.ledger.messages.append(message)
        if cloud.sent is not None:
            cloud.sent(len(cloud.ledger))
        cloud.chats.sent(session.name, person, _entry(note, message), waha=True, target=asked.target)
        self.hooks.emit(session, "message.any", self.payload(session, note))
        if fault is None or fault.kind is not Kind.SILENT:
            self._plan_acks(session, note, message, fault)
            cloud.meet(message, note.whole_id, None, None)
        return note

    def _plan_acks(self, session: Session, note: Note, message: Message, fault: Fault | None) -> None:
        settings, random = self.settings, self._cloud.random
        if fault is not None and fault.kind is Kind.FAIL:
            message.error = fault.code
        elif not self._reaches(message.person):
            message.error = 131026
        steps = plan(message, settings, random, voice=note.kind == "voice")
        if message.error == 131026:
            errors = zlib.crc32(message.person.encode()) / 2**32 < settings.waha_error_acks_share
            steps = [
                (due, status._replace(outcome=Outcome.FAILED if errors else Outcome.SENT)) for due, status in steps
            ]
        for due, status in steps:
            if fault is not None and fault.kind is Kind.STATUS_FIRST and status.outcome is Outcome.SENT:
                continue
            self._cloud.timers.at(due, partial(self.acknowledge, session, note, message, status.outcome))

    def acknowledge(
        self, session: Session, note: Note, message: Message | None, outcome: Outcome
    ) -> list[asyncio.Task[None]]:
        """A step in the life of a message: told unless the session is down or the dice lose it."""
        if message is not None:
            message.advance(outcome)
        note.ack = ACKS[outcome] if outcome is Outcome.FAILED else max(note.ack, ACKS[outcome])
        lost, by_lid = self.settings.waha_lost_acks_share, self.settings.waha_lid_acks_share
        dice = self._cloud.random.random
        if session.status is not Status.WORKING or (lost and dice() < lost):
            return []
        chat = note.chat
        if by_lid and chat.endswith("@c.us") and dice() < by_lid:
            chat = self.lid(chat.partition("@")[0])
        told = {
            "id": f"true_{chat}_{note.id}",
            **ends(chat, self.me(session), session.engine, from_me=True),
            "participant": None,
            "fromMe": True,
            "ack": ACKS[outcome],
            "ackName": ACK_NAMES[ACKS[outcome]],
        }
        return self.hooks.emit(session, "message.ack", told)

    async def acknowledge_first(self, session: Session, note: Note) -> None:
        """Tell that the server has it, and return when the endpoints have answered."""
        message = next(each for each in reversed(self._cloud.ledger.messages) if each.id == note.id)
        told = self.acknowledge(session, note, message, Outcome.SENT)
        if told:
            await asyncio.wait(told)

    def react(self, session: Session, message_id: str, emoji: str) -> Note:
        """The business reacts; what is told is the reaction as a message of its own."""
        chat = message_id.split("_")[1] if message_id.count("_") >= 2 else ""
        return self.accept(Asked(session, chat, "reaction", emoji, target=message_id), None)

    # Told to the endpoint

    def me(self, session: Session) -> str:
        """The session's own chat id."""
        return str(session.account["id"]) if session.account else ""

    def payload(self, session: Session, note: Note) -> Json:
        """The message as this session's engine tells it."""
        return payload(note, self.me(session), session.engine)

    def tell_message(self, session: Session, note: Note) -> None:
        """A new message: `message` for those of others, `message.any` for all."""
        session.keep(note)
        person = self._person(note.chat)
        if note.from_me:
            self._cloud.chats.sent(session.name, person, _entry(note, None), waha=True)
        else:
            self._cloud.chats.heard(session.name, person, _entry(note, None), waha=True, name=note.name)
        told = self.payload(session, note)
        if not note.from_me:
            self.used(session)
            self.hooks.emit(session, "message", told)
        self.hooks.emit(session, "message.any", told)

    def note_change(self, session: Session, note: Note, target: str) -> None:
        """Somebody reacted, edited or took back."""
        entry, person = _entry(note, None), self._person(note.chat)
        self._cloud.chats.heard(session.name, person, entry, waha=True, name=note.name, target=target)


def _entry(note: Note, message: Message | None) -> Entry:
    media: Json = {}
    if note.media:
        url = str(note.media.get("url") or "")
        held = url.rpartition("/api/files/")[2].partition(".")[0] if "/api/files/" in url else None
        media = {"kind": note.kind, "id": held, "link": None if held else url, "filename": note.media.get("filename")}
    reply_to = str((note.reply_to or {}).get("id", ""))
    return Entry(
        note.whole_id, note.timestamp, note.from_me, note.kind, note.body, message, media=media, reply_to=reply_to
    )
