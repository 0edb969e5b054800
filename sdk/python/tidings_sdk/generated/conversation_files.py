from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import FileFields, PageInfoFields


class ConversationFiles(BaseModel):
    conversation: Optional["ConversationFilesConversation"]


class ConversationFilesConversation(BaseModel):
    id: str
    files: "ConversationFilesConversationFiles"


class ConversationFilesConversationFiles(BaseModel):
    edges: list["ConversationFilesConversationFilesEdges"]
    page_info: "ConversationFilesConversationFilesPageInfo" = Field(alias="pageInfo")


class ConversationFilesConversationFilesEdges(BaseModel):
    cursor: str
    node: "ConversationFilesConversationFilesEdgesNode"


ConversationFilesConversationFilesEdgesNode = FileFields
ConversationFilesConversationFilesPageInfo = PageInfoFields
ConversationFiles.model_rebuild()
ConversationFilesConversation.model_rebuild()
ConversationFilesConversationFiles.model_rebuild()
ConversationFilesConversationFilesEdges.model_rebuild()
