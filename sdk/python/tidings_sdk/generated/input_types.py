from datetime import datetime, time
from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    Assignment,
    CampaignStatus,
    CampaignType,
    ContactField,
    ConversationHandler,
    ConversationStatus,
    DuplicatePolicy,
    EventType,
    ExclusionReason,
    FilePurpose,
    ImportVerdict,
    LeadStatus,
    MessageAuthor,
    MessageButtonType,
    MessageDirection,
    MessageStatus,
    MessageType,
    OptInStatus,
    Priority,
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


class AttributeFilter(BaseModel):
    """A custom value of a contact that must hold; a contact without it does not match."""

    equals: Optional[object] = None
    "Equal to this string, number or boolean."
    max: Optional[object] = None
    "At most this number, or this ISO 8601 date; of a date, until the end of that day."
    min: Optional[object] = None
    "At least this number, or this ISO 8601 date; of times without an offset in UTC."
    name: str
    "Name of the value."


class AudienceInput(BaseModel):
    """Whom a campaign reaches: everyone named in any of these ways, once."""

    contact_ids: Optional[list[str]] = Field(alias="contactIds", default=None)
    "These contacts, at most 10000."
    group_ids: Optional[list[str]] = Field(alias="groupIds", default=None)
    "All contacts of these groups, at most 100 groups."
    outcome: Optional["OutcomeAudienceInput"] = None
    "Those with whom another campaign came this far."
    phone_numbers: Optional[list[str]] = Field(alias="phoneNumbers", default=None)
    "These numbers, at most 10000, each written to as it is given, not at the primary number of its contact; an unknown one becomes a contact named after it."


class AuditEntryFilter(BaseModel):
    """Which audit entries."""

    action: Optional[list[str]] = None
    "With one of these actions."
    actor_id: Optional[str] = Field(alias="actorId", default=None)
    "By this user."
    created_at: Optional["DateTimeRange"] = Field(alias="createdAt", default=None)
    "Done then."
    subject_id: Optional[str] = Field(alias="subjectId", default=None)
    "On this object, also when it is gone."


class BotSettingsInput(BaseModel):
    """Changes to the rules of the bot; in force for the next message."""

    daily_token_budget: Optional[int] = Field(alias="dailyTokenBudget", default=None)
    "Tokens a day (of UTC), 0 or more; null: 2,000,000."
    debounce: Optional[float] = None
    "Silence of a contact after which the bot answers, 0 to 60 seconds."
    escalation_threshold: Optional[float] = Field(
        alias="escalationThreshold", default=None
    )
    "Confidence below which the bot escalates, 0 to 1."
    hand_back_after: Optional[int] = Field(alias="handBackAfter", default=None)
    "Silence after which a conversation goes back to the bot, 60 to 31536000 seconds; null: never."
    language: Optional[str] = None
    "Language of the bot, by ISO 639, such as en."


class CampaignFilter(BaseModel):
    """Which campaigns."""

    created_at: Optional["DateTimeRange"] = Field(alias="createdAt", default=None)
    "Created then."
    search: Optional[str] = None
    "Part of the name or description, up to 200 characters; case does not matter."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "That may leave from this sender."
    status: Optional[list[CampaignStatus]] = None
    "With one of these statuses."
    type_: Optional[list[CampaignType]] = Field(alias="type", default=None)
    "Of one of these types."


class CampaignRecipientFilter(BaseModel):
    """Which recipients."""

    exclusion: Optional[list[ExclusionReason]] = None
    "Left out for one of these reasons."
    outcome: Optional[list[RecipientOutcome]] = None
    "With one of these outcomes."
    search: Optional[str] = None
    "Part of the name or number, up to 200 characters; case does not matter."


class CampaignStatsInput(BaseModel):
    """Figures of a campaign as they should read; what is left out stays. None may be negative."""

    delivered: Optional[int] = None
    "Arrived on the recipient's phone."
    failed: Optional[int] = None
    "Given up."
    read: Optional[int] = None
    "Read by the recipient."
    replies: Optional[int] = None
    "Recipients who wrote back."
    sent: Optional[int] = None
    "Accepted by WhatsApp."


class ConsentSettingsInput(BaseModel):
    """Changes to the rules of STOP and START."""

    opt_in_reply: Optional[str] = Field(alias="optInReply", default=None)
    "What to answer to an opt-in, 1 to 1000 characters; null: nothing."
    opt_out_reply: Optional[str] = Field(alias="optOutReply", default=None)
    "What to answer to an opt-out, 1 to 1000 characters; null: nothing."
    start_words: Optional[list[str]] = Field(alias="startWords", default=None)
    "Replaces the further words that opt in; at most 200 of up to 50 characters."
    stop_words: Optional[list[str]] = Field(alias="stopWords", default=None)
    "Replaces the further words that opt out; at most 200 of up to 50 characters."


class ContactCardInput(BaseModel):
    """A contact card."""

    company: Optional[str] = None
    "Company, up to 255 characters."
    emails: Optional[list[str]] = None
    "Emails, at most 20."
    name: str
    "Full name, 1 to 100 characters."
    phone_numbers: Optional[list[str]] = Field(alias="phoneNumbers", default=None)
    "Numbers, at most 20."


class ContactFilter(BaseModel):
    """Which contacts."""

    attributes: Optional[list["AttributeFilter"]] = None
    "With all of these custom values; at most 10."
    company: Optional[str] = None
    "Part of the company, up to 200 characters; one or two are found where a word begins."
    created_at: Optional["DateTimeRange"] = Field(alias="createdAt", default=None)
    "Created then."
    group_id: Optional[str] = Field(alias="groupId", default=None)
    "In this group."
    has_duplicates: Optional[bool] = Field(alias="hasDuplicates", default=None)
    "Seeming to be the same person as another contact, or not."
    opt_in_status: Optional[list[OptInStatus]] = Field(
        alias="optInStatus", default=None
    )
    "With one of these consents."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "Having this number."
    search: Optional[str] = None
    "Part of the name, email, company, job title or a phone number, up to 200 characters; case does not matter. One or two letters or digits are found where a word or number begins."
    tags: Optional[list[str]] = None
    "With any of these tags."


