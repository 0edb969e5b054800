from datetime import datetime
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import EventType, MessageStatus
from .fragments import PageInfoFields


class Events(BaseModel):
    events: "EventsEvents"


class EventsEvents(BaseModel):
    edges: list["EventsEventsEdges"]
    page_info: "EventsEventsPageInfo" = Field(alias="pageInfo")


class EventsEventsEdges(BaseModel):
    cursor: str
    node: Union[
        "EventsEventsEdgesNodeEvent",
        "EventsEventsEdgesNodeCampaignEvent",
        "EventsEventsEdgesNodeConversationEvent",
        "EventsEventsEdgesNodeLeadEvent",
        "EventsEventsEdgesNodeMessageEvent",
        "EventsEventsEdgesNodeSenderEvent",
    ] = Field(discriminator="typename__")


class EventsEventsEdgesNodeEvent(BaseModel):
    typename__: Literal["Event", "ResourceEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["EventsEventsEdgesNodeEventActor"]
    subject: Optional["EventsEventsEdgesNodeEventSubject"]


class EventsEventsEdgesNodeEventActor(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeEventSubject(BaseModel):
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


class EventsEventsEdgesNodeCampaignEvent(BaseModel):
    typename__: Literal["CampaignEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["EventsEventsEdgesNodeCampaignEventActor"]
    subject: Optional["EventsEventsEdgesNodeCampaignEventSubject"]
    campaign: "EventsEventsEdgesNodeCampaignEventCampaign"


class EventsEventsEdgesNodeCampaignEventActor(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeCampaignEventSubject(BaseModel):
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


class EventsEventsEdgesNodeCampaignEventCampaign(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeConversationEvent(BaseModel):
    typename__: Literal["ConversationEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["EventsEventsEdgesNodeConversationEventActor"]
    subject: Optional["EventsEventsEdgesNodeConversationEventSubject"]
    conversation: "EventsEventsEdgesNodeConversationEventConversation"
    message: Optional["EventsEventsEdgesNodeConversationEventMessage"]


class EventsEventsEdgesNodeConversationEventActor(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeConversationEventSubject(BaseModel):
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


class EventsEventsEdgesNodeConversationEventConversation(BaseModel):
    id: str


class EventsEventsEdgesNodeConversationEventMessage(BaseModel):
    id: str
    status: MessageStatus


class EventsEventsEdgesNodeLeadEvent(BaseModel):
    typename__: Literal["LeadEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["EventsEventsEdgesNodeLeadEventActor"]
    subject: Optional["EventsEventsEdgesNodeLeadEventSubject"]
    lead: "EventsEventsEdgesNodeLeadEventLead"


class EventsEventsEdgesNodeLeadEventActor(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeLeadEventSubject(BaseModel):
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


class EventsEventsEdgesNodeLeadEventLead(BaseModel):
    id: str
    title: str


class EventsEventsEdgesNodeMessageEvent(BaseModel):
    typename__: Literal["MessageEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["EventsEventsEdgesNodeMessageEventActor"]
    subject: Optional["EventsEventsEdgesNodeMessageEventSubject"]
    message: Optional["EventsEventsEdgesNodeMessageEventMessage"]
    schedule: Optional["EventsEventsEdgesNodeMessageEventSchedule"]


class EventsEventsEdgesNodeMessageEventActor(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeMessageEventSubject(BaseModel):
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


class EventsEventsEdgesNodeMessageEventMessage(BaseModel):
    id: str
    status: MessageStatus
    content: Optional[str]


class EventsEventsEdgesNodeMessageEventSchedule(BaseModel):
    id: str


class EventsEventsEdgesNodeSenderEvent(BaseModel):
    typename__: Literal["SenderEvent"] = Field(alias="__typename")
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    type_: EventType = Field(alias="type")
    actor: Optional["EventsEventsEdgesNodeSenderEventActor"]
    subject: Optional["EventsEventsEdgesNodeSenderEventSubject"]
    sender: "EventsEventsEdgesNodeSenderEventSender"


class EventsEventsEdgesNodeSenderEventActor(BaseModel):
    id: str
    name: str


class EventsEventsEdgesNodeSenderEventSubject(BaseModel):
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


class EventsEventsEdgesNodeSenderEventSender(BaseModel):
    id: str
    name: Optional[str]


EventsEventsPageInfo = PageInfoFields
Events.model_rebuild()
EventsEvents.model_rebuild()
EventsEventsEdges.model_rebuild()
EventsEventsEdgesNodeEvent.model_rebuild()
EventsEventsEdgesNodeCampaignEvent.model_rebuild()
EventsEventsEdgesNodeConversationEvent.model_rebuild()
EventsEventsEdgesNodeLeadEvent.model_rebuild()
EventsEventsEdgesNodeMessageEvent.model_rebuild()
EventsEventsEdgesNodeSenderEvent.model_rebuild()
