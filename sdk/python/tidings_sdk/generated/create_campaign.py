from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields


class CreateCampaign(BaseModel):
    create_campaign: "CreateCampaignCreateCampaign" = Field(alias="createCampaign")


CreateCampaignCreateCampaign = CampaignFields
CreateCampaign.model_rebuild()