class ConversationFilter(BaseModel):
    """Which conversations."""

    assigned_to_id: Optional[str] = Field(alias="assignedToId", default=None)
    "Assigned to this user."
    assignment: Optional[Assignment] = None
    "Whose work it is, seen from the caller."
    contact_id: Optional[str] = Field(alias="contactId", default=None)
    "With this contact."
    created_at: Optional["DateTimeRange"] = Field(alias="createdAt", default=None)
    "Opened then."
    handler: Optional[ConversationHandler] = None
    "Answered by the bot or by an operator."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "With this number or chat id."
    priority: Optional[list[Priority]] = None
    "With one of these priorities."
    search: Optional[str] = None
    "Part of the contact's name, company, email or number, or words of a message, up to 200 characters; case does not matter, and the last word may be the beginning of one. Messages of schedules and campaigns are not searched."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "Of this sender."
    status: Optional[list[ConversationStatus]] = None
    "With one of these statuses."
    tags: Optional[list[str]] = None
    "With any of these tags."
    unread: Optional[bool] = None
    "With or without unread messages."


class ConversationRef(BaseModel):
    """Names a conversation by its id, or by the phone number it is with: then the latest one with that number."""

    id: Optional[str] = None
    "Its id."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "The contact's number."


class CreateApiTokenInput(BaseModel):
    """A new API token."""

    expires_in_days: Optional[int] = Field(alias="expiresInDays", default=30)
    "Life in days, 1 to 3650; null: no end. What an API token makes ends with that token at the latest."
    name: str
    "1 to 100 characters."
    scopes: list[Scope]
    "At least one; a token gives no scope that it lacks itself."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "Confine the token to this sender."
    user_id: Optional[str] = Field(alias="userId", default=None)
    "Owner, the caller when left out; ADMIN only."


class CreateCampaignInput(BaseModel):
    """A new campaign, with exactly one of templateId and content."""

    audience: Optional["AudienceInput"] = None
    "To whom; needed by the start."
    content: Optional[str] = None
    "The text, 1 to 5000 characters, with {{placeholders}}."
    description: Optional[str] = None
    "Up to 1000 characters."
    expires_at: Optional[datetime] = Field(alias="expiresAt", default=None)
    "What has not left by then is not sent any more; after the start."
    media: Optional["MediaInput"] = None
    "What goes along with the text: a picture, a film or a document; or what fills the header of a template, a file of its format."
    name: Optional[str] = None
    "1 to 255 characters; made of the sender and the time when left out."
    quiet_hours: Optional["QuietHoursInput"] = Field(alias="quietHours", default=None)
    "When to send nothing, in each recipient's time zone."
    sender_ids: Optional[list[str]] = Field(alias="senderIds", default=None)
    "Numbers to send from, at most 100; the default sender when left out."
    start: bool = False
    "Start at once."
    template_id: Optional[str] = Field(alias="templateId", default=None)
    "The template to send; its content as it is at the start."
    type_: CampaignType = Field(alias="type", default=CampaignType.BROADCAST)
    "How it reaches its audience."
    variables: Optional[object] = None
    "Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters each. They win over the contact's own and may hold {{placeholders}} of the contact."


class CreateContactInput(BaseModel):
    """A new contact. A name, or a first or last name, is needed."""

    attributes: Optional[object] = None
    "Custom values by name: strings of up to 1000 characters, numbers or booleans; at most 100. A name has 1 to 64 letters, digits and _, and is none of a placeholder that every contact fills."
    company: Optional[str] = None
    "Up to 255 characters."
    email: Optional[str] = None
    "Email, up to 254 characters."
    first_name: Optional[str] = Field(alias="firstName", default=None)
    "Up to 100 characters."
    group_ids: Optional[list[str]] = Field(alias="groupIds", default=None)
    "Groups to join, at most 100."
    job_title: Optional[str] = Field(alias="jobTitle", default=None)
    "Up to 255 characters."
    last_name: Optional[str] = Field(alias="lastName", default=None)
    "Up to 100 characters."
    name: Optional[str] = None
    "1 to 100 characters; made of the first and last name when left out."
    opt_in_status: OptInStatus = Field(alias="optInStatus", default=OptInStatus.UNKNOWN)
    "Consent to marketing messages."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "The primary number; without one the contact cannot be messaged yet. DUPLICATE_RESOURCE when any contact has it."
    tags: Optional[list[str]] = None
    "Labels, at most 50 of up to 50 characters."
    time_zone: Optional[str] = Field(alias="timeZone", default=None)
    "IANA name of the time zone; inferred from the number when left out."


class CreateContactPhoneInput(BaseModel):
    """A new phone number of a contact."""

    label: Optional[str] = None
    "Up to 50 characters."
    phone_number: str = Field(alias="phoneNumber")
    "The number; DUPLICATE_RESOURCE when any contact has it."


class CreateConversationInput(BaseModel):
    """A new conversation."""

    assigned_to_id: Optional[str] = Field(alias="assignedToId", default=None)
    "Whose work it is: an active user of role ADMIN or SALES."
    initial_message: Optional[str] = Field(alias="initialMessage", default=None)
    "What the contact said first, elsewhere, up to LimitSettings.maxMessageLength characters: recorded as received from them, and answered as such."
    metadata: Optional[object] = None
    "Anything else to keep: an object, up to 16 KB as text."
    phone_number: str = Field(alias="phoneNumber")
    "With which number; an unknown one becomes a contact."
    priority: Priority = Priority.NORMAL
    "How urgent it is."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "Our side; the default sender when left out."
    tags: Optional[list[str]] = None
    "Labels, at most 50 of up to 50 characters."


