from typing import Optional

from .base_model import BaseModel
from .fragments import WebhookFields


class Webhook(BaseModel):
    webhook: Optional["WebhookWebhook"]


WebhookWebhook = WebhookFields
Webhook.model_rebuild()
