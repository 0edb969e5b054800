from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationFields, PageInfoFields


class ContactConversations(BaseModel):
    contact: Optional["ContactConversationsContact"]


class ContactConversationsContact(BaseModel):
    id: str
    conversations: "ContactConversationsContactConversations"


class ContactConversationsContactConversations(BaseModel):
    edges: list["ContactConversationsContactConversationsEdges"]
    page_info: "ContactConversationsContactConversationsPageInfo" = Field(
        alias="pageInfo"
    )


class ContactConversationsContactConversationsEdges(BaseModel):
    cursor: str
    node: "ContactConversationsContactConversationsEdgesNode"


ContactConversationsContactConversationsEdgesNode = ConversationFields
ContactConversationsContactConversationsPageInfo = PageInfoFields
ContactConversations.model_rebuild()
ContactConversationsContact.model_rebuild()
ContactConversationsContactConversations.model_rebuild()
ContactConversationsContactConversationsEdges.model_rebuild()
