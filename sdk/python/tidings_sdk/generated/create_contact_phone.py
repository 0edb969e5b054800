from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactPhoneFields


class CreateContactPhone(BaseModel):
    create_contact_phone: "CreateContactPhoneCreateContactPhone" = Field(
        alias="createContactPhone"
    )


CreateContactPhoneCreateContactPhone = ContactPhoneFields
CreateContactPhone.model_rebuild()
