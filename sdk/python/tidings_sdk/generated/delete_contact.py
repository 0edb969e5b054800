from pydantic import Field

from .base_model import BaseModel


class DeleteContact(BaseModel):
    delete_contact: str = Field(alias="deleteContact")
