from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageTemplateFields, PageInfoFields


class MessageTemplates(BaseModel):
    message_templates: "MessageTemplatesMessageTemplates" = Field(
        alias="messageTemplates"
    )


class MessageTemplatesMessageTemplates(BaseModel):
    edges: list["MessageTemplatesMessageTemplatesEdges"]
    page_info: "MessageTemplatesMessageTemplatesPageInfo" = Field(alias="pageInfo")


class MessageTemplatesMessageTemplatesEdges(BaseModel):
    cursor: str
    node: "MessageTemplatesMessageTemplatesEdgesNode"


MessageTemplatesMessageTemplatesEdgesNode = MessageTemplateFields
MessageTemplatesMessageTemplatesPageInfo = PageInfoFields
MessageTemplates.model_rebuild()
MessageTemplatesMessageTemplates.model_rebuild()
MessageTemplatesMessageTemplatesEdges.model_rebuild()
