from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignFields, PageInfoFields


class Campaigns(BaseModel):
    campaigns: "CampaignsCampaigns"


class CampaignsCampaigns(BaseModel):
    edges: list["CampaignsCampaignsEdges"]
    page_info: "CampaignsCampaignsPageInfo" = Field(alias="pageInfo")


class CampaignsCampaignsEdges(BaseModel):
    cursor: str
    node: "CampaignsCampaignsEdgesNode"


CampaignsCampaignsEdgesNode = CampaignFields
CampaignsCampaignsPageInfo = PageInfoFields
Campaigns.model_rebuild()
CampaignsCampaigns.model_rebuild()
CampaignsCampaignsEdges.model_rebuild()
