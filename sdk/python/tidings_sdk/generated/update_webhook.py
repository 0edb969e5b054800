from pydantic import Field

from .base_model import BaseModel
from .fragments import WebhookFields


class UpdateWebhook(BaseModel):
    update_webhook: "UpdateWebhookUpdateWebhook" = Field(alias="updateWebhook")


UpdateWebhookUpdateWebhook = WebhookFields
UpdateWebhook.model_rebuild()
