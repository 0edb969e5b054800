from pydantic import Field

from .base_model import BaseModel


class DeleteCampaign(BaseModel):
    delete_campaign: str = Field(alias="deleteCampaign")
