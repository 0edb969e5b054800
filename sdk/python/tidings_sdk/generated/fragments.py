from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    CampaignStatus,
    CampaignType,
    ConsentSource,
    ContactField,
    ContactIdentityType,
    ConversationHandler,
    ConversationStatus,
    ErrorCode,
    EscalationReason,
    EventType,
    ExclusionReason,
    FilePurpose,
    HeaderFormat,
    HealthStatus,
    JobStatus,
    LeadActivityType,
    LeadStatus,
    MessageAuthor,
    MessageButtonType,
    MessageDirection,
    MessageStatus,
    MessageType,
    OptInStatus,
    PacingState,
    Priority,
    PrivacyAction,
    QualityRating,
    RecipientOutcome,
    Role,
    ScheduleStatus,
    Scope,
    SenderProvider,
    SenderStatus,
    TemplateCategory,
    TemplateStatus,
    WebhookDeliveryStatus,
)


class DeliveryStatsFields(BaseModel):
    cancelled: int
    delivered: int
    delivery_rate: float = Field(alias="deliveryRate")
    excluded: int
    failed: int
    pending: int
    progress: float
    read: int
    read_rate: float = Field(alias="readRate")
    recipients: int
    replies: int
    reply_rate: float = Field(alias="replyRate")
    sent: int
    unconfirmed: int


class TallyFields(BaseModel):
    count: int
    key: str


class CampaignAnalyticsFields(BaseModel):
    by_status: list["CampaignAnalyticsFieldsByStatus"] = Field(alias="byStatus")
    stats: "CampaignAnalyticsFieldsStats"
    total: int


class CampaignAnalyticsFieldsByStatus(TallyFields):
    pass


class CampaignAnalyticsFieldsStats(DeliveryStatsFields):
    pass


class ContactAnalyticsFields(BaseModel):
    opt_in_rate: float = Field(alias="optInRate")
    opted_in: int = Field(alias="optedIn")
    opted_out: int = Field(alias="optedOut")
    total: int
    unknown: int


class ConversationTrendFields(BaseModel):
    average_response_time: Optional[float] = Field(alias="averageResponseTime")
    conversations: int
    date: date
    messages: int


class ConversationAnalyticsFields(BaseModel):
    average_messages_per_conversation: float = Field(
        alias="averageMessagesPerConversation"
    )
    average_response_time: Optional[float] = Field(alias="averageResponseTime")
    by_status: list["ConversationAnalyticsFieldsByStatus"] = Field(alias="byStatus")
    counted_until: Optional[datetime] = Field(alias="countedUntil")
    resolution_rate: float = Field(alias="resolutionRate")
    satisfaction_score: Optional[float] = Field(alias="satisfactionScore")
    total_conversations: int = Field(alias="totalConversations")
    total_messages: int = Field(alias="totalMessages")
    trends: list["ConversationAnalyticsFieldsTrends"]
    unassigned: int
    unread: int
    urgent: int


class ConversationAnalyticsFieldsByStatus(TallyFields):
    pass


class ConversationAnalyticsFieldsTrends(ConversationTrendFields):
    pass


class LeadStageFields(BaseModel):
    conversion_rate: float = Field(alias="conversionRate")
    count: int
    reached: int
    status: LeadStatus
    value: Decimal
    weighted_value: Decimal = Field(alias="weightedValue")


class LeadAnalyticsFields(BaseModel):
    average_score: Optional[float] = Field(alias="averageScore")
    by_priority: list["LeadAnalyticsFieldsByPriority"] = Field(alias="byPriority")
    by_source: list["LeadAnalyticsFieldsBySource"] = Field(alias="bySource")
    conversion_rate: float = Field(alias="conversionRate")
    open_value: Decimal = Field(alias="openValue")
    overdue: int
    stages: list["LeadAnalyticsFieldsStages"]
    total: int
    weighted_value: Decimal = Field(alias="weightedValue")
    won_value: Decimal = Field(alias="wonValue")


class LeadAnalyticsFieldsByPriority(TallyFields):
    pass


class LeadAnalyticsFieldsBySource(TallyFields):
    pass


class LeadAnalyticsFieldsStages(LeadStageFields):
    pass


class AnalyticsFields(BaseModel):
    campaigns: "AnalyticsFieldsCampaigns"
    contacts: "AnalyticsFieldsContacts"
    conversations: "AnalyticsFieldsConversations"
    csv_url: str = Field(alias="csvUrl")
    end: datetime
    leads: "AnalyticsFieldsLeads"
    start: Optional[datetime]


class AnalyticsFieldsCampaigns(CampaignAnalyticsFields):
    pass


class AnalyticsFieldsContacts(ContactAnalyticsFields):
    pass


class AnalyticsFieldsConversations(ConversationAnalyticsFields):
    pass


class AnalyticsFieldsLeads(LeadAnalyticsFields):
    pass


class ApiHealthFields(BaseModel):
    requests_per_minute: Optional[int] = Field(alias="requestsPerMinute")
    response_time_ms: Optional[float] = Field(alias="responseTimeMs")
    status: HealthStatus
    uptime: Optional[int]


class ApiTokenFields(BaseModel):
    created_at: datetime = Field(alias="createdAt")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    id: str
    last_used_at: Optional[datetime] = Field(alias="lastUsedAt")
    name: str
    prefix: str
    scopes: list[Scope]
    sender: Optional["ApiTokenFieldsSender"]
    token: Optional[str]
    user: "ApiTokenFieldsUser"


class ApiTokenFieldsSender(BaseModel):
    id: str
    name: Optional[str]


class ApiTokenFieldsUser(BaseModel):
    id: str
    name: str


