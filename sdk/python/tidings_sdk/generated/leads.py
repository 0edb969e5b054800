from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields, PageInfoFields


class Leads(BaseModel):
    leads: "LeadsLeads"


class LeadsLeads(BaseModel):
    edges: list["LeadsLeadsEdges"]
    page_info: "LeadsLeadsPageInfo" = Field(alias="pageInfo")


class LeadsLeadsEdges(BaseModel):
    cursor: str
    node: "LeadsLeadsEdgesNode"


LeadsLeadsEdgesNode = LeadFields
LeadsLeadsPageInfo = PageInfoFields
Leads.model_rebuild()
LeadsLeads.model_rebuild()
LeadsLeadsEdges.model_rebuild()
