from typing import Optional

from .base_model import BaseModel
from .fragments import CampaignFields


class Campaign(BaseModel):
    campaign: Optional["CampaignCampaign"]


CampaignCampaign = CampaignFields
Campaign.model_rebuild()
