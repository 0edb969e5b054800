from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageEventFields


class WatchMessageEvents(BaseModel):
    message_events: "WatchMessageEventsMessageEvents" = Field(alias="messageEvents")


WatchMessageEventsMessageEvents = MessageEventFields
WatchMessageEvents.model_rebuild()
