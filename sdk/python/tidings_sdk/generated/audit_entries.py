from pydantic import Field

from .base_model import BaseModel
from .fragments import AuditEntryFields, PageInfoFields


class AuditEntries(BaseModel):
    audit_entries: "AuditEntriesAuditEntries" = Field(alias="auditEntries")


class AuditEntriesAuditEntries(BaseModel):
    edges: list["AuditEntriesAuditEntriesEdges"]
    page_info: "AuditEntriesAuditEntriesPageInfo" = Field(alias="pageInfo")


class AuditEntriesAuditEntriesEdges(BaseModel):
    cursor: str
    node: "AuditEntriesAuditEntriesEdgesNode"


AuditEntriesAuditEntriesEdgesNode = AuditEntryFields
AuditEntriesAuditEntriesPageInfo = PageInfoFields
AuditEntries.model_rebuild()
AuditEntriesAuditEntries.model_rebuild()
AuditEntriesAuditEntriesEdges.model_rebuild()