class AuditEntryFields(BaseModel):
    action: str
    actor: Optional["AuditEntryFieldsActor"]
    api_token: Optional["AuditEntryFieldsApiToken"] = Field(alias="apiToken")
    changes: object
    created_at: datetime = Field(alias="createdAt")
    id: str
    ip_address: Optional[str] = Field(alias="ipAddress")
    request_id: Optional[str] = Field(alias="requestId")
    subject: Optional["AuditEntryFieldsSubject"]


class AuditEntryFieldsActor(BaseModel):
    id: str
    name: str


class AuditEntryFieldsApiToken(BaseModel):
    id: str
    name: str


class AuditEntryFieldsSubject(BaseModel):
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


class UserFields(BaseModel):
    active: bool
    created_at: datetime = Field(alias="createdAt")
    email: str
    email_claimed: bool = Field(alias="emailClaimed")
    id: str
    last_login_at: Optional[datetime] = Field(alias="lastLoginAt")
    name: str
    role: Role
    updated_at: datetime = Field(alias="updatedAt")


class AuthTokensFields(BaseModel):
    access_token: str = Field(alias="accessToken")
    expires_in: int = Field(alias="expiresIn")
    refresh_token: str = Field(alias="refreshToken")
    token_type: str = Field(alias="tokenType")
    user: "AuthTokensFieldsUser"


class AuthTokensFieldsUser(UserFields):
    pass


class KnowledgeSourceFields(BaseModel):
    file: Optional["KnowledgeSourceFieldsFile"]
    passage: str
    score: float


class KnowledgeSourceFieldsFile(BaseModel):
    id: str
    name: str


class BotGenerationFields(BaseModel):
    confidence_score: float = Field(alias="confidenceScore")
    model: Optional[str]
    processing_time_ms: int = Field(alias="processingTimeMs")
    sources: list["BotGenerationFieldsSources"]
    tokens: int


class BotGenerationFieldsSources(KnowledgeSourceFields):
    pass


class BotSettingsFields(BaseModel):
    daily_token_budget: Optional[int] = Field(alias="dailyTokenBudget")
    debounce: float
    escalation_threshold: float = Field(alias="escalationThreshold")
    hand_back_after: Optional[int] = Field(alias="handBackAfter")
    language: str


class CampaignEventFields(BaseModel):
    actor: Optional["CampaignEventFieldsActor"]
    campaign: "CampaignEventFieldsCampaign"
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    stats: "CampaignEventFieldsStats"
    status: CampaignStatus
    subject: Optional["CampaignEventFieldsSubject"]
    type_: EventType = Field(alias="type")


class CampaignEventFieldsActor(BaseModel):
    id: str
    name: str


class CampaignEventFieldsCampaign(BaseModel):
    id: str
    name: str


class CampaignEventFieldsStats(DeliveryStatsFields):
    pass


class CampaignEventFieldsSubject(BaseModel):
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


class QuietHoursFields(BaseModel):
    end: time
    start: time


class CampaignFields(BaseModel):
    content: str
    created_at: datetime = Field(alias="createdAt")
    created_by: Optional["CampaignFieldsCreatedBy"] = Field(alias="createdBy")
    description: Optional[str]
    ended_at: Optional[datetime] = Field(alias="endedAt")
    error_message: Optional[str] = Field(alias="errorMessage")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    groups: list["CampaignFieldsGroups"]
    id: str
    media: Optional["CampaignFieldsMedia"]
    name: str
    quiet_hours: Optional["CampaignFieldsQuietHours"] = Field(alias="quietHours")
    scheduled_at: Optional[datetime] = Field(alias="scheduledAt")
    senders: list["CampaignFieldsSenders"]
    started_at: Optional[datetime] = Field(alias="startedAt")
    stats: "CampaignFieldsStats"
    status: CampaignStatus
    template: Optional["CampaignFieldsTemplate"]
    type_: CampaignType = Field(alias="type")
    updated_at: datetime = Field(alias="updatedAt")
    variables: object


class CampaignFieldsCreatedBy(BaseModel):
    id: str
    name: str


class CampaignFieldsGroups(BaseModel):
    id: str
    name: str


class CampaignFieldsMedia(BaseModel):
    id: str
    name: str


class CampaignFieldsQuietHours(QuietHoursFields):
    pass


class CampaignFieldsSenders(BaseModel):
    id: str
    name: Optional[str]


class CampaignFieldsStats(DeliveryStatsFields):
    pass


class CampaignFieldsTemplate(BaseModel):
    id: str
    title: str


class ExclusionTallyFields(BaseModel):
    count: int
    reason: ExclusionReason


class MessageButtonFields(BaseModel):
    code: Optional[str]
    flow_id: Optional[str] = Field(alias="flowId")
    payload: Optional[str]
    phone_number: Optional[str] = Field(alias="phoneNumber")
    title: str
    type_: MessageButtonType = Field(alias="type")
    url: Optional[str]


class LocationDetailsFields(BaseModel):
    address: Optional[str]
    latitude: float
    longitude: float
    name: Optional[str]


class MessageHeaderFields(BaseModel):
    format: HeaderFormat
    location: Optional["MessageHeaderFieldsLocation"]
    media: Optional["MessageHeaderFieldsMedia"]
    text: Optional[str]


class MessageHeaderFieldsLocation(LocationDetailsFields):
    pass


class MessageHeaderFieldsMedia(BaseModel):
    id: str
    name: str


class MessagePreviewFields(BaseModel):
    buttons: list["MessagePreviewFieldsButtons"]
    contact: Optional["MessagePreviewFieldsContact"]
    content: str
    footer: Optional[str]
    header: Optional["MessagePreviewFieldsHeader"]
    missing_variables: list[str] = Field(alias="missingVariables")


class MessagePreviewFieldsButtons(MessageButtonFields):
    pass


class MessagePreviewFieldsContact(BaseModel):
    id: str
    name: str


class MessagePreviewFieldsHeader(MessageHeaderFields):
    pass


