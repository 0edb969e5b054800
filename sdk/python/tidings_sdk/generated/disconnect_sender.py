from pydantic import Field

from .base_model import BaseModel
from .fragments import SenderFields


class DisconnectSender(BaseModel):
    disconnect_sender: "DisconnectSenderDisconnectSender" = Field(
        alias="disconnectSender"
    )


DisconnectSenderDisconnectSender = SenderFields
DisconnectSender.model_rebuild()
