from pydantic import Field

from .base_model import BaseModel


class DeleteContactPhone(BaseModel):
    delete_contact_phone: str = Field(alias="deleteContactPhone")
