from pydantic import Field

from .base_model import BaseModel
from .fragments import SenderFields


class SyncMessageTemplates(BaseModel):
    sync_message_templates: "SyncMessageTemplatesSyncMessageTemplates" = Field(
        alias="syncMessageTemplates"
    )


SyncMessageTemplatesSyncMessageTemplates = SenderFields
SyncMessageTemplates.model_rebuild()
