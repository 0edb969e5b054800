from pydantic import Field

from .base_model import BaseModel
from .fragments import FileFields, PageInfoFields


class KnowledgeFiles(BaseModel):
    knowledge_files: "KnowledgeFilesKnowledgeFiles" = Field(alias="knowledgeFiles")


class KnowledgeFilesKnowledgeFiles(BaseModel):
    edges: list["KnowledgeFilesKnowledgeFilesEdges"]
    page_info: "KnowledgeFilesKnowledgeFilesPageInfo" = Field(alias="pageInfo")


class KnowledgeFilesKnowledgeFilesEdges(BaseModel):
    cursor: str
    node: "KnowledgeFilesKnowledgeFilesEdgesNode"


KnowledgeFilesKnowledgeFilesEdgesNode = FileFields
KnowledgeFilesKnowledgeFilesPageInfo = PageInfoFields
KnowledgeFiles.model_rebuild()
KnowledgeFilesKnowledgeFiles.model_rebuild()
KnowledgeFilesKnowledgeFilesEdges.model_rebuild()
