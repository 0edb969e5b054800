"""What WhatsApp's Cloud API posts, as far as it concerns us (wire facts C4 to C6). Any key may be missing."""

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast

import orjson

from db.messages import MessageType
from domain.inbound.content import describe
from domain.inbound.wire import Json, digits, json_array, json_object, word
from domain.messages.receipts import Status
from domain.providers.cloud_api import interpret


class UnreadableError(ValueError):
    """An element that cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Number:
    """Which of our numbers an update is for, as far as it says."""

    phone_number_id: str | None
    digits: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A status of a message we sent."""

    number: Number
    status: Status


@dataclass(frozen=True, slots=True)
class Written:
    """A message that somebody wrote to us. wa_id is digits; at least one of wa_id and bsuid is there."""

    number: Number
    business_account_id: str | None
    provider_message_id: str
    wa_id: str | None
    bsuid: str | None
    username: str | None
    name: str | None
    at: datetime
    type: MessageType
    content: str
    moved_to: str | None = None
    """The wa_id of one who changed numbers."""


@dataclass(frozen=True, slots=True)
class TemplateNews:
    """What WhatsApp decided about a template; kind is the field of the change."""

    business_account_id: str | None
    kind: Literal["status", "quality", "category"]
    value: Json


@dataclass(frozen=True, slots=True)
class Preference:
    """Somebody told WhatsApp whether they want our marketing messages."""

    wa_id: str | None
    bsuid: str | None
    wanted: bool
    at: datetime


@dataclass(slots=True)
class Envelope:
    """What a post says, and what of it was not understood."""

    statuses: list[Told] = field(default_factory=list[Told])
    messages: list[Written] = field(default_factory=list[Written])
    templates: list[TemplateNews] = field(default_factory=list[TemplateNews])
    preferences: list[Preference] = field(default_factory=list[Preference])
    errors: list[str] = field(default_factory=list[str])

    def add(self, other: "Envelope") -> None:
        self.statuses += other.statuses
        self.messages += other.messages
        self.templates += other.templates
        self.preferences += other.preferences

    def each(self) -> Iterator["Envelope"]:
        """Its elements one by one."""
        for message in self.messages:
            yield Envelope(messages=[message])
        for told in self.statuses:
            yield Envelope(statuses=[told])
        for news in self.templates:
            yield Envelope(templates=[news])
        for preference in self.preferences:
            yield Envelope(preferences=[preference])


def read(body: bytes, received: datetime) -> Envelope:
    """Reads a body; never raises. Times are those WhatsApp gives, and none is later than when we received it."""
    envelope = Envelope()
    try:
        whole = _parse(body)
    except (ValueError, RecursionError) as error:
        envelope.errors.append(f"The body is not JSON: {error}")
        return envelope
    if not isinstance(whole, dict):
        envelope.errors.append("The body is not a JSON object.")
        return envelope
    if json_object(whole).get("object", "whatsapp_business_account") == "whatsapp_business_account":
        _Reader(envelope, received).read(json_object(whole))
    return envelope


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # The standard parser reads lone surrogates too, which some send for half an emoji.
        return json.loads(body)


