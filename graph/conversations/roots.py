"""What can be asked of conversations, and done to them."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from db import conversations as rows
from db.conversations import ConversationHandler, ConversationStatus
from db.messages import Priority
from domain import conversations
from domain.conversations import ConversationOrder
from domain.core.assignment import Assignment
from domain.core.errors import Checks
from graph.conversations.types import Conversation, ConversationId
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, mutation, query
from graph.core.ids import decode
from graph.core.inputs import DateTimeRange, given, optional, required
from graph.core.paging import Connection, listing
from graph.core.scalars import PhoneNumber
from graph.messages.types import PAGE

describe(
    ConversationOrder,
    "What conversations are sorted by.",
    CREATED_AT="When they were opened.",
    LAST_MESSAGE_AT="Their last message.",
    PRIORITY="Their priority; those of the same one by their last message.",
)


@strawberry.input(description="Which conversations.")
class ConversationFilter:
    search: str | None = optional(
        "Part of the contact's name, company, email or number, or words of a message, up to 200 characters; case does "
        "not matter, and the last word may be the beginning of one. Messages of schedules and campaigns are not "
        "searched."
    )
    phone_number: PhoneNumber | None = optional("With this number or chat id.")
    contact_id: strawberry.ID | None = optional("With this contact.", of="Contact")
    sender_id: strawberry.ID | None = optional("Of this sender.", of="Sender")
    status: list[ConversationStatus] | None = optional("With one of these statuses.")
    priority: list[Priority] | None = optional("With one of these priorities.")
    handler: ConversationHandler | None = optional("Answered by the bot or by an operator.")
    assignment: Assignment | None = optional("Whose work it is, seen from the caller.")
    assigned_to_id: strawberry.ID | None = optional("Assigned to this user.", of="User")
    unread: bool | None = optional("With or without unread messages.")
    tags: list[str] | None = optional("With any of these tags.")
    created_at: DateTimeRange | None = optional("Opened then.")


@strawberry.input(description="A new conversation.")
class CreateConversationInput:
    phone_number: PhoneNumber = required("With which number; an unknown one becomes a contact.")
    sender_id: strawberry.ID | None = optional("Our side; the default sender when left out.", of="Sender")
    assigned_to_id: strawberry.ID | None = optional(
        "Whose work it is: an active user of role ADMIN or SALES.", of="User"
    )
    initial_message: str | None = optional(
        "What the contact said first, elsewhere, up to LimitSettings.maxMessageLength characters: recorded as received "
        "from them, and answered as such."
    )
    priority: Priority = optional("How urgent it is.", default=Priority.NORMAL)
    tags: list[str] | None = optional("Labels, at most 50 of up to 50 characters.")
    metadata: JSON | None = optional("Anything else to keep: an object, up to 16 KB as text.")


@strawberry.input(description="Changes to a conversation.")
class UpdateConversationInput:
    priority: Priority | None = optional("How urgent it is.")
    tags: list[str] | None = optional("Replaces all labels; at most 50 of up to 50 characters.")
    metadata: JSON | None = optional(
        "Merged into what is kept, key by key; a null removes its key. Null removes all. Up to 16 KB in the end."
    )
    satisfaction_score: int | None = optional("The contact's rating, 1 to 5; null takes it back.")


@strawberry.type
class ConversationsMutation:
    @mutation(
        conversations.create,
        description="Opens a conversation with a person; DUPLICATE_RESOURCE when this sender has one with the number.",
        graphql_type=Conversation,
    )
    async def create_conversation(
        self, info: Info, input: Annotated[CreateConversationInput, arg("The new conversation.")]
    ) -> rows.Conversation:
        return await conversations.create(info.context.viewer, **given(input))

    @mutation(
        conversations.update,
        description="Changes a conversation's priority, tags, metadata or satisfaction score.",
        graphql_type=Conversation,
    )
    async def update_conversation(
        self, info: Info, id: ConversationId, input: Annotated[UpdateConversationInput, arg("What to change.")]
    ) -> rows.Conversation:
        return await conversations.update(info.context.viewer, decode(id, "Conversation"), **given(input))

    @mutation(
        conversations.delete,
        description=(
            "Deletes a conversation, its messages and its files; queued messages are cancelled. What schedules and "
            "campaigns sent stays with these, and what the contact writes next opens a new conversation."
        ),
    )
    async def delete_conversation(self, info: Info, id: ConversationId) -> strawberry.ID:
        await conversations.delete(info.context.viewer, decode(id, "Conversation"))
        return id

    @mutation(
        conversations.assign,
        description="Gives a conversation to an active user of role ADMIN or SALES, or to no one.",
        graphql_type=Conversation,
    )
    async def assign_conversation(
        self,
        info: Info,
        id: ConversationId,
        user_id: Annotated[strawberry.ID | None, arg("Whose work it becomes; null: no one's.")] = None,
    ) -> rows.Conversation:
        both, numbers = Checks(), dict[str, int]()
        with both():
            numbers["id"] = decode(id, "Conversation")
        with both():
            if user_id is not None:
                numbers["user"] = decode(user_id, "User", "userId")
        both.done()
        return await conversations.assign(info.context.viewer, numbers["id"], numbers.get("user"))

    @mutation(
        conversations.mark_read,
        description="Marks everything the contact wrote as read, here and on WhatsApp.",
        graphql_type=Conversation,
    )
    async def mark_conversation_read(self, info: Info, id: ConversationId) -> rows.Conversation:
        return await conversations.mark_read(info.context.viewer, decode(id, "Conversation"))

    @mutation(
        conversations.show_typing,
        description=(
            "Shows 'typing' to the contact, until an answer or for 25 seconds at most, and to everyone who watches the "
            "conversation; WhatsApp marks what they wrote as read with it, and so do we. Only WAHA hides it again at "
            "once. INVALID_STATE when the contact never wrote."
        ),
        graphql_type=Conversation,
    )
    async def set_typing(
        self,
        info: Info,
        conversation_id: ConversationId,
        typing: Annotated[bool, arg("Whether someone types.")] = True,
    ) -> rows.Conversation:
        id = decode(conversation_id, "Conversation", "conversationId")
        return await conversations.show_typing(info.context.viewer, id, typing=typing)


@strawberry.type
class ConversationsQuery:
    @query(
        conversations.get,
        description="A conversation; null with NOT_FOUND when there is none.",
        graphql_type=Conversation | None,
    )
    async def conversation(self, info: Info, id: ConversationId) -> rows.Conversation:
        return await conversations.get(info.context.viewer, decode(id, "Conversation"))

    conversations: Connection[Conversation] = listing(
        conversations.find,
        filter=ConversationFilter,
        by=ConversationOrder.LAST_MESSAGE_AT,
        description="Conversations, 50 a page where the size is not given.",
        size=PAGE,
    )
