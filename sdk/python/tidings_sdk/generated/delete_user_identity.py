from pydantic import Field

from .base_model import BaseModel


class DeleteUserIdentity(BaseModel):
    delete_user_identity: str = Field(alias="deleteUserIdentity")
