from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class TakeOverConversation(BaseModel):
    take_over_conversation: "TakeOverConversationTakeOverConversation" = Field(
        alias="takeOverConversation"
    )


TakeOverConversationTakeOverConversation = ConversationFields
TakeOverConversation.model_rebuild()
