"""Contacts as the schema shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

from db import contacts as rows
from db.contacts import ConsentSource, ContactIdentityType, OptInStatus
from db.templates import TemplateCategory
from domain import accounts, contacts, conversations, groups, leads
from graph.accounts import User
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import column, computed, loaded
from graph.core.inputs import optional
from graph.core.nodes import Node, node
from graph.core.paging import Connection, paged
from graph.core.scalars import PhoneNumber

if TYPE_CHECKING:
    from graph.conversations.types import Conversation
    from graph.groups import Group
    from graph.leads import Lead

describe(
    OptInStatus,
    "Whether a contact agreed to marketing messages.",
    UNKNOWN="Never asked; may be messaged.",
    OPTED_IN="Agreed.",
    OPTED_OUT="Declined; schedules and campaigns leave the contact out.",
)
describe(
    TemplateCategory,
    "What WhatsApp takes a template for; also what a consent is about.",
    MARKETING="Offers and news; needs consent.",
    UTILITY="About something the contact ordered or asked for.",
    AUTHENTICATION="One-time codes.",
)
describe(
    ConsentSource,
    "How a consent became known.",
    API="Recorded by a user or through the API.",
    IMPORT="A column of an import.",
    KEYWORD="The contact wrote STOP, START or a word like them.",
    WHATSAPP="WhatsApp said so: the contact's own preference there.",
    MERGE="Came over from a merged contact, or from one who seems to be the same person.",
)
describe(
    ContactIdentityType,
    "What WhatsApp may know a person by, besides phone numbers.",
    WA_ID="WhatsApp's own spelling of a number, which may differ from the number: digits.",
    BSUID="Business-scoped user id of the Cloud API, such as PT.40817263554433221100.",
    LID="Id that stands for a hidden number in WhatsApp Web, such as 1234567890@lid.",
    USERNAME="Username, without the @.",
)


@strawberry.input(description="A new contact. A name, or a first or last name, is needed.")
class CreateContactInput:
    name: str | None = optional("1 to 100 characters; made of the first and last name when left out.")
    first_name: str | None = optional("Up to 100 characters.")
    last_name: str | None = optional("Up to 100 characters.")
    email: str | None = optional("Email, up to 254 characters.")
    company: str | None = optional("Up to 255 characters.")
    job_title: str | None = optional("Up to 255 characters.")
    tags: list[str] | None = optional("Labels, at most 50 of up to 50 characters.")
    attributes: JSON | None = optional(
        "Custom values by name: strings of up to 1000 characters, numbers or booleans; at most 100. A name has 1 to 64 "
        "letters, digits and _, and is none of a placeholder that every contact fills."
    )
    time_zone: str | None = optional("IANA name of the time zone; inferred from the number when left out.")
    phone_number: PhoneNumber | None = optional(
        "The primary number; without one the contact cannot be messaged yet. "
        "DUPLICATE_RESOURCE when any contact has it."
    )
    opt_in_status: OptInStatus = optional("Consent to marketing messages.", default=OptInStatus.UNKNOWN)
    group_ids: list[strawberry.ID] | None = optional("Groups to join, at most 100.", of="Group")


@node(rows.ContactPhone, get=contacts.get_phone, description="A phone number of a contact.")
class ContactPhone(Node):
    phone_number: PhoneNumber = column("The number; it belongs to one contact only.")
    label: str | None = column("What kind it is, such as work or home.")
    primary: bool = column("Whether messages go here by default.")
    on_whatsapp: bool | None = column(
        "Whether the number has a WhatsApp account; null while never verified.", name="onWhatsApp"
    )
    verified_at: datetime | None = column("When that was last asked.")
    created_at: datetime = column("When the number was added.")

    contact: Annotated["Contact", strawberry.lazy("graph.contacts.types")] = loaded(
        "Whose number it is.", contacts.by_ids, of="contact_id"
    )


@strawberry.type(
    description="Something WhatsApp knows a contact by; any of them finds the contact when a message comes in."
)
class ContactIdentity:
    type: ContactIdentityType = column("What kind it is.")
    value: str = column("The identity as WhatsApp writes it.")
    business_account_id: str | None = column("The WhatsApp Business account it holds for; null: everywhere.")
    created_at: datetime = column("When it was first seen.")


@node(
    rows.Consent,
    get=contacts.get_consent,
    name="ConsentEntry",
    description="A consent as it was given or withdrawn at one moment; never changed after.",
)
class ConsentEntry(Node):
    purpose: TemplateCategory = column("What it is about.")
    state: OptInStatus = column("What the contact said.")
    source: ConsentSource = column("How it became known.")
    proof: str | None = column("Where or how it was said: a note, or the contact's own words.")
    created_at: datetime = column("When it was said.")

    contact: Annotated["Contact", strawberry.lazy("graph.contacts.types")] = loaded(
        "Whose consent it is.", contacts.by_ids, of="contact_id"
    )
    recorded_by: User | None = loaded(
        "Who recorded it; null for the contact and the system.", accounts.by_ids, of="recorded_by_id"
    )


@node(rows.Contact, get=contacts.get, description="A person we write to: recipient, customer or lead.")
class Contact(Node):
    name: str = column("Full name.")
    first_name: str | None = column("First name.")
    last_name: str | None = column("Last name.")
    email: str | None = column("Email.")
    company: str | None = column("Company.")
    job_title: str | None = column("Job title.")
    tags: list[str] = column("Labels, without repetition, in alphabetical order.")
    time_zone: str | None = column("IANA name of the contact's time zone; null when it is neither known nor inferred.")
    time_zone_inferred: bool = column("Whether the zone was inferred from the primary number instead of stored.")
    opt_in_status: OptInStatus = column("Consent to marketing messages: the newest entry of that purpose in consents.")
    opt_in_changed_at: datetime | None = column("When that consent last changed.")
    created_at: datetime = column("When the contact was created.")
    updated_at: datetime = column("When the contact was last changed.")

    @computed("Custom values by name: strings, numbers or booleans; usable as placeholders.")
    @staticmethod
    def attributes(row: strawberry.Parent[rows.Contact]) -> JSON:
        return JSON(row.attributes)

    @computed(
        "The primary phone number; null while there is none, as with people who hide theirs.",
        graphql_type=PhoneNumber | None,
    )
    @staticmethod
    async def phone_number(info: Info, row: strawberry.Parent[rows.Contact]) -> str | None:
        phones = await info.context.load(contacts.phones_of, row.id)
        return phones[0].phone_number if phones else None

    phones: list[ContactPhone] = loaded(
        "All phone numbers, at most 20, primary first.", contacts.phones_of, size=contacts.MOST_PHONES
    )
    identities: list[ContactIdentity] = loaded(
        "What else WhatsApp knows the contact by, oldest first.", contacts.identities_of
    )

    @computed(
        "Contacts that seem to be the same person, such as after a number change, oldest first; offered for "
        "mergeContacts, never merged by themselves.",
        graphql_type=list[Annotated["Contact", strawberry.lazy("graph.contacts.types")]],
        cost=5,
    )
    @staticmethod
    async def duplicates(info: Info, row: strawberry.Parent[rows.Contact]) -> list[rows.Contact]:
        return await info.context.load(contacts.duplicates_of, row.id)

    consents: Connection[ConsentEntry] = paged("The consent ledger, newest first.", contacts.pages_of_consents)
    groups: list[Annotated["Group", strawberry.lazy("graph.groups")]] = loaded(
        "Groups the contact is in, at most 25, by name; groups(filter: { contactId }) finds all.",
        groups.of_contacts,
        size=groups.MOST_LISTED,
    )

    conversations: Connection[Annotated["Conversation", strawberry.lazy("graph.conversations.types")]] = paged(
        "Conversations with the contact, the latest message first.", conversations.pages_of_contacts
    )
    leads: Connection[Annotated["Lead", strawberry.lazy("graph.leads")]] = paged(
        "Leads of the contact, newest first.", leads.pages_of_contacts
    )

    @computed("Messages to and from the contact.")
    @staticmethod
    async def message_count(info: Info, row: strawberry.Parent[rows.Contact]) -> int:
        return (await info.context.load(contacts.message_figures, row.id)).count

    @computed("When the latest of them was made; null before the first.")
    @staticmethod
    async def last_message_at(info: Info, row: strawberry.Parent[rows.Contact]) -> datetime | None:
        return (await info.context.load(contacts.message_figures, row.id)).last_at
