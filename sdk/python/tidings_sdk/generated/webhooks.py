from pydantic import Field

from .base_model import BaseModel
from .fragments import PageInfoFields, WebhookFields


class Webhooks(BaseModel):
    webhooks: "WebhooksWebhooks"


class WebhooksWebhooks(BaseModel):
    edges: list["WebhooksWebhooksEdges"]
    page_info: "WebhooksWebhooksPageInfo" = Field(alias="pageInfo")


class WebhooksWebhooksEdges(BaseModel):
    cursor: str
    node: "WebhooksWebhooksEdgesNode"


WebhooksWebhooksEdgesNode = WebhookFields
WebhooksWebhooksPageInfo = PageInfoFields
Webhooks.model_rebuild()
WebhooksWebhooks.model_rebuild()
WebhooksWebhooksEdges.model_rebuild()
