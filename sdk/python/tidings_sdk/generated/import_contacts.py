from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactImportFields


class ImportContacts(BaseModel):
    import_contacts: "ImportContactsImportContacts" = Field(alias="importContacts")


ImportContactsImportContacts = ContactImportFields
ImportContacts.model_rebuild()
