from enum import StrEnum


class Assignment(StrEnum):
    ASSIGNED = "ASSIGNED"
    MINE = "MINE"
    UNASSIGNED = "UNASSIGNED"


class CampaignOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    STARTED_AT = "STARTED_AT"
    UPDATED_AT = "UPDATED_AT"


class CampaignStatus(StrEnum):
    COMPLETED = "COMPLETED"
    DRAFT = "DRAFT"
    PAUSED = "PAUSED"
    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    STOPPED = "STOPPED"


class CampaignType(StrEnum):
    BROADCAST = "BROADCAST"


class ConsentSource(StrEnum):
    API = "API"
    IMPORT = "IMPORT"
    KEYWORD = "KEYWORD"
    MERGE = "MERGE"
    WHATSAPP = "WHATSAPP"


class ContactField(StrEnum):
    COMPANY = "COMPANY"
    EMAIL = "EMAIL"
    FIRST_NAME = "FIRST_NAME"
    JOB_TITLE = "JOB_TITLE"
    LAST_NAME = "LAST_NAME"
    NAME = "NAME"
    OPT_IN_STATUS = "OPT_IN_STATUS"
    PHONE_NUMBER = "PHONE_NUMBER"
    TAGS = "TAGS"
    TIME_ZONE = "TIME_ZONE"


class ContactIdentityType(StrEnum):
    BSUID = "BSUID"
    LID = "LID"
    USERNAME = "USERNAME"
    WA_ID = "WA_ID"


class ContactOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"
    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"


class ConversationHandler(StrEnum):
    BOT = "BOT"
    OPERATOR = "OPERATOR"


class ConversationOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"
    PRIORITY = "PRIORITY"


class ConversationStatus(StrEnum):
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    ESCALATED = "ESCALATED"


class DuplicatePolicy(StrEnum):
    SKIP = "SKIP"
    UPDATE = "UPDATE"


class ErrorCode(StrEnum):
    AUTHENTICATION_ERROR = "AUTHENTICATION_ERROR"
    AUTHORIZATION_ERROR = "AUTHORIZATION_ERROR"
    COST_LIMIT_EXCEEDED = "COST_LIMIT_EXCEEDED"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    DUPLICATE_RESOURCE = "DUPLICATE_RESOURCE"
    EXTERNAL_SERVICE_ERROR = "EXTERNAL_SERVICE_ERROR"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    INVALID_PHONE_NUMBER = "INVALID_PHONE_NUMBER"
    INVALID_STATE = "INVALID_STATE"
    MESSAGE_EXPIRED = "MESSAGE_EXPIRED"
    NOT_FOUND = "NOT_FOUND"
    NOT_ON_WHATSAPP = "NOT_ON_WHATSAPP"
    OPTED_OUT = "OPTED_OUT"
    PREFLIGHT_OUTDATED = "PREFLIGHT_OUTDATED"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    SCHEDULING_CONFLICT = "SCHEDULING_CONFLICT"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    TEMPLATE_UNAVAILABLE = "TEMPLATE_UNAVAILABLE"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    WHATSAPP_API_ERROR = "WHATSAPP_API_ERROR"
    WINDOW_CLOSED = "WINDOW_CLOSED"


class EscalationReason(StrEnum):
    BAD_MOOD = "BAD_MOOD"
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    MANUAL = "MANUAL"
    MISUNDERSTOOD = "MISUNDERSTOOD"
    REQUESTED = "REQUESTED"
    TOO_MANY_ANSWERS = "TOO_MANY_ANSWERS"


