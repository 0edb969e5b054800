from pydantic import Field

from .base_model import BaseModel
from .fragments import GroupFields, PageInfoFields


class Groups(BaseModel):
    groups: "GroupsGroups"


class GroupsGroups(BaseModel):
    edges: list["GroupsGroupsEdges"]
    page_info: "GroupsGroupsPageInfo" = Field(alias="pageInfo")


class GroupsGroupsEdges(BaseModel):
    cursor: str
    node: "GroupsGroupsEdgesNode"


GroupsGroupsEdgesNode = GroupFields
GroupsGroupsPageInfo = PageInfoFields
Groups.model_rebuild()
GroupsGroups.model_rebuild()
GroupsGroupsEdges.model_rebuild()
