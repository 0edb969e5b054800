from pydantic import Field

from .base_model import BaseModel
from .fragments import AuthTokensFields


class RefreshTokens(BaseModel):
    refresh_tokens: "RefreshTokensRefreshTokens" = Field(alias="refreshTokens")


RefreshTokensRefreshTokens = AuthTokensFields
RefreshTokens.model_rebuild()
