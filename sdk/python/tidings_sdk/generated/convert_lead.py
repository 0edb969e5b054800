from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class ConvertLead(BaseModel):
    convert_lead: "ConvertLeadConvertLead" = Field(alias="convertLead")


ConvertLeadConvertLead = LeadFields
ConvertLead.model_rebuild()
