from pydantic import Field

from .base_model import BaseModel
from .fragments import SettingsFields


class UpdateSettings(BaseModel):
    update_settings: "UpdateSettingsUpdateSettings" = Field(alias="updateSettings")


UpdateSettingsUpdateSettings = SettingsFields
UpdateSettings.model_rebuild()
