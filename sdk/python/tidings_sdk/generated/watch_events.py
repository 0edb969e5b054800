from datetime import datetime
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import EventType, MessageStatus


class WatchEvents(BaseModel):
    events: Union[
        "WatchEventsEventsEvent",
        "WatchEventsEventsCampaignEvent",
        "WatchEventsEventsConversationEvent",
        "WatchEventsEventsLeadEvent",
        "WatchEventsEventsMessageEvent",
        "WatchEventsEventsSenderEvent",
    ] = Field(discriminator="typename__")


class WatchEventsEventsEvent(BaseModel):
    typename__: Literal["Event", "ResourceEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["WatchEventsEventsEventActor"]
    subject: Optional["WatchEventsEventsEventSubject"]


class WatchEventsEventsEventActor(BaseModel):
    id: str
    name: str


class WatchEventsEventsEventSubject(BaseModel):
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


class WatchEventsEventsCampaignEvent(BaseModel):
    typename__: Literal["CampaignEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["WatchEventsEventsCampaignEventActor"]
    subject: Optional["WatchEventsEventsCampaignEventSubject"]
    campaign: "WatchEventsEventsCampaignEventCampaign"


class WatchEventsEventsCampaignEventActor(BaseModel):
    id: str
    name: str


class WatchEventsEventsCampaignEventSubject(BaseModel):
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


class WatchEventsEventsCampaignEventCampaign(BaseModel):
    id: str
    name: str


class WatchEventsEventsConversationEvent(BaseModel):
    typename__: Literal["ConversationEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["WatchEventsEventsConversationEventActor"]
    subject: Optional["WatchEventsEventsConversationEventSubject"]
    conversation: "WatchEventsEventsConversationEventConversation"
    message: Optional["WatchEventsEventsConversationEventMessage"]


class WatchEventsEventsConversationEventActor(BaseModel):
    id: str
    name: str


class WatchEventsEventsConversationEventSubject(BaseModel):
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


class WatchEventsEventsConversationEventConversation(BaseModel):
    id: str


class WatchEventsEventsConversationEventMessage(BaseModel):
    id: str
    status: MessageStatus


class WatchEventsEventsLeadEvent(BaseModel):
    typename__: Literal["LeadEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["WatchEventsEventsLeadEventActor"]
    subject: Optional["WatchEventsEventsLeadEventSubject"]
    lead: "WatchEventsEventsLeadEventLead"


class WatchEventsEventsLeadEventActor(BaseModel):
    id: str
    name: str


class WatchEventsEventsLeadEventSubject(BaseModel):
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


class WatchEventsEventsLeadEventLead(BaseModel):
    id: str
    title: str


class WatchEventsEventsMessageEvent(BaseModel):
    typename__: Literal["MessageEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["WatchEventsEventsMessageEventActor"]
    subject: Optional["WatchEventsEventsMessageEventSubject"]
    message: Optional["WatchEventsEventsMessageEventMessage"]
    schedule: Optional["WatchEventsEventsMessageEventSchedule"]


class WatchEventsEventsMessageEventActor(BaseModel):
    id: str
    name: str


class WatchEventsEventsMessageEventSubject(BaseModel):
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


class WatchEventsEventsMessageEventMessage(BaseModel):
    id: str
    status: MessageStatus
    content: Optional[str]


class WatchEventsEventsMessageEventSchedule(BaseModel):
    id: str


class WatchEventsEventsSenderEvent(BaseModel):
    typename__: Literal["SenderEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["WatchEventsEventsSenderEventActor"]
    subject: Optional["WatchEventsEventsSenderEventSubject"]
    sender: "WatchEventsEventsSenderEventSender"


class WatchEventsEventsSenderEventActor(BaseModel):
    id: str
    name: str


class WatchEventsEventsSenderEventSubject(BaseModel):
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


class WatchEventsEventsSenderEventSender(BaseModel):
    id: str
    name: Optional[str]


WatchEvents.model_rebuild()
WatchEventsEventsEvent.model_rebuild()
WatchEventsEventsCampaignEvent.model_rebuild()
WatchEventsEventsConversationEvent.model_rebuild()
WatchEventsEventsLeadEvent.model_rebuild()
WatchEventsEventsMessageEvent.model_rebuild()
WatchEventsEventsSenderEvent.model_rebuild()
