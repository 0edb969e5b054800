from pydantic import Field

from .base_model import BaseModel
from .fragments import ApiTokenFields


class CreateApiToken(BaseModel):
    create_api_token: "CreateApiTokenCreateApiToken" = Field(alias="createApiToken")


CreateApiTokenCreateApiToken = ApiTokenFields
CreateApiToken.model_rebuild()
