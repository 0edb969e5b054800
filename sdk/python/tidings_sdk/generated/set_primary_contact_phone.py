from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactPhoneFields


class SetPrimaryContactPhone(BaseModel):
    set_primary_contact_phone: "SetPrimaryContactPhoneSetPrimaryContactPhone" = Field(
        alias="setPrimaryContactPhone"
    )


SetPrimaryContactPhoneSetPrimaryContactPhone = ContactPhoneFields
SetPrimaryContactPhone.model_rebuild()
