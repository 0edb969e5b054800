from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import MessageStatus, MessageType


class ResendMessages(BaseModel):
    resend_messages: list["ResendMessagesResendMessages"] = Field(
        alias="resendMessages"
    )


class ResendMessagesResendMessages(BaseModel):
    id: str
    status: MessageStatus
    type_: MessageType = Field(alias="type")
    content: Optional[str]
    created_at: datetime = Field(alias="createdAt")


ResendMessages.model_rebuild()
