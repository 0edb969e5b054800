from pydantic import Field

from .base_model import BaseModel
from .fragments import WebhookFields


class CreateWebhook(BaseModel):
    create_webhook: "CreateWebhookCreateWebhook" = Field(alias="createWebhook")


CreateWebhookCreateWebhook = WebhookFields
CreateWebhook.model_rebuild()
