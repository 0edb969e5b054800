from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageTemplateFields


class UpdateMessageTemplate(BaseModel):
    update_message_template: "UpdateMessageTemplateUpdateMessageTemplate" = Field(
        alias="updateMessageTemplate"
    )


UpdateMessageTemplateUpdateMessageTemplate = MessageTemplateFields
UpdateMessageTemplate.model_rebuild()
