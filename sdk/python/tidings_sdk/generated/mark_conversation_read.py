from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class MarkConversationRead(BaseModel):
    mark_conversation_read: "MarkConversationReadMarkConversationRead" = Field(
        alias="markConversationRead"
    )


MarkConversationReadMarkConversationRead = ConversationFields
MarkConversationRead.model_rebuild()
