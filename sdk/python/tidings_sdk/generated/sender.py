from typing import Optional

from .base_model import BaseModel
from .fragments import SenderFields


class Sender(BaseModel):
    sender: Optional["SenderSender"]


SenderSender = SenderFields
Sender.model_rebuild()
