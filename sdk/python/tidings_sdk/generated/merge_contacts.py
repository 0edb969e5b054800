from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields


class MergeContacts(BaseModel):
    merge_contacts: "MergeContactsMergeContacts" = Field(alias="mergeContacts")


MergeContactsMergeContacts = ContactFields
MergeContacts.model_rebuild()
