from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignEventFields


class WatchCampaignEvents(BaseModel):
    campaign_events: "WatchCampaignEventsCampaignEvents" = Field(alias="campaignEvents")


WatchCampaignEventsCampaignEvents = CampaignEventFields
WatchCampaignEvents.model_rebuild()
