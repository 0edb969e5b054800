from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class UpdateLeadScore(BaseModel):
    update_lead_score: "UpdateLeadScoreUpdateLeadScore" = Field(alias="updateLeadScore")


UpdateLeadScoreUpdateLeadScore = LeadFields
UpdateLeadScore.model_rebuild()
