from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactImportPreviewFields


class ContactImportPreview(BaseModel):
    contact_import_preview: "ContactImportPreviewContactImportPreview" = Field(
        alias="contactImportPreview"
    )


ContactImportPreviewContactImportPreview = ContactImportPreviewFields
ContactImportPreview.model_rebuild()
