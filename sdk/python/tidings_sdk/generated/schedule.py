from typing import Optional

from .base_model import BaseModel
from .fragments import ScheduleFields


class Schedule(BaseModel):
    schedule: Optional["ScheduleSchedule"]


ScheduleSchedule = ScheduleFields
Schedule.model_rebuild()
