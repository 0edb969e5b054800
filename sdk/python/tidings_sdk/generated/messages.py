from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageFields, PageInfoFields


class Messages(BaseModel):
    messages: "MessagesMessages"


class MessagesMessages(BaseModel):
    edges: list["MessagesMessagesEdges"]
    page_info: "MessagesMessagesPageInfo" = Field(alias="pageInfo")


class MessagesMessagesEdges(BaseModel):
    cursor: str
    node: "MessagesMessagesEdgesNode"


MessagesMessagesEdgesNode = MessageFields
MessagesMessagesPageInfo = PageInfoFields
Messages.model_rebuild()
MessagesMessages.model_rebuild()
MessagesMessagesEdges.model_rebuild()
