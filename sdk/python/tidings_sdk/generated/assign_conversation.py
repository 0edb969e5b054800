from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields


class AssignConversation(BaseModel):
    assign_conversation: "AssignConversationAssignConversation" = Field(
        alias="assignConversation"
    )


AssignConversationAssignConversation = ConversationFields
AssignConversation.model_rebuild()