class CreateGroupInput(BaseModel):
    """A new group."""

    contact_ids: Optional[list[str]] = Field(alias="contactIds", default=None)
    "First members, at most 10000; more by import."
    description: Optional[str] = None
    "Up to 500 characters."
    name: str
    "1 to 100 characters; DUPLICATE_RESOURCE when another group has it, compared without case."


class CreateLeadInput(BaseModel):
    """A new lead."""

    assigned_to_id: Optional[str] = Field(alias="assignedToId", default=None)
    "Whose work it is."
    campaign_id: Optional[str] = Field(alias="campaignId", default=None)
    "The campaign that brought it."
    contact_id: str = Field(alias="contactId")
    "With whom."
    conversation_id: Optional[str] = Field(alias="conversationId", default=None)
    "The conversation it comes from."
    description: Optional[str] = None
    "Up to 5000 characters."
    estimated_value: Optional[Decimal] = Field(alias="estimatedValue", default=None)
    "Not negative, less than a trillion, with at most two decimals."
    message_id: Optional[str] = Field(alias="messageId", default=None)
    "The message it begins with; names conversation, campaign and source (the ad, when it has a referral) by itself where they are left out."
    priority: Priority = Priority.NORMAL
    "How urgent it is."
    probability: int = 0
    "0 to 100."
    score: int = 0
    "0 to 100."
    source: Optional[str] = None
    "Up to 100 characters, such as whatsapp_campaign."
    status: LeadStatus = LeadStatus.NEW
    "Its stage, an open one."
    title: str
    "1 to 255 characters."


class CreateMessageTemplateInput(BaseModel):
    """A new message template."""

    approval: Optional["TemplateApprovalInput"] = None
    "Submit it to WhatsApp for approval."
    buttons: Optional[list["MessageButtonInput"]] = None
    "Up to 3 of type REPLY, or one URL or FLOW; with approval at most 10, of these 2 URL, 1 PHONE, 1 CODE and 1 FLOW. Without approval, a footer or a header of text needs buttons."
    content: Optional[str] = None
    "1 to 5000 characters; with approval, header, footer or buttons 1 to 1024. Left out for a one-time code, and for that alone."
    footer: Optional[str] = None
    "Up to 60 characters, no placeholders."
    header: Optional["MessageHeaderInput"] = None
    "What stands above the text; its media or location is an example when the template is approved."
    title: str
    "1 to 255 characters."


class CreateScheduleInput(BaseModel):
    """A new schedule."""

    group_id: str = Field(alias="groupId")
    "To whom: a group with at least one member."
    send_at: datetime = Field(alias="sendAt")
    "When, not in the past."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "From which number; the default sender when left out."
    template_id: str = Field(alias="templateId")
    "What to send."
    variables: Optional[object] = None
    "Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters each. They win over the contact's own and may hold {{placeholders}} of the contact."


class CreateSenderInput(BaseModel):
    """A new sender."""

    access_token: Optional[str] = Field(alias="accessToken", default=None)
    "CLOUD_API only, and needed there: access token, 1 to 4096 characters; kept encrypted, never shown."
    bot_enabled: bool = Field(alias="botEnabled", default=True)
    "Whether the bot answers here."
    business_account_id: Optional[str] = Field(alias="businessAccountId", default=None)
    "CLOUD_API only: id of the WhatsApp Business account that owns the number, up to 64 characters; templates need it."
    is_default: bool = Field(alias="isDefault", default=False)
    "Use it where no sender is named; the first sender is the default anyway."
    name: Optional[str] = None
    "Up to 100 characters."
    phone_number: str = Field(alias="phoneNumber")
    "The number; DUPLICATE_RESOURCE when it is registered."
    phone_number_id: Optional[str] = Field(alias="phoneNumberId", default=None)
    "CLOUD_API only, and needed there: id of the number, 1 to 64 characters."
    provider: SenderProvider
    "How it reaches WhatsApp."


class CreateUploadInput(BaseModel):
    """A file to upload."""

    conversation_id: Optional[str] = Field(alias="conversationId", default=None)
    "The conversation it belongs to; KNOWLEDGE without one is for all of them."
    metadata: Optional[object] = None
    "Anything else to keep: an object, up to 16 KB as JSON."
    name: str
    "Its name, 1 to 255 characters, with the ending of its kind, such as menu.pdf."
    purpose: FilePurpose = FilePurpose.MEDIA
    "What it is for; not EXPORT."
    size_bytes: int = Field(alias="sizeBytes")
    "Its size in bytes, within the limit of its kind; exactly so many must come."


class CreateUserInput(BaseModel):
    """A new user, created by ADMIN."""

    email: str
    "Unique email, up to 254 characters."
    name: str
    "1 to 100 characters."
    password: str
    "8 to 128 characters."
    role: Role = Role.VIEWER
    "What the user may do."


class CreateWebhookInput(BaseModel):
    """A new outgoing webhook."""

    events: list[EventType]
    "What to tell of; at least one, and not CONVERSATION_TYPING."
    secret: Optional[str] = None
    "The signing secret, 24 to 100 characters; base64 where it begins with whsec_. Made up when left out."
    url: str
    "Where to post; http or https, up to 2000 characters, not a private address in production."


class DateTimeRange(BaseModel):
    """A span of time; either end may be left open."""

    end: Optional[datetime] = None
    "Before this instant."
    start: Optional[datetime] = None
    "At or after this instant."


class DelaySettingsInput(BaseModel):
    """Changes to pauses, in whole seconds; in force for the next message."""

    message_delay: Optional[int] = Field(alias="messageDelay", default=None)
    "Between two messages of one sender, 0 to 3600."
    sender_switch_delay: Optional[int] = Field(alias="senderSwitchDelay", default=None)
    "When sending goes on with another sender, 0 to 3600."


