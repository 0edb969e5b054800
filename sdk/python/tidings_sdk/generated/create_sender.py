from pydantic import Field

from .base_model import BaseModel
from .fragments import SenderFields


class CreateSender(BaseModel):
    create_sender: "CreateSenderCreateSender" = Field(alias="createSender")


CreateSenderCreateSender = SenderFields
CreateSender.model_rebuild()
