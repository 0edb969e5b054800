from pydantic import Field

from .base_model import BaseModel
from .fragments import SenderEventFields


class WatchSenderEvents(BaseModel):
    sender_events: "WatchSenderEventsSenderEvents" = Field(alias="senderEvents")


WatchSenderEventsSenderEvents = SenderEventFields
WatchSenderEvents.model_rebuild()
