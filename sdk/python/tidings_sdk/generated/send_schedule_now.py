from pydantic import Field

from .base_model import BaseModel
from .fragments import ScheduleFields


class SendScheduleNow(BaseModel):
    send_schedule_now: "SendScheduleNowSendScheduleNow" = Field(alias="sendScheduleNow")


SendScheduleNowSendScheduleNow = ScheduleFields
SendScheduleNow.model_rebuild()
