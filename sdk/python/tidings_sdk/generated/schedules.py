from pydantic import Field

from .base_model import BaseModel
from .fragments import PageInfoFields, ScheduleFields


class Schedules(BaseModel):
    schedules: "SchedulesSchedules"


class SchedulesSchedules(BaseModel):
    edges: list["SchedulesSchedulesEdges"]
    page_info: "SchedulesSchedulesPageInfo" = Field(alias="pageInfo")


class SchedulesSchedulesEdges(BaseModel):
    cursor: str
    node: "SchedulesSchedulesEdgesNode"


SchedulesSchedulesEdgesNode = ScheduleFields
SchedulesSchedulesPageInfo = PageInfoFields
Schedules.model_rebuild()
SchedulesSchedules.model_rebuild()
SchedulesSchedulesEdges.model_rebuild()
