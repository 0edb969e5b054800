from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import ConsentEntryFields, PageInfoFields


class ContactConsents(BaseModel):
    contact: Optional["ContactConsentsContact"]


class ContactConsentsContact(BaseModel):
    id: str
    consents: "ContactConsentsContactConsents"


class ContactConsentsContactConsents(BaseModel):
    edges: list["ContactConsentsContactConsentsEdges"]
    page_info: "ContactConsentsContactConsentsPageInfo" = Field(alias="pageInfo")


class ContactConsentsContactConsentsEdges(BaseModel):
    cursor: str
    node: "ContactConsentsContactConsentsEdgesNode"


ContactConsentsContactConsentsEdgesNode = ConsentEntryFields
ContactConsentsContactConsentsPageInfo = PageInfoFields
ContactConsents.model_rebuild()
ContactConsentsContact.model_rebuild()
ContactConsentsContactConsents.model_rebuild()
ContactConsentsContactConsentsEdges.model_rebuild()
