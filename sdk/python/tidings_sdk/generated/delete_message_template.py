from pydantic import Field

from .base_model import BaseModel


class DeleteMessageTemplate(BaseModel):
    delete_message_template: str = Field(alias="deleteMessageTemplate")
