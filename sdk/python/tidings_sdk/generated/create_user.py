from pydantic import Field

from .base_model import BaseModel
from .fragments import UserFields


class CreateUser(BaseModel):
    create_user: "CreateUserCreateUser" = Field(alias="createUser")


CreateUserCreateUser = UserFields
CreateUser.model_rebuild()
