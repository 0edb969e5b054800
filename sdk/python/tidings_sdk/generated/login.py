from .base_model import BaseModel
from .fragments import AuthTokensFields


class Login(BaseModel):
    login: "LoginLogin"


LoginLogin = AuthTokensFields
Login.model_rebuild()
