from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageTemplateFields


class CreateMessageTemplate(BaseModel):
    create_message_template: "CreateMessageTemplateCreateMessageTemplate" = Field(
        alias="createMessageTemplate"
    )


CreateMessageTemplateCreateMessageTemplate = MessageTemplateFields
CreateMessageTemplate.model_rebuild()
