from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class UpdateLeadStatus(BaseModel):
    update_lead_status: list["UpdateLeadStatusUpdateLeadStatus"] = Field(
        alias="updateLeadStatus"
    )


UpdateLeadStatusUpdateLeadStatus = LeadFields
UpdateLeadStatus.model_rebuild()
