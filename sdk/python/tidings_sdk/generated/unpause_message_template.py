from pydantic import Field

from .base_model import BaseModel
from .fragments import MessageTemplateFields


class UnpauseMessageTemplate(BaseModel):
    unpause_message_template: "UnpauseMessageTemplateUnpauseMessageTemplate" = Field(
        alias="unpauseMessageTemplate"
    )


UnpauseMessageTemplateUnpauseMessageTemplate = MessageTemplateFields
UnpauseMessageTemplate.model_rebuild()
