from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class EscalateConversation(BaseModel):
    escalate_conversation: "EscalateConversationEscalateConversation" = Field(
        alias="escalateConversation"
    )


EscalateConversationEscalateConversation = ConversationFields
EscalateConversation.model_rebuild()
