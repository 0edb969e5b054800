from pydantic import Field

from .base_model import BaseModel
from .fragments import SenderFields


class ConnectSender(BaseModel):
    connect_sender: "ConnectSenderConnectSender" = Field(alias="connectSender")


ConnectSenderConnectSender = SenderFields
ConnectSender.model_rebuild()
