from pydantic import Field

from .base_model import BaseModel
from .fragments import ScheduleFields


class CancelSchedule(BaseModel):
    cancel_schedule: "CancelScheduleCancelSchedule" = Field(alias="cancelSchedule")


CancelScheduleCancelSchedule = ScheduleFields
CancelSchedule.model_rebuild()
