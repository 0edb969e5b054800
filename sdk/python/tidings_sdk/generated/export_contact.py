from pydantic import Field

from .base_model import BaseModel
from .fragments import PrivacyReceiptFields


class ExportContact(BaseModel):
    export_contact: "ExportContactExportContact" = Field(alias="exportContact")


ExportContactExportContact = PrivacyReceiptFields
ExportContact.model_rebuild()
