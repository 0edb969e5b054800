from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class UpdateLead(BaseModel):
    update_lead: "UpdateLeadUpdateLead" = Field(alias="updateLead")


UpdateLeadUpdateLead = LeadFields
UpdateLead.model_rebuild()
