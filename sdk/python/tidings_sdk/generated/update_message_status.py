from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageFields


class UpdateMessageStatus(BaseModel):
    update_message_status: "UpdateMessageStatusUpdateMessageStatus" = Field(
        alias="updateMessageStatus"
    )


UpdateMessageStatusUpdateMessageStatus = MessageFields
UpdateMessageStatus.model_rebuild()
