"""What can be asked of contacts, and done to them."""

from typing import Annotated, TypeAlias

import strawberry
from strawberry.scalars import JSON

from db import contacts as rows
from db.contacts import OptInStatus
from db.templates import TemplateCategory
from domain import contacts
from domain.contacts import ContactOrder
from domain.core.errors import Checks
from graph.contacts.imports import ContactImport, ContactImportPreview, ImportContactsInput
from graph.contacts.types import Contact, ContactPhone, CreateContactInput
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, mutation, query
from graph.core.ids import decode
from graph.core.inputs import DateTimeRange, given, optional, required
from graph.core.paging import (
    Connection,
    listing,
)
from graph.core.scalars import PhoneNumber

describe(
    ContactOrder,
    "What contacts are sorted by.",
    CREATED_AT="When they were created.",
    UPDATED_AT="When they were last changed.",
    NAME="Their name; case does not matter.",
    LAST_MESSAGE_AT="Their latest message; VALIDATION_ERROR where more than 10000 match.",
)

ContactId: TypeAlias = Annotated[strawberry.ID, arg("The contact.")]
Proof: TypeAlias = Annotated[str | None, arg("Where or how it was said, up to 500 characters.")]
PhoneId: TypeAlias = Annotated[strawberry.ID, arg("The phone number.")]


@strawberry.input(description="A custom value of a contact that must hold; a contact without it does not match.")
class AttributeFilter:
    name: str = required("Name of the value.")
    equals: JSON | None = optional("Equal to this string, number or boolean.")
    min: JSON | None = optional("At least this number, or this ISO 8601 date; of times without an offset in UTC.")
    max: JSON | None = optional("At most this number, or this ISO 8601 date; of a date, until the end of that day.")


@strawberry.input(description="Which contacts.")
class ContactFilter:
    search: str | None = optional(
        "Part of the name, email, company, job title or a phone number, up to 200 characters; case does not matter. "
        "One or two letters or digits are found where a word or number begins."
    )
    group_id: strawberry.ID | None = optional("In this group.", of="Group")
    company: str | None = optional(
        "Part of the company, up to 200 characters; one or two are found where a word begins."
    )
    tags: list[str] | None = optional("With any of these tags.")
    attributes: list[AttributeFilter] | None = optional("With all of these custom values; at most 10.")
    opt_in_status: list[OptInStatus] | None = optional("With one of these consents.")
    phone_number: PhoneNumber | None = optional("Having this number.")
    has_duplicates: bool | None = optional("Seeming to be the same person as another contact, or not.")
    created_at: DateTimeRange | None = optional("Created then.")


@strawberry.input(description="Changes to a contact.")
class UpdateContactInput:
    name: str | None = optional("1 to 100 characters; null makes it of the first and last name.")
    first_name: str | None = optional("Up to 100 characters.")
    last_name: str | None = optional("Up to 100 characters.")
    email: str | None = optional("Email, up to 254 characters.")
    company: str | None = optional("Up to 255 characters.")
    job_title: str | None = optional("Up to 255 characters.")
    tags: list[str] | None = optional("Labels, at most 50 of up to 50 characters; replaces all of them.")
    attributes: JSON | None = optional(
        "Custom values, as of a new contact; merged key by key, a null removes its key. Null removes all."
    )
    time_zone: str | None = optional("IANA name of the time zone; inferred from the primary number when null.")
    group_ids: list[strawberry.ID] | None = optional("Replaces all memberships; at most 100.", of="Group")


@strawberry.input(description="A new phone number of a contact.")
class CreateContactPhoneInput:
    phone_number: PhoneNumber = required("The number; DUPLICATE_RESOURCE when any contact has it.")
    label: str | None = optional("Up to 50 characters.")


@strawberry.input(description="Changes to a phone number of a contact.")
class UpdateContactPhoneInput:
    phone_number: PhoneNumber | None = optional("The number; DUPLICATE_RESOURCE when any other contact has it.")
    label: str | None = optional("Up to 50 characters.")


@strawberry.type
class ContactsQuery:
    @query(
        contacts.preview,
        description="What an uploaded CSV holds and how it would be read; nothing is imported.",
        graphql_type=ContactImportPreview,
        cost=20,
    )
    async def contact_import_preview(
        self,
        info: Info,
        file_id: Annotated[strawberry.ID, arg("An uploaded CSV.")],
        encoding: Annotated[
            str | None,
            arg("How its bytes are read, such as utf-8, cp1252, iso8859-2 or shift_jis; guessed when left out."),
        ] = None,
        delimiter: Annotated[
            str | None, arg("What separates its cells, one of , ; | and tab; guessed when left out.")
        ] = None,
    ) -> contacts.ImportPreview:
        file = decode(file_id, "File", "fileId")
        return await contacts.preview(info.context.viewer, file, encoding=encoding, delimiter=delimiter)

    @query(contacts.get, description="A contact; null with NOT_FOUND when there is none.", graphql_type=Contact | None)
    async def contact(self, info: Info, id: ContactId) -> rows.Contact:
        return await contacts.get(info.context.viewer, decode(id, "Contact"))

    contacts: Connection[Contact] = listing(
        contacts.find, filter=ContactFilter, by=ContactOrder.CREATED_AT, description="Contacts."
    )