class EventType(StrEnum):
    CAMPAIGN_PROGRESS = "CAMPAIGN_PROGRESS"
    CAMPAIGN_STATUS_CHANGED = "CAMPAIGN_STATUS_CHANGED"
    CONTACT_UPDATED = "CONTACT_UPDATED"
    CONVERSATION_CLOSED = "CONVERSATION_CLOSED"
    CONVERSATION_CREATED = "CONVERSATION_CREATED"
    CONVERSATION_ESCALATED = "CONVERSATION_ESCALATED"
    CONVERSATION_HANDED_BACK = "CONVERSATION_HANDED_BACK"
    CONVERSATION_TAKEN_OVER = "CONVERSATION_TAKEN_OVER"
    CONVERSATION_TYPING = "CONVERSATION_TYPING"
    CONVERSATION_UPDATED = "CONVERSATION_UPDATED"
    FILE_UPDATED = "FILE_UPDATED"
    IMPORT_PROGRESS = "IMPORT_PROGRESS"
    LEAD_CREATED = "LEAD_CREATED"
    LEAD_FOLLOW_UP_DUE = "LEAD_FOLLOW_UP_DUE"
    LEAD_UPDATED = "LEAD_UPDATED"
    MESSAGE_CANCELLED = "MESSAGE_CANCELLED"
    MESSAGE_COMPLETED = "MESSAGE_COMPLETED"
    MESSAGE_DELIVERED = "MESSAGE_DELIVERED"
    MESSAGE_FAILED = "MESSAGE_FAILED"
    MESSAGE_HELD = "MESSAGE_HELD"
    MESSAGE_PROCESSING = "MESSAGE_PROCESSING"
    MESSAGE_READ = "MESSAGE_READ"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    MESSAGE_SCHEDULED = "MESSAGE_SCHEDULED"
    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_UNCONFIRMED = "MESSAGE_UNCONFIRMED"
    MESSAGE_UPDATED = "MESSAGE_UPDATED"
    SENDER_EXPIRING = "SENDER_EXPIRING"
    SENDER_HEALTH_CHANGED = "SENDER_HEALTH_CHANGED"
    SENDER_STATUS_CHANGED = "SENDER_STATUS_CHANGED"
    TEMPLATE_UPDATED = "TEMPLATE_UPDATED"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    WEBHOOK_TEST = "WEBHOOK_TEST"


class ExclusionReason(StrEnum):
    DUPLICATE_NUMBER = "DUPLICATE_NUMBER"
    NOT_ON_WHATSAPP = "NOT_ON_WHATSAPP"
    NO_PHONE_NUMBER = "NO_PHONE_NUMBER"
    OPTED_OUT = "OPTED_OUT"
    OVER_SENDER_LIMIT = "OVER_SENDER_LIMIT"
    WINDOW_CLOSED = "WINDOW_CLOSED"


class FilePurpose(StrEnum):
    EXPORT = "EXPORT"
    IMPORT = "IMPORT"
    KNOWLEDGE = "KNOWLEDGE"
    MEDIA = "MEDIA"


class GroupOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"


class HeaderFormat(StrEnum):
    DOCUMENT = "DOCUMENT"
    IMAGE = "IMAGE"
    LOCATION = "LOCATION"
    TEXT = "TEXT"
    VIDEO = "VIDEO"


class HealthStatus(StrEnum):
    DEGRADED = "DEGRADED"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


class ImportVerdict(StrEnum):
    CREATED = "CREATED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    UPDATED = "UPDATED"


class JobStatus(StrEnum):
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"


class LeadActivityType(StrEnum):
    ASSIGNED = "ASSIGNED"
    CONTACTED = "CONTACTED"
    CONVERTED = "CONVERTED"
    CREATED = "CREATED"
    FOLLOW_UP_SCHEDULED = "FOLLOW_UP_SCHEDULED"
    LOST = "LOST"
    SCORE_CHANGED = "SCORE_CHANGED"
    STATUS_CHANGED = "STATUS_CHANGED"
    UPDATED = "UPDATED"


class LeadOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    ESTIMATED_VALUE = "ESTIMATED_VALUE"
    NEXT_FOLLOW_UP_AT = "NEXT_FOLLOW_UP_AT"
    PRIORITY = "PRIORITY"
    SCORE = "SCORE"
    UPDATED_AT = "UPDATED_AT"


class LeadStatus(StrEnum):
    CONTACTED = "CONTACTED"
    LOST = "LOST"
    NEGOTIATION = "NEGOTIATION"
    NEW = "NEW"
    PROPOSAL = "PROPOSAL"
    QUALIFIED = "QUALIFIED"
    WON = "WON"


class MessageAuthor(StrEnum):
    BOT = "BOT"
    CONTACT = "CONTACT"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"


class MessageButtonType(StrEnum):
    CODE = "CODE"
    FLOW = "FLOW"
    LIST = "LIST"
    PHONE = "PHONE"
    REPLY = "REPLY"
    URL = "URL"


class MessageDirection(StrEnum):
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class MessageOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


class MessageStatus(StrEnum):
    CANCELLED = "CANCELLED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    QUEUED = "QUEUED"
    READ = "READ"
    RECEIVED = "RECEIVED"
    SENDING = "SENDING"
    SENT = "SENT"
    UNCONFIRMED = "UNCONFIRMED"


class MessageTemplateOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"


class MessageType(StrEnum):
    AUDIO = "AUDIO"
    CONTACTS = "CONTACTS"
    DOCUMENT = "DOCUMENT"
    IMAGE = "IMAGE"
    INTERACTIVE = "INTERACTIVE"
    INTERACTIVE_REPLY = "INTERACTIVE_REPLY"
    LOCATION = "LOCATION"
    ORDER = "ORDER"
    REACTION = "REACTION"
    STICKER = "STICKER"
    SYSTEM = "SYSTEM"
    TEMPLATE = "TEMPLATE"
    TEXT = "TEXT"
    UNSUPPORTED = "UNSUPPORTED"
    VIDEO = "VIDEO"
    VOICE = "VOICE"


