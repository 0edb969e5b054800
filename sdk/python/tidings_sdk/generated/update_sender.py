from pydantic import Field

from .base_model import BaseModel
from .fragments import SenderFields


class UpdateSender(BaseModel):
    update_sender: "UpdateSenderUpdateSender" = Field(alias="updateSender")


UpdateSenderUpdateSender = SenderFields
UpdateSender.model_rebuild()
