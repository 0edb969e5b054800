from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields, PageInfoFields


class GroupContacts(BaseModel):
    group: Optional["GroupContactsGroup"]


class GroupContactsGroup(BaseModel):
    id: str
    contacts: "GroupContactsGroupContacts"


class GroupContactsGroupContacts(BaseModel):
    edges: list["GroupContactsGroupContactsEdges"]
    page_info: "GroupContactsGroupContactsPageInfo" = Field(alias="pageInfo")


class GroupContactsGroupContactsEdges(BaseModel):
    cursor: str
    node: "GroupContactsGroupContactsEdgesNode"


GroupContactsGroupContactsEdgesNode = ContactFields
GroupContactsGroupContactsPageInfo = PageInfoFields
GroupContacts.model_rebuild()
GroupContactsGroup.model_rebuild()
GroupContactsGroupContacts.model_rebuild()
GroupContactsGroupContactsEdges.model_rebuild()
