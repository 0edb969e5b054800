"""Settings that are changed while it runs: built-in values, and what was put in their place, a row a section.

Every process reads them again every two seconds, so that asking for them costs nothing and an outage changes nothing.
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

import orjson
import structlog

from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from domain import VERSION, audit
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, text

READ_SECONDS = 2.0
"""From one reading to the next: what is changed is in force everywhere soon after."""
MOST_WORDS = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    max_message_length: int = 4096
    """UTF-16 units of a text."""
    max_file_size_mb: int = 10
    """Of documents."""
    messages_per_hour: int | None = None
    """Of each sender; None: what is usual for its provider."""
    max_query_cost: int = 5000
    event_retention_days: int = 30
    max_conversation_length: int = 1000
    """Newest messages of a conversation that the bot looks at."""
    rate_limit_per_minute: int = 100
    """Mutations of a user or token."""
    rate_limit_per_hour: int = 1000
    queries_per_minute: int = 1000
    anonymous_calls_per_minute: int = 100
    """Of an address."""
    calls_per_second: int = 20
    """Of any caller."""
    fail_open: bool = False
    """While Redis is away nobody counts calls; else each process does by itself."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds, for senders of WAHA."""

    message_delay: int = 0
    sender_switch_delay: int = 0


@dataclass(frozen=True, slots=True)
class Consent:
    """Words besides the built-in ones, and what is answered to them; None: nothing."""

    stop_words: tuple[str, ...] = ()
    start_words: tuple[str, ...] = ()
    opt_out_reply: str | None = None
    opt_in_reply: str | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """What is switched on."""

    rag_enabled: bool = True
    """The bot looks things up in files."""
    sentiment_analysis: bool = True
    auto_escalation: bool = True
    multilingual_support: bool = True
    """The bot answers in the language it is written to."""
    open_registration: bool = False
    """Anyone may register, and reads as VIEWER."""


@dataclass(frozen=True, slots=True)
class Bot:
    debounce: float = 2.0
    """Seconds of silence after which the bot answers."""
    hand_back_after: int | None = None
    """Seconds of silence after which an operator's conversation is the bot's again; None: never."""
    escalation_threshold: float = 0.5
    """Confidence below which the bot calls a person."""
    language: str = "en"
    """Where it does not write the contact's."""
    daily_token_budget: int = 2_000_000
    """Of all models, by the day of UTC."""


@dataclass(frozen=True, slots=True)
class Settings:
    environment: str
    version: str
    limits: Limits
    delays: Delays
    consent: Consent
    features: Features
    bot: Bot


_SECTIONS = ["limits", "delays", "consent", "features", "bot"]
_known: Settings | None = None
"""As they were read last."""


def built_in() -> Settings:
    """What holds where nothing else was set; some of it comes from the environment."""
    given = get_settings()
    return Settings(
        environment=given.environment,
        version=VERSION,
        limits=Limits(event_retention_days=given.event_retention_days),
        delays=Delays(given.message_delay, given.sender_switch_delay),
        consent=Consent(),
        features=Features(),
        bot=Bot(),
    )


def known() -> Settings:
    """The settings in force, as far as this process has read them yet."""
    return _known or built_in()


async def current() -> Settings:
    """The settings in force, a few seconds old at most."""
    return _known or await read()


async def read() -> Settings:
    """Asks the database for them; what is asked for from here on is told this."""
    global _known
    _known = await _stored()
    return _known


async def _stored() -> Settings:
    found = built_in()
    for row in await connect.rows("SELECT name, values FROM setting_section WHERE name = ANY($1)", _SECTIONS):
        section = getattr(found, row["name"])
        stored: dict[str, Any] = orjson.loads(row["values"])
        # Another version may have written what this one does not know.
        values = {name: _frozen(value) for name, value in stored.items() if hasattr(section, name)}
        found = replace(found, **{row["name"]: replace(section, **values)})
    return found


