"""What one can have happen: the POSTs of the control API, which scripts of faults use too."""

import copy
import dataclasses
import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson

from simulator.cloud import Cloud
from simulator.faults import Fault, Kind
from simulator.habits import Habits
from simulator.inbound import InboundError, read_inbound
from simulator.numbers import EVENTS
from simulator.people import digits, wa_id_of
from simulator.settings import QUALITIES, TIERS, SettingError, change
from simulator.voices import picture, voice_of
from simulator.waha.commands import WahaCommands
from simulator.waha.server import Waha
from simulator.webhooks import Change
from simulator.wire import Json, is_array, is_object

_TEMPLATE_STATUSES = ("APPROVED", "REJECTED", "PAUSED", "DISABLED", "PENDING", "FLAGGED", "REINSTATED")
_CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
_HIGH = 1000.0


class ControlError(ValueError):
    """A control call that cannot be obeyed; the sentence says why."""


UNUSABLE = (ControlError, SettingError, InboundError)
"""What `Commands.act` raises for input that cannot be obeyed."""


def known(body: object, *names: str) -> Json:
    """`body` as an object that holds nothing but `names`."""
    if not is_object(body):
        raise ControlError("The body must be a JSON object.")
    unknown = set(body) - set(names)
    if unknown:
        raise ControlError(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(names)}.")
    return body


def number(body: Json, name: str, default: float) -> float:
    """A number that is not negative."""
    value = body.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ControlError(f"{name} must be a number that is not negative.")
    return value


def _fault_shown(fault: Fault) -> Json:
    """JSON knows no infinity."""
    shown = dataclasses.asdict(fault)
    return {**shown, "until": None if math.isinf(fault.until) else fault.until}


