from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class AssignLeads(BaseModel):
    assign_leads: list["AssignLeadsAssignLeads"] = Field(alias="assignLeads")


AssignLeadsAssignLeads = LeadFields
AssignLeads.model_rebuild()