class CampaignPreflightFields(BaseModel):
    audience: int
    campaign: "CampaignPreflightFieldsCampaign"
    closed_countries: list["CampaignPreflightFieldsClosedCountries"] = Field(
        alias="closedCountries"
    )
    created_at: datetime = Field(alias="createdAt")
    exclusions: list["CampaignPreflightFieldsExclusions"]
    finishes_at: Optional[datetime] = Field(alias="finishesAt")
    id: str
    missing_variables: list["CampaignPreflightFieldsMissingVariables"] = Field(
        alias="missingVariables"
    )
    pacing: str
    problems: list[str]
    recipients: int
    samples: list["CampaignPreflightFieldsSamples"]


class CampaignPreflightFieldsCampaign(BaseModel):
    id: str
    name: str


class CampaignPreflightFieldsClosedCountries(TallyFields):
    pass


class CampaignPreflightFieldsExclusions(ExclusionTallyFields):
    pass


class CampaignPreflightFieldsMissingVariables(TallyFields):
    pass


class CampaignPreflightFieldsSamples(MessagePreviewFields):
    pass


class CampaignRecipientFields(BaseModel):
    address: Optional[str]
    campaign: "CampaignRecipientFieldsCampaign"
    contact: Optional["CampaignRecipientFieldsContact"]
    exclusion: Optional[ExclusionReason]
    id: str
    message: Optional["CampaignRecipientFieldsMessage"]
    not_before: Optional[datetime] = Field(alias="notBefore")
    outcome: RecipientOutcome
    reply: Optional["CampaignRecipientFieldsReply"]


class CampaignRecipientFieldsCampaign(BaseModel):
    id: str
    name: str


class CampaignRecipientFieldsContact(BaseModel):
    id: str
    name: str


class CampaignRecipientFieldsMessage(BaseModel):
    id: str
    content: Optional[str]


class CampaignRecipientFieldsReply(BaseModel):
    id: str
    content: Optional[str]


class ConsentEntryFields(BaseModel):
    contact: "ConsentEntryFieldsContact"
    created_at: datetime = Field(alias="createdAt")
    id: str
    proof: Optional[str]
    purpose: TemplateCategory
    recorded_by: Optional["ConsentEntryFieldsRecordedBy"] = Field(alias="recordedBy")
    source: ConsentSource
    state: OptInStatus


class ConsentEntryFieldsContact(BaseModel):
    id: str
    name: str


class ConsentEntryFieldsRecordedBy(BaseModel):
    id: str
    name: str


class ConsentSettingsFields(BaseModel):
    opt_in_reply: Optional[str] = Field(alias="optInReply")
    opt_out_reply: Optional[str] = Field(alias="optOutReply")
    start_words: list[str] = Field(alias="startWords")
    stop_words: list[str] = Field(alias="stopWords")


class ContactCardFields(BaseModel):
    company: Optional[str]
    emails: list[str]
    name: str
    phone_numbers: list[str] = Field(alias="phoneNumbers")


class ContactPhoneFields(BaseModel):
    contact: "ContactPhoneFieldsContact"
    created_at: datetime = Field(alias="createdAt")
    id: str
    label: Optional[str]
    on_whats_app: Optional[bool] = Field(alias="onWhatsApp")
    phone_number: str = Field(alias="phoneNumber")
    primary: bool
    verified_at: Optional[datetime] = Field(alias="verifiedAt")


class ContactPhoneFieldsContact(BaseModel):
    id: str
    name: str


class ContactFields(BaseModel):
    attributes: object
    company: Optional[str]
    created_at: datetime = Field(alias="createdAt")
    email: Optional[str]
    first_name: Optional[str] = Field(alias="firstName")
    id: str
    job_title: Optional[str] = Field(alias="jobTitle")
    last_message_at: Optional[datetime] = Field(alias="lastMessageAt")
    last_name: Optional[str] = Field(alias="lastName")
    message_count: int = Field(alias="messageCount")
    name: str
    opt_in_changed_at: Optional[datetime] = Field(alias="optInChangedAt")
    opt_in_status: OptInStatus = Field(alias="optInStatus")
    phone_number: Optional[str] = Field(alias="phoneNumber")
    phones: list["ContactFieldsPhones"]
    tags: list[str]
    time_zone: Optional[str] = Field(alias="timeZone")
    time_zone_inferred: bool = Field(alias="timeZoneInferred")
    updated_at: datetime = Field(alias="updatedAt")


class ContactFieldsPhones(ContactPhoneFields):
    pass


class ContactIdentityFields(BaseModel):
    business_account_id: Optional[str] = Field(alias="businessAccountId")
    created_at: datetime = Field(alias="createdAt")
    type_: ContactIdentityType = Field(alias="type")
    value: str


class ContactImportFields(BaseModel):
    created: int
    created_at: datetime = Field(alias="createdAt")
    created_by: Optional["ContactImportFieldsCreatedBy"] = Field(alias="createdBy")
    error_message: Optional[str] = Field(alias="errorMessage")
    failed: int
    id: str
    progress: float
    skipped: int
    status: JobStatus
    updated: int


class ContactImportFieldsCreatedBy(BaseModel):
    id: str
    name: str


class ImportColumnFields(BaseModel):
    attribute: Optional[str]
    column: str
    field: Optional[ContactField]


class ContactImportPreviewFields(BaseModel):
    columns: list["ContactImportPreviewFieldsColumns"]
    delimiter: str
    encoding: str
    problems: list[str]
    row_count: int = Field(alias="rowCount")
    rows: list[list[str]]


class ContactImportPreviewFieldsColumns(ImportColumnFields):
    pass


class InteractiveDetailsFields(BaseModel):
    buttons: list["InteractiveDetailsFieldsButtons"]
    footer: Optional[str]
    header: Optional["InteractiveDetailsFieldsHeader"]


class InteractiveDetailsFieldsButtons(MessageButtonFields):
    pass


class InteractiveDetailsFieldsHeader(MessageHeaderFields):
    pass


