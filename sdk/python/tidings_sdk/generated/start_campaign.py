from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class StartCampaign(BaseModel):
    start_campaign: "StartCampaignStartCampaign" = Field(alias="startCampaign")


StartCampaignStartCampaign = CampaignFields
StartCampaign.model_rebuild()
