from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class CompleteCampaign(BaseModel):
    complete_campaign: "CompleteCampaignCompleteCampaign" = Field(
        alias="completeCampaign"
    )


CompleteCampaignCompleteCampaign = CampaignFields
CompleteCampaign.model_rebuild()
