from pydantic import Field

from .base_model import BaseModel
from .fragments import WebhookDeliveryFields


class RetryWebhookDelivery(BaseModel):
    retry_webhook_delivery: "RetryWebhookDeliveryRetryWebhookDelivery" = Field(
        alias="retryWebhookDelivery"
    )


RetryWebhookDeliveryRetryWebhookDelivery = WebhookDeliveryFields
RetryWebhookDelivery.model_rebuild()
