from pydantic import Field

from .base_model import BaseModel
from .fragments import WebhookFields


class ReplayWebhook(BaseModel):
    replay_webhook: "ReplayWebhookReplayWebhook" = Field(alias="replayWebhook")


ReplayWebhookReplayWebhook = WebhookFields
ReplayWebhook.model_rebuild()