class Commands:
    """Every command over one Cloud and one Waha, by its path."""

    def __init__(self, cloud: Cloud, waha: Waha) -> None:
        self._cloud = cloud
        self._waha = waha
        voice = partial(voice_of, cloud, waha)
        self._habits = Habits(cloud.settings, cloud.clock, cloud.timers, voice)
        cloud.meet = self._habits.meet
        self._at_start = copy.deepcopy(cloud.settings)
        of_waha = WahaCommands(waha)
        table: dict[str, Callable[..., Json]] = {
            "settings": self.settings,
            "faults": self.fault,
            "inbound": self.inbound,
            "webhooks/replay": self.replay,
            "changes": self.change,
            "numbers/{phone_number_id}": self.number,
            "limit": self.limit,
            "account": self.account,
            "templates/{name}/{news}": self.template,
            "preferences": self.preference,
            "clock": self.clock,
            "reset": self.reset,
            "chats/{number}/{person}": self.say,
            "waha/{session}/inbound": of_waha.inbound,
            "waha/{session}/{verb}": of_waha.drive,
        }
        self._table = [(re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), call) for path, call in table.items()]

    def act(self, path: str, body: object) -> Json | None:
        """Do what `path` names and return what there is to tell; None when it names nothing."""
        for pattern, call in self._table:
            found = pattern.fullmatch(path)
            if found is not None:
                return call(body, **found.groupdict())
        return None

    def settings(self, body: object) -> Json:
        """Change settings: all that are given, or none."""
        if not is_object(body):
            raise ControlError("The body must be a JSON object.")
        change(self._cloud.settings, body)
        if "seed" in body:
            self._cloud.random.seed(self._cloud.settings.seed)
        if {"webhook_url", "verify_token"} & set(body):
            self._cloud.delivery.verified_url = ""
        return dataclasses.asdict(self._cloud.settings)

    def faults(self) -> Json:
        """What waits for a send."""
        return {"faults": [_fault_shown(fault) for fault in self._cloud.faults.asked]}

    def fault(self, body: object) -> Json:
        """Something happens to the next sends that meet it."""
        asked: Json = dict(
            known(body, *(each.name for each in dataclasses.fields(Fault) if each.name != "until"), "for")
        )
        kind = asked.get("kind")
        if kind not in list(Kind):
            raise ControlError(f"kind is one of {', '.join(Kind)}.")
        for name, wanted in (("count", int), ("to", str), ("phone_number_id", str), ("code", int)):
            if name in asked and type(asked[name]) is not wanted:
                raise ControlError(f"{name} is of the wrong type: {asked[name]!r}.")
        seconds, lasts = number(asked, "seconds", 0), number(asked, "for", 0)
        asked.pop("for", None)
        if asked.get("count", 1) < 1:
            raise ControlError("count must be at least 1.")
        if lasts:
            asked = {"count": 1_000_000_000, **asked, "until": self._cloud.clock.now() + lasts}
        asked |= {"kind": Kind(kind), "seconds": float(seconds)}
        self._cloud.faults.asked.append(Fault(**asked))
        return self.faults()

    def inbound(self, body: object) -> Json:
        """Somebody writes, or many do."""
        read = [read_inbound(each) for each in (body if is_array(body) else [body])]
        return {"messages": [{"id": self._cloud.hear(each)} for each in read]}

    def say(self, body: object, number: str, person: str) -> Json:
        """Somebody does something in a chat: the page's way, alike for both providers."""
        cloud, voice = self._cloud, voice_of(self._cloud, self._waha, number, person)
        asked = known(
            body,
            "text",
            "reply_to",
            "press",
            "react",
            "edit",
            "revoke",
            "stop_marketing",
            "picture",
            "media_id",
            "message_id",
        )
        target, text = str(asked.get("message_id", "")), str(asked.get("text", ""))
        if {"press", "react", "edit", "revoke"} & set(asked) and not target:
            raise ControlError("message_id is needed.")
        held = picture(cloud.media) if asked.get("picture") else cloud.media.get(str(asked.get("media_id", "")))
        if "media_id" in asked and held is None:
            raise ControlError("There is no such media.")
        done = ""
        if is_object(asked.get("press")):
            done = voice.press(asked["press"], target)
        elif "react" in asked:
            done = voice.react(target, str(asked["react"]))
        elif "edit" in asked:
            done = voice.edit(target, str(asked["edit"]))
        elif "revoke" in asked:
            done = voice.revoke(target)
        elif "stop_marketing" in asked:
            voice.stop_marketing()
        elif held is not None:
            done = voice.file(held, text)
        elif text:
            done = voice.text(text, str(asked.get("reply_to", "")))
        else:
            raise ControlError("text is needed, or press, react, edit, revoke, picture, media_id, stop_marketing.")
        return {"id": done}

    def replay(self, body: object) -> Json:
        """The same webhooks again."""
        which = known(body, "which").get("which", "last")
        posted = list(self._cloud.delivery.posted)
        if which not in ("last", "all"):
            raise ControlError("which is last or all.")
        again = posted if which == "all" else posted[-1:]
        for each in again:
            self._cloud.delivery.repeat(each)
        return {"replayed": len(again)}

    def change(self, body: object) -> Json:
        """Any news of an account, as it is."""
        asked = known(body, "waba_id", "field", "value")
        field, value = asked.get("field"), asked.get("value")
        if not isinstance(field, str) or not is_object(value):
            raise ControlError("field is a string and value an object.")
        return self._told(str(asked.get("waba_id", self._cloud.settings.waba_id)), field, value)

    def _told(self, waba_id: str, field: str, value: Json) -> Json:
        self._cloud.delivery.tell(Change(waba_id, field, value))
        return {"waba_id": waba_id, "field": field, "value": value}

    def number(self, body: object, phone_number_id: str) -> Json:
        """News of a number: what Meta tells when asked, and what it tells by itself."""
        asked = known(body, "quality_rating", "throughput", "name_status", "verified_name", "upgrade_seconds")
        cloud, settings = self._cloud, self._cloud.settings
        cloud.numbers.used.setdefault(phone_number_id, phone_number_id)
        display: Json = {"display_phone_number": cloud.numbers.display(phone_number_id)}
        waba_id = cloud.numbers.waba_id(phone_number_id)
        before = settings.quality_ratings.get(phone_number_id, "GREEN")
        lists = {"quality_rating": "quality_ratings", "throughput": "throughputs", "name_status": "name_statuses"}
        lists["verified_name"] = "verified_names"
        named = {lists[name]: value for name, value in asked.items() if name in lists}
        change(settings, {name: {**getattr(settings, name), phone_number_id: value} for name, value in named.items()})
        after = asked.get("quality_rating", before)
        if "RED" in (before, after) and before != after:
            event = "FLAGGED" if after == "RED" else "UNFLAGGED"
            self._told(waba_id, "phone_number_quality_update", {**display, "event": event})
        if asked.get("throughput", 0) >= _HIGH:
            self._upgraded(phone_number_id, number(asked, "upgrade_seconds", 0))
            self._told(waba_id, "phone_number_quality_update", {**display, "event": "THROUGHPUT_UPGRADE"})
        if "name_status" in asked or "verified_name" in asked:
            shown = cloud.accounts.shown(phone_number_id)
            name = {"decision": shown["name_status"], "requested_verified_name": shown["verified_name"]}
            self._told(waba_id, "phone_number_name_update", {**display, **name, "rejection_reason": None})
        return cloud.accounts.shown(phone_number_id)

    def _upgraded(self, phone_number_id: str, seconds: float) -> None:
        """While a number is moved, its sends get 131057 (B1: up to a minute)."""
        if seconds:
            refusals = self._cloud.settings.number_refusals
            refusals[phone_number_id] = 131057
            due = self._cloud.clock.now() + seconds
            self._cloud.timers.at(due, lambda: refusals.pop(phone_number_id, None))

    def limit(self, body: object) -> Json:
        """The portfolio may begin with more or fewer users a day; each account is told."""
        tier = known(body, "tier").get("tier")
        if tier not in TIERS:
            raise ControlError(f"tier is one of {', '.join(TIERS)}.")
        self._cloud.settings.messaging_limit = str(tier)
        value: Json = {"max_daily_conversations_per_business": tier, "max_phone_numbers_per_waba": 25}
        return {"told": [self._told(each, "business_capability_update", value) for each in self._cloud.numbers.wabas()]}

    def account(self, body: object) -> Json:
        """Meta stops an account, or lets it go on."""
        asked = known(body, "waba_id", "event", "state", "seconds")
        event, waba_id = asked.get("event"), str(asked.get("waba_id", self._cloud.settings.waba_id))
        if event not in EVENTS:
            raise ControlError(f"event is one of {', '.join(EVENTS)}.")
        default = 86_400 if event == "ACCOUNT_RESTRICTION" else 0
        seconds, state = number(asked, "seconds", default), str(asked.get("state", ""))
        value = self._cloud.accounts.update(waba_id, str(event), seconds, state)
        return self._told(waba_id, "account_update", value)

    def template(self, body: object, name: str, news: str) -> Json:
        """Meta decides anew about a template, in every language and account unless told."""
        words = {"status": _TEMPLATE_STATUSES, "quality": QUALITIES, "category": _CATEGORIES, "pause": ()}
        if news not in words:
            raise ControlError(f"There is no {news}; it is one of {', '.join(words)}.")
        asked = known(body, "language", "waba_id", "reason", news)
        if words[news] and asked.get(news) not in words[news]:
            raise ControlError(f"{news} is one of {', '.join(words[news])}.")
        found = self._cloud.templates.named(name, str(asked.get("waba_id", "")), str(asked.get("language", "")))
        if not found:
            raise ControlError(f"There is no template {name}.")
        for template in found:
            match news:
                case "status":
                    template.status, template.disliked = str(asked["status"]), False
                    self._cloud.announce(template, str(asked.get("reason", "NONE")))
                case "quality":
                    self._cloud.rate(template, str(asked["quality"]))
                case "category":
                    self._cloud.recategorise(template, str(asked["category"]))
                case _:
                    self._cloud.pause(template)
        return {"templates": [template.shown() for template in found]}

    def preference(self, body: object) -> Json:
        """Somebody stops or resumes marketing."""
        asked = known(body, "phone_number_id", "from", "value")
        person, value = wa_id_of(digits(str(asked.get("from", ""))), self._cloud.settings), asked.get("value", "stop")
        if not asked.get("phone_number_id") or not person or value not in ("stop", "resume", "signup"):
            raise ControlError("phone_number_id and from are needed; value is stop, resume or signup.")
        self._cloud.prefer(str(asked["phone_number_id"]), person, str(value))
        return {"stopped": person in self._cloud.stopped}

    def time(self) -> Json:
        """What the clock says."""
        return {"now": self._cloud.clock.now(), "scale": self._cloud.clock.scale}

    def clock(self, body: object) -> Json:
        """Time runs faster from here on, or jumps."""
        asked = known(body, "scale", "jump")
        scale, jump = number(asked, "scale", self._cloud.clock.scale), number(asked, "jump", 0)
        if not scale:
            raise ControlError("scale must be above 0.")
        self._cloud.clock.change(scale=float(scale), jump=float(jump))
        return self.time()

    def reset(self, body: object) -> Json:
        """Everything as at the start, but for what `keep` names."""
        keep: Any = known(body, "keep").get("keep", [])
        if not is_array(keep) or not set(keep) <= {"settings", "templates"}:
            raise ControlError("keep is a list of settings, templates.")
        if "settings" not in keep:
            start, now = (orjson.loads(orjson.dumps(each)) for each in (self._at_start, self._cloud.settings))
            self.settings({name: value for name, value in start.items() if value != now[name]})
        self._cloud.reset(keep_templates="templates" in keep)
        self._waha.reset()
        self._habits.forget()
        return {"status": "ok"}
