"""Content as it is stored: what a message carries besides text and file, and what stands around a template.

Keys that do not apply are null or absent; readers take both for the same.
"""

from enum import StrEnum
from typing import Any, Literal, TypedDict


class HeaderFormat(StrEnum):
    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    DOCUMENT = "DOCUMENT"
    LOCATION = "LOCATION"


class MessageButtonType(StrEnum):
    REPLY = "REPLY"
    URL = "URL"
    PHONE = "PHONE"
    CODE = "CODE"
    FLOW = "FLOW"
    LIST = "LIST"


class Location(TypedDict, total=False):
    latitude: float
    longitude: float
    name: str | None
    address: str | None


class Header(TypedDict, total=False):
    format: HeaderFormat
    text: str | None
    media_id: int | None
    """A File."""
    location: Location | None


class Button(TypedDict, total=False):
    type: MessageButtonType
    title: str
    payload: str | None
    url: str | None
    phone_number: str | None
    code: str | None
    flow_id: str | None
    screen: str | None
    data: dict[str, Any] | None


class Row(TypedDict, total=False):
    payload: str
    title: str
    description: str | None


class Section(TypedDict, total=False):
    title: str | None
    rows: list[Row]


class InteractiveDetails(TypedDict):
    """Around the text of a message of type INTERACTIVE or TEMPLATE, as it was sent."""

    kind: Literal["interactive"]
    header: Header | None
    footer: str | None
    buttons: list[Button]
    sections: list[Section]


class InteractiveReplyDetails(TypedDict):
    kind: Literal["interactive_reply"]
    payload: str | None
    title: str
    answers: Any


class LocationDetails(TypedDict):
    kind: Literal["location"]
    latitude: float
    longitude: float
    name: str | None
    address: str | None


class Card(TypedDict):
    name: str
    phone_numbers: list[str]
    emails: list[str]
    company: str | None


class ContactsDetails(TypedDict):
    kind: Literal["contacts"]
    cards: list[Card]


class OrderItem(TypedDict):
    product_id: str
    quantity: int
    price: str
    """A decimal number."""
    currency: str


class OrderDetails(TypedDict):
    kind: Literal["order"]
    catalog_id: str
    items: list[OrderItem]


class UnsupportedDetails(TypedDict):
    kind: Literal["unsupported"]
    word: str
    """The provider's name of the kind."""
    raw: Any


Details = (
    InteractiveDetails | InteractiveReplyDetails | LocationDetails | ContactsDetails | OrderDetails | UnsupportedDetails
)
"""message.details; null for types that carry no more than text and file."""


class Referral(TypedDict, total=False):
    """message.referral: the ad or post that a contact came from."""

    source_url: str | None
    source_id: str | None
    source_type: str | None
    headline: str | None
    body: str | None
    click_id: str | None
