from pydantic import Field

from .base_model import BaseModel
from .fragments import LeadFields


class MarkLeadContacted(BaseModel):
    mark_lead_contacted: "MarkLeadContactedMarkLeadContacted" = Field(
        alias="markLeadContacted"
    )


MarkLeadContactedMarkLeadContacted = LeadFields
MarkLeadContacted.model_rebuild()
