from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class StopCampaign(BaseModel):
    stop_campaign: "StopCampaignStopCampaign" = Field(alias="stopCampaign")


StopCampaignStopCampaign = CampaignFields
StopCampaign.model_rebuild()
