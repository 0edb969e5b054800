from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class ScheduleLeadFollowUp(BaseModel):
    schedule_lead_follow_up: "ScheduleLeadFollowUpScheduleLeadFollowUp" = Field(
        alias="scheduleLeadFollowUp"
    )


ScheduleLeadFollowUpScheduleLeadFollowUp = LeadFields
ScheduleLeadFollowUp.model_rebuild()
