from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignPreflightFields


class CampaignPreflight(BaseModel):
    campaign_preflight: "CampaignPreflightCampaignPreflight" = Field(
        alias="campaignPreflight"
    )


CampaignPreflightCampaignPreflight = CampaignPreflightFields
CampaignPreflight.model_rebuild()
