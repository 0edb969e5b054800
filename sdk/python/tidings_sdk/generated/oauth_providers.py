from pydantic import Field

from .base_model import BaseModel
from .fragments import OAuthProviderFields


class OauthProviders(BaseModel):
    oauth_providers: list["OauthProvidersOauthProviders"] = Field(
        alias="oauthProviders"
    )


OauthProvidersOauthProviders = OAuthProviderFields
OauthProviders.model_rebuild()
