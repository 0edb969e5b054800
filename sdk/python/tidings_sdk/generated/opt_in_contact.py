from pydantic import Field

from .base_model import BaseModel
from .fragments import ContactFields


class OptInContact(BaseModel):
    opt_in_contact: "OptInContactOptInContact" = Field(alias="optInContact")


OptInContactOptInContact = ContactFields
OptInContact.model_rebuild()
