from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class UpdateCampaignStats(BaseModel):
    update_campaign_stats: "UpdateCampaignStatsUpdateCampaignStats" = Field(
        alias="updateCampaignStats"
    )


UpdateCampaignStatsUpdateCampaignStats = CampaignFields
UpdateCampaignStats.model_rebuild()
