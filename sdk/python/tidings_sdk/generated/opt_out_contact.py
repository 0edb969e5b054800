from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields


class OptOutContact(BaseModel):
    opt_out_contact: "OptOutContactOptOutContact" = Field(alias="optOutContact")


OptOutContactOptOutContact = ContactFields
OptOutContact.model_rebuild()