class InteractiveReplyDetailsFields(BaseModel):
    answers: Optional[object]
    payload: Optional[str]
    title: str


class OrderDetailsFields(BaseModel):
    catalog_id: str = Field(alias="catalogId")


class ReferralFields(BaseModel):
    body: Optional[str]
    click_id: Optional[str] = Field(alias="clickId")
    headline: Optional[str]
    source_id: Optional[str] = Field(alias="sourceId")
    source_type: Optional[str] = Field(alias="sourceType")
    source_url: Optional[str] = Field(alias="sourceUrl")


class UnsupportedDetailsFields(BaseModel):
    kind: str
    raw: object


class MessageFields(BaseModel):
    attempts: int
    author: MessageAuthor
    campaign: Optional["MessageFieldsCampaign"]
    contact: "MessageFieldsContact"
    content: Optional[str]
    conversation: Optional["MessageFieldsConversation"]
    correlation_id: Optional[str] = Field(alias="correlationId")
    created_at: datetime = Field(alias="createdAt")
    delivered_at: Optional[datetime] = Field(alias="deliveredAt")
    details: Optional[
        Annotated[
            Union[
                "MessageFieldsDetailsInteractiveDetails",
                "MessageFieldsDetailsInteractiveReplyDetails",
                "MessageFieldsDetailsLocationDetails",
                "MessageFieldsDetailsContactsDetails",
                "MessageFieldsDetailsOrderDetails",
                "MessageFieldsDetailsUnsupportedDetails",
            ],
            Field(discriminator="typename__"),
        ]
    ]
    direction: MessageDirection
    edited_at: Optional[datetime] = Field(alias="editedAt")
    error_code: Optional[ErrorCode] = Field(alias="errorCode")
    error_message: Optional[str] = Field(alias="errorMessage")
    generation: Optional["MessageFieldsGeneration"]
    id: str
    media: Optional["MessageFieldsMedia"]
    metadata: object
    operator: Optional["MessageFieldsOperator"]
    priority: Priority
    provider_error_code: Optional[int] = Field(alias="providerErrorCode")
    provider_message_id: Optional[str] = Field(alias="providerMessageId")
    purpose: TemplateCategory
    read_at: Optional[datetime] = Field(alias="readAt")
    referral: Optional["MessageFieldsReferral"]
    reply_to: Optional["MessageFieldsReplyTo"] = Field(alias="replyTo")
    revoked_at: Optional[datetime] = Field(alias="revokedAt")
    schedule: Optional["MessageFieldsSchedule"]
    sender: "MessageFieldsSender"
    sent_at: Optional[datetime] = Field(alias="sentAt")
    sentiment_score: Optional[float] = Field(alias="sentimentScore")
    status: MessageStatus
    template: Optional["MessageFieldsTemplate"]
    type_: MessageType = Field(alias="type")
    updated_at: datetime = Field(alias="updatedAt")


class MessageFieldsCampaign(BaseModel):
    id: str
    name: str


class MessageFieldsContact(BaseModel):
    id: str
    name: str


class MessageFieldsConversation(BaseModel):
    id: str
    phone_number: Optional[str] = Field(alias="phoneNumber")


class MessageFieldsDetailsInteractiveDetails(InteractiveDetailsFields):
    typename__: Literal["InteractiveDetails"] = Field(alias="__typename")


class MessageFieldsDetailsInteractiveReplyDetails(InteractiveReplyDetailsFields):
    typename__: Literal["InteractiveReplyDetails"] = Field(alias="__typename")


class MessageFieldsDetailsLocationDetails(LocationDetailsFields):
    typename__: Literal["LocationDetails"] = Field(alias="__typename")


class MessageFieldsDetailsContactsDetails(BaseModel):
    typename__: Literal["ContactsDetails"] = Field(alias="__typename")


class MessageFieldsDetailsOrderDetails(OrderDetailsFields):
    typename__: Literal["OrderDetails"] = Field(alias="__typename")


class MessageFieldsDetailsUnsupportedDetails(UnsupportedDetailsFields):
    typename__: Literal["UnsupportedDetails"] = Field(alias="__typename")


class MessageFieldsGeneration(BotGenerationFields):
    pass


class MessageFieldsMedia(BaseModel):
    id: str
    name: str


class MessageFieldsOperator(BaseModel):
    id: str
    name: str


class MessageFieldsReferral(ReferralFields):
    pass


class MessageFieldsReplyTo(BaseModel):
    id: str
    content: Optional[str]


class MessageFieldsSchedule(BaseModel):
    id: str


class MessageFieldsSender(BaseModel):
    id: str
    name: Optional[str]


class MessageFieldsTemplate(BaseModel):
    id: str
    title: str


class ServiceWindowFields(BaseModel):
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    open: bool


class ConversationFields(BaseModel):
    assigned_to: Optional["ConversationFieldsAssignedTo"] = Field(alias="assignedTo")
    chat_id: str = Field(alias="chatId")
    closed_at: Optional[datetime] = Field(alias="closedAt")
    contact: "ConversationFieldsContact"
    created_at: datetime = Field(alias="createdAt")
    escalation_note: Optional[str] = Field(alias="escalationNote")
    escalation_reason: Optional[EscalationReason] = Field(alias="escalationReason")
    handler: ConversationHandler
    id: str
    language: Optional[str]
    last_message: Optional["ConversationFieldsLastMessage"] = Field(alias="lastMessage")
    message_count: int = Field(alias="messageCount")
    metadata: object
    phone_number: Optional[str] = Field(alias="phoneNumber")
    priority: Priority
    satisfaction_score: Optional[int] = Field(alias="satisfactionScore")
    sender: "ConversationFieldsSender"
    service_window: "ConversationFieldsServiceWindow" = Field(alias="serviceWindow")
    status: ConversationStatus
    tags: list[str]
    taken_over_at: Optional[datetime] = Field(alias="takenOverAt")
    unread_count: int = Field(alias="unreadCount")
    updated_at: datetime = Field(alias="updatedAt")


