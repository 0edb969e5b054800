from pydantic import Field

from .base_model import BaseModel


class DeleteConversation(BaseModel):
    delete_conversation: str = Field(alias="deleteConversation")
