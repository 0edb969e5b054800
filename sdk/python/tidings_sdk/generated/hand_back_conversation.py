from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class HandBackConversation(BaseModel):
    hand_back_conversation: "HandBackConversationHandBackConversation" = Field(
        alias="handBackConversation"
    )


HandBackConversationHandBackConversation = ConversationFields
HandBackConversation.model_rebuild()
