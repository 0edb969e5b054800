from pydantic import Field

from .base_model import BaseModel


class DeleteUserSession(BaseModel):
    delete_user_session: str = Field(alias="deleteUserSession")
