from pydantic import Field

from .base_model import BaseModel


class DeleteSender(BaseModel):
    delete_sender: str = Field(alias="deleteSender")
