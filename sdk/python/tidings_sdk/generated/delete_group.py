from pydantic import Field

from .base_model import BaseModel


class DeleteGroup(BaseModel):
    delete_group: str = Field(alias="deleteGroup")
