from pydantic import Field

from .base_model import BaseModel
from .fragments import SystemMetricsFields


class SystemMetrics(BaseModel):
    system_metrics: "SystemMetricsSystemMetrics" = Field(alias="systemMetrics")


SystemMetricsSystemMetrics = SystemMetricsFields
SystemMetrics.model_rebuild()