@strawberry.type
class ContactsMutation:
    @mutation(contacts.create, description="Creates a contact.", graphql_type=Contact)
    async def create_contact(
        self, info: Info, input: Annotated[CreateContactInput, arg("The new contact.")]
    ) -> rows.Contact:
        return await contacts.create(info.context.viewer, **given(input))

    @mutation(contacts.update, description="Changes a contact.", graphql_type=Contact)
    async def update_contact(
        self, info: Info, id: ContactId, input: Annotated[UpdateContactInput, arg("What to change.")]
    ) -> rows.Contact:
        return await contacts.update(info.context.viewer, decode(id, "Contact"), **given(input))

    @mutation(
        contacts.delete,
        description=(
            "Deletes a contact with its numbers and memberships; queued messages to it are cancelled, counters stay."
        ),
    )
    async def delete_contact(self, info: Info, id: ContactId) -> strawberry.ID:
        await contacts.delete(info.context.viewer, decode(id, "Contact"))
        return id

    @mutation(
        contacts.merge,
        description=(
            "Merges two contacts that are one person: numbers (at most 20 together), identities, groups, messages, "
            "conversations and consent move over, and an opt-out of either holds. Repeating it changes nothing."
        ),
        graphql_type=Contact,
    )
    async def merge_contacts(
        self,
        info: Info,
        id: Annotated[strawberry.ID, arg("The contact that stays and whose own values win.")],
        duplicate_id: Annotated[strawberry.ID, arg("The contact that is merged into it and goes.")],
    ) -> rows.Contact:
        both = Checks()
        numbers = dict[str, int]()
        for field, given_id in (("id", id), ("duplicateId", duplicate_id)):
            with both():
                numbers[field] = decode(given_id, "Contact", field)
        both.done()
        return await contacts.merge(info.context.viewer, numbers["id"], numbers["duplicateId"])

    @mutation(
        contacts.opt_in,
        description="Records that a contact agrees to messages of this purpose; to repeat it changes nothing.",
        graphql_type=Contact,
    )
    async def opt_in_contact(
        self,
        info: Info,
        id: ContactId,
        purpose: Annotated[TemplateCategory, arg("What it agrees to.")] = TemplateCategory.MARKETING,
        proof: Proof = None,
    ) -> rows.Contact:
        return await contacts.opt_in(info.context.viewer, decode(id, "Contact"), purpose=purpose, proof=proof)

    @mutation(
        contacts.opt_out,
        description=(
            "Records that a contact wants no messages of this purpose. Opted out of MARKETING, it is left out of all "
            "schedules and campaigns from now on, and sent no templates of that category; of UTILITY or "
            "AUTHENTICATION, it is left out of schedules and campaigns with templates of that category. Queued "
            "messages are cancelled, conversations go on. It holds for contacts that seem to be the same person, too."
        ),
        graphql_type=Contact,
    )
    async def opt_out_contact(
        self,
        info: Info,
        id: ContactId,
        purpose: Annotated[TemplateCategory, arg("What it declines.")] = TemplateCategory.MARKETING,
        proof: Proof = None,
    ) -> rows.Contact:
        return await contacts.opt_out(info.context.viewer, decode(id, "Contact"), purpose=purpose, proof=proof)

    @mutation(
        contacts.start_import,
        description=(
            "Starts to create many contacts, from an uploaded CSV or from a list; a worker does it. Good rows are "
            "kept, and every row gets a verdict."
        ),
        graphql_type=ContactImport,
    )
    async def import_contacts(
        self, info: Info, input: Annotated[ImportContactsInput, arg("What to import, and how.")]
    ) -> rows.ContactImport:
        asked = given(input)
        people, mapping = asked.get("contacts"), asked.get("mapping")
        return await contacts.start_import(
            info.context.viewer,
            contacts=None if people is None else [given(contact) for contact in people],
            file_id=asked.get("file_id"),
            mapping=None if mapping is None else [given(one) for one in mapping],
            encoding=asked.get("encoding"),
            delimiter=asked.get("delimiter"),
            group_ids=asked.get("group_ids") or [],
            on_duplicate=input.on_duplicate,
        )

    @mutation(
        contacts.create_phone,
        description="Adds a phone number to a contact, up to 20; the first becomes primary.",
        graphql_type=ContactPhone,
    )
    async def create_contact_phone(
        self,
        info: Info,
        contact_id: Annotated[strawberry.ID, arg("Whose number it is.")],
        input: Annotated[CreateContactPhoneInput, arg("The new number.")],
    ) -> rows.ContactPhone:
        contact = decode(contact_id, "Contact", "contactId")
        return await contacts.create_phone(info.context.viewer, contact, **given(input))

    @mutation(
        contacts.update_phone,
        description="Changes a phone number; a new number is unverified again.",
        graphql_type=ContactPhone,
    )
    async def update_contact_phone(
        self, info: Info, id: PhoneId, input: Annotated[UpdateContactPhoneInput, arg("What to change.")]
    ) -> rows.ContactPhone:
        return await contacts.update_phone(info.context.viewer, decode(id, "ContactPhone"), **given(input))

    @mutation(
        contacts.delete_phone,
        description="Removes a phone number; when it was primary, the oldest that is left becomes so.",
    )
    async def delete_contact_phone(self, info: Info, id: PhoneId) -> strawberry.ID:
        await contacts.delete_phone(info.context.viewer, decode(id, "ContactPhone"))
        return id

    @mutation(
        contacts.set_primary,
        description="Makes the number its contact's primary one, and the former primary an ordinary one.",
        graphql_type=ContactPhone,
    )
    async def set_primary_contact_phone(self, info: Info, id: PhoneId) -> rows.ContactPhone:
        return await contacts.set_primary(info.context.viewer, decode(id, "ContactPhone"))

    @mutation(
        contacts.verify_phone,
        description=(
            "Asks WhatsApp whether the number has an account, by a connected WAHA sender: the Cloud API cannot be "
            "asked. WHATSAPP_API_ERROR when nobody can say."
        ),
        graphql_type=ContactPhone,
    )
    async def verify_contact_phone(self, info: Info, id: PhoneId) -> rows.ContactPhone:
        return await contacts.verify_phone(info.context.viewer, decode(id, "ContactPhone"))