class OptInStatus(StrEnum):
    OPTED_IN = "OPTED_IN"
    OPTED_OUT = "OPTED_OUT"
    UNKNOWN = "UNKNOWN"


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


class PacingState(StrEnum):
    NORMAL = "NORMAL"
    PAUSED = "PAUSED"
    SLOWED = "SLOWED"


class Priority(StrEnum):
    HIGH = "HIGH"
    LOW = "LOW"
    NORMAL = "NORMAL"
    URGENT = "URGENT"


class PrivacyAction(StrEnum):
    ERASURE = "ERASURE"
    EXPORT = "EXPORT"


class QualityRating(StrEnum):
    GREEN = "GREEN"
    RED = "RED"
    UNKNOWN = "UNKNOWN"
    YELLOW = "YELLOW"


class RecipientOutcome(StrEnum):
    CANCELLED = "CANCELLED"
    DELIVERED = "DELIVERED"
    EXCLUDED = "EXCLUDED"
    FAILED = "FAILED"
    PENDING = "PENDING"
    READ = "READ"
    REPLIED = "REPLIED"
    SENT = "SENT"
    UNCONFIRMED = "UNCONFIRMED"


class Role(StrEnum):
    ADMIN = "ADMIN"
    MARKETER = "MARKETER"
    SALES = "SALES"
    VIEWER = "VIEWER"


class ScheduleOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    SEND_AT = "SEND_AT"


class ScheduleStatus(StrEnum):
    ARCHIVED = "ARCHIVED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    HELD = "HELD"
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    SENT = "SENT"


class Scope(StrEnum):
    ADMIN = "ADMIN"
    CAMPAIGNS = "CAMPAIGNS"
    CONTACTS = "CONTACTS"
    CONVERSATIONS = "CONVERSATIONS"
    FILES = "FILES"
    LEADS = "LEADS"
    READ = "READ"
    SENDERS = "SENDERS"
    WEBHOOKS = "WEBHOOKS"


class SenderOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    LAST_ACTIVE_AT = "LAST_ACTIVE_AT"
    NAME = "NAME"


class SenderProvider(StrEnum):
    CLOUD_API = "CLOUD_API"
    WAHA = "WAHA"


class SenderStatus(StrEnum):
    CONNECTED = "CONNECTED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    SCANNED = "SCANNED"
    STARTING = "STARTING"
    STOPPED = "STOPPED"
    WAITING_FOR_SCAN = "WAITING_FOR_SCAN"


class TemplateCategory(StrEnum):
    AUTHENTICATION = "AUTHENTICATION"
    MARKETING = "MARKETING"
    UTILITY = "UTILITY"


class TemplateStatus(StrEnum):
    APPROVED = "APPROVED"
    DELETED = "DELETED"
    DISABLED = "DISABLED"
    OTHER = "OTHER"
    PAUSED = "PAUSED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"


class TrendInterval(StrEnum):
    DAY = "DAY"
    MONTH = "MONTH"
    WEEK = "WEEK"


class UserOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    EMAIL = "EMAIL"
    NAME = "NAME"


class WebhookDeliveryStatus(StrEnum):
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    PENDING = "PENDING"

__all__ = [
    "Assignment",
    "CampaignOrder",
    "CampaignStatus",
    "CampaignType",
    "ConsentSource",
    "ContactField",
    "ContactIdentityType",
    "ContactOrder",
    "ConversationHandler",
    "ConversationOrder",
    "ConversationStatus",
    "DuplicatePolicy",
    "ErrorCode",
    "EscalationReason",
    "EventType",
    "ExclusionReason",
    "FilePurpose",
    "GroupOrder",
    "HeaderFormat",
    "HealthStatus",
    "ImportVerdict",
    "JobStatus",
    "LeadActivityType",
    "LeadOrder",
    "LeadStatus",
    "MessageAuthor",
    "MessageButtonType",
    "MessageDirection",
    "MessageOrder",
    "MessageStatus",
    "MessageTemplateOrder",
    "MessageType",
    "OptInStatus",
    "OrderDirection",
    "PacingState",
    "Priority",
    "PrivacyAction",
    "QualityRating",
    "RecipientOutcome",
    "Role",
    "ScheduleOrder",
    "ScheduleStatus",
    "Scope",
    "SenderOrder",
    "SenderProvider",
    "SenderStatus",
    "TemplateCategory",
    "TemplateStatus",
    "TrendInterval",
    "UserOrder",
    "WebhookDeliveryStatus",
]
