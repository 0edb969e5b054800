from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import PageInfoFields, WebhookDeliveryFields


class WebhookDeliveries(BaseModel):
    webhook: Optional["WebhookDeliveriesWebhook"]


class WebhookDeliveriesWebhook(BaseModel):
    id: str
    deliveries: "WebhookDeliveriesWebhookDeliveries"


class WebhookDeliveriesWebhookDeliveries(BaseModel):
    edges: list["WebhookDeliveriesWebhookDeliveriesEdges"]
    page_info: "WebhookDeliveriesWebhookDeliveriesPageInfo" = Field(alias="pageInfo")


class WebhookDeliveriesWebhookDeliveriesEdges(BaseModel):
    cursor: str
    node: "WebhookDeliveriesWebhookDeliveriesEdgesNode"


WebhookDeliveriesWebhookDeliveriesEdgesNode = WebhookDeliveryFields
WebhookDeliveriesWebhookDeliveriesPageInfo = PageInfoFields
WebhookDeliveries.model_rebuild()
WebhookDeliveriesWebhook.model_rebuild()
WebhookDeliveriesWebhookDeliveries.model_rebuild()
WebhookDeliveriesWebhookDeliveriesEdges.model_rebuild()
