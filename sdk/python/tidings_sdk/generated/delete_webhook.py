from pydantic import Field

from .base_model import BaseModel


class DeleteWebhook(BaseModel):
    delete_webhook: str = Field(alias="deleteWebhook")
