from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields, PageInfoFields


class Contacts(BaseModel):
    contacts: "ContactsContacts"


class ContactsContacts(BaseModel):
    edges: list["ContactsContactsEdges"]
    page_info: "ContactsContactsPageInfo" = Field(alias="pageInfo")


class ContactsContactsEdges(BaseModel):
    cursor: str
    node: "ContactsContactsEdgesNode"


ContactsContactsEdgesNode = ContactFields
ContactsContactsPageInfo = PageInfoFields
Contacts.model_rebuild()
ContactsContacts.model_rebuild()
ContactsContactsEdges.model_rebuild()
