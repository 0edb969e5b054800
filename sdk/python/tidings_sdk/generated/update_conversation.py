from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class UpdateConversation(BaseModel):
    update_conversation: "UpdateConversationUpdateConversation" = Field(
        alias="updateConversation"
    )


UpdateConversationUpdateConversation = ConversationFields
UpdateConversation.model_rebuild()
