from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadActivityFields, PageInfoFields


class LeadActivities(BaseModel):
    lead: Optional["LeadActivitiesLead"]


class LeadActivitiesLead(BaseModel):
    id: str
    activities: "LeadActivitiesLeadActivities"


class LeadActivitiesLeadActivities(BaseModel):
    edges: list["LeadActivitiesLeadActivitiesEdges"]
    page_info: "LeadActivitiesLeadActivitiesPageInfo" = Field(alias="pageInfo")


class LeadActivitiesLeadActivitiesEdges(BaseModel):
    cursor: str
    node: "LeadActivitiesLeadActivitiesEdgesNode"


LeadActivitiesLeadActivitiesEdgesNode = LeadActivityFields
LeadActivitiesLeadActivitiesPageInfo = PageInfoFields
LeadActivities.model_rebuild()
LeadActivitiesLead.model_rebuild()
LeadActivitiesLeadActivities.model_rebuild()
LeadActivitiesLeadActivitiesEdges.model_rebuild()
