"""The simulated WhatsApp: takes sends, decides their fate, keeps windows, templates and the ledger."""

import asyncio
import sys
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from simulator import codes
from simulator.chats import Chats, Entry
from simulator.clock import Clock, Timers
from simulator.delivery import Delivery
from simulator.errors import CloudError
from simulator.faults import Fault, Faults, Kind
from simulator.inbound import Inbound, contact_json, message_json, said
from simulator.ledger import Ledger, Message, Outcome
from simulator.limits import Pairs, Throughput
from simulator.links import Links, acceptable
from simulator.media import Store
from simulator.numbers import Accounts, Numbers
from simulator.people import People, chosen, on_whatsapp, wa_id_of
from simulator.sends import Send, read
from simulator.settings import Settings
from simulator.shapes import MEDIA
from simulator.statuses import Status, plan
from simulator.templates import Template, Templates, fill
from simulator.webhooks import Change, Envelopes
from simulator.wire import Json, is_object

_RECEIPTS_KEPT = 100_000
_PAUSES = (3 * 3_600.0, 6 * 3_600.0)
_REACTED_DAYS = 30 * 86_400.0


@dataclass(slots=True, frozen=True)
class Taken:
    """A send that passed every check, and the fault that waits for it."""

    phone_number_id: str
    send: Send
    person: str
    template: Template | None
    text: str
    fault: Fault | None

    @property
    def held(self) -> bool:
        """Whether Meta keeps it back to see how others take the template."""
        return (
            self.template is not None and self.fault is not None and self.fault.kind in (Kind.HELD, Kind.HELD_DROPPED)
        )


Meet = Callable[[Message, str, Send | None, Template | None], None]


def _nobody_cares(message: Message, message_id: str, send: Send | None, template: Template | None) -> None:
    pass


