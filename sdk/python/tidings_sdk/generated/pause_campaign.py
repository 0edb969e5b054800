from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class PauseCampaign(BaseModel):
    pause_campaign: "PauseCampaignPauseCampaign" = Field(alias="pauseCampaign")


PauseCampaignPauseCampaign = CampaignFields
PauseCampaign.model_rebuild()