class ConversationFieldsAssignedTo(BaseModel):
    id: str
    name: str


class ConversationFieldsContact(BaseModel):
    id: str
    name: str


class ConversationFieldsLastMessage(MessageFields):
    pass


class ConversationFieldsSender(BaseModel):
    id: str
    name: Optional[str]


class ConversationFieldsServiceWindow(ServiceWindowFields):
    pass


class ConversationEventFields(BaseModel):
    actor: Optional["ConversationEventFieldsActor"]
    conversation: "ConversationEventFieldsConversation"
    cursor: str
    escalation_reason: Optional[EscalationReason] = Field(alias="escalationReason")
    message: Optional["ConversationEventFieldsMessage"]
    occurred_at: datetime = Field(alias="occurredAt")
    subject: Optional["ConversationEventFieldsSubject"]
    type_: EventType = Field(alias="type")
    typing: Optional[bool]
    typist: Optional[MessageAuthor]


class ConversationEventFieldsActor(BaseModel):
    id: str
    name: str


class ConversationEventFieldsConversation(ConversationFields):
    pass


class ConversationEventFieldsMessage(MessageFields):
    pass


class ConversationEventFieldsSubject(BaseModel):
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


class DatabaseHealthFields(BaseModel):
    checked_in: Optional[int] = Field(alias="checkedIn")
    checked_out: Optional[int] = Field(alias="checkedOut")
    engine: str
    overflow: int
    pool_size: Optional[int] = Field(alias="poolSize")
    response_time_ms: Optional[float] = Field(alias="responseTimeMs")
    status: HealthStatus


class DelaySettingsFields(BaseModel):
    message_delay: int = Field(alias="messageDelay")
    sender_switch_delay: int = Field(alias="senderSwitchDelay")


class ExternalHealthFields(BaseModel):
    rate_limit_remaining: Optional[int] = Field(alias="rateLimitRemaining")
    response_time_ms: Optional[float] = Field(alias="responseTimeMs")
    status: HealthStatus
    tokens_used_today: Optional[int] = Field(alias="tokensUsedToday")


class FeatureSettingsFields(BaseModel):
    auto_escalation: bool = Field(alias="autoEscalation")
    multilingual_support: bool = Field(alias="multilingualSupport")
    open_registration: bool = Field(alias="openRegistration")
    rag_enabled: bool = Field(alias="ragEnabled")
    sentiment_analysis: bool = Field(alias="sentimentAnalysis")


class FileIndexingFields(BaseModel):
    error_message: Optional[str] = Field(alias="errorMessage")
    passages: int
    progress: float
    status: JobStatus


class FileFields(BaseModel):
    conversation: Optional["FileFieldsConversation"]
    error_message: Optional[str] = Field(alias="errorMessage")
    id: str
    indexing: Optional["FileFieldsIndexing"]
    metadata: object
    mime_type: Optional[str] = Field(alias="mimeType")
    name: str
    purpose: FilePurpose
    size_bytes: Optional[int] = Field(alias="sizeBytes")
    status: JobStatus
    uploaded_at: datetime = Field(alias="uploadedAt")
    uploaded_by: Optional["FileFieldsUploadedBy"] = Field(alias="uploadedBy")
    url: Optional[str]


class FileFieldsConversation(BaseModel):
    id: str
    phone_number: Optional[str] = Field(alias="phoneNumber")


class FileFieldsIndexing(FileIndexingFields):
    pass


class FileFieldsUploadedBy(BaseModel):
    id: str
    name: str


class GroupFields(BaseModel):
    contact_count: int = Field(alias="contactCount")
    created_at: datetime = Field(alias="createdAt")
    description: Optional[str]
    id: str
    name: str
    scheduled_count: int = Field(alias="scheduledCount")
    sent_count: int = Field(alias="sentCount")
    updated_at: datetime = Field(alias="updatedAt")


class RedisHealthFields(BaseModel):
    connected_clients: Optional[int] = Field(alias="connectedClients")
    queue_depth: Optional[int] = Field(alias="queueDepth")
    response_time_ms: Optional[float] = Field(alias="responseTimeMs")
    status: HealthStatus
    uptime_days: Optional[int] = Field(alias="uptimeDays")
    used_memory_mb: Optional[float] = Field(alias="usedMemoryMb")
    version: Optional[str]


class WorkerFields(BaseModel):
    current_task: Optional[str] = Field(alias="currentTask")
    name: str
    online: bool
    processed: int


class WorkersHealthFields(BaseModel):
    active_tasks: Optional[int] = Field(alias="activeTasks")
    count: int
    queued_tasks: Optional[int] = Field(alias="queuedTasks")
    response_time_ms: Optional[float] = Field(alias="responseTimeMs")
    status: HealthStatus
    workers: Optional[list["WorkersHealthFieldsWorkers"]]


class WorkersHealthFieldsWorkers(WorkerFields):
    pass


class HealthFields(BaseModel):
    api: "HealthFieldsApi"
    database: "HealthFieldsDatabase"
    environment: Optional[str]
    language_model: "HealthFieldsLanguageModel" = Field(alias="languageModel")
    problems: Optional[list[str]]
    redis: "HealthFieldsRedis"
    status: HealthStatus
    timestamp: datetime
    version: str
    whatsapp: "HealthFieldsWhatsapp"
    workers: "HealthFieldsWorkers"


class HealthFieldsApi(ApiHealthFields):
    pass


class HealthFieldsDatabase(DatabaseHealthFields):
    pass


class HealthFieldsLanguageModel(ExternalHealthFields):
    pass


class HealthFieldsRedis(RedisHealthFields):
    pass


class HealthFieldsWhatsapp(ExternalHealthFields):
    pass


