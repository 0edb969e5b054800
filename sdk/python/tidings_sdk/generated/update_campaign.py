from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class UpdateCampaign(BaseModel):
    update_campaign: "UpdateCampaignUpdateCampaign" = Field(alias="updateCampaign")


UpdateCampaignUpdateCampaign = CampaignFields
UpdateCampaign.model_rebuild()
