from pydantic import Field

from .base_model import BaseModel
from .fragments import ScheduleFields


class ArchiveSchedule(BaseModel):
    archive_schedule: "ArchiveScheduleArchiveSchedule" = Field(alias="archiveSchedule")


ArchiveScheduleArchiveSchedule = ScheduleFields
ArchiveSchedule.model_rebuild()
