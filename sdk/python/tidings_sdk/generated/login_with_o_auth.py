from pydantic import Field

from .base_model import BaseModel
from .fragments import AuthTokensFields


class LoginWithOAuth(BaseModel):
    login_with_o_auth: "LoginWithOAuthLoginWithOAuth" = Field(alias="loginWithOAuth")


LoginWithOAuthLoginWithOAuth = AuthTokensFields
LoginWithOAuth.model_rebuild()
