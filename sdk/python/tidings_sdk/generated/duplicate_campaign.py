from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class DuplicateCampaign(BaseModel):
    duplicate_campaign: "DuplicateCampaignDuplicateCampaign" = Field(
        alias="duplicateCampaign"
    )


DuplicateCampaignDuplicateCampaign = CampaignFields
DuplicateCampaign.model_rebuild()
