from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactPhoneFields


class VerifyContactPhone(BaseModel):
    verify_contact_phone: "VerifyContactPhoneVerifyContactPhone" = Field(
        alias="verifyContactPhone"
    )


VerifyContactPhoneVerifyContactPhone = ContactPhoneFields
VerifyContactPhone.model_rebuild()
