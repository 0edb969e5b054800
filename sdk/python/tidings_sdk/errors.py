"""What every call raises."""

from typing import Any, cast

NETWORK_ERROR = "NETWORK_ERROR"
"""The SDK's own code: no answer came, or none of the server's."""


class TidingsError(Exception):
    """The first refusal by its parts, and all of them in `errors`, as the server says them."""

    def __init__(self, reason: str, errors: list[dict[str, Any]] | None = None, *, sent: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        """A sentence for people."""
        self.errors = errors or []
        self.sent = sent
        """False when the request surely never reached the server."""
        told: dict[str, Any] = (self.errors[0].get("extensions") or {}) if self.errors else {}
        self.code: str = told.get("code", NETWORK_ERROR)
        """A value of ErrorCode, or NETWORK_ERROR."""
        self.field: str | None = told.get("field")
        """The path of the input that is wrong, such as input.phones.0.phoneNumber."""
        self.details: dict[str, Any] = told.get("details") or {}
        """What a program may want to know, by code: retryAfterSeconds of RATE_LIMIT_EXCEEDED, for one."""
        self.request_id: str | None = told.get("requestId")
        """What to look for in the server's log."""

    @classmethod
    def refused(cls, errors: object) -> "TidingsError":
        """Of the errors of an answer or a frame."""
        found = cast("list[dict[str, Any]]", errors)
        return cls(found[0]["message"], found)

    @classmethod
    def coded(cls, code: str, reason: str, **details: object) -> "TidingsError":
        """Of what was refused outside GraphQL."""
        return cls(reason, [{"message": reason, "extensions": {"code": code, "details": details}}])

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}" + (f" ({self.field})" if self.field else "")
