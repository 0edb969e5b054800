from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageFields, PageInfoFields


class ConversationMessages(BaseModel):
    conversation: Optional["ConversationMessagesConversation"]


class ConversationMessagesConversation(BaseModel):
    id: str
    messages: "ConversationMessagesConversationMessages"


class ConversationMessagesConversationMessages(BaseModel):
    edges: list["ConversationMessagesConversationMessagesEdges"]
    page_info: "ConversationMessagesConversationMessagesPageInfo" = Field(
        alias="pageInfo"
    )


class ConversationMessagesConversationMessagesEdges(BaseModel):
    cursor: str
    node: "ConversationMessagesConversationMessagesEdgesNode"


ConversationMessagesConversationMessagesEdgesNode = MessageFields
ConversationMessagesConversationMessagesPageInfo = PageInfoFields
ConversationMessages.model_rebuild()
ConversationMessagesConversation.model_rebuild()
ConversationMessagesConversationMessages.model_rebuild()
ConversationMessagesConversationMessagesEdges.model_rebuild()
