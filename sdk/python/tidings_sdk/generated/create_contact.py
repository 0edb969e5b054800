from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields


class CreateContact(BaseModel):
    create_contact: "CreateContactCreateContact" = Field(alias="createContact")


CreateContactCreateContact = ContactFields
CreateContact.model_rebuild()
