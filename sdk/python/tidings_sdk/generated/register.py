from .base_model import BaseModel
from .fragments import AuthTokensFields


class Register(BaseModel):
    registered: "RegisterRegistered"


RegisterRegistered = AuthTokensFields
Register.model_rebuild()