class EventFilter(BaseModel):
    """Which events. A criterion that an event says nothing about does not match it."""

    assignment: Optional[Assignment] = None
    "Of conversations, and their messages, that were whose work at that moment, seen from the caller."
    campaign_id: Optional[str] = Field(alias="campaignId", default=None)
    "Of this campaign."
    contact_id: Optional[str] = Field(alias="contactId", default=None)
    "Of this contact."
    conversation_id: Optional[str] = Field(alias="conversationId", default=None)
    "Of this conversation."
    schedule_id: Optional[str] = Field(alias="scheduleId", default=None)
    "Of this schedule."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "Of this sender."
    subject_id: Optional[str] = Field(alias="subjectId", default=None)
    "About this object itself, of any type, such as an import, a message or a template."
    types: Optional[list[EventType]] = None
    "Of one of these types."


class FeatureSettingsInput(BaseModel):
    """Changes to what is switched on."""

    auto_escalation: Optional[bool] = Field(alias="autoEscalation", default=None)
    "The bot escalates by itself."
    multilingual_support: Optional[bool] = Field(
        alias="multilingualSupport", default=None
    )
    "The bot answers in the language it is written to."
    open_registration: Optional[bool] = Field(alias="openRegistration", default=None)
    "Anyone may register, and becomes VIEWER."
    rag_enabled: Optional[bool] = Field(alias="ragEnabled", default=None)
    "The bot looks things up in uploaded documents."
    sentiment_analysis: Optional[bool] = Field(alias="sentimentAnalysis", default=None)
    "Messages of contacts are rated for their mood."


class GroupFilter(BaseModel):
    """Which groups."""

    contact_id: Optional[str] = Field(alias="contactId", default=None)
    "That this contact is in."
    search: Optional[str] = None
    "Part of the name or description, up to 200 characters; case does not matter."


class ImportColumnInput(BaseModel):
    """What a column of a CSV means: at most one of field and attribute; with neither, it is left out."""

    attribute: Optional[str] = None
    "The custom value that it fills; numbers, true and false are kept as such."
    column: str
    "Its header, as contactImportPreview shows it."
    field: Optional[ContactField] = None
    "The field of a contact that it fills."


class ImportContactsInput(BaseModel):
    """Contacts to import: exactly one of fileId and contacts."""

    contacts: Optional[list["CreateContactInput"]] = None
    "The same as a list, 1 to 2000."
    delimiter: Optional[str] = None
    "What separates its cells, one of , ; | and tab; else guessed."
    encoding: Optional[str] = None
    "How the bytes of the CSV are read, as given to contactImportPreview; else guessed."
    file_id: Optional[str] = Field(alias="fileId", default=None)
    "An uploaded CSV of purpose IMPORT, at most 2000000 rows, 200 columns and 500 MB, with a header row."
    group_ids: Optional[list[str]] = Field(alias="groupIds", default=None)
    "Groups that every imported contact joins, at most 100."
    mapping: Optional[list["ImportColumnInput"]] = None
    "What the columns of the CSV mean; those that are not named are left out. As contactImportPreview suggests when left out itself."
    on_duplicate: DuplicatePolicy = Field(
        alias="onDuplicate", default=DuplicatePolicy.SKIP
    )
    "What to do with known numbers."


class ImportRowFilter(BaseModel):
    """Which rows."""

    verdict: Optional[list[ImportVerdict]] = None
    "With one of these verdicts."


class InteractiveInput(BaseModel):
    """Text with something to choose: buttons of one type, 1 to 3 REPLY, or one URL, FLOW or LIST."""

    buttons: list["MessageButtonInput"]
    "Its buttons."
    footer: Optional[str] = None
    "Up to 60."
    header: Optional["MessageHeaderInput"] = None
    "What stands above the text; with a list only text."
    sections: Optional[list["ListSectionInput"]] = None
    "With a LIST button: 1 to 10 sections, with at most 10 rows in all."
    text: str
    "The text, 1 to 1024; with a list 1 to 4096."


class LeadFilter(BaseModel):
    """Which leads."""

    assigned_to_id: Optional[str] = Field(alias="assignedToId", default=None)
    "Assigned to this user."
    assignment: Optional[Assignment] = None
    "Whose work it is, seen from the caller."
    campaign_id: Optional[str] = Field(alias="campaignId", default=None)
    "Brought by this campaign."
    contact_id: Optional[str] = Field(alias="contactId", default=None)
    "With this contact."
    created_at: Optional["DateTimeRange"] = Field(alias="createdAt", default=None)
    "Created then."
    min_score: Optional[int] = Field(alias="minScore", default=None)
    "With at least this score, 0 to 100."
    overdue: Optional[bool] = None
    "Overdue or not."
    priority: Optional[list[Priority]] = None
    "With one of these priorities."
    search: Optional[str] = None
    "Part of the title, description or the contact's name or company, up to 200 characters; case does not matter."
    source: Optional[list[str]] = None
    "From one of these sources."
    status: Optional[list[LeadStatus]] = None
    "With one of these statuses."


