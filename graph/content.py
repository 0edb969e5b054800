"""What messages and templates carry besides their text, as it is shown and as it is given."""

from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from db.content import HeaderFormat, MessageButtonType
from domain import files
from graph.core.enums import describe
from graph.core.fields import entry, entry_of
from graph.core.inputs import optional, required
from graph.core.scalars import PhoneNumber
from graph.files import File, MediaInput

describe(
    HeaderFormat,
    "What kind of header it is.",
    TEXT="Text.",
    IMAGE="A picture.",
    VIDEO="A film.",
    DOCUMENT="Any other file.",
    LOCATION="A place.",
)
describe(
    MessageButtonType,
    "What a button does.",
    REPLY="Answers with its payload.",
    URL="Opens a URL.",
    PHONE="Calls a number; templates only.",
    CODE="Copies a code; templates only.",
    FLOW="Opens a WhatsApp Flow: a form.",
    LIST="Opens a list to choose from; not in templates.",
)


# ---------------------------------------------------------------------------
# As it is shown
# ---------------------------------------------------------------------------


@strawberry.type(description="A place.")
class LocationDetails:
    latitude: float = entry("Degrees, -90 to 90.", "latitude")
    longitude: float = entry("Degrees, -180 to 180.", "longitude")
    name: str | None = entry("Its name.", "name")
    address: str | None = entry("Its address.", "address")

    @classmethod
    def is_type_of(cls, value: dict[str, Any], _info: Any) -> bool:
        return "latitude" in value


@strawberry.type(description="What stands above the text of a message.")
class MessageHeader:
    format: HeaderFormat = entry("What kind it is.", "format", HeaderFormat)
    text: str | None = entry("Its text, for TEXT.", "text")
    media: File | None = entry_of(
        "Its file, for IMAGE, VIDEO and DOCUMENT; in a template an example.", "media_id", files.by_ids
    )
    location: LocationDetails | None = entry("Its place, for LOCATION.", "location")


@strawberry.type(description="A button of a message.")
class MessageButton:
    type: MessageButtonType = entry("What it does.", "type", MessageButtonType)
    title: str = entry("What stands on it.", "title")
    payload: str | None = entry("REPLY: what comes back. FLOW: the token that comes back with the answers.", "payload")
    url: str | None = entry("URL: where it leads.", "url")
    phone_number: PhoneNumber | None = entry("PHONE: the number.", "phone_number")
    code: str | None = entry("CODE: the code.", "code")
    flow_id: str | None = entry("FLOW: id of the flow.", "flow_id")


@strawberry.type(description="Something to choose from a list.")
class ListRow:
    payload: str = entry("What comes back.", "payload")
    title: str = entry("What stands there.", "title")
    description: str | None = entry("What stands below.", "description")


@strawberry.type(description="A part of a list.")
class ListSection:
    title: str | None = entry("What stands above it; null when it is the only one.", "title")
    # Ten at most in all sections together, which count as ten.
    rows: list[ListRow] = entry("What may be chosen.", "rows", size=1)


@strawberry.type(description="What stands around the text of an interactive or template message.")
class InteractiveDetails:
    header: MessageHeader | None = entry("What stands above the text.", "header")
    footer: str | None = entry("What stands below the text.", "footer")
    buttons: list[MessageButton] = entry(
        "Its buttons, in order, at most ten; one of type LIST when it is a list.", "buttons", size=10
    )
    sections: list[ListSection] = entry(
        "The list behind that button, at most ten; empty when there is none.", "sections", size=10
    )

    @classmethod
    def is_type_of(cls, value: dict[str, Any], _info: Any) -> bool:
        return value.get("kind") == "interactive"


@strawberry.type(description="What the contact chose or filled in.")
class InteractiveReplyDetails:
    payload: str | None = entry("Payload of the button or row; the token of a form.", "payload")
    title: str = entry("What stood on it.", "title")
    answers: JSON | None = entry("What was filled in; only for a form.", "answers")

    @classmethod
    def is_type_of(cls, value: dict[str, Any], _info: Any) -> bool:
        return value.get("kind") == "interactive_reply"