class Cloud:
    """All state of one simulator; `reset` makes it new."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.random = Random(settings.seed)
        self.clock = Clock()
        self.timers = Timers(self.clock)
        self.meet: Meet = _nobody_cares
        """What people do about a message."""
        self.sent: Callable[[int], None] | None = None
        """Is told how many were accepted, with each one."""
        self._fetching: set[asyncio.Task[None]] = set()
        self.delivery = Delivery(settings, self.random, self.clock, lambda: self.envelopes)
        self.reset(keep_templates=False)

    def reset(self, *, keep_templates: bool) -> None:
        """Forget messages, windows, limits, faults and what waits; the templates too, unless kept."""
        self.random.seed(self.settings.seed)
        self.ledger = Ledger()
        self.people = People(self.settings)
        self.numbers = Numbers(self.settings)
        self.envelopes = Envelopes(self.numbers, self.people, self.ledger, self.clock)
        self.accounts = Accounts(self.settings, self.numbers, self.clock)
        self.throughput = Throughput(self.numbers, self.clock.now)
        self.pairs = Pairs(self.settings, self.clock.now)
        self.media = Store(self.settings, self.clock)
        self.links = Links(self.settings, self.clock)
        for task in self._fetching:
            task.cancel()
        self.faults = Faults(self.settings, self.random, self.clock)
        self.windows: dict[tuple[str, str], float] = {}
        self.chats = Chats()
        self.moved: set[str] = set()
        """Numbers that their owners gave up."""
        self.stopped: set[str] = set()
        """People who stopped marketing."""
        self._heard = 0
        self.heard: OrderedDict[str, tuple[str, float]] = OrderedDict()
        """What kinds of messages people sent, and when."""
        self.receipts: deque[Json] = deque(maxlen=_RECEIPTS_KEPT)
        """Messages the client marked as read, with or without typing."""
        self.refused: Counter[str] = Counter()
        self.delivery.forget()
        self.timers.forget()
        if not keep_templates:
            self.templates = Templates(self.settings, self.clock)

    def check(self, phone_number_id: str, body: Json) -> Taken:
        """Everything that can refuse a send in its HTTP reply."""
        phone_number_id = self.numbers.used.setdefault(phone_number_id, phone_number_id)
        self.accounts.check(phone_number_id, begins=body.get("type") == "template")
        send = read(body, self.settings)
        person = send.person
        if send.by_bsuid:
            person = self.people.person(person)
        if person == self.numbers.display(phone_number_id):
            raise CloudError(131021)
        template, text = None, send.text
        if send.type == "template":
            template, text = self._template(phone_number_id, send)
            if send.by_bsuid and template.category == codes.CATEGORY:
                raise CloudError(131062, "One-time codes are sent to phone numbers alone.")
        kind, media = send.media
        if kind and (media_id := media.get("id")):
            self._check_media(media_id, phone_number_id)
        if not self.throughput.allows(phone_number_id):
            raise CloudError(130429, "Message failed to send because the number's throughput was reached.")
        if not self.pairs.allows(phone_number_id, person):
            raise CloudError(131056, "Too many messages to this recipient; slow down.")
        over = template is not None and not self._window_open(phone_number_id, person) and self.accounts.over(person)
        if over and self.settings.portfolio_cap_in_reply:
            raise CloudError(self.settings.portfolio_cap_code, "The portfolio's messaging limit was reached.")
        fault = self.faults.next(phone_number_id, person)
        if over and fault is None:
            fault = Fault(Kind.FAIL, code=self.settings.portfolio_cap_code)
        if (
            fault is None
            and template is not None
            and template.category == "MARKETING"
            and self._dice(self.settings.held_share)
        ):
            fault = Fault(Kind.HELD)
        return Taken(phone_number_id, send, person, template, text, fault)

    def _dice(self, share: float) -> bool:
        return bool(share) and self.random.random() < share

    def _check_media(self, media_id: str, phone_number_id: str) -> None:
        held = self.media.get(media_id)
        if held is None or held.phone_number_id not in ("", phone_number_id):
            raise CloudError(100, f"Media ID {media_id} does not exist or has expired.", 33)

    def _window_open(self, phone_number_id: str, person: str) -> bool:
        """Whether they wrote to this number within the last 24 hours."""
        opened = self.windows.get((phone_number_id, person))
        return opened is not None and self.clock.now() - opened <= self.settings.window_seconds

    def _template(self, phone_number_id: str, send: Send) -> tuple[Template, str]:
        name, language = send.content.get("name"), send.content.get("language")
        code = language.get("code") if is_object(language) else None
        if not isinstance(name, str) or not isinstance(code, str):
            raise CloudError(131008, "template['name'] and template['language']['code'] are required.")
        template = self.templates.sendable(self.numbers.waba_id(phone_number_id), name, code)
        return template, fill(template, send.content.get("components"))

    def accept(self, taken: Taken, *, first_told: bool = False) -> Message:
        """Count the message and plan its webhooks; from here on it is sent, whatever becomes of the HTTP reply."""
        send, template, fault = taken.send, taken.template, taken.fault
        message = Message(
            index=len(self.ledger),
            phone_number_id=taken.phone_number_id,
            to=send.to,
            person=taken.person,
            by_bsuid=send.by_bsuid,
            type=send.type,
            template=template.name if template else "",
            category=sys.intern(template.category.lower()) if template else "",
            text=taken.text,
            callback_data=send.callback_data,
            accepted_at=self.clock.now(),
        )
        self.ledger.messages.append(message)
        if self.sent is not None:
            self.sent(len(self.ledger))
        if send.lost:
            message.outcome = Outcome.LOST
            return message
        wamid = self.ledger.wamid(message)
        entry = Entry(
            wamid, message.accepted_at, True, send.type, taken.text, message, send, template, reply_to=send.reply_to
        )
        target = str(send.content.get("message_id", "")) if send.type == "reaction" else ""
        self.chats.sent(taken.phone_number_id, taken.person, entry, waha=False, target=target)
        if fault is not None and fault.kind is Kind.SILENT:
            return message
        if taken.held and fault is not None:
            due = message.accepted_at + (fault.seconds or self.settings.held_seconds)
            self.timers.at(due, lambda: self._release(message, send, dropped=fault.kind is Kind.HELD_DROPPED))
            return message
        message.error = self._error(message, send, fault)
        kind, media = send.media
        if kind and media.get("link") and not message.error:
            task = asyncio.create_task(self._fetch(message, send, kind, str(media["link"])))
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
        else:
            self._plan(message, send, first_told=first_told)
        self.meet(message, wamid, send, template)
        return message

    def _release(self, message: Message, send: Send, *, dropped: bool) -> None:
        """What was held goes out, or never will."""
        message.accepted_at = self.clock.now()
        message.error = 132015 if dropped else self._error(message, send, None)
        self._plan(message, send)

    def _plan(self, message: Message, send: Send, *, first_told: bool = False) -> None:
        voice = send.type == "audio" and bool(send.content.get("voice"))
        for due, status in plan(message, self.settings, self.random, voice=voice):
            if not (first_told and status.outcome in (Outcome.SENT, Outcome.FAILED)):
                self.delivery.plan(due, status)

    async def _fetch(self, message: Message, send: Send, kind: str, link: str) -> None:
        """A link that leads to nothing useful fails the message that was accepted."""
        if not acceptable(await self.links.fetch(link), kind):
            message.error = 131053
        self._plan(message, send)

    async def tell_first(self, message: Message) -> None:
        """Tell the first status of a message accepted with `first_told` and wait until the endpoint has it (C3)."""
        if message.outcome is Outcome.LOST:
            return
        outcome = Outcome.FAILED if message.error else Outcome.SENT
        await self.delivery.tell_first(Status(message, outcome, int(message.accepted_at)))

    def _error(self, message: Message, send: Send, fault: Fault | None) -> int:
        """The code of the failed webhook that will follow, or 0."""
        if fault is not None and fault.kind is Kind.FAIL:
            return fault.code
        if message.person in self.moved or not on_whatsapp(message.person, self.settings):
            return 131026
        if send.type == "reaction" and not self._can_be_reacted_to(str(send.content["message_id"])):
            return 131009
        if message.category == "marketing":
            code = self._marketing_refusal(message)
            if code:
                return code
        free = self.settings.window and not message.template
        if free and not self._window_open(message.phone_number_id, message.person):
            return 131047
        return 0

    def _marketing_refusal(self, message: Message) -> int:
        """131050 for those who stopped it; 131049 for those Meta spares, but for people in an open conversation."""
        person, settings = message.person, self.settings
        if person in self.stopped:
            return 131050
        if self._window_open(message.phone_number_id, person):
            return 0
        american = person.startswith("1") and person.isdecimal() and not settings.us_marketing
        return 131049 if american or chosen(person, settings.marketing_refused_share, "spared", settings.seed) else 0

    def prefer(self, phone_number_id: str, person: str, value: str) -> None:
        """Somebody stops or resumes the business's marketing in WhatsApp itself (C6)."""
        if value == "stop":
            self.stopped.add(person)
        else:
            self.stopped.discard(person)
        told = self.envelopes.value(phone_number_id)
        contact: Json = {"wa_id": person, "user_id": self.people.bsuid(person)}
        detail = f"User requested to {value} marketing messages"
        told["contacts"] = [contact]
        told["user_preferences"] = [
            {
                **contact,
                "detail": detail,
                "category": "marketing_messages",
                "value": value,
                "timestamp": int(self.clock.now()),
            }
        ]
        self.delivery.tell(Change(self.numbers.waba_id(phone_number_id), "user_preferences", told))

    def _can_be_reacted_to(self, wamid: str) -> bool:
        """Not after 30 days, not a reaction, not what was taken back; ids nobody gave are not looked into (A3)."""
        kind, at = self.heard.get(wamid, ("", self.clock.now()))
        return kind not in ("reaction", "revoke") and self.clock.now() - at <= _REACTED_DAYS

    def announce(self, template: Template, reason: str = "NONE", *, event: str = "", title: str = "") -> None:
        """Tell the template's status by webhook (C6)."""
        value: Json = {"event": event or template.status, **_named(template), "reason": reason}
        value["message_template_category"] = template.category
        if title:
            value["other_info"] = {"title": title, "description": "The template was rated low by those who got it."}
        if template.status == "DISABLED":
            value["disable_info"] = {"disable_date": int(self.clock.now())}
        if template.status == "REJECTED":
            value["rejection_info"] = {"reason": reason, "recommendation": "Change the text and submit it again."}
        self.delivery.tell(Change(template.waba_id, "message_template_status_update", value))

    def pause(self, template: Template) -> None:
        """For low quality: three hours, then six, then for good (A7)."""
        template.pauses += 1
        if template.pauses > len(_PAUSES):
            template.status = "DISABLED"
            self.announce(template, title="DISABLED")
            return
        template.status, template.disliked = "PAUSED", True
        self.announce(template, title=("FIRST_PAUSE", "SECOND_PAUSE")[template.pauses - 1])
        pause, due = template.pauses, self.clock.now() + _PAUSES[template.pauses - 1]
        self.timers.at(due, lambda: self.unpause(template) if template.pauses == pause else None)

    def unpause(self, template: Template) -> None:
        """A paused template may be sent again."""
        if template.status == "PAUSED":
            template.status, template.disliked = "APPROVED", False
            self.announce(template, title="UNPAUSE")

    def rate(self, template: Template, quality: str) -> None:
        """How people take a template, told by webhook."""
        scores = {"previous_quality_score": template.quality, "new_quality_score": quality}
        template.quality = quality
        self.delivery.tell(Change(template.waba_id, "message_template_quality_update", {**scores, **_named(template)}))

    def recategorise(self, template: Template, category: str) -> None:
        """Meta finds that a template is of another category."""
        categories = {"previous_category": template.category, "new_category": category}
        template.category = category
        self.delivery.tell(Change(template.waba_id, "template_category_update", {**categories, **_named(template)}))

    def review_later(self, template: Template) -> None:
        """Meta looks at the template after a while."""
        due = self.clock.now() + self.settings.template_review
        self.timers.at(due, lambda: self.review(template))

    def review(self, template: Template) -> None:
        """Meta's decision on a template that is still PENDING: REJECTED where the name says so."""
        if template.status == "PENDING" and self.templates.by_id(template.id) is template:
            rejected = "reject" in template.name
            template.status = "REJECTED" if rejected else "APPROVED"
            self.announce(template, "INVALID_FORMAT" if rejected else "NONE")

    def hear(self, inbound: Inbound) -> str:
        """Somebody writes: opens the window, tells it by webhook, returns the wamid."""
        wa_id = wa_id_of(inbound.sender, self.settings)
        if inbound.bsuid and wa_id:
            self.people.learn(inbound.bsuid, wa_id)
        bsuid = inbound.bsuid or (self.people.bsuid(wa_id) if self.settings.bsuids else "")
        self._heard += 1
        wamid = inbound.id or f"wamid.HBgI{time.time_ns() // 1000:X}{self._heard:06X}"
        inbound = replace(inbound, id=wamid, timestamp=inbound.timestamp or int(self.clock.now()))
        self.heard[wamid] = inbound.type, self.clock.now()
        original = inbound.content.get("original_message_id")
        if inbound.type == "revoke" and isinstance(original, str):
            self.heard[original] = "revoke", self.clock.now()
        while len(self.heard) > _RECEIPTS_KEPT:
            self.heard.popitem(last=False)
        person = wa_id or self.people.person(bsuid)
        self.windows[inbound.phone_number_id, person] = self.clock.now()
        self._note(inbound, person)
        value = self.envelopes.value(inbound.phone_number_id)
        if inbound.type != "system":
            value["contacts"] = [contact_json(inbound, wa_id, bsuid)]
        value["messages"] = [message_json(inbound, wa_id, bsuid)]
        self.delivery.tell(Change(self.numbers.waba_id(inbound.phone_number_id), "messages", value))
        return wamid

    def _note(self, inbound: Inbound, person: str) -> None:
        content = inbound.content
        media = {name: content[name] for name in ("id", "filename") if name in content}
        entry = Entry(
            id=inbound.id,
            at=self.clock.now(),
            mine=False,
            kind=inbound.type,
            text=said(inbound.type, content),
            media={"kind": inbound.type, **media} if inbound.type in MEDIA else {},
            reply_to=str(inbound.context.get("id", "")),
        )
        target = content.get("message_id") or content.get("original_message_id") or ""
        self.chats.heard(inbound.phone_number_id, person, entry, waha=False, name=inbound.name, target=str(target))


def _named(template: Template) -> Json:
    """How webhooks name a template."""
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }
