"""Writing to the business as somebody: from the page, or by habit; the same acts for both providers."""

from typing import Protocol

from simulator.cloud import Cloud
from simulator.inbound import Inbound
from simulator.media import HEARD, Held, Store, kind_of
from simulator.people import Habit, habit_of, name_of
from simulator.waha.people import write
from simulator.waha.server import Waha
from simulator.waha.sessions import Session, code_png
from simulator.wire import Json


class Voice(Protocol):
    """Somebody in a chat with one number of the business."""

    def text(self, body: str, reply_to: str = "") -> str:
        """Write a text; the id of it."""
        ...

    def press(self, button: Json, message_id: str) -> str:
        """Press a button of a message."""
        ...

    def file(self, held: Held, caption: str) -> str:
        """Send a file."""
        ...

    def react(self, message_id: str, emoji: str) -> str:
        """React to a message; empty: take it back."""
        ...

    def edit(self, message_id: str, text: str) -> str:
        """Change a text of one's own."""
        ...

    def revoke(self, message_id: str) -> str:
        """Delete a message of one's own."""
        ...

    def move(self) -> None:
        """Take another number."""
        ...

    def stop_marketing(self) -> None:
        """Say so in WhatsApp itself."""
        ...


def picture(store: Store) -> Held:
    """The picture of those who have none."""
    return store.keep(code_png("A picture from the simulator"), "image/png", HEARD, filename="picture.png")


def new_number(person: str) -> str:
    """The number of somebody who has moved."""
    return f"{person[:-6]}556{person[-3:]}" if person[-6:-3] == "555" else f"{person[:-1]}{(int(person[-1]) + 1) % 10}"


class CloudVoice:
    """Somebody at a number of the Cloud API."""

    def __init__(self, cloud: Cloud, number: str, person: str) -> None:
        self._cloud = cloud
        self._number = number
        self._person = person

    def _write(self, kind: str, content: Json, reply_to: str = "") -> str:
        cloud, person = self._cloud, self._person
        hides = not person.isdecimal() or habit_of(person, cloud.settings) is Habit.HIDES
        bsuid = cloud.people.bsuid(person) if person.isdecimal() else person
        name = name_of(person)
        inbound = Inbound(
            phone_number_id=self._number,
            sender="" if hides else person,
            bsuid=bsuid if hides else "",
            name=name,
            username=f"@{name.replace(' ', '.').lower()}" if hides else "",
            type=kind,
            content=content,
            context={"from": cloud.numbers.display(self._number), "id": reply_to} if reply_to else {},
            referral={},
            id="",
            timestamp=0,
        )
        return cloud.hear(inbound)

    def text(self, body: str, reply_to: str = "") -> str:
        """Write a text; the id of it."""
        return self._write("text", {"body": body}, reply_to)

    def press(self, button: Json, message_id: str) -> str:
        """Press a button of a message."""
        kind, title = str(button.get("kind")), str(button.get("title"))
        if kind == "button":
            return self._write("button", {"payload": button.get("id"), "text": title}, message_id)
        if kind == "flow":
            reply: Json = {"name": "flow", "body": "Sent", "response_json": f'{{"flow_token":"{button.get("id")}"}}'}
            return self._write("interactive", {"type": "nfm_reply", "nfm_reply": reply}, message_id)
        chosen = {"id": button.get("id"), "title": title}
        if kind == "list_reply" and button.get("description"):
            chosen["description"] = button["description"]
        return self._write("interactive", {"type": kind, kind: chosen}, message_id)

    def file(self, held: Held, caption: str) -> str:
        """Send a file."""
        kind = kind_of(held.mime_type) or "document"
        content: Json = {"id": held.id, "mime_type": held.mime_type, "sha256": held.sha256}
        if caption and kind in ("image", "video", "document"):
            content["caption"] = caption
        if kind == "document":
            content["filename"] = held.filename or "file"
        if kind == "audio":
            content["voice"] = held.mime_type.startswith("audio/ogg")
        return self._write(kind, content)

    def react(self, message_id: str, emoji: str) -> str:
        """React to a message; empty: take it back."""
        return self._write("reaction", {"message_id": message_id, "emoji": emoji})

    def edit(self, message_id: str, text: str) -> str:
        """Change a text of one's own."""
        changed = {"type": "text", "text": {"body": text}}
        return self._write("edit", {"original_message_id": message_id, "message": changed})

    def revoke(self, message_id: str) -> str:
        """Delete a message of one's own."""
        return self._write("revoke", {"original_message_id": message_id})

    def move(self) -> None:
        """Take another number: a system message from the old one, which is nobody's from then on."""
        cloud, new = self._cloud, new_number(self._person)
        body = f"User {name_of(self._person)} changed from {self._person} to {new}"
        ids = {"wa_id": new, "user_id": cloud.people.bsuid(new), "previous_user_id": cloud.people.bsuid(self._person)}
        self._write("system", {"body": body, "type": "user_changed_number", **ids})
        cloud.moved.add(self._person)

    def stop_marketing(self) -> None:
        """Say so in WhatsApp itself."""
        self._cloud.prefer(self._number, self._person, "stop")


class WahaVoice:
    """Somebody in a session of WAHA, which has no buttons, no marketing to stop, and no word for a new number."""

    def __init__(self, waha: Waha, session: Session, person: str) -> None:
        self._waha = waha
        self._session = session
        self._person = person

    def _write(self, **asked: object) -> str:
        who: Json = {"from": self._person} if self._person.isdecimal() else {"lid": self._person}
        hides = habit_of(self._person, self._waha.settings) is Habit.HIDES
        return write(self._waha, self._session, {**who, "name": name_of(self._person), "hidden": hides, **asked})

    def text(self, body: str, reply_to: str = "") -> str:
        """Write a text; the id of it."""
        return self._write(text=body, reply_to=reply_to)

    def press(self, button: Json, message_id: str) -> str:
        """Press a button of a message."""
        return self._write(text=str(button.get("title")), reply_to=message_id)

    def file(self, held: Held, caption: str) -> str:
        """Send a file."""
        return self._write(type=kind_of(held.mime_type) or "document", media_id=held.id, text=caption)

    def react(self, message_id: str, emoji: str) -> str:
        """React to a message; empty: take it back."""
        return self._write(type="reaction", message_id=message_id, emoji=emoji)

    def edit(self, message_id: str, text: str) -> str:
        """Change a text of one's own."""
        return self._write(type="edit", message_id=message_id, text=text)

    def revoke(self, message_id: str) -> str:
        """Delete a message of one's own."""
        return self._write(type="revoke", message_id=message_id)

    def move(self) -> None:
        """Take another number, from which they write again."""
        self._waha.moved.add(self._person)
        WahaVoice(self._waha, self._session, new_number(self._person)).text("This is my new number.")

    def stop_marketing(self) -> None:
        """Say so the only way there is."""
        self.text("STOP")


def voice_of(cloud: Cloud, waha: Waha, number: str, person: str) -> Voice:
    """Somebody towards a session of that name, else towards a number of the Cloud API."""
    session = waha.sessions.by_name.get(number)
    return CloudVoice(cloud, number, person) if session is None else WahaVoice(waha, session, person)
