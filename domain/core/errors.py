"""Refusals: what a caller is told when something cannot be done."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Self


class ErrorCode(StrEnum):
    """Kind of a failure: extensions.code of a GraphQL error, and why a message or an import row failed."""

    VALIDATION_ERROR = "VALIDATION_ERROR"
    INVALID_PHONE_NUMBER = "INVALID_PHONE_NUMBER"
    AUTHENTICATION_ERROR = "AUTHENTICATION_ERROR"
    AUTHORIZATION_ERROR = "AUTHORIZATION_ERROR"
    NOT_FOUND = "NOT_FOUND"
    DUPLICATE_RESOURCE = "DUPLICATE_RESOURCE"
    SCHEDULING_CONFLICT = "SCHEDULING_CONFLICT"
    INVALID_STATE = "INVALID_STATE"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    WINDOW_CLOSED = "WINDOW_CLOSED"
    TEMPLATE_UNAVAILABLE = "TEMPLATE_UNAVAILABLE"
    PREFLIGHT_OUTDATED = "PREFLIGHT_OUTDATED"
    MESSAGE_EXPIRED = "MESSAGE_EXPIRED"
    OPTED_OUT = "OPTED_OUT"
    NOT_ON_WHATSAPP = "NOT_ON_WHATSAPP"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    COST_LIMIT_EXCEEDED = "COST_LIMIT_EXCEEDED"
    WHATSAPP_API_ERROR = "WHATSAPP_API_ERROR"
    EXTERNAL_SERVICE_ERROR = "EXTERNAL_SERVICE_ERROR"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class Refusal(Exception):
    """A clear no. `field` names the argument or input field at fault, in camelCase, such as `title`.

    `details` may hold `reason` (lower snake case, such as too_long) and `providedValue` (never a secret).
    """

    def __init__(self, code: ErrorCode, message: str, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.details = details


class Refusals(Exception):
    """Several at once: one for each field at fault."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


class AwayError(OSError):
    """Something outside that we lean on does not do its part; the words may be shown to anybody."""


def not_found(what: str, *, field: str = "id") -> Refusal:
    """There is none, or the caller may not see it: the same answer for both."""
    return Refusal(ErrorCode.NOT_FOUND, f"There is no such {what}.", field=field)


class Checks:
    """Collects refusals of several fields; `with check(): …` keeps a refusal and goes on."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def __call__(self) -> Self:
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> bool | None:
        if isinstance(error, Refusal):
            self.refusals.append(error)
            return True
        if isinstance(error, Refusals):
            self.refusals += error.refusals
            return True
        return None

    def done(self) -> None:
        """Raises what was collected, if anything."""
        if len(self.refusals) == 1:
            raise self.refusals[0]
        if self.refusals:
            raise Refusals(self.refusals)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def check_characters(value: str, field: str) -> None:
    """Refuses control characters, of which the database does not take all; newline and tab may stand."""
    if _CONTROL.search(value):
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "Control characters are not allowed.", field=field, reason="invalid_characters"
        )


def utf16(value: str) -> int:
    """Its length in UTF-16 units, by which WhatsApp counts."""
    return len(value.encode("utf-16-le")) // 2


def text(value: str, field: str, *, most: int, least: int = 1, length: Callable[[str], int] = len) -> str:
    """Trimmed text of `least` to `most` characters without control characters (newline and tab may stand)."""
    trimmed = value.strip()
    check_characters(trimmed, field)
    if not trimmed and least > 0:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This must not be empty.", field=field, reason="required")
    if not least <= (count := length(trimmed)) <= most:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"This has {count} characters; {least} to {most} are allowed.",
            field=field,
            reason="too_long" if count > most else "too_short",
        )
    return trimmed


def optional_text(value: str | None, field: str, *, most: int, length: Callable[[str], int] = len) -> str | None:
    """The same, where nothing (or only spaces) means none."""
    return text(value, field, most=most, least=0, length=length) or None if value is not None else None