_STATUSES: Mapping[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
_TEMPLATES: Mapping[str, Literal["status", "quality", "category"]] = {
    "message_template_status_update": "status",
    "message_template_quality_update": "quality",
    "template_category_update": "category",
}
_WANTED: Mapping[str, bool] = {"stop": False, "resume": True, "signup": True}


@dataclass(slots=True)
class _Reader:
    envelope: Envelope
    received: datetime

    def read(self, whole: Json) -> None:
        for i, entry in enumerate(json_array(whole.get("entry"))):
            account = word(json_object(entry).get("id"), 64)
            for j, change in enumerate(json_array(json_object(entry).get("changes"))):
                self._change(f"entry[{i}].changes[{j}]", account, json_object(change))

    def _change(self, path: str, account: str | None, change: Json) -> None:
        value, kind = json_object(change.get("value")), change.get("field", "messages")
        if not value:
            self.envelope.errors.append(f"{path}: it has no value.")
        elif kind == "messages":
            self._messages(path, account, value)
        elif kind == "user_preferences":
            self._preferences(value)
        elif kind in _TEMPLATES:
            self.envelope.templates.append(TemplateNews(account, _TEMPLATES[kind], value))

    def _messages(self, path: str, account: str | None, value: Json) -> None:
        metadata = json_object(value.get("metadata"))
        number = Number(word(metadata.get("phone_number_id"), 64), digits(metadata.get("display_phone_number")))
        for i, status in enumerate(json_array(value.get("statuses"))):
            with self._alone(f"{path}.statuses[{i}]"):
                self._status(number, status)
        people = [json_object(contact) for contact in json_array(value.get("contacts"))]
        for i, message in enumerate(json_array(value.get("messages"))):
            with self._alone(f"{path}.messages[{i}]"):
                self._message(number, account, people, message)
        for i, error in enumerate(json_array(value.get("errors"))):
            self.envelope.errors.append(f"{path}.errors[{i}]: WhatsApp says: {interpret(json_object(error)).message}")

    def _preferences(self, value: Json) -> None:
        for told in map(json_object, json_array(value.get("user_preferences"))):
            wa_id, bsuid = digits(told.get("wa_id")), word(told.get("user_id"), 160)
            if told.get("category") == "marketing_messages" and told.get("value") in _WANTED:
                self.envelope.preferences.append(Preference(wa_id, bsuid, _WANTED[told["value"]], self._time(told)))

    @contextmanager
    def _alone(self, path: str) -> Generator[None]:
        """An element that cannot be read is noted and costs its neighbours nothing."""
        try:
            yield
        except UnreadableError as error:
            self.envelope.errors.append(f"{path}: {error}")

    def _status(self, number: Number, element: Any) -> None:
        body = self._object(element)
        wamid = word(body.get("id"), 255)
        if wamid is None:
            raise UnreadableError("a status without an id")
        kind = body.get("status")
        if not isinstance(kind, str):
            raise UnreadableError("a status without a status")
        if kind not in _STATUSES:
            return
        errors = json_array(body.get("errors"))
        callback = body.get("biz_opaque_callback_data")
        status = Status(
            provider_message_id=wamid,
            status=_STATUSES[kind],
            at=self._time(body),
            callback=callback if isinstance(callback, str) else None,
            error=interpret(json_object(errors[0] if errors else {})) if kind == "failed" else None,
        )
        self.envelope.statuses.append(Told(number, status))

    def _message(self, number: Number, account: str | None, people: list[Json], element: Any) -> None:
        body = self._object(element)
        wamid = word(body.get("id"), 255)
        if wamid is None:
            raise UnreadableError("a message without an id")
        if body.get("group_id"):
            raise UnreadableError("a message of a group chat")
        sender, user = word(body.get("from"), 160), word(body.get("from_user_id"), 160)
        person = _person(people, sender, user)
        wa_id = digits(sender) or digits(person.get("wa_id"))
        # A BSUID is no phone; integrators fear to find one in `from`.
        bsuid = user or word(person.get("user_id"), 160) or (sender if sender and digits(sender) is None else None)
        if wa_id is None and bsuid is None:
            raise UnreadableError("a message from nobody")
        profile = json_object(person.get("profile"))
        username = word(profile.get("username"), 160)
        type, content = describe(body)
        moved = json_object(body.get("system")) if body.get("type") == "system" else {}
        self.envelope.messages.append(
            Written(
                number=number,
                business_account_id=account,
                provider_message_id=wamid,
                wa_id=wa_id,
                bsuid=bsuid,
                username=username.removeprefix("@") if username else None,
                name=word(profile.get("name"), 201),
                at=self._time(body),
                type=type,
                content=content,
                moved_to=digits(moved.get("wa_id")),
            )
        )

    @staticmethod
    def _object(element: Any) -> Json:
        if not isinstance(element, dict):
            raise UnreadableError("not an object")
        return json_object(cast("Json", element))

    def _time(self, element: Json) -> datetime:
        """When it happened: a string of seconds. What is missing, unreadable or yet to come is when it was received."""
        given = element.get("timestamp")
        if isinstance(given, str | int) and str(given).isascii() and str(given).isdecimal() and len(str(given)) <= 10:
            return min(datetime.fromtimestamp(int(given), UTC), self.received)
        return self.received


def _person(people: list[Json], sender: str | None, user: str | None) -> Json:
    """The contact that goes with a message; the only one where neither says more."""
    for person in people:
        if (sender and person.get("wa_id") == sender) or (user and person.get("user_id") == user):
            return person
    return people[0] if len(people) == 1 and not (sender or user) else {}
