from pydantic import Field

from .base_model import BaseModel


class RequestPairingCode(BaseModel):
    request_pairing_code: str = Field(alias="requestPairingCode")
