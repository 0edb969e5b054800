from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields


class UpdateContact(BaseModel):
    update_contact: "UpdateContactUpdateContact" = Field(alias="updateContact")


UpdateContactUpdateContact = ContactFields
UpdateContact.model_rebuild()
