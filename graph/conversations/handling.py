"""Who answers a conversation: taken over from the bot, handed back, escalated, closed."""

from typing import Annotated

import strawberry

from db import conversations as rows
from domain import conversations
from graph.conversations.types import Conversation, ConversationId, ConversationRef
from graph.core.context import Info
from graph.core.fields import arg, mutation
from graph.core.ids import decode
from graph.core.inputs import given

Which = Annotated[ConversationRef, arg("Which one.")]


@strawberry.type
class HandlingMutation:
    @mutation(
        conversations.take_over,
        description=(
            "Takes a conversation over from the bot: it is assigned to the caller, the bot stops answering, an answer "
            "under way is dropped, an escalation is settled, and a CLOSED one is reopened. From another operator it "
            "passes to the caller; to repeat it changes nothing."
        ),
        graphql_type=Conversation,
    )
    async def take_over_conversation(self, info: Info, conversation: Which) -> rows.Conversation:
        return await conversations.take_over(info.context.viewer, given(conversation, within="conversation."))

    @mutation(
        conversations.hand_back,
        description=(
            "Hands a conversation back to the bot, which answers from the next message on; an escalation is settled. "
            "It stays assigned as it is. To repeat it changes nothing."
        ),
        graphql_type=Conversation,
    )
    async def hand_back_conversation(self, info: Info, conversation: Which) -> rows.Conversation:
        return await conversations.hand_back(info.context.viewer, given(conversation, within="conversation."))

    @mutation(
        conversations.escalate,
        description=(
            "Marks an ACTIVE conversation as needing a person: the bot is silent until someone takes it over or hands "
            "it back. INVALID_STATE for others."
        ),
        graphql_type=Conversation,
    )
    async def escalate_conversation(
        self,
        info: Info,
        id: ConversationId,
        note: Annotated[str | None, arg("Why, in words, up to 500 characters.")] = None,
    ) -> rows.Conversation:
        return await conversations.escalate(info.context.viewer, decode(id, "Conversation"), note=note)

    @mutation(
        conversations.close,
        description=(
            "Closes a conversation and leaves it to the bot; a new message from the contact reopens it. To repeat it "
            "changes nothing."
        ),
        graphql_type=Conversation,
    )
    async def close_conversation(self, info: Info, id: ConversationId) -> rows.Conversation:
        return await conversations.close(info.context.viewer, decode(id, "Conversation"))

    @mutation(
        conversations.reopen,
        description="Reopens a CLOSED conversation; INVALID_STATE for others.",
        graphql_type=Conversation,
    )
    async def reopen_conversation(self, info: Info, id: ConversationId) -> rows.Conversation:
        return await conversations.reopen(info.context.viewer, decode(id, "Conversation"))