def _frozen(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


async def keep_reading() -> None:
    """Follows what is changed elsewhere; ends only when cancelled."""
    while True:
        try:
            await read()
        except connect.TRANSIENT as error:
            # What was read last holds meanwhile.
            log.warning("settings_not_read", error=repr(error))
        except Exception:
            # The database may not be there yet.
            log.warning("settings_not_read", exc_info=True)
        await asyncio.sleep(READ_SECONDS)


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def get(viewer: Viewer) -> Settings:
    return await read()


# What is null goes back to its built-in value, by leaving the row.
_PUT = """
INSERT INTO setting_section AS s (name, values, updated_by_id) VALUES ($1, jsonb_strip_nulls($2::jsonb), $3)
ON CONFLICT (name) DO UPDATE
SET values = jsonb_strip_nulls(s.values || $2::jsonb), updated_at = now(), updated_by_id = excluded.updated_by_id
"""


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def update(viewer: Viewer, sections: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Changes what is given, section by section; None brings a built-in value back. One error for each bad field.

    What is other than before goes into the audit log, in one entry.
    """
    check = Checks()
    changes = {name: _checked(check, name, given) for name, given in sections.items()}
    check.done()
    async with transaction():
        # One change after another, so that each knows what was before it; whoever reads does not wait.
        await connect.execute("LOCK TABLE setting_section IN SHARE ROW EXCLUSIVE MODE")
        before = await _stored()
        for name, values in changes.items():
            await connect.execute(_PUT, name, orjson.dumps(values).decode(), viewer.user_id)
        if changed := _changed(before, await _stored()):
            await audit.note(viewer, "updateSettings", changed)
    return await read()


def _changed(before: Settings, after: Settings) -> dict[str, tuple[Any, Any]]:
    """What is other than before, by its name in the API."""
    return {
        _name(section, field.name): (was, now)
        for section in _SECTIONS
        for field in fields(getattr(after, section))
        if (was := getattr(getattr(before, section), field.name))
        != (now := getattr(getattr(after, section), field.name))
    }


def _name(section: str, field: str) -> str:
    first, *rest = field.split("_")
    return f"{section}.{first}{''.join(map(str.capitalize, rest))}"


# ---------------------------------------------------------------------------
# Bounds
# ---------------------------------------------------------------------------


def _within(least: float, most: float) -> Callable[[Any, str], float]:
    def check(value: float, field: str) -> float:
        if not least <= value <= most:
            raise Refusal(
                ErrorCode.VALIDATION_ERROR,
                f"This is {value}; {least} to {most} are allowed.",
                field=field,
                reason="out_of_range",
                providedValue=value,
            )
        return value

    return check


def _words(value: list[str], field: str) -> list[str]:
    if len(value) > MOST_WORDS:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"These are {len(value)} words; at most {MOST_WORDS} are allowed.",
            field=field,
            reason="too_many",
        )
    words = [text(word, field, most=50) for word in value]
    if not all(any(unicodedata.category(char)[0] in "LN" for char in word) for word in words):
        # They are compared without punctuation: such a word would equal any other of its kind.
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "A word needs a letter or a digit.", field=field, reason="invalid_characters"
        )
    return list(dict.fromkeys(words))


def _switch(value: bool, field: str) -> bool:
    return value


def _language(value: str, field: str) -> str:
    if not re.fullmatch("[a-z]{2,3}", value):
        words = "This is not a language as ISO 639 calls it, such as en."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="invalid_format")
    return value


def _reply(value: str, field: str) -> str:
    return text(value, field, most=min(1000, known().limits.max_message_length))


_BOUNDS: Mapping[str, Callable[[Any, str], Any]] = {
    "max_message_length": _within(1, 4096),
    "max_file_size_mb": _within(1, 100),
    "messages_per_hour": _within(1, 10_000_000),
    # Below it nobody could change it back.
    "max_query_cost": _within(100, 100_000),
    "event_retention_days": _within(1, 3650),
    "message_delay": _within(0, 3600),
    "sender_switch_delay": _within(0, 3600),
    "stop_words": _words,
    "start_words": _words,
    "opt_out_reply": _reply,
    "opt_in_reply": _reply,
    "max_conversation_length": _within(1, 1000),
    # The time of each call is kept as long as it counts, in some 10 bytes.
    "rate_limit_per_minute": _within(1, 100_000),
    "rate_limit_per_hour": _within(1, 100_000),
    "queries_per_minute": _within(1, 100_000),
    "anonymous_calls_per_minute": _within(1, 100_000),
    "calls_per_second": _within(1, 10_000),
    "fail_open": _switch,
    "rag_enabled": _switch,
    "sentiment_analysis": _switch,
    "auto_escalation": _switch,
    "multilingual_support": _switch,
    "open_registration": _switch,
    "debounce": _within(0, 60),
    "hand_back_after": _within(60, 31_536_000),
    "escalation_threshold": _within(0, 1),
    "language": _language,
    "daily_token_budget": _within(0, 2**31 - 1),
}


def _checked(check: Checks, section: str, given: Mapping[str, Any]) -> dict[str, Any]:
    values = dict[str, Any]()
    for name, value in given.items():
        with check():
            values[name] = None if value is None else _BOUNDS[name](value, _name(section, name))
    return values