@strawberry.type(description="A contact card within a message; it makes no contact here.")
class ContactCard:
    name: str = entry("Full name.", "name")
    phone_numbers: list[str] = entry("Numbers as they stand on the card.", "phone_numbers")
    emails: list[str] = entry("Emails.", "emails")
    company: str | None = entry("Company.", "company")


@strawberry.type(description="Contact cards.")
class ContactsDetails:
    cards: list[ContactCard] = entry("The cards.", "cards")

    @classmethod
    def is_type_of(cls, value: dict[str, Any], _info: Any) -> bool:
        return value.get("kind") == "contacts"


@strawberry.type(description="A line of an order.")
class OrderItem:
    product_id: str = entry("The product's own id in the catalogue.", "product_id")
    quantity: int = entry("How many.", "quantity")
    price: Decimal = entry("Price of one.", "price", Decimal)
    currency: str = entry("Currency of the price, ISO 4217.", "currency")


@strawberry.type(description="An order from a catalogue.")
class OrderDetails:
    catalog_id: str = entry("The catalogue.", "catalog_id")
    items: list[OrderItem] = entry("What was ordered.", "items")

    @classmethod
    def is_type_of(cls, value: dict[str, Any], _info: Any) -> bool:
        return value.get("kind") == "order"


@strawberry.type(description="A message of a kind that is only kept.")
class UnsupportedDetails:
    kind: str = entry("WhatsApp's word for the kind.", "word")
    raw: JSON = entry("The message as it came in.", "raw")

    @classmethod
    def is_type_of(cls, value: dict[str, Any], _info: Any) -> bool:
        return value.get("kind") == "unsupported"


MessageDetails = Annotated[
    InteractiveDetails
    | InteractiveReplyDetails
    | LocationDetails
    | ContactsDetails
    | OrderDetails
    | UnsupportedDetails,
    strawberry.union("MessageDetails", description="What a message carries besides text and file, by its type."),
]


@strawberry.type(description="An ad or a post that leads to WhatsApp.")
class Referral:
    source_url: str | None = entry("Where it stands.", "source_url")
    source_id: str | None = entry("Id of the ad or post.", "source_id")
    source_type: str | None = entry("What it is: ad, post or another word of WhatsApp's.", "source_type")
    headline: str | None = entry("Its headline.", "headline")
    body: str | None = entry("Its text.", "body")
    click_id: str | None = entry("Click id (ctwa_clid), to report the conversion with.", "click_id")


# ---------------------------------------------------------------------------
# As it is given
# ---------------------------------------------------------------------------


@strawberry.input(description="A place.")
class LocationInput:
    latitude: float = required("Degrees, -90 to 90.")
    longitude: float = required("Degrees, -180 to 180.")
    name: str | None = optional("Its name, up to 1000 characters.")
    address: str | None = optional("Its address, up to 1000 characters.")


@strawberry.input(description="What stands above the text of a message.", one_of=True)
class MessageHeaderInput:
    text: str | None = optional("Text, up to 60.")
    media: MediaInput | None = optional("A picture, a film or another file.")
    location: LocationInput | None = optional("A place; templates only.")


@strawberry.input(description="A button. What it carries may hold {{placeholders}} in a template.")
class MessageButtonInput:
    type: MessageButtonType = required("What it does.")
    title: str = required("Up to 20; in templates 25.")
    payload: str | None = optional(
        "REPLY: what comes back, up to 256; the title when left out. FLOW: a token that comes back with the answers."
    )
    url: str | None = optional("URL: where it leads, up to 2000; in templates one placeholder, at its end.")
    phone_number: PhoneNumber | None = optional("PHONE: the number.")
    code: str | None = optional("CODE: the code, up to 15.")
    flow_id: str | None = optional("FLOW: id of the flow.")
    screen: str | None = optional("FLOW: its first screen; the flow's own when left out.")
    data: JSON | None = optional("FLOW: what the first screen is given.")
