"""Enumerations of the lower floors, with the descriptions that the schema gives them."""

from enum import Enum, StrEnum
from typing import TypeVar

import strawberry

from db.accounts import Role, Scope
from db.contacts import JobStatus
from domain.core.assignment import Assignment
from domain.core.errors import ErrorCode

E = TypeVar("E", bound=Enum)


def describe(enum: type[E], description: str, /, **values: str) -> type[E]:
    """Makes an enumeration part of the schema; every value needs its description."""
    if set(values) != set(enum.__members__):
        raise ValueError(
            f"{enum.__name__}: descriptions differ from its values by {set(values) ^ set(enum.__members__)}"
        )
    described = strawberry.enum(enum, description=description)
    for value in described.__strawberry_definition__.values:  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
        value.description = values[value.name]  # pyright: ignore[reportUnknownMemberType]
    return enum


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


describe(
    OrderDirection,
    "Sort direction.",
    ASC="Smallest, oldest or alphabetically first comes first.",
    DESC="Largest, newest or alphabetically last comes first.",
)
describe(
    Role,
    "What a user may do; @allow says it field by field.",
    ADMIN="Everything.",
    MARKETER="Manages contacts, groups, templates, schedules, campaigns, leads and senders; reads the rest.",
    SALES="Manages contacts, leads and conversations; reads the rest.",
    VIEWER="Reads only.",
)
describe(
    Scope,
    "What an API token may do, within its owner's role.",
    READ="All queries and subscriptions that its owner may use.",
    CONTACTS="Change contacts and groups.",
    CAMPAIGNS="Change templates, schedules and campaigns.",
    CONVERSATIONS="Change conversations and send messages.",
    LEADS="Change leads.",
    FILES="Upload files.",
    SENDERS="Change senders.",
    WEBHOOKS="Read and change outgoing webhooks.",
    ADMIN="Read and change users, tokens and settings; read system metrics.",
)
describe(
    Assignment,
    "Whose work is meant, in a filter.",
    MINE="Assigned to the caller.",
    ASSIGNED="Assigned to anyone.",
    UNASSIGNED="Assigned to no one.",
)
describe(
    JobStatus,
    "State of work that a worker does; it survives restarts.",
    QUEUED="Waits for a worker.",
    RUNNING="Being done.",
    COMPLETED="Done.",
    FAILED="Could not be done; see the error.",
)
describe(
    ErrorCode,
    "Code of a failure: extensions.code of a GraphQL error, and the reason a message or an import row failed.",
    VALIDATION_ERROR="An argument is missing, malformed or out of bounds.",
    INVALID_PHONE_NUMBER="A phone number is malformed or lacks its country code.",
    AUTHENTICATION_ERROR="Credentials are missing, wrong or expired.",
    AUTHORIZATION_ERROR="The role or the token scope does not allow this.",
    NOT_FOUND="There is no such object, or the caller may not see it.",
    DUPLICATE_RESOURCE="Something with the same unique value exists.",
    SCHEDULING_CONFLICT="The same template is already scheduled for the same group at this time.",
    INVALID_STATE="The object's present status does not allow this.",
    SESSION_EXPIRED="The sender's session has expired and must be authenticated again.",
    WINDOW_CLOSED="The 24-hour service window is closed, so only an approved template may be sent.",
    TEMPLATE_UNAVAILABLE="The template is not approved, or is paused, disabled or recategorised at WhatsApp.",
    PREFLIGHT_OUTDATED="The audience or the template has changed since the preflight.",
    MESSAGE_EXPIRED="It had not left when its campaign ran out.",
    OPTED_OUT="The contact wants no such messages.",
    NOT_ON_WHATSAPP="The number has no WhatsApp account.",
    CURSOR_EXPIRED="The event log no longer reaches back to this cursor.",
    RATE_LIMIT_EXCEEDED="Too many requests; details say when to try again.",
    COST_LIMIT_EXCEEDED=(
        "The operation costs more than is allowed; details give its cost and the limit. A connection counts as the "
        "items that first or last asks for, a plain list as ten, or as many as its description allows at most."
    ),
    WHATSAPP_API_ERROR="WhatsApp, or the gateway to it, refused or failed.",
    EXTERNAL_SERVICE_ERROR="Another service that we need, the database for one, does not answer; try again.",
    INTERNAL_ERROR="A fault of this server.",
)
