from pydantic import Field

from .base_model import BaseModel
from .fragments import UploadFields


class CreateUpload(BaseModel):
    create_upload: "CreateUploadCreateUpload" = Field(alias="createUpload")


CreateUploadCreateUpload = UploadFields
CreateUpload.model_rebuild()
