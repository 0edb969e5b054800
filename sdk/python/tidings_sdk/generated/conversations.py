from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields, PageInfoFields


class Conversations(BaseModel):
    conversations: "ConversationsConversations"


class ConversationsConversations(BaseModel):
    edges: list["ConversationsConversationsEdges"]
    page_info: "ConversationsConversationsPageInfo" = Field(alias="pageInfo")


class ConversationsConversationsEdges(BaseModel):
    cursor: str
    node: "ConversationsConversationsEdgesNode"


ConversationsConversationsEdgesNode = ConversationFields
ConversationsConversationsPageInfo = PageInfoFields
Conversations.model_rebuild()
ConversationsConversations.model_rebuild()
ConversationsConversationsEdges.model_rebuild()