class LimitSettingsInput(BaseModel):
    """Changes to bounds."""

    anonymous_calls_per_minute: Optional[int] = Field(
        alias="anonymousCallsPerMinute", default=None
    )
    "Operations a minute from each address without credentials, 1 to 100000."
    calls_per_second: Optional[int] = Field(alias="callsPerSecond", default=None)
    "Operations a second, for each caller of any kind, 1 to 10000."
    event_retention_days: Optional[int] = Field(
        alias="eventRetentionDays", default=None
    )
    "Days that events are kept, 1 to 3650."
    fail_open: Optional[bool] = Field(alias="failOpen", default=None)
    "Whether nobody counts calls while Redis is away."
    max_conversation_length: Optional[int] = Field(
        alias="maxConversationLength", default=None
    )
    "Newest messages of a conversation that the bot takes into account, 1 to 1000."
    max_file_size_mb: Optional[int] = Field(alias="maxFileSizeMb", default=None)
    "Size of a document in MB, 1 to 100."
    max_message_length: Optional[int] = Field(alias="maxMessageLength", default=None)
    "Characters in one text message, 1 to 4096."
    max_query_cost: Optional[int] = Field(alias="maxQueryCost", default=None)
    "Cost of one operation, 100 to 100000."
    messages_per_hour: Optional[int] = Field(alias="messagesPerHour", default=None)
    "Messages an hour, for each sender, 1 to 10000000."
    queries_per_minute: Optional[int] = Field(alias="queriesPerMinute", default=None)
    "Queries and subscriptions a minute, for each user or token, 1 to 100000."
    rate_limit_per_hour: Optional[int] = Field(alias="rateLimitPerHour", default=None)
    "Mutations an hour, for each user or token, 1 to 100000."
    rate_limit_per_minute: Optional[int] = Field(
        alias="rateLimitPerMinute", default=None
    )
    "Mutations a minute, for each user or token, 1 to 100000."


class ListRowInput(BaseModel):
    """Something to choose from a list."""

    description: Optional[str] = None
    "Up to 72."
    payload: str
    "What comes back, 1 to 200; unique in the list."
    title: str
    "1 to 24."


class ListSectionInput(BaseModel):
    """A part of a list."""

    rows: list["ListRowInput"]
    "What may be chosen."
    title: Optional[str] = None
    "Up to 24; needed when there are several."


class LocationInput(BaseModel):
    """A place."""

    address: Optional[str] = None
    "Its address, up to 1000 characters."
    latitude: float
    "Degrees, -90 to 90."
    longitude: float
    "Degrees, -180 to 180."
    name: Optional[str] = None
    "Its name, up to 1000 characters."


class LoginInput(BaseModel):
    """Credentials."""

    email: str
    "Email of the user."
    password: str
    "Password of the user."


class MediaInput(BaseModel):
    """Something to go along with a text, named in one of three ways."""

    file_id: Optional[str] = Field(alias="fileId", default=None)
    "A file uploaded here."
    provider: Optional["ProviderMediaInput"] = None
    "A file that WhatsApp already holds."
    url: Optional[str] = None
    "A file to be fetched from this http or https URL, up to 100 MB; not one inside the server's own network."


class MediaMessageInput(BaseModel):
    """A file to send."""

    caption: Optional[str] = None
    "Up to 1024; only with pictures, films and documents."
    file: "MediaInput"
    "The file."
    type_: Optional[MessageType] = Field(alias="type", default=None)
    "IMAGE, VIDEO, AUDIO, VOICE (OGG/OPUS), DOCUMENT or STICKER (WebP); by the file when left out."


class MessageButtonInput(BaseModel):
    """A button. What it carries may hold {{placeholders}} in a template."""

    code: Optional[str] = None
    "CODE: the code, up to 15."
    data: Optional[object] = None
    "FLOW: what the first screen is given."
    flow_id: Optional[str] = Field(alias="flowId", default=None)
    "FLOW: id of the flow."
    payload: Optional[str] = None
    "REPLY: what comes back, up to 256; the title when left out. FLOW: a token that comes back with the answers."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "PHONE: the number."
    screen: Optional[str] = None
    "FLOW: its first screen; the flow's own when left out."
    title: str
    "Up to 20; in templates 25."
    type_: MessageButtonType = Field(alias="type")
    "What it does."
    url: Optional[str] = None
    "URL: where it leads, up to 2000; in templates one placeholder, at its end."


class MessageFilter(BaseModel):
    """Which messages."""

    author: Optional[list[MessageAuthor]] = None
    "By one of these."
    campaign_id: Optional[str] = Field(alias="campaignId", default=None)
    "Of this campaign."
    contact_id: Optional[str] = Field(alias="contactId", default=None)
    "From or to this contact."
    conversation_id: Optional[str] = Field(alias="conversationId", default=None)
    "Of this conversation."
    correlation_id: Optional[str] = Field(alias="correlationId", default=None)
    "With this caller's id."
    created_at: Optional["DateTimeRange"] = Field(alias="createdAt", default=None)
    "Queued or received then."
    direction: Optional[MessageDirection] = None
    "Which way."
    reply: Optional[bool] = None
    "Replying to another message, or not; reactions are no replies."
    reply_to_id: Optional[str] = Field(alias="replyToId", default=None)
    "Replying to this message; reactions are no replies."
    schedule_id: Optional[str] = Field(alias="scheduleId", default=None)
    "Of this schedule."
    search: Optional[str] = None
    "Words of the text, up to 200 characters; case does not matter, and the last may be the beginning of one. What schedules and campaigns sent is searched where one of them, a template, contact or conversation is named, too."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "Through this sender."
    status: Optional[list[MessageStatus]] = None
    "With one of these statuses."
    template_id: Optional[str] = Field(alias="templateId", default=None)
    "Made from this template."
    type_: Optional[list[MessageType]] = Field(alias="type", default=None)
    "Of one of these types."


class MessageHeaderInput(BaseModel):
    """What stands above the text of a message."""

    location: Optional["LocationInput"] = None
    "A place; templates only."
    media: Optional["MediaInput"] = None
    "A picture, a film or another file."
    text: Optional[str] = None
    "Text, up to 60."


class MessageInput(BaseModel):
    """What to send, by kind. Lengths are in UTF-16 units, as WhatsApp counts."""

    contacts: Optional[list["ContactCardInput"]] = None
    "Contact cards, 1 to 257."
    interactive: Optional["InteractiveInput"] = None
    "Text with buttons, a list, a link or a form."
    location: Optional["LocationInput"] = None
    "A place."
    media: Optional["MediaMessageInput"] = None
    "A file, with a caption or without."
    reaction: Optional["ReactionInput"] = None
    "An emoji on a message."
    template: Optional["TemplateMessageInput"] = None
    "A template; an approved one is the only kind while the service window is closed."
    text: Optional[str] = None
    "Text, 1 to LimitSettings.maxMessageLength; its first link is shown with a preview."


