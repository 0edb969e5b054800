from pydantic import Field

from .base_model import BaseModel


class DeleteUser(BaseModel):
    delete_user: str = Field(alias="deleteUser")
