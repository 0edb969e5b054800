from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class CloseConversation(BaseModel):
    close_conversation: "CloseConversationCloseConversation" = Field(
        alias="closeConversation"
    )


CloseConversationCloseConversation = ConversationFields
CloseConversation.model_rebuild()
