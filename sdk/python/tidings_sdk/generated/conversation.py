from typing import Optional

from .base_model import BaseModel
from .fragments import ConversationFields


class Conversation(BaseModel):
    conversation: Optional["ConversationConversation"]


ConversationConversation = ConversationFields
Conversation.model_rebuild()
