from .base_model import BaseModel
from .fragments import SettingsFields


class Settings(BaseModel):
    settings: "SettingsSettings"


SettingsSettings = SettingsFields
Settings.model_rebuild()
