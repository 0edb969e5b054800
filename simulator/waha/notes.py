"""Messages in the shapes that WAHA's engines give them (D3, D4)."""

from dataclasses import dataclass, field

from simulator.wire import Json

ACK_NAMES = {-1: "ERROR", 0: "PENDING", 1: "SERVER", 2: "DEVICE", 3: "READ", 4: "PLAYED"}


@dataclass(slots=True)
class Note:
    """A message in a chat of a session."""

    id: str
    """Its last part, such as 3EB0…; the whole id names direction and chat too."""
    chat: str
    from_me: bool
    timestamp: int
    body: str
    kind: str = "text"
    media: Json | None = None
    ack: int = 1
    source: str = "api"
    reply_to: Json | None = None
    name: str = ""
    extra: Json = field(default_factory=dict[str, object])
    """What a kind has beside its body: location, vCards."""

    @property
    def whole_id(self) -> str:
        """`true_351910000111@c.us_3EB0`."""
        return f"{'true' if self.from_me else 'false'}_{self.chat}_{self.id}"


def engine_id(chat: str) -> str:
    """A chat as the engine itself writes it."""
    return chat.replace("@c.us", "@s.whatsapp.net")


def _data(note: Note, engine: str) -> Json:
    """What the engine knew, in its own words; names of people are here alone."""
    if engine == "WEBJS":
        identity = {"fromMe": note.from_me, "remote": note.chat, "id": note.id, "_serialized": note.whole_id}
        return {"id": identity, "type": "chat", "notifyName": note.name, "t": note.timestamp}
    if engine == "GOWS":
        info = {"ID": note.id, "Chat": engine_id(note.chat), "IsFromMe": note.from_me, "PushName": note.name}
        return {"Info": info, "Message": {"conversation": note.body}}
    key = {"remoteJid": engine_id(note.chat), "fromMe": note.from_me, "id": note.id}
    shown: Json = {"key": key, "messageTimestamp": note.timestamp, "message": {"conversation": note.body}}
    return {**shown, "pushName": note.name} if note.name else shown


def ends(chat: str, me: str, engine: str, *, from_me: bool) -> Json:
    """From whom and to whom a message is: NOWEB and GOWS name the chat as `from`, whoever wrote, and nobody as `to`."""
    if engine != "WEBJS":
        return {"from": chat, "to": None}
    return {"from": me, "to": chat} if from_me else {"from": chat, "to": me}


def payload(note: Note, me: str, engine: str) -> Json:
    """The message as events and look-ups tell it."""
    return {
        "id": note.whole_id,
        "timestamp": note.timestamp,
        **ends(note.chat, me, engine, from_me=note.from_me),
        "fromMe": note.from_me,
        "source": note.source,
        "body": note.body,
        "hasMedia": note.kind in ("image", "video", "audio", "voice", "document", "sticker"),
        "media": note.media,
        "ack": note.ack,
        "ackName": ACK_NAMES[note.ack],
        "replyTo": note.reply_to,
        **note.extra,
        "_data": _data(note, engine),
    }


def answer(note: Note, me: str, engine: str) -> Json:
    """What a send is answered: each engine has its own place for the id."""
    if engine == "WEBJS":
        identity = {"fromMe": True, "remote": note.chat, "id": note.id, "_serialized": note.whole_id}
        shown = payload(note, me, engine)
        return {**shown, "id": identity, "_data": shown["_data"]}
    if engine == "GOWS":
        return {"id": note.whole_id, "_data": _data(note, engine)}
    return {
        "key": {"remoteJid": engine_id(note.chat), "fromMe": True, "id": note.id},
        "message": {"extendedTextMessage": {"text": note.body}},
        "messageTimestamp": str(note.timestamp),
        "status": "PENDING",
    }
