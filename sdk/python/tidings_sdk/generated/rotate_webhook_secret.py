from pydantic import Field

from .base_model import BaseModel
from .fragments import WebhookFields


class RotateWebhookSecret(BaseModel):
    rotate_webhook_secret: "RotateWebhookSecretRotateWebhookSecret" = Field(
        alias="rotateWebhookSecret"
    )


RotateWebhookSecretRotateWebhookSecret = WebhookFields
RotateWebhookSecret.model_rebuild()
