from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class CloseLeadLost(BaseModel):
    close_lead_lost: "CloseLeadLostCloseLeadLost" = Field(alias="closeLeadLost")


CloseLeadLostCloseLeadLost = LeadFields
CloseLeadLost.model_rebuild()
