from pydantic import Field

from .base_model import BaseModel
from .fragments import PageInfoFields, UserFields


class Users(BaseModel):
    users: "UsersUsers"


class UsersUsers(BaseModel):
    edges: list["UsersUsersEdges"]
    page_info: "UsersUsersPageInfo" = Field(alias="pageInfo")


class UsersUsersEdges(BaseModel):
    cursor: str
    node: "UsersUsersEdgesNode"


UsersUsersEdgesNode = UserFields
UsersUsersPageInfo = PageInfoFields
Users.model_rebuild()
UsersUsers.model_rebuild()
UsersUsersEdges.model_rebuild()