class HealthFieldsWorkers(WorkersHealthFields):
    pass


class IntegrationFields(BaseModel):
    connected: bool
    models: list[str]
    name: str
    rate_limit: Optional[int] = Field(alias="rateLimit")
    webhook_url: Optional[str] = Field(alias="webhookUrl")


class KnowledgeAnswerFields(BaseModel):
    answer: Optional[str]
    confidence_score: float = Field(alias="confidenceScore")
    model: Optional[str]
    sources: list["KnowledgeAnswerFieldsSources"]


class KnowledgeAnswerFieldsSources(KnowledgeSourceFields):
    pass


class LeadActivityFields(BaseModel):
    changes: object
    created_at: datetime = Field(alias="createdAt")
    id: str
    lead: "LeadActivityFieldsLead"
    note: Optional[str]
    type_: LeadActivityType = Field(alias="type")
    user: Optional["LeadActivityFieldsUser"]


class LeadActivityFieldsLead(BaseModel):
    id: str
    title: str


class LeadActivityFieldsUser(BaseModel):
    id: str
    name: str


class LeadFields(BaseModel):
    assigned_to: Optional["LeadFieldsAssignedTo"] = Field(alias="assignedTo")
    campaign: Optional["LeadFieldsCampaign"]
    closed_at: Optional[datetime] = Field(alias="closedAt")
    contact: "LeadFieldsContact"
    conversation: Optional["LeadFieldsConversation"]
    created_at: datetime = Field(alias="createdAt")
    description: Optional[str]
    estimated_value: Optional[Decimal] = Field(alias="estimatedValue")
    id: str
    last_contacted_at: Optional[datetime] = Field(alias="lastContactedAt")
    lost_reason: Optional[str] = Field(alias="lostReason")
    message: Optional["LeadFieldsMessage"]
    next_follow_up_at: Optional[datetime] = Field(alias="nextFollowUpAt")
    overdue: bool
    priority: Priority
    probability: int
    score: int
    source: Optional[str]
    status: LeadStatus
    title: str
    updated_at: datetime = Field(alias="updatedAt")


class LeadFieldsAssignedTo(BaseModel):
    id: str
    name: str


class LeadFieldsCampaign(BaseModel):
    id: str
    name: str


class LeadFieldsContact(BaseModel):
    id: str
    name: str


class LeadFieldsConversation(BaseModel):
    id: str
    phone_number: Optional[str] = Field(alias="phoneNumber")


class LeadFieldsMessage(BaseModel):
    id: str
    content: Optional[str]


class LimitSettingsFields(BaseModel):
    anonymous_calls_per_minute: int = Field(alias="anonymousCallsPerMinute")
    calls_per_second: int = Field(alias="callsPerSecond")
    event_retention_days: int = Field(alias="eventRetentionDays")
    fail_open: bool = Field(alias="failOpen")
    max_conversation_length: int = Field(alias="maxConversationLength")
    max_file_size_mb: int = Field(alias="maxFileSizeMb")
    max_message_length: int = Field(alias="maxMessageLength")
    max_query_cost: int = Field(alias="maxQueryCost")
    messages_per_hour: Optional[int] = Field(alias="messagesPerHour")
    queries_per_minute: int = Field(alias="queriesPerMinute")
    rate_limit_per_hour: int = Field(alias="rateLimitPerHour")
    rate_limit_per_minute: int = Field(alias="rateLimitPerMinute")


class MessageEventFields(BaseModel):
    actor: Optional["MessageEventFieldsActor"]
    cursor: str
    error: Optional[str]
    message: Optional["MessageEventFieldsMessage"]
    occurred_at: datetime = Field(alias="occurredAt")
    schedule: Optional["MessageEventFieldsSchedule"]
    stats: Optional["MessageEventFieldsStats"]
    subject: Optional["MessageEventFieldsSubject"]
    type_: EventType = Field(alias="type")


class MessageEventFieldsActor(BaseModel):
    id: str
    name: str


class MessageEventFieldsMessage(MessageFields):
    pass


class MessageEventFieldsSchedule(BaseModel):
    id: str


class MessageEventFieldsStats(DeliveryStatsFields):
    pass


class MessageEventFieldsSubject(BaseModel):
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


class TemplateApprovalFields(BaseModel):
    business_account_id: str = Field(alias="businessAccountId")
    category: TemplateCategory
    language: str
    name: str
    quality: QualityRating
    reason: Optional[str]
    status: TemplateStatus
    synced_at: datetime = Field(alias="syncedAt")


class MessageTemplateFields(BaseModel):
    approval: Optional["MessageTemplateFieldsApproval"]
    buttons: list["MessageTemplateFieldsButtons"]
    content: str
    created_at: datetime = Field(alias="createdAt")
    footer: Optional[str]
    header: Optional["MessageTemplateFieldsHeader"]
    id: str
    preview: "MessageTemplateFieldsPreview"
    scheduled_count: int = Field(alias="scheduledCount")
    sent_count: int = Field(alias="sentCount")
    title: str
    updated_at: datetime = Field(alias="updatedAt")
    variables: list[str]


class MessageTemplateFieldsApproval(TemplateApprovalFields):
    pass


class MessageTemplateFieldsButtons(MessageButtonFields):
    pass


class MessageTemplateFieldsHeader(MessageHeaderFields):
    pass


class MessageTemplateFieldsPreview(MessagePreviewFields):
    pass


class ModelMetricsFields(BaseModel):
    average_confidence: float = Field(alias="averageConfidence")
    average_processing_time_ms: float = Field(alias="averageProcessingTimeMs")
    error_rate: float = Field(alias="errorRate")
    model: str
    tokens_today: int = Field(alias="tokensToday")
    usage_count: int = Field(alias="usageCount")


class OAuthProviderFields(BaseModel):
    name: str


