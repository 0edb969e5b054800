from pydantic import Field

from .base_model import BaseModel
from .fragments import PageInfoFields, SenderFields


class Senders(BaseModel):
    senders: "SendersSenders"


class SendersSenders(BaseModel):
    edges: list["SendersSendersEdges"]
    page_info: "SendersSendersPageInfo" = Field(alias="pageInfo")


class SendersSendersEdges(BaseModel):
    cursor: str
    node: "SendersSendersEdgesNode"


SendersSendersEdgesNode = SenderFields
SendersSendersPageInfo = PageInfoFields
Senders.model_rebuild()
SendersSenders.model_rebuild()
SendersSendersEdges.model_rebuild()
