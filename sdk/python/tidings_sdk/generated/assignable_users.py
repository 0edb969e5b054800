from pydantic import Field

from .base_model import BaseModel
from .fragments import UserFields


class AssignableUsers(BaseModel):
    assignable_users: list["AssignableUsersAssignableUsers"] = Field(
        alias="assignableUsers"
    )


AssignableUsersAssignableUsers = UserFields
AssignableUsers.model_rebuild()