class OrderItemFields(BaseModel):
    currency: str
    price: Decimal
    product_id: str = Field(alias="productId")
    quantity: int


class PageInfoFields(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    has_previous_page: bool = Field(alias="hasPreviousPage")
    start_cursor: Optional[str] = Field(alias="startCursor")
    end_cursor: Optional[str] = Field(alias="endCursor")


class PrivacyReceiptFields(BaseModel):
    action: PrivacyAction
    completed_at: Optional[datetime] = Field(alias="completedAt")
    contact_id: str = Field(alias="contactId")
    counts: list["PrivacyReceiptFieldsCounts"]
    created_at: datetime = Field(alias="createdAt")
    file: Optional["PrivacyReceiptFieldsFile"]
    id: str
    requested_by: Optional["PrivacyReceiptFieldsRequestedBy"] = Field(
        alias="requestedBy"
    )
    status: JobStatus


class PrivacyReceiptFieldsCounts(TallyFields):
    pass


class PrivacyReceiptFieldsFile(BaseModel):
    id: str
    name: str


class PrivacyReceiptFieldsRequestedBy(BaseModel):
    id: str
    name: str


class ScheduleFields(BaseModel):
    archived_at: Optional[datetime] = Field(alias="archivedAt")
    cancelled_at: Optional[datetime] = Field(alias="cancelledAt")
    cancelled_by: Optional["ScheduleFieldsCancelledBy"] = Field(alias="cancelledBy")
    created_at: datetime = Field(alias="createdAt")
    created_by: Optional["ScheduleFieldsCreatedBy"] = Field(alias="createdBy")
    error_message: Optional[str] = Field(alias="errorMessage")
    group: "ScheduleFieldsGroup"
    id: str
    processing_started_at: Optional[datetime] = Field(alias="processingStartedAt")
    processing_time: Optional[float] = Field(alias="processingTime")
    send_at: datetime = Field(alias="sendAt")
    sender: "ScheduleFieldsSender"
    sent_at: Optional[datetime] = Field(alias="sentAt")
    stats: "ScheduleFieldsStats"
    status: ScheduleStatus
    task_id: Optional[str] = Field(alias="taskId")
    template: "ScheduleFieldsTemplate"
    variables: object


class ScheduleFieldsCancelledBy(BaseModel):
    id: str
    name: str


class ScheduleFieldsCreatedBy(BaseModel):
    id: str
    name: str


class ScheduleFieldsGroup(BaseModel):
    id: str
    name: str


class ScheduleFieldsSender(BaseModel):
    id: str
    name: Optional[str]


class ScheduleFieldsStats(DeliveryStatsFields):
    pass


class ScheduleFieldsTemplate(BaseModel):
    id: str
    title: str


class SenderHealthFields(BaseModel):
    checked_at: datetime = Field(alias="checkedAt")
    closed_countries: list[str] = Field(alias="closedCountries")
    display_name: Optional[str] = Field(alias="displayName")
    display_name_status: Optional[str] = Field(alias="displayNameStatus")
    last_error: Optional[str] = Field(alias="lastError")
    last_error_at: Optional[datetime] = Field(alias="lastErrorAt")
    last_error_code: Optional[int] = Field(alias="lastErrorCode")
    messages_per_second: int = Field(alias="messagesPerSecond")
    messaging_limit: Optional[int] = Field(alias="messagingLimit")
    messaging_limit_used: int = Field(alias="messagingLimitUsed")
    quality: QualityRating


class SenderPacingFields(BaseModel):
    finishes_at: Optional[datetime] = Field(alias="finishesAt")
    messages_per_second: float = Field(alias="messagesPerSecond")
    queued: int
    reason: str
    remaining_this_hour: Optional[int] = Field(alias="remainingThisHour")
    state: PacingState
    until: Optional[datetime]


class SenderFields(BaseModel):
    active: bool
    bot_enabled: bool = Field(alias="botEnabled")
    business_account_id: Optional[str] = Field(alias="businessAccountId")
    created_at: datetime = Field(alias="createdAt")
    error_message: Optional[str] = Field(alias="errorMessage")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    health: Optional["SenderFieldsHealth"]
    id: str
    is_default: bool = Field(alias="isDefault")
    last_active_at: Optional[datetime] = Field(alias="lastActiveAt")
    name: Optional[str]
    pacing: "SenderFieldsPacing"
    phone_number: str = Field(alias="phoneNumber")
    phone_number_id: Optional[str] = Field(alias="phoneNumberId")
    provider: SenderProvider
    requires_auth: bool = Field(alias="requiresAuth")
    status: SenderStatus
    updated_at: datetime = Field(alias="updatedAt")


class SenderFieldsHealth(SenderHealthFields):
    pass


class SenderFieldsPacing(SenderPacingFields):
    pass


class SenderEventFields(BaseModel):
    actor: Optional["SenderEventFieldsActor"]
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    sender: "SenderEventFieldsSender"
    status: SenderStatus
    subject: Optional["SenderEventFieldsSubject"]
    type_: EventType = Field(alias="type")


class SenderEventFieldsActor(BaseModel):
    id: str
    name: str


class SenderEventFieldsSender(SenderFields):
    pass


class SenderEventFieldsSubject(BaseModel):
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


class SettingsFields(BaseModel):
    bot: "SettingsFieldsBot"
    consent: "SettingsFieldsConsent"
    delays: "SettingsFieldsDelays"
    environment: str
    features: "SettingsFieldsFeatures"
    integrations: list["SettingsFieldsIntegrations"]
    limits: "SettingsFieldsLimits"
    version: str


class SettingsFieldsBot(BotSettingsFields):
    pass


class SettingsFieldsConsent(ConsentSettingsFields):
    pass


class SettingsFieldsDelays(DelaySettingsFields):
    pass


class SettingsFieldsFeatures(FeatureSettingsFields):
    pass


class SettingsFieldsIntegrations(IntegrationFields):
    pass


class SettingsFieldsLimits(LimitSettingsFields):
    pass


class SystemMetricsFields(BaseModel):
    active_buffers: int = Field(alias="activeBuffers")
    active_senders: int = Field(alias="activeSenders")
    average_response_time_ms: float = Field(alias="averageResponseTimeMs")
    cpu_utilization: float = Field(alias="cpuUtilization")
    deduplication_cache: str = Field(alias="deduplicationCache")
    disk_usage_gb: Optional[float] = Field(alias="diskUsageGb")
    error_rate: float = Field(alias="errorRate")
    memory_utilization: float = Field(alias="memoryUtilization")
    messages_per_minute: float = Field(alias="messagesPerMinute")
    messages_sent_today: int = Field(alias="messagesSentToday")
    models: list["SystemMetricsFieldsModels"]
    network_throughput_mbps: float = Field(alias="networkThroughputMbps")
    queue_size: int = Field(alias="queueSize")
    total_buffered: int = Field(alias="totalBuffered")
    total_deduplicated: int = Field(alias="totalDeduplicated")
    uptime: int
    uptime_percentage: float = Field(alias="uptimePercentage")


class SystemMetricsFieldsModels(ModelMetricsFields):
    pass


class UploadFields(BaseModel):
    expires_at: datetime = Field(alias="expiresAt")
    file: "UploadFieldsFile"
    headers: object
    url: str


class UploadFieldsFile(FileFields):
    pass


class WebhookDeliveryFields(BaseModel):
    attempts: int
    created_at: datetime = Field(alias="createdAt")
    delivered_at: Optional[datetime] = Field(alias="deliveredAt")
    error_message: Optional[str] = Field(alias="errorMessage")
    id: str
    next_attempt_at: Optional[datetime] = Field(alias="nextAttemptAt")
    payload: object
    response_status: Optional[int] = Field(alias="responseStatus")
    status: WebhookDeliveryStatus
    type_: EventType = Field(alias="type")
    webhook: "WebhookDeliveryFieldsWebhook"


class WebhookDeliveryFieldsWebhook(BaseModel):
    id: str


class WebhookFields(BaseModel):
    active: bool
    created_at: datetime = Field(alias="createdAt")
    cursor: str
    disabled_at: Optional[datetime] = Field(alias="disabledAt")
    events: list[EventType]
    id: str
    secret: Optional[str]
    updated_at: datetime = Field(alias="updatedAt")
    url: str


DeliveryStatsFields.model_rebuild()
TallyFields.model_rebuild()
CampaignAnalyticsFields.model_rebuild()
ContactAnalyticsFields.model_rebuild()
ConversationTrendFields.model_rebuild()
ConversationAnalyticsFields.model_rebuild()
LeadStageFields.model_rebuild()
LeadAnalyticsFields.model_rebuild()
AnalyticsFields.model_rebuild()
ApiHealthFields.model_rebuild()
ApiTokenFields.model_rebuild()
AuditEntryFields.model_rebuild()
UserFields.model_rebuild()
AuthTokensFields.model_rebuild()
KnowledgeSourceFields.model_rebuild()
BotGenerationFields.model_rebuild()
BotSettingsFields.model_rebuild()
CampaignEventFields.model_rebuild()
QuietHoursFields.model_rebuild()
CampaignFields.model_rebuild()
ExclusionTallyFields.model_rebuild()
MessageButtonFields.model_rebuild()
LocationDetailsFields.model_rebuild()
MessageHeaderFields.model_rebuild()
MessagePreviewFields.model_rebuild()
CampaignPreflightFields.model_rebuild()
CampaignRecipientFields.model_rebuild()
ConsentEntryFields.model_rebuild()
ConsentSettingsFields.model_rebuild()
ContactCardFields.model_rebuild()
ContactPhoneFields.model_rebuild()
ContactFields.model_rebuild()
ContactIdentityFields.model_rebuild()
ContactImportFields.model_rebuild()
ImportColumnFields.model_rebuild()
ContactImportPreviewFields.model_rebuild()
InteractiveDetailsFields.model_rebuild()
InteractiveReplyDetailsFields.model_rebuild()
OrderDetailsFields.model_rebuild()
ReferralFields.model_rebuild()
UnsupportedDetailsFields.model_rebuild()
MessageFields.model_rebuild()
ServiceWindowFields.model_rebuild()
ConversationFields.model_rebuild()
ConversationEventFields.model_rebuild()
DatabaseHealthFields.model_rebuild()
DelaySettingsFields.model_rebuild()
ExternalHealthFields.model_rebuild()
FeatureSettingsFields.model_rebuild()
FileIndexingFields.model_rebuild()
FileFields.model_rebuild()
GroupFields.model_rebuild()
RedisHealthFields.model_rebuild()
WorkerFields.model_rebuild()
WorkersHealthFields.model_rebuild()
HealthFields.model_rebuild()
IntegrationFields.model_rebuild()
KnowledgeAnswerFields.model_rebuild()
LeadActivityFields.model_rebuild()
LeadFields.model_rebuild()
LimitSettingsFields.model_rebuild()
MessageEventFields.model_rebuild()
TemplateApprovalFields.model_rebuild()
MessageTemplateFields.model_rebuild()
ModelMetricsFields.model_rebuild()
OAuthProviderFields.model_rebuild()
OrderItemFields.model_rebuild()
PageInfoFields.model_rebuild()
PrivacyReceiptFields.model_rebuild()
ScheduleFields.model_rebuild()
SenderHealthFields.model_rebuild()
SenderPacingFields.model_rebuild()
SenderFields.model_rebuild()
SenderEventFields.model_rebuild()
SettingsFields.model_rebuild()
SystemMetricsFields.model_rebuild()
UploadFields.model_rebuild()
WebhookDeliveryFields.model_rebuild()
WebhookFields.model_rebuild()
