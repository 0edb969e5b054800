from typing import Optional

from .base_model import BaseModel
from .fragments import (
    ContactFields,
    ContactFieldsPhones,  # noqa: F401
    ContactIdentityFields,
)


class Contact(BaseModel):
    contact: Optional["ContactContact"]


class ContactContact(ContactFields):
    identities: list["ContactContactIdentities"]
    groups: list["ContactContactGroups"]


ContactContactIdentities = ContactIdentityFields


class ContactContactGroups(BaseModel):
    id: str
    name: str


Contact.model_rebuild()
ContactContact.model_rebuild()
