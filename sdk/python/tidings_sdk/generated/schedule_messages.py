from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageFields, PageInfoFields


class ScheduleMessages(BaseModel):
    schedule: Optional["ScheduleMessagesSchedule"]


class ScheduleMessagesSchedule(BaseModel):
    id: str
    messages: "ScheduleMessagesScheduleMessages"


class ScheduleMessagesScheduleMessages(BaseModel):
    edges: list["ScheduleMessagesScheduleMessagesEdges"]
    page_info: "ScheduleMessagesScheduleMessagesPageInfo" = Field(alias="pageInfo")


class ScheduleMessagesScheduleMessagesEdges(BaseModel):
    cursor: str
    node: "ScheduleMessagesScheduleMessagesEdgesNode"


ScheduleMessagesScheduleMessagesEdgesNode = MessageFields
ScheduleMessagesScheduleMessagesPageInfo = PageInfoFields
ScheduleMessages.model_rebuild()
ScheduleMessagesSchedule.model_rebuild()
ScheduleMessagesScheduleMessages.model_rebuild()
ScheduleMessagesScheduleMessagesEdges.model_rebuild()
