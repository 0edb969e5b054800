"""Sending a message as a person or program."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from db import messages as rows
from db.messages import MessageStatus, MessageType, Priority
from db.templates import MessageTemplate
from domain import conversations
from domain.core.errors import ErrorCode, Refusal
from domain.messages import by_hand
from graph.content import LocationInput, MessageButtonInput, MessageHeaderInput
from graph.conversations.types import ConversationRef
from graph.core.context import Info
from graph.core.fields import arg, mutation
from graph.core.ids import decode, encode
from graph.core.inputs import optional, required, whole
from graph.core.scalars import PhoneNumber
from graph.files import MediaInput
from graph.messages.types import Message


@strawberry.input(description="Something to choose from a list.")
class ListRowInput:
    payload: str = required("What comes back, 1 to 200; unique in the list.")
    title: str = required("1 to 24.")
    description: str | None = optional("Up to 72.")


@strawberry.input(description="A part of a list.")
class ListSectionInput:
    rows: list[ListRowInput] = required("What may be chosen.")
    title: str | None = optional("Up to 24; needed when there are several.")


@strawberry.input(
    description="Text with something to choose: buttons of one type, 1 to 3 REPLY, or one URL, FLOW or LIST."
)
class InteractiveInput:
    text: str = required("The text, 1 to 1024; with a list 1 to 4096.")
    buttons: list[MessageButtonInput] = required("Its buttons.")
    header: MessageHeaderInput | None = optional("What stands above the text; with a list only text.")
    footer: str | None = optional("Up to 60.")
    sections: list[ListSectionInput] | None = optional(
        "With a LIST button: 1 to 10 sections, with at most 10 rows in all."
    )


@strawberry.input(description="A file to send.")
class MediaMessageInput:
    file: MediaInput = required("The file.")
    caption: str | None = optional("Up to 1024; only with pictures, films and documents.")
    type: MessageType | None = optional(
        "IMAGE, VIDEO, AUDIO, VOICE (OGG/OPUS), DOCUMENT or STICKER (WebP); by the file when left out."
    )


@strawberry.input(description="A template to send.")
class TemplateMessageInput:
    template_id: strawberry.ID = required("The template.", of="MessageTemplate")
    variables: JSON | None = optional("Values for placeholders; they win over the contact's own.")
    header: MessageHeaderInput | None = optional("The file or place of its header, in place of the example.")


@strawberry.input(description="A contact card.")
class ContactCardInput:
    name: str = required("Full name, 1 to 100 characters.")
    phone_numbers: list[PhoneNumber] | None = optional("Numbers, at most 20.")
    emails: list[str] | None = optional("Emails, at most 20.")
    company: str | None = optional("Company, up to 255 characters.")


@strawberry.input(description="An emoji on a message.")
class ReactionInput:
    message_id: strawberry.ID = required(
        "The message, of the same conversation and not older than 30 days.", of="Message"
    )
    emoji: str | None = optional("One emoji; null takes the reaction back.")


@strawberry.input(description="What to send, by kind. Lengths are in UTF-16 units, as WhatsApp counts.", one_of=True)
class MessageInput:
    text: str | None = optional("Text, 1 to LimitSettings.maxMessageLength; its first link is shown with a preview.")
    media: MediaMessageInput | None = optional("A file, with a caption or without.")
    interactive: InteractiveInput | None = optional("Text with buttons, a list, a link or a form.")
    template: TemplateMessageInput | None = optional(
        "A template; an approved one is the only kind while the service window is closed."
    )
    location: LocationInput | None = optional("A place.")
    contacts: list[ContactCardInput] | None = optional("Contact cards, 1 to 257.")
    reaction: ReactionInput | None = optional("An emoji on a message.")


@strawberry.input(description="A message to send.")
class SendMessageInput:
    to: ConversationRef = required(
        "Where to. A number without a conversation gets one, and a contact if it is unknown."
    )
    message: MessageInput = required("What to send.")
    sender_id: strawberry.ID | None = optional(
        "From which number, when to is a phone number. When left out: that of the latest conversation with it whose "
        "sender can send (requiresAuth is false), and the default sender where there is none.",
        of="Sender",
    )
    reply_to_id: strawberry.ID | None = optional(
        "The message that this one replies to, of the same conversation; not for a reaction.", of="Message"
    )
    priority: Priority = optional(
        "Its place among queued messages; those of schedules and campaigns are LOW.", default=Priority.NORMAL
    )
    correlation_id: str | None = optional(
        "The caller's own id, up to 255 characters: the same id again in the same conversation, or to the same number "
        "without senderId, gives the first message back and sends nothing."
    )
    metadata: JSON | None = optional("Anything else to keep: an object, up to 16 KB as text.")


@strawberry.type
class MessagesMutation:
    @mutation(
        conversations.send,
        description=(
            "Queues a message as an operator; to a phone number without a conversation, opens one. While the service "
            "window is closed anything but an approved template is WINDOW_CLOSED, with those that would do in "
            "extensions.details.templates: at most 20 objects of id, title, name, language and category. From a "
            "sender of WAHA that is EXPIRED: SESSION_EXPIRED."
        ),
        graphql_type=Message,
    )
    async def send_message(self, info: Info, input: Annotated[SendMessageInput, arg("The message.")]) -> rows.Message:
        try:
            return await conversations.send(info.context.viewer, **whole(input))
        except Refusal as refusal:
            if refusal.code is ErrorCode.WINDOW_CLOSED:
                refusal.details["templates"] = [_offered(template) for template in refusal.details["templates"]]
            raise

    @mutation(
        by_hand.update_status,
        description=(
            "Sets a message's status by hand; only forward: SENT, DELIVERED, READ, or FAILED before delivery; of an "
            "inbound message only READ. Anything else is INVALID_STATE."
        ),
        graphql_type=Message,
    )
    async def update_message_status(
        self,
        info: Info,
        id: Annotated[strawberry.ID, arg("The message.")],
        status: Annotated[MessageStatus, arg("The new status.")],
        error_message: Annotated[str | None, arg("With FAILED: why, up to 500 characters.")] = None,
    ) -> rows.Message:
        viewer = info.context.viewer
        return await by_hand.update_status(viewer, decode(id, "Message"), status=status, error_message=error_message)

    @mutation(
        by_hand.resend,
        description=(
            "Sends messages again that are UNCONFIRMED or FAILED, as they were; an UNCONFIRMED one may then arrive "
            "twice. At most 1000, all or none."
        ),
        graphql_type=list[Message],
        size=by_hand.MOST_AGAIN,
    )
    async def resend_messages(
        self, info: Info, ids: Annotated[list[strawberry.ID], arg("The messages.")]
    ) -> list[rows.Message]:
        return await by_hand.resend(info.context.viewer, [decode(id, "Message", "ids") for id in ids])


def _offered(template: MessageTemplate) -> dict[str, str | None]:
    """A template as details of an error name it."""
    return {
        "id": encode("MessageTemplate", template.id),
        "title": template.title,
        "name": template.approval_name,
        "language": template.language,
        "category": template.category,
    }
