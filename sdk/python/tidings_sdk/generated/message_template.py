from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageTemplateFields


class MessageTemplate(BaseModel):
    message_template: Optional["MessageTemplateMessageTemplate"] = Field(
        alias="messageTemplate"
    )


MessageTemplateMessageTemplate = MessageTemplateFields
MessageTemplate.model_rebuild()
