from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import CampaignRecipientFields, PageInfoFields


class CampaignRecipients(BaseModel):
    campaign: Optional["CampaignRecipientsCampaign"]


class CampaignRecipientsCampaign(BaseModel):
    id: str
    recipients: "CampaignRecipientsCampaignRecipients"


class CampaignRecipientsCampaignRecipients(BaseModel):
    edges: list["CampaignRecipientsCampaignRecipientsEdges"]
    page_info: "CampaignRecipientsCampaignRecipientsPageInfo" = Field(alias="pageInfo")


class CampaignRecipientsCampaignRecipientsEdges(BaseModel):
    cursor: str
    node: "CampaignRecipientsCampaignRecipientsEdgesNode"


CampaignRecipientsCampaignRecipientsEdgesNode = CampaignRecipientFields
CampaignRecipientsCampaignRecipientsPageInfo = PageInfoFields
CampaignRecipients.model_rebuild()
CampaignRecipientsCampaign.model_rebuild()
CampaignRecipientsCampaignRecipients.model_rebuild()
CampaignRecipientsCampaignRecipientsEdges.model_rebuild()
