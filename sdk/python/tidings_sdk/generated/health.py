from .base_model import BaseModel
from .fragments import HealthFields


class Health(BaseModel):
    health: "HealthHealth"


HealthHealth = HealthFields
Health.model_rebuild()
