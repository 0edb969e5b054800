"""What the client and its twin without asyncio have in common: how to ask, to read an answer and to try again."""

import random
import re
import secrets
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, cast

import httpx
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from .errors import NETWORK_ERROR, TidingsError
from .generated.base_model import UnsetType
from .harmless import HARMLESS

ANONYMOUS = {"Login", "LoginWithOAuth", "RefreshTokens", "Register", "Logout"}
"""These go without a token."""
NEWEST = "query Newest { events(last: 1) { pageInfo { endCursor } } }"
FORBIDDEN, TOO_MANY = 4403, 4429
LONGEST_WAIT = 60.0
"""Seconds; what asks to be left alone for longer is told to the caller at once."""
NOT_DONE = {"RATE_LIMIT_EXCEEDED"}
MAY_PASS = NOT_DONE | {"EXTERNAL_SERVICE_ERROR", NETWORK_ERROR}

Node = TypeVar("Node", covariant=True)


class Edge(Protocol[Node]):
    @property
    def node(self) -> Node: ...


class Ends(Protocol):
    @property
    def has_next_page(self) -> bool: ...
    @property
    def end_cursor(self) -> str | None: ...


class Page(Protocol[Node]):
    """A page of any connection."""

    @property
    def edges(self) -> Sequence[Edge[Node]]: ...
    @property
    def page_info(self) -> Ends: ...


def endpoint(url: str) -> str:
    """Where GraphQL answers; /graphql may be named or left out."""
    return re.sub(r"/?(graphql)?/?$", "", url) + "/graphql"


def plain(value: object) -> Any:
    """JSON of variables; what was left out of an input stays out of it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value).items()
        return {key: plain(each) for key, each in pairs if not isinstance(each, UnsetType)}
    if isinstance(value, list):
        return [plain(each) for each in cast("list[object]", value)]
    return to_jsonable_python(value)


def prepared(operation: str | None, variables: dict[str, Any] | None) -> dict[str, Any]:
    """The variables as they are sent. A message gets an id of its own, so that trying again sends nothing twice."""
    given: dict[str, Any] = plain(variables or {})
    if operation == "SendMessage" and given["input"].get("correlationId") is None:
        given["input"] = {**given["input"], "correlationId": secrets.token_hex(16)}
    return given


def is_harmless(operation: str | None, query: str) -> bool:
    """Whether doing it twice does no more than doing it once."""
    return operation in HARMLESS or re.search(r"\bmutation\b", query) is None


def read(response: httpx.Response) -> dict[str, Any]:
    """The data of an answer; raises TidingsError for whatever else came."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        answer = cast("dict[str, Any]", body)
        if answer.get("errors"):
            raise TidingsError.refused(answer["errors"])
        if response.is_success and isinstance(answer.get("data"), dict):
            return answer["data"]
    raise unreadable(response)


def unreadable(response: httpx.Response) -> TidingsError:
    """Of what stands before the server and answered instead of it."""
    reason = f"The answer has status {response.status_code} and is none of Tidings."
    if response.status_code != 429:
        return TidingsError(reason)
    asked = response.headers.get("Retry-After", "")
    return TidingsError.coded("RATE_LIMIT_EXCEEDED", reason, retryAfterSeconds=int(asked) if asked.isdigit() else None)


def unanswered(error: httpx.TransportError) -> TidingsError:
    """Of a connection that failed; it was not sent when there never was one."""
    return TidingsError(f"No answer: {error!r}", sent=not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout))


def closed(code: int, reason: str) -> TidingsError:
    """Of a socket that was closed."""
    known = {FORBIDDEN: "AUTHENTICATION_ERROR", TOO_MANY: "RATE_LIMIT_EXCEEDED"}
    reason = reason or "The socket was closed."
    return TidingsError.coded(known[code], reason) if code in known else TidingsError(reason)


def pause(error: TidingsError, tried: int, wait: float) -> float:
    """Seconds before the next try: as the server asked, or twice as long each time and never when others try too."""
    asked = error.details.get("retryAfterSeconds")
    return asked if isinstance(asked, int | float) else min(wait * 2 ** (tried - 1), 30) * (0.5 + random.random())


def again(error: TidingsError, harmless: bool, tried: int, wait: float) -> float:
    """Seconds before the next try; raises the error where there must be none."""
    seconds = pause(error, tried, wait)
    may = error.code in MAY_PASS if harmless else error.code in NOT_DONE or not error.sent
    if not may or seconds > LONGEST_WAIT:
        raise error
    return seconds
