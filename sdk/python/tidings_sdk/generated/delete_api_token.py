from pydantic import Field

from .base_model import BaseModel


class DeleteApiToken(BaseModel):
    delete_api_token: str = Field(alias="deleteApiToken")
