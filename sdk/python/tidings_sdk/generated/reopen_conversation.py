from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class ReopenConversation(BaseModel):
    reopen_conversation: "ReopenConversationReopenConversation" = Field(
        alias="reopenConversation"
    )


ReopenConversationReopenConversation = ConversationFields
ReopenConversation.model_rebuild()
