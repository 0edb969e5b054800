from pydantic import Field

from .base_model import BaseModel
from .fragments import GroupFields


class UpdateGroup(BaseModel):
    update_group: "UpdateGroupUpdateGroup" = Field(alias="updateGroup")


UpdateGroupUpdateGroup = GroupFields
UpdateGroup.model_rebuild()