class MessageTemplateFilter(BaseModel):
    """Which message templates."""

    category: Optional[list[TemplateCategory]] = None
    "Of one of these categories."
    language: Optional[str] = None
    "In this language, such as pt_PT."
    search: Optional[str] = None
    "Part of the title or content, up to 200 characters; case does not matter."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "That this sender may send: texts of ours, and approved templates of its account."
    status: Optional[list[TemplateStatus]] = None
    "Approved or known at WhatsApp, with one of these statuses."


class OAuthLoginInput(BaseModel):
    """What an outside identity provider gave."""

    code: str
    "Authorization code."
    code_verifier: str = Field(alias="codeVerifier")
    "PKCE verifier, 43 to 128 characters."
    provider: str
    "Name of the provider."
    redirect_uri: str = Field(alias="redirectUri")
    "The redirect URI that the code was issued for."
    state: str
    "The state that came back with the code."


class OneTimeCodeInput(BaseModel):
    """What goes with a one-time code, of which WhatsApp writes the words in the language."""

    button_title: Optional[str] = Field(alias="buttonTitle", default=None)
    "What stands on the button that copies the code, up to 25 characters; WhatsApp's own words when left out."
    expires_in_minutes: Optional[int] = Field(alias="expiresInMinutes", default=None)
    "1 to 90, told below the code; when left out nothing is told. This is for the reader: who checks the code must let it run out."
    security_advice: bool = Field(alias="securityAdvice", default=True)
    "Whether it advises not to share the code."


class OutcomeAudienceInput(BaseModel):
    """Recipients of a campaign by how far it came with them; counted when the new campaign starts."""

    campaign_id: str = Field(alias="campaignId")
    "The campaign."
    outcome: list[RecipientOutcome]
    "Any of these, such as SENT and DELIVERED for those who did not read it; at least one."


class ProviderMediaInput(BaseModel):
    """A file that WhatsApp already holds."""

    id: str
    "WhatsApp's id of the file, up to 255 characters; uploaded by the same sender."
    mime_type: str = Field(alias="mimeType")
    "Its MIME type, such as image/jpeg."


class QuietHoursInput(BaseModel):
    """Hours of the day without messages; they may run over midnight. Where a recipient's zone is unknown, UTC counts."""

    end: time
    "Until this time, such as 08:00; another than the start."
    start: time
    "From this time on, such as 21:00."


class ReactionInput(BaseModel):
    """An emoji on a message."""

    emoji: Optional[str] = None
    "One emoji; null takes the reaction back."
    message_id: str = Field(alias="messageId")
    "The message, of the same conversation and not older than 30 days."


class RegisterInput(BaseModel):
    """A new user, registering."""

    email: str
    "Unique email, up to 254 characters."
    name: str
    "1 to 100 characters."
    password: str
    "8 to 128 characters."


class ScheduleFilter(BaseModel):
    """Which schedules."""

    group_id: Optional[str] = Field(alias="groupId", default=None)
    "For this group."
    send_at: Optional["DateTimeRange"] = Field(alias="sendAt", default=None)
    "To be sent then."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "From this sender."
    status: Optional[list[ScheduleStatus]] = None
    "With one of these statuses; archived ones only where ARCHIVED is among them."
    template_id: Optional[str] = Field(alias="templateId", default=None)
    "Of this template."


class SendMessageInput(BaseModel):
    """A message to send."""

    correlation_id: Optional[str] = Field(alias="correlationId", default=None)
    "The caller's own id, up to 255 characters: the same id again in the same conversation, or to the same number without senderId, gives the first message back and sends nothing."
    message: "MessageInput"
    "What to send."
    metadata: Optional[object] = None
    "Anything else to keep: an object, up to 16 KB as text."
    priority: Priority = Priority.NORMAL
    "Its place among queued messages; those of schedules and campaigns are LOW."
    reply_to_id: Optional[str] = Field(alias="replyToId", default=None)
    "The message that this one replies to, of the same conversation; not for a reaction."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "From which number, when to is a phone number. When left out: that of the latest conversation with it whose sender can send (requiresAuth is false), and the default sender where there is none."
    to: "ConversationRef"
    "Where to. A number without a conversation gets one, and a contact if it is unknown."


class SenderFilter(BaseModel):
    """Which senders."""

    active: Optional[bool] = None
    "With a live session, or without."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "With this number."
    provider: Optional[list[SenderProvider]] = None
    "With one of these providers."
    search: Optional[str] = None
    "Part of the number or name, up to 200 characters; case does not matter."
    status: Optional[list[SenderStatus]] = None
    "With one of these statuses."


class SettingsInput(BaseModel):
    """Changes to settings; what is left out stays, and null brings back the value that holds unless changed."""

    bot: Optional["BotSettingsInput"] = None
    "Rules of the bot."
    consent: Optional["ConsentSettingsInput"] = None
    "Rules of STOP and START."
    delays: Optional["DelaySettingsInput"] = None
    "Pauses between messages."
    features: Optional["FeatureSettingsInput"] = None
    "What is switched on."
    limits: Optional["LimitSettingsInput"] = None
    "Bounds."


