from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class SetTyping(BaseModel):
    set_typing: "SetTypingSetTyping" = Field(alias="setTyping")


SetTypingSetTyping = ConversationFields
SetTyping.model_rebuild()
