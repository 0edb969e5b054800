from .base_model import BaseModel
from .fragments import AnalyticsFields


class Analytics(BaseModel):
    analytics: "AnalyticsAnalytics"


AnalyticsAnalytics = AnalyticsFields
Analytics.model_rebuild()
