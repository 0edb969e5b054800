from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel


class Node(BaseModel):
    node: Optional["NodeNode"]


class NodeNode(BaseModel):
    typename__: Literal[
        "ApiToken",
        "AuditEntry",
        "Campaign",
        "CampaignRecipient",
        "ConsentEntry",
        "Contact",
        "ContactImport",
        "ContactPhone",
        "Conversation",
        "File",
        "Group",
        "ImportRow",
        "Lead",
        "LeadActivity",
        "Message",
        "MessageTemplate",
        "Node",
        "PrivacyReceipt",
        "Schedule",
        "Sender",
        "User",
        "UserIdentity",
        "UserSession",
        "Webhook",
        "WebhookDelivery",
    ] = Field(alias="__typename")
    id: str


Node.model_rebuild()