class TemplateApprovalInput(BaseModel):
    """How to submit a template to WhatsApp."""

    category: TemplateCategory
    "What it is for."
    examples: Optional[object] = None
    "An example for each placeholder, which WhatsApp asks for; those of a contact have one when left out."
    language: str
    "Language code, such as en_US or pt_PT."
    name: Optional[str] = None
    "Name at WhatsApp: 1 to 512 of a-z, 0-9 and _; made of the title when left out."
    one_time_code: Optional["OneTimeCodeInput"] = Field(
        alias="oneTimeCode", default=None
    )
    "For AUTHENTICATION alone: WhatsApp writes the whole of such a template, of which content, header, footer and buttons are left out. Its placeholder, 1, takes a code of up to 15 characters; it is sent to phone numbers."
    sender_id: Optional[str] = Field(alias="senderId", default=None)
    "A CLOUD_API sender, whose account is to own it; the default sender when left out."


class TemplateMessageInput(BaseModel):
    """A template to send."""

    header: Optional["MessageHeaderInput"] = None
    "The file or place of its header, in place of the example."
    template_id: str = Field(alias="templateId")
    "The template."
    variables: Optional[object] = None
    "Values for placeholders; they win over the contact's own."


class UpdateCampaignInput(BaseModel):
    """Changes to a campaign."""

    audience: Optional["AudienceInput"] = None
    "Replaces the whole audience."
    content: Optional[str] = None
    "The text, 1 to 5000 characters, with {{placeholders}}; takes the place of the template."
    description: Optional[str] = None
    "Up to 1000 characters."
    expires_at: Optional[datetime] = Field(alias="expiresAt", default=None)
    "What has not left by then is not sent any more; after the start; null: no end."
    media: Optional["MediaInput"] = None
    "What goes along with the text: a picture, a film or a document; or what fills the header of a template, a file of its format. Null takes it away."
    name: Optional[str] = None
    "1 to 255 characters."
    quiet_hours: Optional["QuietHoursInput"] = Field(alias="quietHours", default=None)
    "When to send nothing, in each recipient's time zone; null: any time is fine."
    sender_ids: Optional[list[str]] = Field(alias="senderIds", default=None)
    "Numbers to send from, at most 100; replaces the pool."
    template_id: Optional[str] = Field(alias="templateId", default=None)
    "The template to send; takes the place of content."
    type_: Optional[CampaignType] = Field(alias="type", default=None)
    "How it reaches its audience."
    variables: Optional[object] = None
    "Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters each. They win over the contact's own and may hold {{placeholders}} of the contact."


class UpdateContactInput(BaseModel):
    """Changes to a contact."""

    attributes: Optional[object] = None
    "Custom values, as of a new contact; merged key by key, a null removes its key. Null removes all."
    company: Optional[str] = None
    "Up to 255 characters."
    email: Optional[str] = None
    "Email, up to 254 characters."
    first_name: Optional[str] = Field(alias="firstName", default=None)
    "Up to 100 characters."
    group_ids: Optional[list[str]] = Field(alias="groupIds", default=None)
    "Replaces all memberships; at most 100."
    job_title: Optional[str] = Field(alias="jobTitle", default=None)
    "Up to 255 characters."
    last_name: Optional[str] = Field(alias="lastName", default=None)
    "Up to 100 characters."
    name: Optional[str] = None
    "1 to 100 characters; null makes it of the first and last name."
    tags: Optional[list[str]] = None
    "Labels, at most 50 of up to 50 characters; replaces all of them."
    time_zone: Optional[str] = Field(alias="timeZone", default=None)
    "IANA name of the time zone; inferred from the primary number when null."


class UpdateContactPhoneInput(BaseModel):
    """Changes to a phone number of a contact."""

    label: Optional[str] = None
    "Up to 50 characters."
    phone_number: Optional[str] = Field(alias="phoneNumber", default=None)
    "The number; DUPLICATE_RESOURCE when any other contact has it."


class UpdateConversationInput(BaseModel):
    """Changes to a conversation."""

    metadata: Optional[object] = None
    "Merged into what is kept, key by key; a null removes its key. Null removes all. Up to 16 KB in the end."
    priority: Optional[Priority] = None
    "How urgent it is."
    satisfaction_score: Optional[int] = Field(alias="satisfactionScore", default=None)
    "The contact's rating, 1 to 5; null takes it back."
    tags: Optional[list[str]] = None
    "Replaces all labels; at most 50 of up to 50 characters."


class UpdateGroupInput(BaseModel):
    """Changes to a group."""

    contact_ids: Optional[list[str]] = Field(alias="contactIds", default=None)
    "Replaces all members; at most 10000."
    description: Optional[str] = None
    "Up to 500 characters."
    name: Optional[str] = None
    "1 to 100 characters."


class UpdateLeadInput(BaseModel):
    """Changes to a lead."""

    campaign_id: Optional[str] = Field(alias="campaignId", default=None)
    "The campaign that brought it."
    description: Optional[str] = None
    "Up to 5000 characters."
    estimated_value: Optional[Decimal] = Field(alias="estimatedValue", default=None)
    "Not negative, less than a trillion, with at most two decimals."
    priority: Optional[Priority] = None
    "How urgent it is."
    probability: Optional[int] = None
    "0 to 100."
    source: Optional[str] = None
    "Up to 100 characters, such as whatsapp_campaign."
    title: Optional[str] = None
    "1 to 255 characters."


class UpdateMessageTemplateInput(BaseModel):
    """Changes to a message template. One that is APPROVED, REJECTED or PAUSED at WhatsApp may be changed, and is reviewed again; an approved one once a day and ten times in 30 days."""

    buttons: Optional[list["MessageButtonInput"]] = None
    "Replaces all buttons; null takes them away."
    content: Optional[str] = None
    "1 to 5000 characters; an approved one 1 to 1024."
    examples: Optional[object] = None
    "An example for each placeholder of an approved one, as when it was submitted; those given then still hold."
    footer: Optional[str] = None
    "Up to 60 characters; null takes it away."
    header: Optional["MessageHeaderInput"] = None
    "What stands above the text; null takes it away."
    title: Optional[str] = None
    "1 to 255 characters."


