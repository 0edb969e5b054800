from pydantic import Field

from .base_model import BaseModel


class DeleteLead(BaseModel):
    delete_lead: str = Field(alias="deleteLead")
