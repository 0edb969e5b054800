from typing import Optional

from .base_model import BaseModel
from .fragments import LeadFields


class Lead(BaseModel):
    lead: Optional["LeadLead"]


LeadLead = LeadFields
Lead.model_rebuild()
