from pydantic import Field

from .base_model import BaseModel
from .fragments import WebhookDeliveryFields


class TestWebhook(BaseModel):
    test_webhook: "TestWebhookTestWebhook" = Field(alias="testWebhook")


TestWebhookTestWebhook = WebhookDeliveryFields
TestWebhook.model_rebuild()