class UpdateSenderInput(BaseModel):
    """Changes to a sender."""

    access_token: Optional[str] = Field(alias="accessToken", default=None)
    "CLOUD_API only: access token, 1 to 4096 characters; kept encrypted, never shown."
    bot_enabled: Optional[bool] = Field(alias="botEnabled", default=None)
    "Whether the bot answers here, from the next message on."
    business_account_id: Optional[str] = Field(alias="businessAccountId", default=None)
    "CLOUD_API only: id of the WhatsApp Business account that owns the number, up to 64 characters; templates need it."
    is_default: Optional[bool] = Field(alias="isDefault", default=None)
    "True makes it the default instead of the present one."
    name: Optional[str] = None
    "Up to 100 characters."
    phone_number_id: Optional[str] = Field(alias="phoneNumberId", default=None)
    "CLOUD_API only: id of the number, 1 to 64 characters."


class UpdateUserInput(BaseModel):
    """Changes to a user."""

    active: Optional[bool] = None
    "ADMIN only; the last ADMIN stays active."
    current_password: Optional[str] = Field(alias="currentPassword", default=None)
    "Needed by users who change their own email or password, ADMIN too; ten wrong ones in 15 minutes are looked at."
    email: Optional[str] = None
    "Unique email, up to 254 characters."
    email_claimed: Optional[bool] = Field(alias="emailClaimed", default=None)
    "ADMIN only. false confirms that the email is this user's, who then signs in by it through identity providers; whoever wrote it knows the password of the account, so delete one that is another's."
    end_api_tokens: Optional[bool] = Field(alias="endApiTokens", default=None)
    "true revokes all API tokens of the user, but for the one that is calling: whoever knew the old password, or held a token, may have made some. Left out, or false, they go on: programs depend on them."
    name: Optional[str] = None
    "1 to 100 characters."
    password: Optional[str] = None
    "New password, 8 to 128 characters; other sessions of the user end, and so do identities at providers."
    role: Optional[Role] = None
    "ADMIN only; the last ADMIN stays one."


class UpdateWebhookInput(BaseModel):
    """Changes to an outgoing webhook."""

    active: Optional[bool] = None
    "False: nothing is posted."
    events: Optional[list[EventType]] = None
    "Replaces what to tell of."
    url: Optional[str] = None
    "Where to post; as in CreateWebhookInput."


class UserFilter(BaseModel):
    """Which users."""

    active: Optional[bool] = None
    "Active or not."
    role: Optional[list[Role]] = None
    "With one of these roles."
    search: Optional[str] = None
    "Part of the name or email, up to 200 characters; case does not matter."


class WebhookDeliveryFilter(BaseModel):
    """Which deliveries."""

    status: Optional[list[WebhookDeliveryStatus]] = None
    "With one of these statuses."


AudienceInput.model_rebuild()
AuditEntryFilter.model_rebuild()
CampaignFilter.model_rebuild()
ContactFilter.model_rebuild()
ConversationFilter.model_rebuild()
CreateCampaignInput.model_rebuild()
CreateMessageTemplateInput.model_rebuild()
ImportContactsInput.model_rebuild()
InteractiveInput.model_rebuild()
LeadFilter.model_rebuild()
ListSectionInput.model_rebuild()
MediaInput.model_rebuild()
MediaMessageInput.model_rebuild()
MessageFilter.model_rebuild()
MessageHeaderInput.model_rebuild()
MessageInput.model_rebuild()
ScheduleFilter.model_rebuild()
SendMessageInput.model_rebuild()
SettingsInput.model_rebuild()
TemplateApprovalInput.model_rebuild()
TemplateMessageInput.model_rebuild()
UpdateCampaignInput.model_rebuild()
UpdateMessageTemplateInput.model_rebuild()

__all__ = [
    "AttributeFilter",
    "AudienceInput",
    "AuditEntryFilter",
    "BotSettingsInput",
    "CampaignFilter",
    "CampaignRecipientFilter",
    "CampaignStatsInput",
    "ConsentSettingsInput",
    "ContactCardInput",
    "ContactFilter",
    "ConversationFilter",
    "ConversationRef",
    "CreateApiTokenInput",
    "CreateCampaignInput",
    "CreateContactInput",
    "CreateContactPhoneInput",
    "CreateConversationInput",
    "CreateGroupInput",
    "CreateLeadInput",
    "CreateMessageTemplateInput",
    "CreateScheduleInput",
    "CreateSenderInput",
    "CreateUploadInput",
    "CreateUserInput",
    "CreateWebhookInput",
    "DateTimeRange",
    "DelaySettingsInput",
    "EventFilter",
    "FeatureSettingsInput",
    "GroupFilter",
    "ImportColumnInput",
    "ImportContactsInput",
    "ImportRowFilter",
    "InteractiveInput",
    "LeadFilter",
    "LimitSettingsInput",
    "ListRowInput",
    "ListSectionInput",
    "LocationInput",
    "LoginInput",
    "MediaInput",
    "MediaMessageInput",
    "MessageButtonInput",
    "MessageFilter",
    "MessageHeaderInput",
    "MessageInput",
    "MessageTemplateFilter",
    "OAuthLoginInput",
    "OneTimeCodeInput",
    "OutcomeAudienceInput",
    "ProviderMediaInput",
    "QuietHoursInput",
    "ReactionInput",
    "RegisterInput",
    "ScheduleFilter",
    "SendMessageInput",
    "SenderFilter",
    "SettingsInput",
    "TemplateApprovalInput",
    "TemplateMessageInput",
    "UpdateCampaignInput",
    "UpdateContactInput",
    "UpdateContactPhoneInput",
    "UpdateConversationInput",
    "UpdateGroupInput",
    "UpdateLeadInput",
    "UpdateMessageTemplateInput",
    "UpdateSenderInput",
    "UpdateUserInput",
    "UpdateWebhookInput",
    "UserFilter",
    "WebhookDeliveryFilter",
]
