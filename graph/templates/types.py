"""Message templates as they are shown and as they are given, and what WhatsApp knows of them."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from db import templates as rows
from db.contacts import Contact as ContactRow
from db.content import Button
from db.templates import QualityRating, TemplateCategory, TemplateStatus
from domain import contacts, templates
from domain.core.errors import not_found
from domain.templates import MessageTemplateOrder
from domain.templates.placeholders import check_variables, own_values
from domain.templates.rendering import Rendered, render, variables_of
from graph.contacts.types import Contact
from graph.content import MessageButton, MessageButtonInput, MessageHeader, MessageHeaderInput
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed
from graph.core.ids import decode
from graph.core.inputs import optional, required
from graph.core.nodes import Node, node

describe(
    TemplateStatus,
    "What WhatsApp thinks of a template.",
    PENDING="Being reviewed.",
    APPROVED="May be sent.",
    REJECTED="Turned down; see the reason.",
    PAUSED="Not to be sent for some hours, for low quality or pacing.",
    DISABLED="Not to be sent any more.",
    DELETED="Gone at WhatsApp.",
    OTHER="Another word of WhatsApp's; see the reason. Not sent.",
)
describe(
    MessageTemplateOrder,
    "What message templates are sorted by.",
    CREATED_AT="When they were created.",
    UPDATED_AT="When they were last changed.",
    TITLE="Their title.",
)


@strawberry.type(description="What WhatsApp knows of a template; kept true by webhooks.")
class TemplateApproval:
    language: str = column("Language code, such as en_US or pt_PT.")
    category: TemplateCategory = column("What WhatsApp takes it for; WhatsApp may change it.")
    reason: str | None = column("Why it is in this status, in WhatsApp's words.")
    business_account_id: str = column(
        "The WhatsApp Business account it belongs to; senders of that account may send it."
    )
    synced_at: datetime = column("When WhatsApp last told us of it.")

    @computed("Name at WhatsApp: 1 to 512 of a-z, 0-9 and _.", graphql_type=str)
    @staticmethod
    def name(row: strawberry.Parent[rows.MessageTemplate]) -> str | None:
        return row.approval_name

    @computed("Whether it may be sent.")
    @staticmethod
    def status(row: strawberry.Parent[rows.MessageTemplate]) -> TemplateStatus:
        return row.approval_status

    @computed("How recipients take it.")
    @staticmethod
    def quality(row: strawberry.Parent[rows.MessageTemplate]) -> QualityRating:
        return row.quality or QualityRating.UNKNOWN


@strawberry.type(description="A message as it would be sent.")
class MessagePreview:
    contact: Contact | None = column("For whom it was filled.")
    content: str = column("The text.")
    header: MessageHeader | None = column("What stands above the text.")
    footer: str | None = column("What stands below the text.")
    buttons: list[MessageButton] = strawberry.field(description="Its buttons, at most ten.", metadata={"size": 10})
    missing_variables: list[str] = column(
        "Placeholders that nothing fills, and header where its file or place is missing; with any, the message would "
        "fail."
    )


@node(
    rows.MessageTemplate,
    get=templates.get,
    description=(
        "A stored text to send, which WhatsApp may have approved. {{placeholders}} are filled from the variables of a "
        "schedule or campaign, then from the contact (name, first_name, last_name, email, company, job_title and "
        "phone_number, then its attributes); a message with one left unfilled fails instead of being sent. An approved "
        "template with numbered placeholders names those of the text 1, 2 and so on, those of its header header_1, "
        "those of its buttons button_1 by the button's place."
    ),
)
class MessageTemplate(Node):
    title: str = column("What the template is called.")
    content: str = column("The text, with {{placeholders}}.")
    header: MessageHeader | None = column("What stands above the text.")
    footer: str | None = column("What stands below the text.")
    created_at: datetime = column("When the template was created.")
    updated_at: datetime = column("When the template was last changed.")

    @computed("Names of its placeholders, in order of first use.")
    @staticmethod
    def variables(row: strawberry.Parent[rows.MessageTemplate]) -> list[str]:
        return variables_of(row.content, row.header, row.buttons)

    @computed("Its buttons, in order, at most ten.", graphql_type=list[MessageButton], size=10)
    @staticmethod
    def buttons(row: strawberry.Parent[rows.MessageTemplate]) -> list[Button]:
        return row.buttons or []

    @computed(
        "What WhatsApp knows of it. Null: a text of ours alone, which may be sent only while the service window is "
        "open.",
        graphql_type=TemplateApproval | None,
    )
    @staticmethod
    def approval(row: strawberry.Parent[rows.MessageTemplate]) -> rows.MessageTemplate | None:
        return row if row.approval_name else None

    @computed("The template as it would be sent.")
    @staticmethod
    async def preview(
        info: Info,
        row: strawberry.Parent[rows.MessageTemplate],
        contact_id: Annotated[
            strawberry.ID | None,
            arg("The contact to fill it for; without one, placeholders that no variable fills stay."),
        ] = None,
        variables: Annotated[JSON | None, arg("Values for placeholders; they win over the contact's own.")] = None,
    ) -> MessagePreview:
        contact, own = await _contact(info, contact_id)
        return preview_of(contact, render(row, own, check_variables(variables)))

    @computed("Schedules of the template that wait or are being sent.")
    @staticmethod
    async def scheduled_count(info: Info, row: strawberry.Parent[rows.MessageTemplate]) -> int:
        return (await info.context.load(templates.schedule_counts, row.id)).scheduled

    @computed("Schedules of the template that were sent.")
    @staticmethod
    async def sent_count(info: Info, row: strawberry.Parent[rows.MessageTemplate]) -> int:
        return (await info.context.load(templates.schedule_counts, row.id)).sent


def preview_of(contact: ContactRow | None, rendered: Rendered) -> MessagePreview:
    around: dict[str, Any] = {**(rendered.details or {"header": None, "footer": None, "buttons": []})}
    return MessagePreview(
        contact=contact,  # pyright: ignore[reportArgumentType] - Strawberry shows the row as its type
        content=rendered.text,
        header=around["header"],
        footer=around["footer"],
        buttons=around["buttons"],
        missing_variables=rendered.missing,
    )


async def _contact(info: Info, contact_id: strawberry.ID | None) -> tuple[ContactRow | None, dict[str, str]]:
    """The contact that a preview is for, and what it fills."""
    if contact_id is None:
        return None, {}
    id = decode(contact_id, "Contact", "contactId")
    if (contact := await info.context.load(contacts.present, id)) is None:
        raise not_found("contact", field="contactId")
    phones = await info.context.load(contacts.phones_of, id)
    return contact, own_values(contact, next((phone.phone_number for phone in phones if phone.primary), None))


# ---------------------------------------------------------------------------
# As they are given
# ---------------------------------------------------------------------------


@strawberry.input(description="Which message templates.")
class MessageTemplateFilter:
    search: str | None = optional("Part of the title or content, up to 200 characters; case does not matter.")
    status: list[TemplateStatus] | None = optional("Approved or known at WhatsApp, with one of these statuses.")
    category: list[TemplateCategory] | None = optional("Of one of these categories.")
    language: str | None = optional("In this language, such as pt_PT.")
    sender_id: strawberry.ID | None = optional(
        "That this sender may send: texts of ours, and approved templates of its account.", of="Sender"
    )


@strawberry.input(description="What goes with a one-time code, of which WhatsApp writes the words in the language.")
class OneTimeCodeInput:
    security_advice: bool = optional("Whether it advises not to share the code.", default=True)
    expires_in_minutes: int | None = optional(
        "1 to 90, told below the code; when left out nothing is told. This is for the reader: who checks the code must "
        "let it run out.",
        default=None,
    )
    button_title: str | None = optional(
        "What stands on the button that copies the code, up to 25 characters; WhatsApp's own words when left out.",
        default=None,
    )


@strawberry.input(description="How to submit a template to WhatsApp.")
class TemplateApprovalInput:
    language: str = required("Language code, such as en_US or pt_PT.")
    category: TemplateCategory = required("What it is for.")
    name: str | None = optional(
        "Name at WhatsApp: 1 to 512 of a-z, 0-9 and _; made of the title when left out.", default=None
    )
    sender_id: strawberry.ID | None = optional(
        "A CLOUD_API sender, whose account is to own it; the default sender when left out.", of="Sender", default=None
    )
    examples: JSON | None = optional(
        "An example for each placeholder, which WhatsApp asks for; those of a contact have one when left out.",
        default=None,
    )
    one_time_code: OneTimeCodeInput | None = optional(
        "For AUTHENTICATION alone: WhatsApp writes the whole of such a template, of which content, header, footer and "
        "buttons are left out. Its placeholder, 1, takes a code of up to 15 characters; it is sent to phone numbers.",
        default=None,
    )


@strawberry.input(description="A new message template.")
class CreateMessageTemplateInput:
    title: str = required("1 to 255 characters.")
    content: str | None = optional(
        "1 to 5000 characters; with approval, header, footer or buttons 1 to 1024. Left out for a one-time code, and "
        "for that alone.",
        default=None,
    )
    header: MessageHeaderInput | None = optional(
        "What stands above the text; its media or location is an example when the template is approved.", default=None
    )
    footer: str | None = optional("Up to 60 characters, no placeholders.", default=None)
    buttons: list[MessageButtonInput] | None = optional(
        "Up to 3 of type REPLY, or one URL or FLOW; with approval at most 10, of these 2 URL, 1 PHONE, 1 CODE and 1 "
        "FLOW. Without approval, a footer or a header of text needs buttons.",
        default=None,
    )
    approval: TemplateApprovalInput | None = optional("Submit it to WhatsApp for approval.", default=None)


@strawberry.input(
    description=(
        "Changes to a message template. One that is APPROVED, REJECTED or PAUSED at WhatsApp may be changed, and is "
        "reviewed again; an approved one once a day and ten times in 30 days."
    )
)
class UpdateMessageTemplateInput:
    title: str | None = optional("1 to 255 characters.")
    content: str | None = optional("1 to 5000 characters; an approved one 1 to 1024.")
    header: MessageHeaderInput | None = optional("What stands above the text; null takes it away.")
    footer: str | None = optional("Up to 60 characters; null takes it away.")
    buttons: list[MessageButtonInput] | None = optional("Replaces all buttons; null takes them away.")
    examples: JSON | None = optional(
        "An example for each placeholder of an approved one, as when it was submitted; those given then still hold."
    )
