from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactPhoneFields


class UpdateContactPhone(BaseModel):
    update_contact_phone: "UpdateContactPhoneUpdateContactPhone" = Field(
        alias="updateContactPhone"
    )


UpdateContactPhoneUpdateContactPhone = ContactPhoneFields
UpdateContactPhone.model_rebuild()
