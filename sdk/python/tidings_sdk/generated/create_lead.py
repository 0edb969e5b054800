from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class CreateLead(BaseModel):
    create_lead: "CreateLeadCreateLead" = Field(alias="createLead")


CreateLeadCreateLead = LeadFields
CreateLead.model_rebuild()
