"""Reads what WhatsApp's Cloud API posts, as far as it concerns us (wire facts C4 to C6). Any key may be missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from db.messages import MessageType
from domain.inbound import content
from domain.inbound.envelope import (
    Amended,
    Envelope,
    News,
    Number,
    Person,
    Preference,
    Told,
    UnreadableError,
    Written,
)
from domain.inbound.wire import Json, called, digits, is_moment, json_array, json_object, kept, moment, parse, word
from domain.messages.receipts import Status
from domain.providers.reactions import interpret
from domain.senders import health

_STATUSES: Mapping[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
_NEWS_OF_TEMPLATES = {
    "message_template_status_update",
    "message_template_quality_update",
    "template_category_update",
}
"""Posted again they would undo what was decided since, had they no time."""
_NEWS = {*_NEWS_OF_TEMPLATES, *health.FIELDS}
_WANTED: Mapping[str, bool] = {"stop": False, "resume": True, "signup": True}
_TOLD_BESIDE = ("forwarded", "frequently_forwarded", "referred_product")
_REFERRAL = {
    "source_url": 2048,
    "source_id": 255,
    "source_type": 64,
    "headline": 1024,
    "body": 4096,
}


def read(body: bytes, received: datetime) -> Envelope:
    """Reads a body; never raises. Times are those WhatsApp gives, and none is later than when we received it."""
    envelope = Envelope()
    try:
        whole = parse(body)
    except (ValueError, RecursionError) as error:
        envelope.errors.append(f"The body is not JSON: {error}"[:500])
        return envelope
    if not isinstance(whole, dict):
        envelope.errors.append("The body is not a JSON object.")
        return envelope
    if json_object(whole).get("object", "whatsapp_business_account") == "whatsapp_business_account":
        _Reader(envelope, received).read(json_object(whole))
    return envelope


@dataclass(slots=True)
class _Reader:
    envelope: Envelope
    received: datetime

    def read(self, whole: Json) -> None:
        for i, entry in enumerate(json_array(whole.get("entry"))):
            account, at = word(json_object(entry).get("id"), 64), self._at(json_object(entry).get("time"))
            for j, change in enumerate(json_array(json_object(entry).get("changes"))):
                self._change(f"entry[{i}].changes[{j}]", account, at, json_object(change))

    def _at(self, told: Any) -> datetime | None:
        """When something was told, or None: what has no time of its own would seem newer each time it is posted.

        So would what is held against our clock: it is as WhatsApp has it.
        """
        return datetime.fromtimestamp(int(told), UTC) if is_moment(told, self.received) else None

    def _change(self, path: str, account: str | None, at: datetime | None, change: Json) -> None:
        value, kind = json_object(change.get("value")), change.get("field", "messages")
        if not value:
            self.envelope.errors.append(f"{path}: it has no value.")
        elif not isinstance(kind, str):
            self.envelope.errors.append(f"{path}: its field is no text.")
        elif kind in ("messages", "smb_message_echoes"):
            self._messages(path, account, value)
        elif kind == "user_preferences":
            self._preferences(path, account, value)
        elif kind in _NEWS_OF_TEMPLATES and at is None:
            self.envelope.errors.append(f"{path}: it does not say when.")
        elif kind in _NEWS:
            if isinstance(news := kept(value), dict):
                self.envelope.news.append(News(account, kind, cast("Json", news), at))
            else:
                self.envelope.errors.append(f"{path}: it is too long.")

    def _messages(self, path: str, account: str | None, value: Json) -> None:
        metadata = json_object(value.get("metadata"))
        number = Number(word(metadata.get("phone_number_id"), 64), digits(metadata.get("display_phone_number")))
        for i, status in enumerate(json_array(value.get("statuses"))):
            with self.envelope.alone(f"{path}.statuses[{i}]"):
                self._status(number, status)
        people = [json_object(contact) for contact in json_array(value.get("contacts"))]
        for i, message in enumerate(json_array(value.get("messages"))):
            with self.envelope.alone(f"{path}.messages[{i}]"):
                body = _object(message)
                self._message(number, _author(account, people, body), body)
        for i, echo in enumerate(json_array(value.get("message_echoes"))):
            with self.envelope.alone(f"{path}.message_echoes[{i}]"):
                body = _object(echo)
                self._message(number, _recipient(account, body), body, echo=True)
        for i, error in enumerate(json_array(value.get("errors"))):
            self.envelope.errors.append(f"{path}.errors[{i}]: WhatsApp says: {interpret(json_object(error)).message}")

    def _preferences(self, path: str, account: str | None, value: Json) -> None:
        for i, element in enumerate(json_array(value.get("user_preferences"))):
            with self.envelope.alone(f"{path}.user_preferences[{i}]"):
                told = _object(element)
                wanted = _WANTED.get(word(told.get("value"), 16) or "")
                if told.get("category") != "marketing_messages" or wanted is None:
                    continue
                person = Person(
                    wa_id=digits(told.get("wa_id")),
                    bsuid=word(told.get("user_id"), 160),
                    business_account_id=account,
                )
                at = self._at(told.get("timestamp"))
                if not person.address:
                    raise UnreadableError("a preference of nobody")
                if wanted and at is None:
                    # Posted again it would undo what was said since.
                    raise UnreadableError("an agreement without a time")
                self.envelope.preferences.append(Preference(person, wanted, at))

    def _status(self, number: Number, element: Any) -> None:
        body = _object(element)
        kind = body.get("status")
        if not isinstance(kind, str):
            raise UnreadableError("a status without a status")
        id = _id(body, "a status")
        if kind not in _STATUSES:
            return
        errors = json_array(body.get("errors"))
        callback = body.get("biz_opaque_callback_data")
        status = Status(
            provider_message_id=id,
            status=_STATUSES[kind],
            at=moment(body.get("timestamp"), self.received),
            callback=word(callback, 512) if isinstance(callback, str) else None,
            error=interpret(json_object(errors[0] if errors else {})) if kind == "failed" else None,
        )
        self.envelope.statuses.append(Told(number, status))

    def _message(self, number: Number, person: Person, body: Json, *, echo: bool = False) -> None:
        id = _id(body, "a message")
        if body.get("group_id"):
            raise UnreadableError("a message of a group chat")
        at = moment(body.get("timestamp"), self.received)
        if (kind := body.get("type")) in ("edit", "revoke"):
            if (told := self._at(body.get("timestamp"))) is None:
                raise UnreadableError(f"a message of type {kind} without a time")
            if not echo and not person.address:
                raise UnreadableError(f"a message of type {kind} from nobody")
            author = None if echo else person
            self.envelope.amendments.append(_amended(number, json_object(body.get(kind)), told, kind, author))
            return
        if not person.address:
            raise UnreadableError("a message from nobody")
        context = json_object(body.get("context"))
        beside = {key: kept(context[key]) for key in _TOLD_BESIDE if context.get(key)}
        self.envelope.messages.append(
            Written(
                number=number,
                person=person,
                provider_message_id=id,
                at=at,
                said=content.read(body),
                reply_to=content.target(body) or word(context.get("id"), 255),
                referral=_referral(body),
                metadata=beside or None,
                moved_to=_moved_to(person, body),
                echo=echo,
            )
        )


def _object(element: Any) -> Json:
    if not isinstance(element, dict):
        raise UnreadableError("not an object")
    return cast("Json", element)


def _id(body: Json, what: str) -> str:
    if (id := word(body.get("id"), 255)) is None:
        raise UnreadableError(f"{what} without an id")
    return id


def _author(account: str | None, people: list[Json], body: Json) -> Person:
    sender, user = word(body.get("from"), 160), word(body.get("from_user_id"), 160)
    if former := word(json_object(body.get("system")).get("previous_user_id"), 160):
        user = former
    contact = _contact_of(people, sender, user)
    profile = json_object(contact.get("profile"))
    username = word(profile.get("username"), 160)
    return Person(
        wa_id=digits(sender) or digits(contact.get("wa_id")),
        # A BSUID is no phone; integrators fear to find one in `from`.
        bsuid=user or word(contact.get("user_id"), 160) or (sender if sender and digits(sender) is None else None),
        username=username.removeprefix("@") or None if username else None,
        name=called(profile.get("name"), 201),
        business_account_id=account,
    )


def _contact_of(people: list[Json], sender: str | None, user: str | None) -> Json:
    """The contact that goes with a message; the only one where neither says more."""
    for person in people:
        if (sender and person.get("wa_id") == sender) or (user and person.get("user_id") == user):
            return person
    return people[0] if len(people) == 1 and not (sender or user) else {}


def _recipient(account: str | None, body: Json) -> Person:
    to, user = word(body.get("to"), 160), word(body.get("to_user_id"), 160)
    return Person(
        wa_id=digits(to),
        bsuid=user or (to if to and digits(to) is None else None),
        business_account_id=account,
    )


def _moved_to(person: Person, body: Json) -> Person | None:
    """Under what one goes from now on who changed numbers, or whose id WhatsApp changed."""
    system = json_object(body.get("system")) if body.get("type") == "system" else {}
    if word(system.get("type"), 64) not in ("user_changed_number", "user_changed_user_id"):
        return None
    moved = Person(
        wa_id=digits(system.get("wa_id")),
        bsuid=word(system.get("user_id"), 160) or word(body.get("from_user_id"), 160),
        business_account_id=person.business_account_id,
    )
    return moved if moved.address else None


def _amended(number: Number, body: Json, at: datetime, kind: str, author: Person | None) -> Amended:
    target = word(body.get("original_message_id"), 255)
    if target is None:
        raise UnreadableError(f"a message of type {kind} that names no message")
    said = None
    if kind == "edit":
        message = json_object(body.get("message"))
        if not message:
            raise UnreadableError("an edit without a message")
        said = content.read(message)
        if said.type is MessageType.UNSUPPORTED:
            raise UnreadableError("an edit whose message cannot be read")
    return Amended(number, target, at, said, author)


def _referral(body: Json) -> dict[str, str | None] | None:
    referral = json_object(body.get("referral"))
    if not referral:
        return None
    return {key: word(referral.get(key), most) for key, most in _REFERRAL.items()} | {
        "click_id": word(referral.get("ctwa_clid"), 1024)
    }
