"""Every knob of the simulator: a flag or a variable at its start, and a field the control API changes while it runs."""

# ruff: noqa: RUF009 (`setting` is dataclasses.field with a text; defaults that can change get a factory)

import argparse
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, cast, get_args, get_origin

from simulator.wire import is_array, is_object

TIERS = {"TIER_50": 50, "TIER_250": 250, "TIER_1K": 1_000, "TIER_2K": 2_000, "TIER_10K": 10_000, "TIER_100K": 100_000}
TIERS["TIER_UNLIMITED"] = 0
"""Distinct users that a portfolio may begin with in 24 hours (B1)."""
QUALITIES = ("GREEN", "YELLOW", "RED", "NA", "UNKNOWN")
SECONDS = "seconds"
SHARE = "share"


class Habit(StrEnum):
    """What somebody does when the business writes to them."""

    ANSWERS = "answers"
    ASKS = "asks"
    COMPLAINS = "complains"
    STOPS = "stops"
    OFFLINE = "offline"
    HIDES = "hides"
    MOVES = "moves"
    REACTS = "reacts"
    EDITS = "edits"
    REVOKES = "revokes"
    STOPS_MARKETING = "stops_marketing"
    ABSENT = "absent"


def setting(default: Any, text: str, unit: str = "") -> Any:
    """Declare a field: its default, what it does, and its unit ("share" is checked to lie within 0 and 1)."""
    metadata = {"text": text, "unit": unit}
    if default == {}:
        return field(default_factory=dict[str, Any], metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(slots=True)
class Settings:
    """What the simulated WhatsApp does; defaults are Meta's published numbers where there is one."""

    webhook_url: str = setting("", "where webhooks go; empty sends none")
    app_secret: str = setting("simulator-secret", "key of X-Hub-Signature-256 (C2)")
    verify_token: str = setting("simulator-token", "token of the handshake (C1)")
    handshake: bool = setting(True, "verify the endpoint before the first webhook")
    seed: int = setting(1, "seed of the random generator; a new value restarts it")

    waba_id: str = setting("318800221144667", "WhatsApp Business Account of numbers that waba_ids does not name")
    waba_ids: dict[str, str] = setting({}, "phone_number_id=WABA id")
    display_numbers: dict[str, str] = setting({}, "phone_number_id=the number shown to people")
    verified_names: dict[str, str] = setting({}, "phone_number_id=the business's name")
    quality_ratings: dict[str, str] = setting({}, "phone_number_id=GREEN, YELLOW, RED, NA")
    name_statuses: dict[str, str] = setting({}, "phone_number_id=APPROVED, PENDING_REVIEW, DECLINED")
    verifications: dict[str, str] = setting({}, "phone_number_id=VERIFIED, NOT_VERIFIED, EXPIRED")
    messaging_limit: str = setting("TIER_UNLIMITED", "limit of the portfolio, which all numbers here belong to")

    latency: float = setting(0.0, "time a send takes", SECONDS)
    latency_jitter: float = setting(0.0, "random time on top of latency", SECONDS)
    sent_delay: float = setting(0.05, "from acceptance to the status sent", SECONDS)
    delivered_delay: float = setting(0.2, "from acceptance to the status delivered", SECONDS)
    read_delay: float = setting(1.0, "from acceptance to the status read", SECONDS)
    played_delay: float = setting(0.5, "from read to the status played of a voice message", SECONDS)
    status_jitter: float = setting(0.05, "random time on top of each status delay", SECONDS)

    delivered_share: float = setting(1.0, "messages that reach the phone", SHARE)
    read_share: float = setting(0.5, "delivered messages that are read", SHARE)
    skip_delivered_share: float = setting(0.0, "read messages whose delivered never comes, the chat being open", SHARE)
    shuffle_share: float = setting(0.0, "messages whose statuses arrive backwards, sent last", SHARE)
    duplicate_share: float = setting(0.0, "webhook POSTs repeated byte for byte after a 200", SHARE)
    duplicate_delay: float = setting(1.0, "from a POST to its repetition", SECONDS)
    status_first_share: float = setting(0.0, "sends whose first status arrives before the HTTP reply", SHARE)

    not_on_whatsapp_suffix: str = setting("0000", "numbers ending so are not on WhatsApp (131026); empty: none")
    not_on_whatsapp_share: float = setting(0.0, "numbers that are not on WhatsApp, chosen by their digits", SHARE)
    not_on_whatsapp: tuple[str, ...] = setting((), "further numbers that are not on WhatsApp")
    people_ranges: bool = setting(True, "people whose numbers end in 555000 to 555119 have habits (people.py)")
    people: dict[str, float] = setting({}, "habit=share of all other people, such as answers=0.3,stops=0.01")
    people_delay: float = setting(2.0, "from a message to what somebody does about it", SECONDS)
    people_turns: int = setting(3, "how often a day somebody writes of themselves to one number")
    offline_seconds: float = setting(28_800.0, "how long those are away who are offline", SECONDS)
    wa_id_variants: bool = setting(True, "MX answers 521…, BR drops the ninth digit (section E)")
    bsuids: bool = setting(True, "webhooks carry business-scoped user ids (A9)")

    window: bool = setting(True, "free-form messages need an open customer service window (131047)")
    window_seconds: float = setting(86_400.0, "length of that window after the last inbound message", SECONDS)
    throughput: float = setting(80.0, "messages a second and number (130429); 0: no limit")
    throughputs: dict[str, float] = setting({}, "phone_number_id=messages a second, where it is not throughput")
    portfolio_cap: int = setting(0, "distinct users a day in place of messaging_limit's; 0: that one's")
    portfolio_cap_code: int = setting(131048, "what a send to one user too many fails with; Meta names no code")
    portfolio_cap_in_reply: bool = setting(False, "it is refused in the reply, not failed by webhook")
    app_usage: float = setting(0.0, "management calls that count as used, in percent, as X-App-Usage tells; 0: none")
    pair_limit: bool = setting(True, "limit messages from one number to one person (131056)")
    pair_interval: float = setting(6.0, "time between two messages of a pair", SECONDS)
    pair_burst: int = setting(45, "messages a pair may borrow within one interval")

    error_share: float = setting(0.0, "sends refused with 131000, 131016 (500) or 2 (503)", SHARE)
    bad_gateway_share: float = setting(0.0, "sends answered 502 with HTML and not accepted", SHARE)
    cut_before_accept_share: float = setting(0.0, "connections closed without a reply, nothing accepted", SHARE)
    cut_after_accept_share: float = setting(0.0, "connections closed without a reply, message accepted", SHARE)
    slow_share: float = setting(0.0, "sends that take slow_seconds and are then accepted", SHARE)
    slow_seconds: float = setting(5.0, "what a slow send takes", SECONDS)
    expired_tokens: tuple[str, ...] = setting((), "access tokens answered with 190; * is every token")
    number_refusals: dict[str, int] = setting({}, "phone_number_id=error code for each send, such as 133010")

    max_updates: int = setting(100, "statuses and messages in one webhook POST (Meta: up to 1,000)")
    batch_window: float = setting(0.05, "how long updates gather before a POST", SECONDS)
    concurrent_posts: int = setting(4, "webhook POSTs under way at once")
    webhook_timeout: float = setting(10.0, "after this a POST counts as failed", SECONDS)
    retry_gap: float = setting(1.0, "first gap before a webhook is sent again; doubles each time", SECONDS)
    retry_window: float = setting(604_800.0, "when a failing webhook is dropped: 7 days, or 36 hours (C3)", SECONDS)
    bad_signature_share: float = setting(0.0, "webhook POSTs whose signature is wrong, at each attempt", SHARE)
    replay_kept: int = setting(200, "posted webhooks kept for replay")

    fetch_links: bool = setting(True, "fetch the links of media, as Meta does; names under .example are pretended")
    media_url: float = setting(300.0, "how long a URL of media holds", SECONDS)

    marketing_refused_share: float = setting(0.0, "people whom Meta spares marketing (131049), by their digits", SHARE)
    us_marketing: bool = setting(False, "marketing reaches +1 numbers, as before April 2025 (131049)")
    held_share: float = setting(0.0, "marketing templates held for quality assessment", SHARE)
    held_seconds: float = setting(600.0, "how long what is held waits until it is sent", SECONDS)

    waha_api_key: str = setting("simulator-key", "what X-Api-Key must hold")
    waha_engine: str = setting("NOWEB", "engine of new WAHA sessions: NOWEB, GOWS, WEBJS")
    waha_empty_share: float = setting(0.0, "WAHA sends answered 201 with an empty body", SHARE)
    waha_numbers: dict[str, str] = setting(
        {}, "session=the number that scanning its code links; else the one its name ends in, or one made up"
    )
    waha_start: float = setting(0.2, "from STARTING to SCAN_QR_CODE or WORKING, and from a scan to WORKING", SECONDS)
    waha_first_code: float = setting(60.0, "how long the first QR code of a session holds", SECONDS)
    waha_next_code: float = setting(20.0, "how long each QR code after it holds", SECONDS)
    waha_codes: int = setting(6, "QR codes until the session is FAILED")
    waha_patience: float = setting(5.0, "how long a call waits for a session to get ready before its 422", SECONDS)
    waha_link: float = setting(1_209_600.0, "how long a link holds without use (about 14 days)", SECONDS)
    waha_swallow_repeats: bool = setting(False, "a send whose id was sent before is answered alike and not sent again")
    waha_error_acks_share: float = setting(
        0.5, "people not on WhatsApp whose messages get ack -1; else 1 for ever", SHARE
    )
    waha_lost_acks_share: float = setting(0.0, "acks that are never told", SHARE)
    waha_lid_share: float = setting(0.0, "people who write as …@lid, chosen by their digits", SHARE)
    waha_lid_acks_share: float = setting(0.0, "messages whose acks name …@lid where the send named …@c.us", SHARE)

    template_limits: bool = setting(True, "Meta's limits on creating, editing and naming templates anew (A7)")
    template_review: float = setting(0.3, "from PENDING to APPROVED, or REJECTED where the name says reject", SECONDS)


_KINDS = {each.name: get_args(each.type)[1] for each in fields(Settings) if get_origin(each.type) is dict}
"""Of what type the values of a setting are that is an object."""
_WORDS = {"messaging_limit": tuple(TIERS), "quality_ratings": QUALITIES, "waha_engine": ("NOWEB", "GOWS", "WEBJS")}


class SettingError(ValueError):
    """A setting is unknown or its value cannot be used."""


def _typed(name: str, default: object, value: object) -> object:
    """`value` as the type of `default`, or SettingError with a sentence that says what is wanted."""
    match default:
        case bool() if isinstance(value, bool):
            return value
        case bool():
            wanted = "true or false"
        case int() if isinstance(value, int) and not isinstance(value, bool):
            return value
        case int():
            wanted = "a whole number"
        case float() if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        case float():
            wanted = "a number"
        case str() if isinstance(value, str):
            return value
        case str():
            wanted = "a string"
        case tuple() if is_array(value) and all(isinstance(part, str) for part in value):
            return tuple(value)
        case tuple():
            wanted = "a list of strings"
        case _:
            kind = _KINDS[name]
            if is_object(value) and all(
                type(part) in (kind, int) if kind is float else type(part) is kind for part in value.values()
            ):
                return {key: kind(part) for key, part in value.items()}
            wanted = f"an object whose values are of type {kind.__name__}"
    raise SettingError(f"{name} must be {wanted}, not {value!r}.")


def _checked(name: str, unit: str, value: object) -> object:
    allowed = _WORDS.get(name)
    words = value.values() if is_object(value) else [value]
    if allowed and not set(words) <= set(allowed):
        raise SettingError(f"{name} is one of {', '.join(allowed)}.")
    if name == "people" and is_object(value) and (set(value) - set(Habit) or sum(value.values()) > 1):
        raise SettingError(f"people names {', '.join(Habit)}, with shares that are 1 at most together.")
    if isinstance(value, int | float):
        if value < 0:
            raise SettingError(f"{name} must not be negative.")
        if unit == SHARE and value > 1:
            raise SettingError(f"{name} is a share and must lie between 0 and 1.")
        if name in ("max_updates", "concurrent_posts", "pair_burst", "waha_codes") and value < 1:
            raise SettingError(f"{name} must be at least 1.")
        if name == "max_updates" and value > 1_000:
            raise SettingError("max_updates must not exceed 1000 (C3).")
    return value


def change(settings: Settings, changes: Mapping[str, object]) -> None:
    """Apply `changes` to `settings`: all of them, or none when one is wrong."""
    known = {each.name: each for each in fields(settings)}
    good: dict[str, object] = {}
    for name, value in changes.items():
        if name not in known:
            raise SettingError(f"There is no setting {name}; GET /_simulator/settings lists them.")
        unit = str(known[name].metadata["unit"])
        good[name] = _checked(name, unit, _typed(name, getattr(settings, name), value))
    for name, value in good.items():
        setattr(settings, name, value)


def _from_text(name: str, default: object, text: str) -> object:
    """A flag's text as the value `change` expects; texts that do not fit are passed on for it to refuse."""
    match default:
        case bool():
            return {"true": True, "on": True, "false": False, "off": False}.get(text.lower(), text)
        case int() | float():
            try:
                return int(text) if isinstance(default, int) else float(text)
            except ValueError:
                return text
        case tuple():
            return [part for part in text.split(",") if part]
        case dict():
            pairs = [part.partition("=") for part in text.split(",") if part]
            if _KINDS[name] is str:
                return {key: value for key, _, value in pairs}
            return {key: _number_or_text(value) for key, _, value in pairs}
        case _:
            return text


def _number_or_text(text: str) -> float | str:
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def add_flags(parser: argparse.ArgumentParser) -> None:
    """One flag a setting: `--read-share 0.9`, `--window off`, `--waba-ids 111=222,333=444`.

    Without its flag a setting is what a variable says, such as SIMULATOR_APP_SECRET: flags are seen by all in `ps`.
    """
    for each in fields(Settings):
        unit = f" [{each.metadata['unit']}]" if each.metadata["unit"] else ""
        parser.add_argument(
            f"--{each.name.replace('_', '-')}",
            default=os.environ.get(f"SIMULATOR_{each.name.upper()}"),
            help=f"{each.metadata['text']}{unit}".replace("%", "%%"),
        )


def from_flags(parsed: argparse.Namespace) -> Settings:
    """Settings from the flags and variables that were given; SettingError when one is wrong."""
    settings = Settings()
    given = cast("dict[str, str | None]", vars(parsed))
    known = {each.name for each in fields(Settings)}
    texts = {name: text for name, text in given.items() if name in known and text is not None}
    change(settings, {name: _from_text(name, getattr(settings, name), text) for name, text in texts.items()})
    return settings
