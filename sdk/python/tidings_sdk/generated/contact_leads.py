from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields, PageInfoFields


class ContactLeads(BaseModel):
    contact: Optional["ContactLeadsContact"]


class ContactLeadsContact(BaseModel):
    id: str
    leads: "ContactLeadsContactLeads"


class ContactLeadsContactLeads(BaseModel):
    edges: list["ContactLeadsContactLeadsEdges"]
    page_info: "ContactLeadsContactLeadsPageInfo" = Field(alias="pageInfo")


class ContactLeadsContactLeadsEdges(BaseModel):
    cursor: str
    node: "ContactLeadsContactLeadsEdgesNode"


ContactLeadsContactLeadsEdgesNode = LeadFields
ContactLeadsContactLeadsPageInfo = PageInfoFields
ContactLeads.model_rebuild()
ContactLeadsContact.model_rebuild()
ContactLeadsContactLeads.model_rebuild()
ContactLeadsContactLeadsEdges.model_rebuild()
