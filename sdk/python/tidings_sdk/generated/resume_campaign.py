from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class ResumeCampaign(BaseModel):
    resume_campaign: "ResumeCampaignResumeCampaign" = Field(alias="resumeCampaign")


ResumeCampaignResumeCampaign = CampaignFields
ResumeCampaign.model_rebuild()
