from pydantic import Field

from .base_model import BaseModel
from .fragments import ConversationEventFields


class WatchConversationEvents(BaseModel):
    conversation_events: "WatchConversationEventsConversationEvents" = Field(
        alias="conversationEvents"
    )


WatchConversationEventsConversationEvents = ConversationEventFields
WatchConversationEvents.model_rebuild()
