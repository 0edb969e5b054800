from pydantic import Field

from .base_model import BaseModel
from .fragments import PrivacyReceiptFields


class EraseContact(BaseModel):
    erase_contact: "EraseContactEraseContact" = Field(alias="eraseContact")


EraseContactEraseContact = PrivacyReceiptFields
EraseContact.model_rebuild()
