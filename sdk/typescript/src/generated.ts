// Written by codegen.mjs: make sdk.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Whose work is meant, in a filter. */
export type Assignment =
  /** Assigned to anyone. */
  | 'ASSIGNED'
  /** Assigned to the caller. */
  | 'MINE'
  /** Assigned to no one. */
  | 'UNASSIGNED';

/** A custom value of a contact that must hold; a contact without it does not match. */
export type AttributeFilter = {
  /** Equal to this string, number or boolean. */
  equals?: unknown;
  /** At most this number, or this ISO 8601 date; of a date, until the end of that day. */
  max?: unknown;
  /** At least this number, or this ISO 8601 date; of times without an offset in UTC. */
  min?: unknown;
  /** Name of the value. */
  name: string;
};

/** Whom a campaign reaches: everyone named in any of these ways, once. */
export type AudienceInput = {
  /** These contacts, at most 10000. */
  contactIds?: Array<string> | null | undefined;
  /** All contacts of these groups, at most 100 groups. */
  groupIds?: Array<string> | null | undefined;
  /** Those with whom another campaign came this far. */
  outcome?: OutcomeAudienceInput | null | undefined;
  /** These numbers, at most 10000, each written to as it is given, not at the primary number of its contact; an unknown one becomes a contact named after it. */
  phoneNumbers?: Array<string> | null | undefined;
};

/** Which audit entries. */
export type AuditEntryFilter = {
  /** With one of these actions. */
  action?: Array<string> | null | undefined;
  /** By this user. */
  actorId?: string | null | undefined;
  /** Done then. */
  createdAt?: DateTimeRange | null | undefined;
  /** On this object, also when it is gone. */
  subjectId?: string | null | undefined;
};

/** Changes to the rules of the bot; in force for the next message. */
export type BotSettingsInput = {
  /** Tokens a day (of UTC), 0 or more; null: 2,000,000. */
  dailyTokenBudget?: number | null | undefined;
  /** Silence of a contact after which the bot answers, 0 to 60 seconds. */
  debounce?: number | null | undefined;
  /** Confidence below which the bot escalates, 0 to 1. */
  escalationThreshold?: number | null | undefined;
  /** Silence after which a conversation goes back to the bot, 60 to 31536000 seconds; null: never. */
  handBackAfter?: number | null | undefined;
  /** Language of the bot, by ISO 639, such as en. */
  language?: string | null | undefined;
};

/** Which campaigns. */
export type CampaignFilter = {
  /** Created then. */
  createdAt?: DateTimeRange | null | undefined;
  /** Part of the name or description, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
  /** That may leave from this sender. */
  senderId?: string | null | undefined;
  /** With one of these statuses. */
  status?: Array<CampaignStatus> | null | undefined;
  /** Of one of these types. */
  type?: Array<CampaignType> | null | undefined;
};

/** What campaigns are sorted by. */
export type CampaignOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** Their name. */
  | 'NAME'
  /** When they were started. */
  | 'STARTED_AT'
  /** When they were last changed. */
  | 'UPDATED_AT';

/** Which recipients. */
export type CampaignRecipientFilter = {
  /** Left out for one of these reasons. */
  exclusion?: Array<ExclusionReason> | null | undefined;
  /** With one of these outcomes. */
  outcome?: Array<RecipientOutcome> | null | undefined;
  /** Part of the name or number, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
};

/** Figures of a campaign as they should read; what is left out stays. None may be negative. */
export type CampaignStatsInput = {
  /** Arrived on the recipient's phone. */
  delivered?: number | null | undefined;
  /** Given up. */
  failed?: number | null | undefined;
  /** Read by the recipient. */
  read?: number | null | undefined;
  /** Recipients who wrote back. */
  replies?: number | null | undefined;
  /** Accepted by WhatsApp. */
  sent?: number | null | undefined;
};

/** Where a campaign stands. */
export type CampaignStatus =
  /** Done. */
  | 'COMPLETED'
  /** Being prepared. */
  | 'DRAFT'
  /** Held, by a user or by the system: no sender of it is connected, or its template may not be sent; see the error. Its messages stay QUEUED. */
  | 'PAUSED'
  /** Its messages are queued and leaving. */
  | 'RUNNING'
  /** Waits for its time to start. */
  | 'SCHEDULED'
  /** Ended before it was done. */
  | 'STOPPED';

/** How a campaign reaches its audience. */
export type CampaignType =
  /** One message to every recipient. */
  | 'BROADCAST';

/** Changes to the rules of STOP and START. */
export type ConsentSettingsInput = {
  /** What to answer to an opt-in, 1 to 1000 characters; null: nothing. */
  optInReply?: string | null | undefined;
  /** What to answer to an opt-out, 1 to 1000 characters; null: nothing. */
  optOutReply?: string | null | undefined;
  /** Replaces the further words that opt in; at most 200 of up to 50 characters. */
  startWords?: Array<string> | null | undefined;
  /** Replaces the further words that opt out; at most 200 of up to 50 characters. */
  stopWords?: Array<string> | null | undefined;
};

/** How a consent became known. */
export type ConsentSource =
  /** Recorded by a user or through the API. */
  | 'API'
  /** A column of an import. */
  | 'IMPORT'
  /** The contact wrote STOP, START or a word like them. */
  | 'KEYWORD'
  /** Came over from a merged contact, or from one who seems to be the same person. */
  | 'MERGE'
  /** WhatsApp said so: the contact's own preference there. */
  | 'WHATSAPP';

/** A contact card. */
export type ContactCardInput = {
  /** Company, up to 255 characters. */
  company?: string | null | undefined;
  /** Emails, at most 20. */
  emails?: Array<string> | null | undefined;
  /** Full name, 1 to 100 characters. */
  name: string;
  /** Numbers, at most 20. */
  phoneNumbers?: Array<string> | null | undefined;
};

/** A field of a contact that an import can fill. */
export type ContactField =
  /** Company. */
  | 'COMPANY'
  /** Email, up to 254 characters. */
  | 'EMAIL'
  /** First name. */
  | 'FIRST_NAME'
  /** Job title. */
  | 'JOB_TITLE'
  /** Last name. */
  | 'LAST_NAME'
  /** Full name. */
  | 'NAME'
  /** Consent to marketing: true, yes, 1, opted_in; false, no, 0, opted_out; the same in several languages; empty. A contact that opted out stays so, whatever a file says. */
  | 'OPT_IN_STATUS'
  /** A phone number; several columns may be, and the first that is filled is primary. */
  | 'PHONE_NUMBER'
  /** Labels, separated by commas or semicolons; of a known contact they take the place of its own. */
  | 'TAGS'
  /** IANA name of the time zone. */
  | 'TIME_ZONE';

/** Which contacts. */
export type ContactFilter = {
  /** With all of these custom values; at most 10. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** Part of the company, up to 200 characters; one or two are found where a word begins. */
  company?: string | null | undefined;
  /** Created then. */
  createdAt?: DateTimeRange | null | undefined;
  /** In this group. */
  groupId?: string | null | undefined;
  /** Seeming to be the same person as another contact, or not. */
  hasDuplicates?: boolean | null | undefined;
  /** With one of these consents. */
  optInStatus?: Array<OptInStatus> | null | undefined;
  /** Having this number. */
  phoneNumber?: string | null | undefined;
  /** Part of the name, email, company, job title or a phone number, up to 200 characters; case does not matter. One or two letters or digits are found where a word or number begins. */
  search?: string | null | undefined;
  /** With any of these tags. */
  tags?: Array<string> | null | undefined;
};

/** What WhatsApp may know a person by, besides phone numbers. */
export type ContactIdentityType =
  /** Business-scoped user id of the Cloud API, such as PT.40817263554433221100. */
  | 'BSUID'
  /** Id that stands for a hidden number in WhatsApp Web, such as 1234567890@lid. */
  | 'LID'
  /** Username, without the @. */
  | 'USERNAME'
  /** WhatsApp's own spelling of a number, which may differ from the number: digits. */
  | 'WA_ID';

/** What contacts are sorted by. */
export type ContactOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** Their latest message; VALIDATION_ERROR where more than 10000 match. */
  | 'LAST_MESSAGE_AT'
  /** Their name; case does not matter. */
  | 'NAME'
  /** When they were last changed. */
  | 'UPDATED_AT';

/** Which conversations. */
export type ConversationFilter = {
  /** Assigned to this user. */
  assignedToId?: string | null | undefined;
  /** Whose work it is, seen from the caller. */
  assignment?: Assignment | null | undefined;
  /** With this contact. */
  contactId?: string | null | undefined;
  /** Opened then. */
  createdAt?: DateTimeRange | null | undefined;
  /** Answered by the bot or by an operator. */
  handler?: ConversationHandler | null | undefined;
  /** With this number or chat id. */
  phoneNumber?: string | null | undefined;
  /** With one of these priorities. */
  priority?: Array<Priority> | null | undefined;
  /** Part of the contact's name, company, email or number, or words of a message, up to 200 characters; case does not matter, and the last word may be the beginning of one. Messages of schedules and campaigns are not searched. */
  search?: string | null | undefined;
  /** Of this sender. */
  senderId?: string | null | undefined;
  /** With one of these statuses. */
  status?: Array<ConversationStatus> | null | undefined;
  /** With any of these tags. */
  tags?: Array<string> | null | undefined;
  /** With or without unread messages. */
  unread?: boolean | null | undefined;
};

/** Who answers a conversation. */
export type ConversationHandler =
  /** The bot. */
  | 'BOT'
  /** The operator it is assigned to. */
  | 'OPERATOR';

/** What conversations are sorted by. */
export type ConversationOrder =
  /** When they were opened. */
  | 'CREATED_AT'
  /** Their last message. */
  | 'LAST_MESSAGE_AT'
  /** Their priority; those of the same one by their last message. */
  | 'PRIORITY';

/** Names a conversation by its id, or by the phone number it is with: then the latest one with that number. */
export type ConversationRef =
  {   /** Its id. */
  id: string; phoneNumber?: never; }
  |  { id?: never;   /** The contact's number. */
  phoneNumber: string; };

/** Where a conversation stands. */
export type ConversationStatus =
  /** Going on. */
  | 'ACTIVE'
  /** Closed. */
  | 'CLOSED'
  /** Waits for a person; the bot is silent. */
  | 'ESCALATED';

/** A new API token. */
export type CreateApiTokenInput = {
  /** Life in days, 1 to 3650; null: no end. What an API token makes ends with that token at the latest. */
  expiresInDays?: number | null | undefined;
  /** 1 to 100 characters. */
  name: string;
  /** At least one; a token gives no scope that it lacks itself. */
  scopes: Array<Scope>;
  /** Confine the token to this sender. */
  senderId?: string | null | undefined;
  /** Owner, the caller when left out; ADMIN only. */
  userId?: string | null | undefined;
};

/** A new campaign, with exactly one of templateId and content. */
export type CreateCampaignInput = {
  /** To whom; needed by the start. */
  audience?: AudienceInput | null | undefined;
  /** The text, 1 to 5000 characters, with {{placeholders}}. */
  content?: string | null | undefined;
  /** Up to 1000 characters. */
  description?: string | null | undefined;
  /** What has not left by then is not sent any more; after the start. */
  expiresAt?: Date | string | null | undefined;
  /** What goes along with the text: a picture, a film or a document; or what fills the header of a template, a file of its format. */
  media?: MediaInput | null | undefined;
  /** 1 to 255 characters; made of the sender and the time when left out. */
  name?: string | null | undefined;
  /** When to send nothing, in each recipient's time zone. */
  quietHours?: QuietHoursInput | null | undefined;
  /** Numbers to send from, at most 100; the default sender when left out. */
  senderIds?: Array<string> | null | undefined;
  /** Start at once. */
  start?: boolean;
  /** The template to send; its content as it is at the start. */
  templateId?: string | null | undefined;
  /** How it reaches its audience. */
  type?: CampaignType;
  /** Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters each. They win over the contact's own and may hold {{placeholders}} of the contact. */
  variables?: unknown;
};

/** A new contact. A name, or a first or last name, is needed. */
export type CreateContactInput = {
  /** Custom values by name: strings of up to 1000 characters, numbers or booleans; at most 100. A name has 1 to 64 letters, digits and _, and is none of a placeholder that every contact fills. */
  attributes?: unknown;
  /** Up to 255 characters. */
  company?: string | null | undefined;
  /** Email, up to 254 characters. */
  email?: string | null | undefined;
  /** Up to 100 characters. */
  firstName?: string | null | undefined;
  /** Groups to join, at most 100. */
  groupIds?: Array<string> | null | undefined;
  /** Up to 255 characters. */
  jobTitle?: string | null | undefined;
  /** Up to 100 characters. */
  lastName?: string | null | undefined;
  /** 1 to 100 characters; made of the first and last name when left out. */
  name?: string | null | undefined;
  /** Consent to marketing messages. */
  optInStatus?: OptInStatus;
  /** The primary number; without one the contact cannot be messaged yet. DUPLICATE_RESOURCE when any contact has it. */
  phoneNumber?: string | null | undefined;
  /** Labels, at most 50 of up to 50 characters. */
  tags?: Array<string> | null | undefined;
  /** IANA name of the time zone; inferred from the number when left out. */
  timeZone?: string | null | undefined;
};

/** A new phone number of a contact. */
export type CreateContactPhoneInput = {
  /** Up to 50 characters. */
  label?: string | null | undefined;
  /** The number; DUPLICATE_RESOURCE when any contact has it. */
  phoneNumber: string;
};

/** A new conversation. */
export type CreateConversationInput = {
  /** Whose work it is: an active user of role ADMIN or SALES. */
  assignedToId?: string | null | undefined;
  /** What the contact said first, elsewhere, up to LimitSettings.maxMessageLength characters: recorded as received from them, and answered as such. */
  initialMessage?: string | null | undefined;
  /** Anything else to keep: an object, up to 16 KB as text. */
  metadata?: unknown;
  /** With which number; an unknown one becomes a contact. */
  phoneNumber: string;
  /** How urgent it is. */
  priority?: Priority;
  /** Our side; the default sender when left out. */
  senderId?: string | null | undefined;
  /** Labels, at most 50 of up to 50 characters. */
  tags?: Array<string> | null | undefined;
};

/** A new group. */
export type CreateGroupInput = {
  /** First members, at most 10000; more by import. */
  contactIds?: Array<string> | null | undefined;
  /** Up to 500 characters. */
  description?: string | null | undefined;
  /** 1 to 100 characters; DUPLICATE_RESOURCE when another group has it, compared without case. */
  name: string;
};

/** A new lead. */
export type CreateLeadInput = {
  /** Whose work it is. */
  assignedToId?: string | null | undefined;
  /** The campaign that brought it. */
  campaignId?: string | null | undefined;
  /** With whom. */
  contactId: string;
  /** The conversation it comes from. */
  conversationId?: string | null | undefined;
  /** Up to 5000 characters. */
  description?: string | null | undefined;
  /** Not negative, less than a trillion, with at most two decimals. */
  estimatedValue?: string | null | undefined;
  /** The message it begins with; names conversation, campaign and source (the ad, when it has a referral) by itself where they are left out. */
  messageId?: string | null | undefined;
  /** How urgent it is. */
  priority?: Priority;
  /** 0 to 100. */
  probability?: number;
  /** 0 to 100. */
  score?: number;
  /** Up to 100 characters, such as whatsapp_campaign. */
  source?: string | null | undefined;
  /** Its stage, an open one. */
  status?: LeadStatus;
  /** 1 to 255 characters. */
  title: string;
};

/** A new message template. */
export type CreateMessageTemplateInput = {
  /** Submit it to WhatsApp for approval. */
  approval?: TemplateApprovalInput | null | undefined;
  /** Up to 3 of type REPLY, or one URL or FLOW; with approval at most 10, of these 2 URL, 1 PHONE, 1 CODE and 1 FLOW. Without approval, a footer or a header of text needs buttons. */
  buttons?: Array<MessageButtonInput> | null | undefined;
  /** 1 to 5000 characters; with approval, header, footer or buttons 1 to 1024. Left out for a one-time code, and for that alone. */
  content?: string | null | undefined;
  /** Up to 60 characters, no placeholders. */
  footer?: string | null | undefined;
  /** What stands above the text; its media or location is an example when the template is approved. */
  header?: MessageHeaderInput | null | undefined;
  /** 1 to 255 characters. */
  title: string;
};

/** A new schedule. */
export type CreateScheduleInput = {
  /** To whom: a group with at least one member. */
  groupId: string;
  /** When, not in the past. */
  sendAt: Date | string;
  /** From which number; the default sender when left out. */
  senderId?: string | null | undefined;
  /** What to send. */
  templateId: string;
  /** Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters each. They win over the contact's own and may hold {{placeholders}} of the contact. */
  variables?: unknown;
};

/** A new sender. */
export type CreateSenderInput = {
  /** CLOUD_API only, and needed there: access token, 1 to 4096 characters; kept encrypted, never shown. */
  accessToken?: string | null | undefined;
  /** Whether the bot answers here. */
  botEnabled?: boolean;
  /** CLOUD_API only: id of the WhatsApp Business account that owns the number, up to 64 characters; templates need it. */
  businessAccountId?: string | null | undefined;
  /** Use it where no sender is named; the first sender is the default anyway. */
  isDefault?: boolean;
  /** Up to 100 characters. */
  name?: string | null | undefined;
  /** The number; DUPLICATE_RESOURCE when it is registered. */
  phoneNumber: string;
  /** CLOUD_API only, and needed there: id of the number, 1 to 64 characters. */
  phoneNumberId?: string | null | undefined;
  /** How it reaches WhatsApp. */
  provider: SenderProvider;
};

/** A file to upload. */
export type CreateUploadInput = {
  /** The conversation it belongs to; KNOWLEDGE without one is for all of them. */
  conversationId?: string | null | undefined;
  /** Anything else to keep: an object, up to 16 KB as JSON. */
  metadata?: unknown;
  /** Its name, 1 to 255 characters, with the ending of its kind, such as menu.pdf. */
  name: string;
  /** What it is for; not EXPORT. */
  purpose?: FilePurpose;
  /** Its size in bytes, within the limit of its kind; exactly so many must come. */
  sizeBytes: number;
};

/** A new user, created by ADMIN. */
export type CreateUserInput = {
  /** Unique email, up to 254 characters. */
  email: string;
  /** 1 to 100 characters. */
  name: string;
  /** 8 to 128 characters. */
  password: string;
  /** What the user may do. */
  role?: Role;
};

/** A new outgoing webhook. */
export type CreateWebhookInput = {
  /** What to tell of; at least one, and not CONVERSATION_TYPING. */
  events: Array<EventType>;
  /** The signing secret, 24 to 100 characters; base64 where it begins with whsec_. Made up when left out. */
  secret?: string | null | undefined;
  /** Where to post; http or https, up to 2000 characters, not a private address in production. */
  url: string;
};

/** A span of time; either end may be left open. */
export type DateTimeRange = {
  /** Before this instant. */
  end?: Date | string | null | undefined;
  /** At or after this instant. */
  start?: Date | string | null | undefined;
};

/** Changes to pauses, in whole seconds; in force for the next message. */
export type DelaySettingsInput = {
  /** Between two messages of one sender, 0 to 3600. */
  messageDelay?: number | null | undefined;
  /** When sending goes on with another sender, 0 to 3600. */
  senderSwitchDelay?: number | null | undefined;
};

/** What to do with an imported row whose number is already known. */
export type DuplicatePolicy =
  /** Leave the contact as it is, but add it to the groups, and opt it out where the row does. */
  | 'SKIP'
  /** Change the contact to what the row says, and add it to the groups. */
  | 'UPDATE';

/** Code of a failure: extensions.code of a GraphQL error, and the reason a message or an import row failed. */
export type ErrorCode =
  /** Credentials are missing, wrong or expired. */
  | 'AUTHENTICATION_ERROR'
  /** The role or the token scope does not allow this. */
  | 'AUTHORIZATION_ERROR'
  /** The operation costs more than is allowed; details give its cost and the limit. A connection counts as the items that first or last asks for, a plain list as ten, or as many as its description allows at most. */
  | 'COST_LIMIT_EXCEEDED'
  /** The event log no longer reaches back to this cursor. */
  | 'CURSOR_EXPIRED'
  /** Something with the same unique value exists. */
  | 'DUPLICATE_RESOURCE'
  /** Another service that we need, the database for one, does not answer; try again. */
  | 'EXTERNAL_SERVICE_ERROR'
  /** A fault of this server. */
  | 'INTERNAL_ERROR'
  /** A phone number is malformed or lacks its country code. */
  | 'INVALID_PHONE_NUMBER'
  /** The object's present status does not allow this. */
  | 'INVALID_STATE'
  /** It had not left when its campaign ran out. */
  | 'MESSAGE_EXPIRED'
  /** There is no such object, or the caller may not see it. */
  | 'NOT_FOUND'
  /** The number has no WhatsApp account. */
  | 'NOT_ON_WHATSAPP'
  /** The contact wants no such messages. */
  | 'OPTED_OUT'
  /** The audience or the template has changed since the preflight. */
  | 'PREFLIGHT_OUTDATED'
  /** Too many requests; details say when to try again. */
  | 'RATE_LIMIT_EXCEEDED'
  /** The same template is already scheduled for the same group at this time. */
  | 'SCHEDULING_CONFLICT'
  /** The sender's session has expired and must be authenticated again. */
  | 'SESSION_EXPIRED'
  /** The template is not approved, or is paused, disabled or recategorised at WhatsApp. */
  | 'TEMPLATE_UNAVAILABLE'
  /** An argument is missing, malformed or out of bounds. */
  | 'VALIDATION_ERROR'
  /** WhatsApp, or the gateway to it, refused or failed. */
  | 'WHATSAPP_API_ERROR'
  /** The 24-hour service window is closed, so only an approved template may be sent. */
  | 'WINDOW_CLOSED';

/** Why a conversation was escalated. */
export type EscalationReason =
  /** The contact is upset. */
  | 'BAD_MOOD'
  /** The bot was not sure enough of its answer. */
  | 'LOW_CONFIDENCE'
  /** By hand. */
  | 'MANUAL'
  /** The bot was misunderstood twice, or understood nothing twice. */
  | 'MISUNDERSTOOD'
  /** The contact asked for a person. */
  | 'REQUESTED'
  /** The bot answered 30 times within an hour and no person came in: the contact may be a bot, too. */
  | 'TOO_MANY_ANSWERS';

/** Which events. A criterion that an event says nothing about does not match it. */
export type EventFilter = {
  /** Of conversations, and their messages, that were whose work at that moment, seen from the caller. */
  assignment?: Assignment | null | undefined;
  /** Of this campaign. */
  campaignId?: string | null | undefined;
  /** Of this contact. */
  contactId?: string | null | undefined;
  /** Of this conversation. */
  conversationId?: string | null | undefined;
  /** Of this schedule. */
  scheduleId?: string | null | undefined;
  /** Of this sender. */
  senderId?: string | null | undefined;
  /** About this object itself, of any type, such as an import, a message or a template. */
  subjectId?: string | null | undefined;
  /** Of one of these types. */
  types?: Array<EventType> | null | undefined;
};

/** Kind of event. */
export type EventType =
  /** A campaign's figures moved; told at most 4 times a second. */
  | 'CAMPAIGN_PROGRESS'
  /** A campaign was scheduled, started, paused, resumed, stopped or completed. */
  | 'CAMPAIGN_STATUS_CHANGED'
  /** A contact was created, changed, merged, or its consent changed. */
  | 'CONTACT_UPDATED'
  /** A conversation was closed; its transcript is all that was said. */
  | 'CONVERSATION_CLOSED'
  /** A conversation was opened. */
  | 'CONVERSATION_CREATED'
  /** A conversation needs a person. */
  | 'CONVERSATION_ESCALATED'
  /** A conversation was handed back to the bot, by a person or after silence. */
  | 'CONVERSATION_HANDED_BACK'
  /** An operator took a conversation over. */
  | 'CONVERSATION_TAKEN_OVER'
  /** An operator, or where WAHA tells it the contact, began to type, or stopped. */
  | 'CONVERSATION_TYPING'
  /** A conversation was changed, assigned, read or reopened, or something was said in it. */
  | 'CONVERSATION_UPDATED'
  /** A file arrived, is being fetched, or was given up or refused. */
  | 'FILE_UPDATED'
  /** An import went on or ended. */
  | 'IMPORT_PROGRESS'
  /** A lead was created. */
  | 'LEAD_CREATED'
  /** The time of a lead's follow-up has come. */
  | 'LEAD_FOLLOW_UP_DUE'
  /** A lead was changed, assigned, scored, moved to another stage, won, lost or deleted. */
  | 'LEAD_UPDATED'
  /** A message was called off before it left. */
  | 'MESSAGE_CANCELLED'
  /** All messages of a schedule are done. */
  | 'MESSAGE_COMPLETED'
  /** A message arrived on the recipient's phone. */
  | 'MESSAGE_DELIVERED'
  /** A message was given up. */
  | 'MESSAGE_FAILED'
  /** A schedule is held, before it began or in its midst. */
  | 'MESSAGE_HELD'
  /** A schedule began to be sent, or goes on after it was held. */
  | 'MESSAGE_PROCESSING'
  /** The recipient read a message. */
  | 'MESSAGE_READ'
  /** A contact wrote to us. */
  | 'MESSAGE_RECEIVED'
  /** A schedule was created. */
  | 'MESSAGE_SCHEDULED'
  /** WhatsApp took a message; told again of one that it gave up by a fault of its own and took once more. */
  | 'MESSAGE_SENT'
  /** A message was handed over, but never confirmed. */
  | 'MESSAGE_UNCONFIRMED'
  /** A message was edited, deleted for everyone, reacted to, sent again by hand, or its file arrived. */
  | 'MESSAGE_UPDATED'
  /** A WAHA session runs out in two days at most, and does not answer; told once. */
  | 'SENDER_EXPIRING'
  /** A sender's quality, limits, pace or last error changed. */
  | 'SENDER_HEALTH_CHANGED'
  /** A sender's session changed its status. */
  | 'SENDER_STATUS_CHANGED'
  /** WhatsApp changed a template's status, quality or category. */
  | 'TEMPLATE_UPDATED'
  /** A webhook failed for 5 days and was switched off. */
  | 'WEBHOOK_DISABLED'
  /** Sent to one webhook by testWebhook alone; not in the log. */
  | 'WEBHOOK_TEST';

/** Why someone in the audience is sent nothing. */
export type ExclusionReason =
  /** The same number is in the audience already. */
  | 'DUPLICATE_NUMBER'
  /** The number has no WhatsApp account. */
  | 'NOT_ON_WHATSAPP'
  /** Has neither a phone number nor another way to be reached. */
  | 'NO_PHONE_NUMBER'
  /** Declined marketing messages. */
  | 'OPTED_OUT'
  /** Over what the senders may send to new people in 24 hours. */
  | 'OVER_SENDER_LIMIT'
  /** The service window is closed, and the text is not an approved template. */
  | 'WINDOW_CLOSED';

/** Changes to what is switched on. */
export type FeatureSettingsInput = {
  /** The bot escalates by itself. */
  autoEscalation?: boolean | null | undefined;
  /** The bot answers in the language it is written to. */
  multilingualSupport?: boolean | null | undefined;
  /** Anyone may register, and becomes VIEWER. */
  openRegistration?: boolean | null | undefined;
  /** The bot looks things up in uploaded documents. */
  ragEnabled?: boolean | null | undefined;
  /** Messages of contacts are rated for their mood. */
  sentimentAnalysis?: boolean | null | undefined;
};

/** What a file is for. */
export type FilePurpose =
  /** An export of a contact; only those who may export contacts see it. */
  | 'EXPORT'
  /** A CSV of contacts. */
  | 'IMPORT'
  /** For the bot to read: PDF, DOCX, TXT, Markdown, CSV. */
  | 'KNOWLEDGE'
  /** To go along with messages; files received are such too. */
  | 'MEDIA';

/** Which groups. */
export type GroupFilter = {
  /** That this contact is in. */
  contactId?: string | null | undefined;
  /** Part of the name or description, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
};

/** What groups are sorted by. */
export type GroupOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** Their name; case does not matter. */
  | 'NAME'
  /** When they, or their membership, were last changed. */
  | 'UPDATED_AT';

/** What kind of header it is. */
export type HeaderFormat =
  /** Any other file. */
  | 'DOCUMENT'
  /** A picture. */
  | 'IMAGE'
  /** A place. */
  | 'LOCATION'
  /** Text. */
  | 'TEXT'
  /** A film. */
  | 'VIDEO';

/** Whether something is well. */
export type HealthStatus =
  /** Works in part. */
  | 'DEGRADED'
  /** Works. */
  | 'HEALTHY'
  /** Does not work. */
  | 'UNHEALTHY';

/** What a column of a CSV means: at most one of field and attribute; with neither, it is left out. */
export type ImportColumnInput = {
  /** The custom value that it fills; numbers, true and false are kept as such. */
  attribute?: string | null | undefined;
  /** Its header, as contactImportPreview shows it. */
  column: string;
  /** The field of a contact that it fills. */
  field?: ContactField | null | undefined;
};

/** Contacts to import: exactly one of fileId and contacts. */
export type ImportContactsInput = {
  /** The same as a list, 1 to 2000. */
  contacts?: Array<CreateContactInput> | null | undefined;
  /** What separates its cells, one of , ; | and tab; else guessed. */
  delimiter?: string | null | undefined;
  /** How the bytes of the CSV are read, as given to contactImportPreview; else guessed. */
  encoding?: string | null | undefined;
  /** An uploaded CSV of purpose IMPORT, at most 2000000 rows, 200 columns and 500 MB, with a header row. */
  fileId?: string | null | undefined;
  /** Groups that every imported contact joins, at most 100. */
  groupIds?: Array<string> | null | undefined;
  /** What the columns of the CSV mean; those that are not named are left out. As contactImportPreview suggests when left out itself. */
  mapping?: Array<ImportColumnInput> | null | undefined;
  /** What to do with known numbers. */
  onDuplicate?: DuplicatePolicy;
};

/** Text with something to choose: buttons of one type, 1 to 3 REPLY, or one URL, FLOW or LIST. */
export type InteractiveInput = {
  /** Its buttons. */
  buttons: Array<MessageButtonInput>;
  /** Up to 60. */
  footer?: string | null | undefined;
  /** What stands above the text; with a list only text. */
  header?: MessageHeaderInput | null | undefined;
  /** With a LIST button: 1 to 10 sections, with at most 10 rows in all. */
  sections?: Array<ListSectionInput> | null | undefined;
  /** The text, 1 to 1024; with a list 1 to 4096. */
  text: string;
};

/** State of work that a worker does; it survives restarts. */
export type JobStatus =
  /** Done. */
  | 'COMPLETED'
  /** Could not be done; see the error. */
  | 'FAILED'
  /** Waits for a worker. */
  | 'QUEUED'
  /** Being done. */
  | 'RUNNING';

/** What happened to a lead. */
export type LeadActivityType =
  /** It was given to someone, or to no one. */
  | 'ASSIGNED'
  /** The contact was spoken to. */
  | 'CONTACTED'
  /** It was won. */
  | 'CONVERTED'
  /** It was created. */
  | 'CREATED'
  /** A follow-up was planned or cleared. */
  | 'FOLLOW_UP_SCHEDULED'
  /** It was lost. */
  | 'LOST'
  /** Its score changed. */
  | 'SCORE_CHANGED'
  /** It moved to another stage. */
  | 'STATUS_CHANGED'
  /** Its description or figures changed. */
  | 'UPDATED';

/** Which leads. */
export type LeadFilter = {
  /** Assigned to this user. */
  assignedToId?: string | null | undefined;
  /** Whose work it is, seen from the caller. */
  assignment?: Assignment | null | undefined;
  /** Brought by this campaign. */
  campaignId?: string | null | undefined;
  /** With this contact. */
  contactId?: string | null | undefined;
  /** Created then. */
  createdAt?: DateTimeRange | null | undefined;
  /** With at least this score, 0 to 100. */
  minScore?: number | null | undefined;
  /** Overdue or not. */
  overdue?: boolean | null | undefined;
  /** With one of these priorities. */
  priority?: Array<Priority> | null | undefined;
  /** Part of the title, description or the contact's name or company, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
  /** From one of these sources. */
  source?: Array<string> | null | undefined;
  /** With one of these statuses. */
  status?: Array<LeadStatus> | null | undefined;
};

/** What leads are sorted by. */
export type LeadOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** Their estimated value. */
  | 'ESTIMATED_VALUE'
  /** Their next follow-up. */
  | 'NEXT_FOLLOW_UP_AT'
  /** Their priority. */
  | 'PRIORITY'
  /** Their score. */
  | 'SCORE'
  /** When they were last changed. */
  | 'UPDATED_AT';

/** Stage of a lead, in the order of the pipeline. */
export type LeadStatus =
  /** Spoken to. */
  | 'CONTACTED'
  /** Closed without a deal. */
  | 'LOST'
  /** Discussing terms. */
  | 'NEGOTIATION'
  /** Not spoken to yet. */
  | 'NEW'
  /** Has an offer. */
  | 'PROPOSAL'
  /** Worth pursuing. */
  | 'QUALIFIED'
  /** Converted. */
  | 'WON';

/** Changes to bounds. */
export type LimitSettingsInput = {
  /** Operations a minute from each address without credentials, 1 to 100000. */
  anonymousCallsPerMinute?: number | null | undefined;
  /** Operations a second, for each caller of any kind, 1 to 10000. */
  callsPerSecond?: number | null | undefined;
  /** Days that events are kept, 1 to 3650. */
  eventRetentionDays?: number | null | undefined;
  /** Whether nobody counts calls while Redis is away. */
  failOpen?: boolean | null | undefined;
  /** Newest messages of a conversation that the bot takes into account, 1 to 1000. */
  maxConversationLength?: number | null | undefined;
  /** Size of a document in MB, 1 to 100. */
  maxFileSizeMb?: number | null | undefined;
  /** Characters in one text message, 1 to 4096. */
  maxMessageLength?: number | null | undefined;
  /** Cost of one operation, 100 to 100000. */
  maxQueryCost?: number | null | undefined;
  /** Messages an hour, for each sender, 1 to 10000000. */
  messagesPerHour?: number | null | undefined;
  /** Queries and subscriptions a minute, for each user or token, 1 to 100000. */
  queriesPerMinute?: number | null | undefined;
  /** Mutations an hour, for each user or token, 1 to 100000. */
  rateLimitPerHour?: number | null | undefined;
  /** Mutations a minute, for each user or token, 1 to 100000. */
  rateLimitPerMinute?: number | null | undefined;
};

/** Something to choose from a list. */
export type ListRowInput = {
  /** Up to 72. */
  description?: string | null | undefined;
  /** What comes back, 1 to 200; unique in the list. */
  payload: string;
  /** 1 to 24. */
  title: string;
};

/** A part of a list. */
export type ListSectionInput = {
  /** What may be chosen. */
  rows: Array<ListRowInput>;
  /** Up to 24; needed when there are several. */
  title?: string | null | undefined;
};

/** A place. */
export type LocationInput = {
  /** Its address, up to 1000 characters. */
  address?: string | null | undefined;
  /** Degrees, -90 to 90. */
  latitude: number;
  /** Degrees, -180 to 180. */
  longitude: number;
  /** Its name, up to 1000 characters. */
  name?: string | null | undefined;
};

/** Credentials. */
export type LoginInput = {
  /** Email of the user. */
  email: string;
  /** Password of the user. */
  password: string;
};

/** Something to go along with a text, named in one of three ways. */
export type MediaInput =
  {   /** A file uploaded here. */
  fileId: string; provider?: never; url?: never; }
  |  { fileId?: never;   /** A file that WhatsApp already holds. */
  provider: ProviderMediaInput; url?: never; }
  |  { fileId?: never; provider?: never;   /** A file to be fetched from this http or https URL, up to 100 MB; not one inside the server's own network. */
  url: string; };

/** A file to send. */
export type MediaMessageInput = {
  /** Up to 1024; only with pictures, films and documents. */
  caption?: string | null | undefined;
  /** The file. */
  file: MediaInput;
  /** IMAGE, VIDEO, AUDIO, VOICE (OGG/OPUS), DOCUMENT or STICKER (WebP); by the file when left out. */
  type?: MessageType | null | undefined;
};

/** Who wrote a message. */
export type MessageAuthor =
  /** The bot. */
  | 'BOT'
  /** The contact. */
  | 'CONTACT'
  /** A person: a user or API client, or someone in the WhatsApp app on the sender's phone. */
  | 'OPERATOR'
  /** A schedule or a campaign. */
  | 'SYSTEM';

/** A button. What it carries may hold {{placeholders}} in a template. */
export type MessageButtonInput = {
  /** CODE: the code, up to 15. */
  code?: string | null | undefined;
  /** FLOW: what the first screen is given. */
  data?: unknown;
  /** FLOW: id of the flow. */
  flowId?: string | null | undefined;
  /** REPLY: what comes back, up to 256; the title when left out. FLOW: a token that comes back with the answers. */
  payload?: string | null | undefined;
  /** PHONE: the number. */
  phoneNumber?: string | null | undefined;
  /** FLOW: its first screen; the flow's own when left out. */
  screen?: string | null | undefined;
  /** Up to 20; in templates 25. */
  title: string;
  /** What it does. */
  type: MessageButtonType;
  /** URL: where it leads, up to 2000; in templates one placeholder, at its end. */
  url?: string | null | undefined;
};

/** What a button does. */
export type MessageButtonType =
  /** Copies a code; templates only. */
  | 'CODE'
  /** Opens a WhatsApp Flow: a form. */
  | 'FLOW'
  /** Opens a list to choose from; not in templates. */
  | 'LIST'
  /** Calls a number; templates only. */
  | 'PHONE'
  /** Answers with its payload. */
  | 'REPLY'
  /** Opens a URL. */
  | 'URL';

/** Which way a message goes. */
export type MessageDirection =
  /** From the contact. */
  | 'INBOUND'
  /** To the contact. */
  | 'OUTBOUND';

/** Which messages. */
export type MessageFilter = {
  /** By one of these. */
  author?: Array<MessageAuthor> | null | undefined;
  /** Of this campaign. */
  campaignId?: string | null | undefined;
  /** From or to this contact. */
  contactId?: string | null | undefined;
  /** Of this conversation. */
  conversationId?: string | null | undefined;
  /** With this caller's id. */
  correlationId?: string | null | undefined;
  /** Queued or received then. */
  createdAt?: DateTimeRange | null | undefined;
  /** Which way. */
  direction?: MessageDirection | null | undefined;
  /** Replying to another message, or not; reactions are no replies. */
  reply?: boolean | null | undefined;
  /** Replying to this message; reactions are no replies. */
  replyToId?: string | null | undefined;
  /** Of this schedule. */
  scheduleId?: string | null | undefined;
  /** Words of the text, up to 200 characters; case does not matter, and the last may be the beginning of one. What schedules and campaigns sent is searched where one of them, a template, contact or conversation is named, too. */
  search?: string | null | undefined;
  /** Through this sender. */
  senderId?: string | null | undefined;
  /** With one of these statuses. */
  status?: Array<MessageStatus> | null | undefined;
  /** Made from this template. */
  templateId?: string | null | undefined;
  /** Of one of these types. */
  type?: Array<MessageType> | null | undefined;
};

/** What stands above the text of a message. */
export type MessageHeaderInput =
  {   /** A place; templates only. */
  location: LocationInput; media?: never; text?: never; }
  |  { location?: never;   /** A picture, a film or another file. */
  media: MediaInput; text?: never; }
  |  { location?: never; media?: never;   /** Text, up to 60. */
  text: string; };

/** What to send, by kind. Lengths are in UTF-16 units, as WhatsApp counts. */
export type MessageInput =
  {   /** Contact cards, 1 to 257. */
  contacts: Array<ContactCardInput>; interactive?: never; location?: never; media?: never; reaction?: never; template?: never; text?: never; }
  |  { contacts?: never;   /** Text with buttons, a list, a link or a form. */
  interactive: InteractiveInput; location?: never; media?: never; reaction?: never; template?: never; text?: never; }
  |  { contacts?: never; interactive?: never;   /** A place. */
  location: LocationInput; media?: never; reaction?: never; template?: never; text?: never; }
  |  { contacts?: never; interactive?: never; location?: never;   /** A file, with a caption or without. */
  media: MediaMessageInput; reaction?: never; template?: never; text?: never; }
  |  { contacts?: never; interactive?: never; location?: never; media?: never;   /** An emoji on a message. */
  reaction: ReactionInput; template?: never; text?: never; }
  |  { contacts?: never; interactive?: never; location?: never; media?: never; reaction?: never;   /** A template; an approved one is the only kind while the service window is closed. */
  template: TemplateMessageInput; text?: never; }
  |  { contacts?: never; interactive?: never; location?: never; media?: never; reaction?: never; template?: never;   /** Text, 1 to LimitSettings.maxMessageLength; its first link is shown with a preview. */
  text: string; };

/** What messages are sorted by. */
export type MessageOrder =
  /** When they were queued or received. */
  | 'CREATED_AT'
  /** When their status last changed. */
  | 'UPDATED_AT';

/** Where a message stands. An outbound one goes from QUEUED forward and never back. */
export type MessageStatus =
  /** Outbound; called off while QUEUED, by hand, by an opt-out or because the contact was deleted. */
  | 'CANCELLED'
  /** Outbound; on the recipient's phone. */
  | 'DELIVERED'
  /** Outbound; given up. */
  | 'FAILED'
  /** Outbound; waits for its turn. */
  | 'QUEUED'
  /** Outbound: read, or its voice played, by the recipient. Inbound: read by us. */
  | 'READ'
  /** Inbound; not read yet. */
  | 'RECEIVED'
  /** Outbound; being handed to WhatsApp, or handed over with the answer still out. */
  | 'SENDING'
  /** Outbound; WhatsApp has it. */
  | 'SENT'
  /** Outbound; handed over, but the answer was lost and no receipt settled it. Not sent again by itself. */
  | 'UNCONFIRMED';

/** Which message templates. */
export type MessageTemplateFilter = {
  /** Of one of these categories. */
  category?: Array<TemplateCategory> | null | undefined;
  /** In this language, such as pt_PT. */
  language?: string | null | undefined;
  /** Part of the title or content, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
  /** That this sender may send: texts of ours, and approved templates of its account. */
  senderId?: string | null | undefined;
  /** Approved or known at WhatsApp, with one of these statuses. */
  status?: Array<TemplateStatus> | null | undefined;
};

/** What message templates are sorted by. */
export type MessageTemplateOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** Their title. */
  | 'TITLE'
  /** When they were last changed. */
  | 'UPDATED_AT';

/** What a message is. */
export type MessageType =
  /** Sound. */
  | 'AUDIO'
  /** Contact cards. */
  | 'CONTACTS'
  /** Any other file. */
  | 'DOCUMENT'
  /** Picture. */
  | 'IMAGE'
  /** Buttons, a list, a link or a form of ours. */
  | 'INTERACTIVE'
  /** What the contact chose or filled in. */
  | 'INTERACTIVE_REPLY'
  /** A place. */
  | 'LOCATION'
  /** An order from a catalogue. */
  | 'ORDER'
  /** An emoji on another message; content is the emoji, null once it is taken back. */
  | 'REACTION'
  /** Sticker. */
  | 'STICKER'
  /** WhatsApp's own words, such as that the contact changed their number. */
  | 'SYSTEM'
  /** An approved template of ours. */
  | 'TEMPLATE'
  /** Text. */
  | 'TEXT'
  /** Received, but of a kind that is only kept. */
  | 'UNSUPPORTED'
  /** Film. */
  | 'VIDEO'
  /** Recorded voice. */
  | 'VOICE';

/** What an outside identity provider gave. */
export type OAuthLoginInput = {
  /** Authorization code. */
  code: string;
  /** PKCE verifier, 43 to 128 characters. */
  codeVerifier: string;
  /** Name of the provider. */
  provider: string;
  /** The redirect URI that the code was issued for. */
  redirectUri: string;
  /** The state that came back with the code. */
  state: string;
};

/** What goes with a one-time code, of which WhatsApp writes the words in the language. */
export type OneTimeCodeInput = {
  /** What stands on the button that copies the code, up to 25 characters; WhatsApp's own words when left out. */
  buttonTitle?: string | null | undefined;
  /** 1 to 90, told below the code; when left out nothing is told. This is for the reader: who checks the code must let it run out. */
  expiresInMinutes?: number | null | undefined;
  /** Whether it advises not to share the code. */
  securityAdvice?: boolean;
};

/** Whether a contact agreed to marketing messages. */
export type OptInStatus =
  /** Agreed. */
  | 'OPTED_IN'
  /** Declined; schedules and campaigns leave the contact out. */
  | 'OPTED_OUT'
  /** Never asked; may be messaged. */
  | 'UNKNOWN';

/** Sort direction. */
export type OrderDirection =
  /** Smallest, oldest or alphabetically first comes first. */
  | 'ASC'
  /** Largest, newest or alphabetically last comes first. */
  | 'DESC';

/** Recipients of a campaign by how far it came with them; counted when the new campaign starts. */
export type OutcomeAudienceInput = {
  /** The campaign. */
  campaignId: string;
  /** Any of these, such as SENT and DELIVERED for those who did not read it; at least one. */
  outcome: Array<RecipientOutcome>;
};

/** How a sender sends now. */
export type PacingState =
  /** As fast as its limits allow. */
  | 'NORMAL'
  /** Not at all. */
  | 'PAUSED'
  /** Slower than that, after WhatsApp asked for it, quality fell or a limit was reached; recovers by itself. */
  | 'SLOWED';

/** How urgent something is; also the order in which queued messages leave. */
export type Priority =
  /** Before normal. */
  | 'HIGH'
  /** After everything else. */
  | 'LOW'
  /** The default. */
  | 'NORMAL'
  /** First of all. */
  | 'URGENT';

/** What a privacy receipt is about. */
export type PrivacyAction =
  /** By eraseContact. */
  | 'ERASURE'
  /** By exportContact. */
  | 'EXPORT';

/** A file that WhatsApp already holds. */
export type ProviderMediaInput = {
  /** WhatsApp's id of the file, up to 255 characters; uploaded by the same sender. */
  id: string;
  /** Its MIME type, such as image/jpeg. */
  mimeType: string;
};

/** Quality as WhatsApp rates it, of a sender or of a template. */
export type QualityRating =
  /** High. */
  | 'GREEN'
  /** Low: sending slows down, and may be stopped by WhatsApp. */
  | 'RED'
  /** Not rated yet, or not told. */
  | 'UNKNOWN'
  /** Medium. */
  | 'YELLOW';

/** Hours of the day without messages; they may run over midnight. Where a recipient's zone is unknown, UTC counts. */
export type QuietHoursInput = {
  /** Until this time, such as 08:00; another than the start. */
  end: string;
  /** From this time on, such as 21:00. */
  start: string;
};

/** An emoji on a message. */
export type ReactionInput = {
  /** One emoji; null takes the reaction back. */
  emoji?: string | null | undefined;
  /** The message, of the same conversation and not older than 30 days. */
  messageId: string;
};

/** How far a recipient came. Each has exactly one: the last that is true. */
export type RecipientOutcome =
  /** Called off before it left. */
  | 'CANCELLED'
  /** Arrived, not seen to be read. */
  | 'DELIVERED'
  /** Sent nothing; see the exclusion. */
  | 'EXCLUDED'
  /** Given up; see the message's error. */
  | 'FAILED'
  /** Not yet handed to WhatsApp. */
  | 'PENDING'
  /** Read, not answered. */
  | 'READ'
  /** Wrote back within 7 days, read receipt or not. */
  | 'REPLIED'
  /** Accepted by WhatsApp, not seen to arrive. */
  | 'SENT'
  /** Handed over, but never confirmed; may be sent again by hand. */
  | 'UNCONFIRMED';

/** A new user, registering. */
export type RegisterInput = {
  /** Unique email, up to 254 characters. */
  email: string;
  /** 1 to 100 characters. */
  name: string;
  /** 8 to 128 characters. */
  password: string;
};

/** What a user may do; @allow says it field by field. */
export type Role =
  /** Everything. */
  | 'ADMIN'
  /** Manages contacts, groups, templates, schedules, campaigns, leads and senders; reads the rest. */
  | 'MARKETER'
  /** Manages contacts, leads and conversations; reads the rest. */
  | 'SALES'
  /** Reads only. */
  | 'VIEWER';

/** Which schedules. */
export type ScheduleFilter = {
  /** For this group. */
  groupId?: string | null | undefined;
  /** To be sent then. */
  sendAt?: DateTimeRange | null | undefined;
  /** From this sender. */
  senderId?: string | null | undefined;
  /** With one of these statuses; archived ones only where ARCHIVED is among them. */
  status?: Array<ScheduleStatus> | null | undefined;
  /** Of this template. */
  templateId?: string | null | undefined;
};

/** What schedules are sorted by. */
export type ScheduleOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** When they are to be sent. */
  | 'SEND_AT';

/** Where a schedule stands. */
export type ScheduleStatus =
  /** Put away. */
  | 'ARCHIVED'
  /** Called off before its time, or while it was held. */
  | 'CANCELLED'
  /** Done; no message was sent. */
  | 'FAILED'
  /** Its time came or its messages are leaving, but its template may not be sent now; see the error. Goes on by itself when it may; where WhatsApp takes the template for MARKETING since it was planned, or refuses it for a fault in it, once sendScheduleNow says so. Its messages stay QUEUED. */
  | 'HELD'
  /** Waits for its time. */
  | 'PENDING'
  /** Its messages are being sent. */
  | 'PROCESSING'
  /** Done; at least one message was sent. */
  | 'SENT';

/** What an API token may do, within its owner's role. */
export type Scope =
  /** Read and change users, tokens and settings; read system metrics. */
  | 'ADMIN'
  /** Change templates, schedules and campaigns. */
  | 'CAMPAIGNS'
  /** Change contacts and groups. */
  | 'CONTACTS'
  /** Change conversations and send messages. */
  | 'CONVERSATIONS'
  /** Upload files. */
  | 'FILES'
  /** Change leads. */
  | 'LEADS'
  /** All queries and subscriptions that its owner may use. */
  | 'READ'
  /** Change senders. */
  | 'SENDERS'
  /** Read and change outgoing webhooks. */
  | 'WEBHOOKS';

/** A message to send. */
export type SendMessageInput = {
  /** The caller's own id, up to 255 characters: the same id again in the same conversation, or to the same number without senderId, gives the first message back and sends nothing. */
  correlationId?: string | null | undefined;
  /** What to send. */
  message: MessageInput;
  /** Anything else to keep: an object, up to 16 KB as text. */
  metadata?: unknown;
  /** Its place among queued messages; those of schedules and campaigns are LOW. */
  priority?: Priority;
  /** The message that this one replies to, of the same conversation; not for a reaction. */
  replyToId?: string | null | undefined;
  /** From which number, when to is a phone number. When left out: that of the latest conversation with it whose sender can send (requiresAuth is false), and the default sender where there is none. */
  senderId?: string | null | undefined;
  /** Where to. A number without a conversation gets one, and a contact if it is unknown. */
  to: ConversationRef;
};

/** Which senders. */
export type SenderFilter = {
  /** With a live session, or without. */
  active?: boolean | null | undefined;
  /** With this number. */
  phoneNumber?: string | null | undefined;
  /** With one of these providers. */
  provider?: Array<SenderProvider> | null | undefined;
  /** Part of the number or name, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
  /** With one of these statuses. */
  status?: Array<SenderStatus> | null | undefined;
};

/** What senders are sorted by. */
export type SenderOrder =
  /** When they were registered. */
  | 'CREATED_AT'
  /** Their last sign of life. */
  | 'LAST_ACTIVE_AT'
  /** Their name. */
  | 'NAME';

/** How a sender reaches WhatsApp. */
export type SenderProvider =
  /** Meta's WhatsApp Business Cloud API. */
  | 'CLOUD_API'
  /** A WAHA gateway: a WhatsApp Web session, authenticated with a QR or pairing code. */
  | 'WAHA';

/** State of a sender's session. CLOUD_API senders go straight to CONNECTED. */
export type SenderStatus =
  /** Ready to send and receive. */
  | 'CONNECTED'
  /** Ended: the session lapsed, or the access token did; must be authenticated again. */
  | 'EXPIRED'
  /** Broken; see the error. */
  | 'FAILED'
  /** Scanned; being confirmed. */
  | 'SCANNED'
  /** Starting. */
  | 'STARTING'
  /** Saved, but not started. */
  | 'STOPPED'
  /** Waits for its QR code to be scanned. */
  | 'WAITING_FOR_SCAN';

/** Changes to settings; what is left out stays, and null brings back the value that holds unless changed. */
export type SettingsInput = {
  /** Rules of the bot. */
  bot?: BotSettingsInput | null | undefined;
  /** Rules of STOP and START. */
  consent?: ConsentSettingsInput | null | undefined;
  /** Pauses between messages. */
  delays?: DelaySettingsInput | null | undefined;
  /** What is switched on. */
  features?: FeatureSettingsInput | null | undefined;
  /** Bounds. */
  limits?: LimitSettingsInput | null | undefined;
};

/** How to submit a template to WhatsApp. */
export type TemplateApprovalInput = {
  /** What it is for. */
  category: TemplateCategory;
  /** An example for each placeholder, which WhatsApp asks for; those of a contact have one when left out. */
  examples?: unknown;
  /** Language code, such as en_US or pt_PT. */
  language: string;
  /** Name at WhatsApp: 1 to 512 of a-z, 0-9 and _; made of the title when left out. */
  name?: string | null | undefined;
  /** For AUTHENTICATION alone: WhatsApp writes the whole of such a template, of which content, header, footer and buttons are left out. Its placeholder, 1, takes a code of up to 15 characters; it is sent to phone numbers. */
  oneTimeCode?: OneTimeCodeInput | null | undefined;
  /** A CLOUD_API sender, whose account is to own it; the default sender when left out. */
  senderId?: string | null | undefined;
};

/** What WhatsApp takes a template for; also what a consent is about. */
export type TemplateCategory =
  /** One-time codes. */
  | 'AUTHENTICATION'
  /** Offers and news; needs consent. */
  | 'MARKETING'
  /** About something the contact ordered or asked for. */
  | 'UTILITY';

/** A template to send. */
export type TemplateMessageInput = {
  /** The file or place of its header, in place of the example. */
  header?: MessageHeaderInput | null | undefined;
  /** The template. */
  templateId: string;
  /** Values for placeholders; they win over the contact's own. */
  variables?: unknown;
};

/** What WhatsApp thinks of a template. */
export type TemplateStatus =
  /** May be sent. */
  | 'APPROVED'
  /** Gone at WhatsApp. */
  | 'DELETED'
  /** Not to be sent any more. */
  | 'DISABLED'
  /** Another word of WhatsApp's; see the reason. Not sent. */
  | 'OTHER'
  /** Not to be sent for some hours, for low quality or pacing. */
  | 'PAUSED'
  /** Being reviewed. */
  | 'PENDING'
  /** Turned down; see the reason. */
  | 'REJECTED';

/** Changes to a campaign. */
export type UpdateCampaignInput = {
  /** Replaces the whole audience. */
  audience?: AudienceInput | null | undefined;
  /** The text, 1 to 5000 characters, with {{placeholders}}; takes the place of the template. */
  content?: string | null | undefined;
  /** Up to 1000 characters. */
  description?: string | null | undefined;
  /** What has not left by then is not sent any more; after the start; null: no end. */
  expiresAt?: Date | string | null | undefined;
  /** What goes along with the text: a picture, a film or a document; or what fills the header of a template, a file of its format. Null takes it away. */
  media?: MediaInput | null | undefined;
  /** 1 to 255 characters. */
  name?: string | null | undefined;
  /** When to send nothing, in each recipient's time zone; null: any time is fine. */
  quietHours?: QuietHoursInput | null | undefined;
  /** Numbers to send from, at most 100; replaces the pool. */
  senderIds?: Array<string> | null | undefined;
  /** The template to send; takes the place of content. */
  templateId?: string | null | undefined;
  /** How it reaches its audience. */
  type?: CampaignType | null | undefined;
  /** Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters each. They win over the contact's own and may hold {{placeholders}} of the contact. */
  variables?: unknown;
};

/** Changes to a contact. */
export type UpdateContactInput = {
  /** Custom values, as of a new contact; merged key by key, a null removes its key. Null removes all. */
  attributes?: unknown;
  /** Up to 255 characters. */
  company?: string | null | undefined;
  /** Email, up to 254 characters. */
  email?: string | null | undefined;
  /** Up to 100 characters. */
  firstName?: string | null | undefined;
  /** Replaces all memberships; at most 100. */
  groupIds?: Array<string> | null | undefined;
  /** Up to 255 characters. */
  jobTitle?: string | null | undefined;
  /** Up to 100 characters. */
  lastName?: string | null | undefined;
  /** 1 to 100 characters; null makes it of the first and last name. */
  name?: string | null | undefined;
  /** Labels, at most 50 of up to 50 characters; replaces all of them. */
  tags?: Array<string> | null | undefined;
  /** IANA name of the time zone; inferred from the primary number when null. */
  timeZone?: string | null | undefined;
};

/** Changes to a phone number of a contact. */
export type UpdateContactPhoneInput = {
  /** Up to 50 characters. */
  label?: string | null | undefined;
  /** The number; DUPLICATE_RESOURCE when any other contact has it. */
  phoneNumber?: string | null | undefined;
};

/** Changes to a conversation. */
export type UpdateConversationInput = {
  /** Merged into what is kept, key by key; a null removes its key. Null removes all. Up to 16 KB in the end. */
  metadata?: unknown;
  /** How urgent it is. */
  priority?: Priority | null | undefined;
  /** The contact's rating, 1 to 5; null takes it back. */
  satisfactionScore?: number | null | undefined;
  /** Replaces all labels; at most 50 of up to 50 characters. */
  tags?: Array<string> | null | undefined;
};

/** Changes to a group. */
export type UpdateGroupInput = {
  /** Replaces all members; at most 10000. */
  contactIds?: Array<string> | null | undefined;
  /** Up to 500 characters. */
  description?: string | null | undefined;
  /** 1 to 100 characters. */
  name?: string | null | undefined;
};

/** Changes to a lead. */
export type UpdateLeadInput = {
  /** The campaign that brought it. */
  campaignId?: string | null | undefined;
  /** Up to 5000 characters. */
  description?: string | null | undefined;
  /** Not negative, less than a trillion, with at most two decimals. */
  estimatedValue?: string | null | undefined;
  /** How urgent it is. */
  priority?: Priority | null | undefined;
  /** 0 to 100. */
  probability?: number | null | undefined;
  /** Up to 100 characters, such as whatsapp_campaign. */
  source?: string | null | undefined;
  /** 1 to 255 characters. */
  title?: string | null | undefined;
};

/** Changes to a message template. One that is APPROVED, REJECTED or PAUSED at WhatsApp may be changed, and is reviewed again; an approved one once a day and ten times in 30 days. */
export type UpdateMessageTemplateInput = {
  /** Replaces all buttons; null takes them away. */
  buttons?: Array<MessageButtonInput> | null | undefined;
  /** 1 to 5000 characters; an approved one 1 to 1024. */
  content?: string | null | undefined;
  /** An example for each placeholder of an approved one, as when it was submitted; those given then still hold. */
  examples?: unknown;
  /** Up to 60 characters; null takes it away. */
  footer?: string | null | undefined;
  /** What stands above the text; null takes it away. */
  header?: MessageHeaderInput | null | undefined;
  /** 1 to 255 characters. */
  title?: string | null | undefined;
};

/** Changes to a sender. */
export type UpdateSenderInput = {
  /** CLOUD_API only: access token, 1 to 4096 characters; kept encrypted, never shown. */
  accessToken?: string | null | undefined;
  /** Whether the bot answers here, from the next message on. */
  botEnabled?: boolean | null | undefined;
  /** CLOUD_API only: id of the WhatsApp Business account that owns the number, up to 64 characters; templates need it. */
  businessAccountId?: string | null | undefined;
  /** True makes it the default instead of the present one. */
  isDefault?: boolean | null | undefined;
  /** Up to 100 characters. */
  name?: string | null | undefined;
  /** CLOUD_API only: id of the number, 1 to 64 characters. */
  phoneNumberId?: string | null | undefined;
};

/** Changes to a user. */
export type UpdateUserInput = {
  /** ADMIN only; the last ADMIN stays active. */
  active?: boolean | null | undefined;
  /** Needed by users who change their own email or password, ADMIN too; ten wrong ones in 15 minutes are looked at. */
  currentPassword?: string | null | undefined;
  /** Unique email, up to 254 characters. */
  email?: string | null | undefined;
  /** ADMIN only. false confirms that the email is this user's, who then signs in by it through identity providers; whoever wrote it knows the password of the account, so delete one that is another's. */
  emailClaimed?: boolean | null | undefined;
  /** true revokes all API tokens of the user, but for the one that is calling: whoever knew the old password, or held a token, may have made some. Left out, or false, they go on: programs depend on them. */
  endApiTokens?: boolean | null | undefined;
  /** 1 to 100 characters. */
  name?: string | null | undefined;
  /** New password, 8 to 128 characters; other sessions of the user end, and so do identities at providers. */
  password?: string | null | undefined;
  /** ADMIN only; the last ADMIN stays one. */
  role?: Role | null | undefined;
};

/** Changes to an outgoing webhook. */
export type UpdateWebhookInput = {
  /** False: nothing is posted. */
  active?: boolean | null | undefined;
  /** Replaces what to tell of. */
  events?: Array<EventType> | null | undefined;
  /** Where to post; as in CreateWebhookInput. */
  url?: string | null | undefined;
};

/** Which users. */
export type UserFilter = {
  /** Active or not. */
  active?: boolean | null | undefined;
  /** With one of these roles. */
  role?: Array<Role> | null | undefined;
  /** Part of the name or email, up to 200 characters; case does not matter. */
  search?: string | null | undefined;
};

/** What users are sorted by. */
export type UserOrder =
  /** When they were created. */
  | 'CREATED_AT'
  /** Their email. */
  | 'EMAIL'
  /** Their name. */
  | 'NAME';

/** Which deliveries. */
export type WebhookDeliveryFilter = {
  /** With one of these statuses. */
  status?: Array<WebhookDeliveryStatus> | null | undefined;
};

/** Where a delivery stands. */
export type WebhookDeliveryStatus =
  /** Answered with 2xx. */
  | 'DELIVERED'
  /** Given up. */
  | 'FAILED'
  /** Waits for its first or next try, or for those before it. */
  | 'PENDING';

export type AssignableUsersQueryVariables = Exact<{
  search?: string | null | undefined;
}>;


export type AssignableUsersQuery = { assignableUsers: Array<{ active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string }> };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } };

export type OauthProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type OauthProvidersQuery = { oauthProviders: Array<{ name: string }> };

export type UserQueryVariables = Exact<{
  id: string;
}>;


export type UserQuery = { user: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } | null };

export type UsersQueryVariables = Exact<{
  filter?: UserFilter | null | undefined;
  orderBy?: UserOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type UsersQuery = { users: { edges: Array<{ cursor: string, node: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateApiTokenMutationVariables = Exact<{
  input: CreateApiTokenInput;
}>;


export type CreateApiTokenMutation = { createApiToken: { createdAt: string, expiresAt: string | null, id: string, lastUsedAt: string | null, name: string, prefix: string, scopes: Array<Scope>, token: string | null, sender: { id: string, name: string | null } | null, user: { id: string, name: string } } };

export type CreateUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type CreateUserMutation = { createUser: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } };

export type DeleteApiTokenMutationVariables = Exact<{
  id: string;
}>;


export type DeleteApiTokenMutation = { deleteApiToken: string };

export type DeleteUserMutationVariables = Exact<{
  id: string;
}>;


export type DeleteUserMutation = { deleteUser: string };

export type DeleteUserIdentityMutationVariables = Exact<{
  id: string;
}>;


export type DeleteUserIdentityMutation = { deleteUserIdentity: string };

export type DeleteUserSessionMutationVariables = Exact<{
  id: string;
}>;


export type DeleteUserSessionMutation = { deleteUserSession: string };

export type LoginMutationVariables = Exact<{
  input: LoginInput;
}>;


export type LoginMutation = { login: { accessToken: string, expiresIn: number, refreshToken: string, tokenType: string, user: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } } };

export type LoginWithOAuthMutationVariables = Exact<{
  input: OAuthLoginInput;
}>;


export type LoginWithOAuthMutation = { loginWithOAuth: { accessToken: string, expiresIn: number, refreshToken: string, tokenType: string, user: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } } };

export type LogoutMutationVariables = Exact<{
  refreshToken: string;
}>;


export type LogoutMutation = { logout: boolean };

export type RefreshTokensMutationVariables = Exact<{
  refreshToken: string;
}>;


export type RefreshTokensMutation = { refreshTokens: { accessToken: string, expiresIn: number, refreshToken: string, tokenType: string, user: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } } };

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { accessToken: string, expiresIn: number, refreshToken: string, tokenType: string, user: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } } };

export type UpdateUserMutationVariables = Exact<{
  id: string;
  input: UpdateUserInput;
}>;


export type UpdateUserMutation = { updateUser: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } };

export type UserFieldsFragment = { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string };

export type OAuthProviderFieldsFragment = { name: string };

export type ApiTokenFieldsFragment = { createdAt: string, expiresAt: string | null, id: string, lastUsedAt: string | null, name: string, prefix: string, scopes: Array<Scope>, token: string | null, sender: { id: string, name: string | null } | null, user: { id: string, name: string } };

export type AuthTokensFieldsFragment = { accessToken: string, expiresIn: number, refreshToken: string, tokenType: string, user: { active: boolean, createdAt: string, email: string, emailClaimed: boolean, id: string, lastLoginAt: string | null, name: string, role: Role, updatedAt: string } };

export type AnalyticsQueryVariables = Exact<{
  period?: DateTimeRange | null | undefined;
  timeZone?: string;
}>;


export type AnalyticsQuery = { analytics: { csvUrl: string, end: string, start: string | null, campaigns: { total: number, byStatus: Array<{ count: number, key: string }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number } }, contacts: { optInRate: number, optedIn: number, optedOut: number, total: number, unknown: number }, conversations: { averageMessagesPerConversation: number, averageResponseTime: number | null, countedUntil: string | null, resolutionRate: number, satisfactionScore: number | null, totalConversations: number, totalMessages: number, unassigned: number, unread: number, urgent: number, byStatus: Array<{ count: number, key: string }>, trends: Array<{ averageResponseTime: number | null, conversations: number, date: string, messages: number }> }, leads: { averageScore: number | null, conversionRate: number, openValue: string, overdue: number, total: number, weightedValue: string, wonValue: string, byPriority: Array<{ count: number, key: string }>, bySource: Array<{ count: number, key: string }>, stages: Array<{ conversionRate: number, count: number, reached: number, status: LeadStatus, value: string, weightedValue: string }> } } };

export type TallyFieldsFragment = { count: number, key: string };

export type CampaignAnalyticsFieldsFragment = { total: number, byStatus: Array<{ count: number, key: string }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number } };

export type ContactAnalyticsFieldsFragment = { optInRate: number, optedIn: number, optedOut: number, total: number, unknown: number };

export type ConversationAnalyticsFieldsFragment = { averageMessagesPerConversation: number, averageResponseTime: number | null, countedUntil: string | null, resolutionRate: number, satisfactionScore: number | null, totalConversations: number, totalMessages: number, unassigned: number, unread: number, urgent: number, byStatus: Array<{ count: number, key: string }>, trends: Array<{ averageResponseTime: number | null, conversations: number, date: string, messages: number }> };

export type LeadAnalyticsFieldsFragment = { averageScore: number | null, conversionRate: number, openValue: string, overdue: number, total: number, weightedValue: string, wonValue: string, byPriority: Array<{ count: number, key: string }>, bySource: Array<{ count: number, key: string }>, stages: Array<{ conversionRate: number, count: number, reached: number, status: LeadStatus, value: string, weightedValue: string }> };

export type AnalyticsFieldsFragment = { csvUrl: string, end: string, start: string | null, campaigns: { total: number, byStatus: Array<{ count: number, key: string }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number } }, contacts: { optInRate: number, optedIn: number, optedOut: number, total: number, unknown: number }, conversations: { averageMessagesPerConversation: number, averageResponseTime: number | null, countedUntil: string | null, resolutionRate: number, satisfactionScore: number | null, totalConversations: number, totalMessages: number, unassigned: number, unread: number, urgent: number, byStatus: Array<{ count: number, key: string }>, trends: Array<{ averageResponseTime: number | null, conversations: number, date: string, messages: number }> }, leads: { averageScore: number | null, conversionRate: number, openValue: string, overdue: number, total: number, weightedValue: string, wonValue: string, byPriority: Array<{ count: number, key: string }>, bySource: Array<{ count: number, key: string }>, stages: Array<{ conversionRate: number, count: number, reached: number, status: LeadStatus, value: string, weightedValue: string }> } };

export type AuditEntriesQueryVariables = Exact<{
  filter?: AuditEntryFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AuditEntriesQuery = { auditEntries: { edges: Array<{ cursor: string, node: { action: string, changes: unknown, createdAt: string, id: string, ipAddress: string | null, requestId: string | null, actor: { id: string, name: string } | null, apiToken: { id: string, name: string } | null, subject:
          | { __typename: 'ApiToken', id: string }
          | { __typename: 'AuditEntry', id: string }
          | { __typename: 'Campaign', id: string }
          | { __typename: 'CampaignRecipient', id: string }
          | { __typename: 'ConsentEntry', id: string }
          | { __typename: 'Contact', id: string }
          | { __typename: 'ContactImport', id: string }
          | { __typename: 'ContactPhone', id: string }
          | { __typename: 'Conversation', id: string }
          | { __typename: 'File', id: string }
          | { __typename: 'Group', id: string }
          | { __typename: 'ImportRow', id: string }
          | { __typename: 'Lead', id: string }
          | { __typename: 'LeadActivity', id: string }
          | { __typename: 'Message', id: string }
          | { __typename: 'MessageTemplate', id: string }
          | { __typename: 'PrivacyReceipt', id: string }
          | { __typename: 'Schedule', id: string }
          | { __typename: 'Sender', id: string }
          | { __typename: 'User', id: string }
          | { __typename: 'UserIdentity', id: string }
          | { __typename: 'UserSession', id: string }
          | { __typename: 'Webhook', id: string }
          | { __typename: 'WebhookDelivery', id: string }
         | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type AuditEntryFieldsFragment = { action: string, changes: unknown, createdAt: string, id: string, ipAddress: string | null, requestId: string | null, actor: { id: string, name: string } | null, apiToken: { id: string, name: string } | null, subject:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Campaign', id: string }
    | { __typename: 'CampaignRecipient', id: string }
    | { __typename: 'ConsentEntry', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'ContactImport', id: string }
    | { __typename: 'ContactPhone', id: string }
    | { __typename: 'Conversation', id: string }
    | { __typename: 'File', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'ImportRow', id: string }
    | { __typename: 'Lead', id: string }
    | { __typename: 'LeadActivity', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'MessageTemplate', id: string }
    | { __typename: 'PrivacyReceipt', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Sender', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserIdentity', id: string }
    | { __typename: 'UserSession', id: string }
    | { __typename: 'Webhook', id: string }
    | { __typename: 'WebhookDelivery', id: string }
   | null };

export type AskKnowledgeQueryVariables = Exact<{
  question: string;
}>;


export type AskKnowledgeQuery = { askKnowledge: { answer: string | null, confidenceScore: number, model: string | null, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } };

export type KnowledgeSourceFieldsFragment = { passage: string, score: number, file: { id: string, name: string } | null };

export type KnowledgeAnswerFieldsFragment = { answer: string | null, confidenceScore: number, model: string | null, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> };

export type BotGenerationFieldsFragment = { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> };

export type CampaignQueryVariables = Exact<{
  id: string;
}>;


export type CampaignQuery = { campaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } | null };

export type CampaignRecipientsQueryVariables = Exact<{
  id: string;
  filter?: CampaignRecipientFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type CampaignRecipientsQuery = { campaign: { id: string, recipients: { edges: Array<{ cursor: string, node: { address: string | null, exclusion: ExclusionReason | null, id: string, notBefore: string | null, outcome: RecipientOutcome, campaign: { id: string, name: string }, contact: { id: string, name: string } | null, message: { id: string, content: string | null } | null, reply: { id: string, content: string | null } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type CampaignPreflightQueryVariables = Exact<{
  id: string;
}>;


export type CampaignPreflightQuery = { campaignPreflight: { audience: number, createdAt: string, finishesAt: string | null, id: string, pacing: string, problems: Array<string>, recipients: number, campaign: { id: string, name: string }, closedCountries: Array<{ count: number, key: string }>, exclusions: Array<{ count: number, reason: ExclusionReason }>, missingVariables: Array<{ count: number, key: string }>, samples: Array<{ content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }> } };

export type CampaignsQueryVariables = Exact<{
  filter?: CampaignFilter | null | undefined;
  orderBy?: CampaignOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type CampaignsQuery = { campaigns: { edges: Array<{ cursor: string, node: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CompleteCampaignMutationVariables = Exact<{
  id: string;
}>;


export type CompleteCampaignMutation = { completeCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type CreateCampaignMutationVariables = Exact<{
  input: CreateCampaignInput;
}>;


export type CreateCampaignMutation = { createCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type DeleteCampaignMutationVariables = Exact<{
  id: string;
}>;


export type DeleteCampaignMutation = { deleteCampaign: string };

export type DuplicateCampaignMutationVariables = Exact<{
  id: string;
  name?: string | null | undefined;
}>;


export type DuplicateCampaignMutation = { duplicateCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type PauseCampaignMutationVariables = Exact<{
  id: string;
}>;


export type PauseCampaignMutation = { pauseCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type ResumeCampaignMutationVariables = Exact<{
  id: string;
}>;


export type ResumeCampaignMutation = { resumeCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type StartCampaignMutationVariables = Exact<{
  id: string;
  at?: Date | string | null | undefined;
  preflightId?: string | null | undefined;
}>;


export type StartCampaignMutation = { startCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type StopCampaignMutationVariables = Exact<{
  id: string;
}>;


export type StopCampaignMutation = { stopCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type UpdateCampaignMutationVariables = Exact<{
  id: string;
  input: UpdateCampaignInput;
}>;


export type UpdateCampaignMutation = { updateCampaign: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type UpdateCampaignStatsMutationVariables = Exact<{
  id: string;
  input: CampaignStatsInput;
}>;


export type UpdateCampaignStatsMutation = { updateCampaignStats: { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null } };

export type DeliveryStatsFieldsFragment = { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number };

export type QuietHoursFieldsFragment = { end: string, start: string };

export type CampaignFieldsFragment = { content: string, createdAt: string, description: string | null, endedAt: string | null, errorMessage: string | null, expiresAt: string | null, id: string, name: string, scheduledAt: string | null, startedAt: string | null, status: CampaignStatus, type: CampaignType, updatedAt: string, variables: unknown, createdBy: { id: string, name: string } | null, groups: Array<{ id: string, name: string }>, media: { id: string, name: string } | null, quietHours: { end: string, start: string } | null, senders: Array<{ id: string, name: string | null }>, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } | null };

export type CampaignRecipientFieldsFragment = { address: string | null, exclusion: ExclusionReason | null, id: string, notBefore: string | null, outcome: RecipientOutcome, campaign: { id: string, name: string }, contact: { id: string, name: string } | null, message: { id: string, content: string | null } | null, reply: { id: string, content: string | null } | null };

export type ExclusionTallyFieldsFragment = { count: number, reason: ExclusionReason };

export type CampaignPreflightFieldsFragment = { audience: number, createdAt: string, finishesAt: string | null, id: string, pacing: string, problems: Array<string>, recipients: number, campaign: { id: string, name: string }, closedCountries: Array<{ count: number, key: string }>, exclusions: Array<{ count: number, reason: ExclusionReason }>, missingVariables: Array<{ count: number, key: string }>, samples: Array<{ content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }> };

export type CampaignEventFieldsFragment = { cursor: string, occurredAt: string, status: CampaignStatus, type: EventType, actor: { id: string, name: string } | null, campaign: { id: string, name: string }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, subject:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Campaign', id: string }
    | { __typename: 'CampaignRecipient', id: string }
    | { __typename: 'ConsentEntry', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'ContactImport', id: string }
    | { __typename: 'ContactPhone', id: string }
    | { __typename: 'Conversation', id: string }
    | { __typename: 'File', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'ImportRow', id: string }
    | { __typename: 'Lead', id: string }
    | { __typename: 'LeadActivity', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'MessageTemplate', id: string }
    | { __typename: 'PrivacyReceipt', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Sender', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserIdentity', id: string }
    | { __typename: 'UserSession', id: string }
    | { __typename: 'Webhook', id: string }
    | { __typename: 'WebhookDelivery', id: string }
   | null };

export type ContactQueryVariables = Exact<{
  id: string;
}>;


export type ContactQuery = { contact: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, identities: Array<{ businessAccountId: string | null, createdAt: string, type: ContactIdentityType, value: string }>, groups: Array<{ id: string, name: string }>, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } | null };

export type ContactConsentsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ContactConsentsQuery = { contact: { id: string, consents: { edges: Array<{ cursor: string, node: { createdAt: string, id: string, proof: string | null, purpose: TemplateCategory, source: ConsentSource, state: OptInStatus, contact: { id: string, name: string }, recordedBy: { id: string, name: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ContactConversationsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ContactConversationsQuery = { contact: { id: string, conversations: { edges: Array<{ cursor: string, node: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
              | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
              | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
              | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
              | { __typename: 'ContactsDetails' }
              | { __typename: 'OrderDetails', catalogId: string }
              | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
             | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ContactLeadsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ContactLeadsQuery = { contact: { id: string, leads: { edges: Array<{ cursor: string, node: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ContactsQueryVariables = Exact<{
  filter?: ContactFilter | null | undefined;
  orderBy?: ContactOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type ContactsQuery = { contacts: { edges: Array<{ cursor: string, node: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateContactMutationVariables = Exact<{
  input: CreateContactInput;
}>;


export type CreateContactMutation = { createContact: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } };

export type CreateContactPhoneMutationVariables = Exact<{
  contactId: string;
  input: CreateContactPhoneInput;
}>;


export type CreateContactPhoneMutation = { createContactPhone: { createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } } };

export type DeleteContactMutationVariables = Exact<{
  id: string;
}>;


export type DeleteContactMutation = { deleteContact: string };

export type DeleteContactPhoneMutationVariables = Exact<{
  id: string;
}>;


export type DeleteContactPhoneMutation = { deleteContactPhone: string };

export type EraseContactMutationVariables = Exact<{
  id: string;
}>;


export type EraseContactMutation = { eraseContact: { action: PrivacyAction, completedAt: string | null, contactId: string, createdAt: string, id: string, status: JobStatus, counts: Array<{ count: number, key: string }>, file: { id: string, name: string } | null, requestedBy: { id: string, name: string } | null } };

export type ExportContactMutationVariables = Exact<{
  id: string;
}>;


export type ExportContactMutation = { exportContact: { action: PrivacyAction, completedAt: string | null, contactId: string, createdAt: string, id: string, status: JobStatus, counts: Array<{ count: number, key: string }>, file: { id: string, name: string } | null, requestedBy: { id: string, name: string } | null } };

export type ImportContactsMutationVariables = Exact<{
  input: ImportContactsInput;
}>;


export type ImportContactsMutation = { importContacts: { created: number, createdAt: string, errorMessage: string | null, failed: number, id: string, progress: number, skipped: number, status: JobStatus, updated: number, createdBy: { id: string, name: string } | null } };

export type MergeContactsMutationVariables = Exact<{
  id: string;
  duplicateId: string;
}>;


export type MergeContactsMutation = { mergeContacts: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } };

export type OptInContactMutationVariables = Exact<{
  id: string;
  purpose?: TemplateCategory;
  proof?: string | null | undefined;
}>;


export type OptInContactMutation = { optInContact: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } };

export type OptOutContactMutationVariables = Exact<{
  id: string;
  purpose?: TemplateCategory;
  proof?: string | null | undefined;
}>;


export type OptOutContactMutation = { optOutContact: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } };

export type SetPrimaryContactPhoneMutationVariables = Exact<{
  id: string;
}>;


export type SetPrimaryContactPhoneMutation = { setPrimaryContactPhone: { createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } } };

export type UpdateContactMutationVariables = Exact<{
  id: string;
  input: UpdateContactInput;
}>;


export type UpdateContactMutation = { updateContact: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } };

export type UpdateContactPhoneMutationVariables = Exact<{
  id: string;
  input: UpdateContactPhoneInput;
}>;


export type UpdateContactPhoneMutation = { updateContactPhone: { createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } } };

export type VerifyContactPhoneMutationVariables = Exact<{
  id: string;
}>;


export type VerifyContactPhoneMutation = { verifyContactPhone: { createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } } };

export type ContactPhoneFieldsFragment = { createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } };

export type ContactFieldsFragment = { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> };

export type ContactIdentityFieldsFragment = { businessAccountId: string | null, createdAt: string, type: ContactIdentityType, value: string };

export type ContactCardFieldsFragment = { company: string | null, emails: Array<string>, name: string, phoneNumbers: Array<string> };

export type ConsentEntryFieldsFragment = { createdAt: string, id: string, proof: string | null, purpose: TemplateCategory, source: ConsentSource, state: OptInStatus, contact: { id: string, name: string }, recordedBy: { id: string, name: string } | null };

export type ImportColumnFieldsFragment = { attribute: string | null, column: string, field: ContactField | null };

export type ConsentSettingsFieldsFragment = { optInReply: string | null, optOutReply: string | null, startWords: Array<string>, stopWords: Array<string> };

export type PrivacyReceiptFieldsFragment = { action: PrivacyAction, completedAt: string | null, contactId: string, createdAt: string, id: string, status: JobStatus, counts: Array<{ count: number, key: string }>, file: { id: string, name: string } | null, requestedBy: { id: string, name: string } | null };

export type ContactImportFieldsFragment = { created: number, createdAt: string, errorMessage: string | null, failed: number, id: string, progress: number, skipped: number, status: JobStatus, updated: number, createdBy: { id: string, name: string } | null };

export type ConversationQueryVariables = Exact<{
  id: string;
}>;


export type ConversationQuery = { conversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } | null };

export type ConversationFilesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ConversationFilesQuery = { conversation: { id: string, files: { edges: Array<{ cursor: string, node: { errorMessage: string | null, id: string, metadata: unknown, mimeType: string | null, name: string, purpose: FilePurpose, sizeBytes: number | null, status: JobStatus, uploadedAt: string, url: string | null, conversation: { id: string, phoneNumber: string | null } | null, indexing: { errorMessage: string | null, passages: number, progress: number, status: JobStatus } | null, uploadedBy: { id: string, name: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ConversationMessagesQueryVariables = Exact<{
  id: string;
  filter?: MessageFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ConversationMessagesQuery = { conversation: { id: string, messages: { edges: Array<{ cursor: string, node: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
            | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
            | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
            | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
            | { __typename: 'ContactsDetails' }
            | { __typename: 'OrderDetails', catalogId: string }
            | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
           | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ConversationsQueryVariables = Exact<{
  filter?: ConversationFilter | null | undefined;
  orderBy?: ConversationOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type ConversationsQuery = { conversations: { edges: Array<{ cursor: string, node: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
            | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
            | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
            | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
            | { __typename: 'ContactsDetails' }
            | { __typename: 'OrderDetails', catalogId: string }
            | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
           | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type AssignConversationMutationVariables = Exact<{
  id: string;
  userId?: string | null | undefined;
}>;


export type AssignConversationMutation = { assignConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type CloseConversationMutationVariables = Exact<{
  id: string;
}>;


export type CloseConversationMutation = { closeConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type CreateConversationMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type CreateConversationMutation = { createConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type DeleteConversationMutationVariables = Exact<{
  id: string;
}>;


export type DeleteConversationMutation = { deleteConversation: string };

export type EscalateConversationMutationVariables = Exact<{
  id: string;
  note?: string | null | undefined;
}>;


export type EscalateConversationMutation = { escalateConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type HandBackConversationMutationVariables = Exact<{
  conversation: ConversationRef;
}>;


export type HandBackConversationMutation = { handBackConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type MarkConversationReadMutationVariables = Exact<{
  id: string;
}>;


export type MarkConversationReadMutation = { markConversationRead: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type ReopenConversationMutationVariables = Exact<{
  id: string;
}>;


export type ReopenConversationMutation = { reopenConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type SetTypingMutationVariables = Exact<{
  conversationId: string;
  typing?: boolean;
}>;


export type SetTypingMutation = { setTyping: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type TakeOverConversationMutationVariables = Exact<{
  conversation: ConversationRef;
}>;


export type TakeOverConversationMutation = { takeOverConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type UpdateConversationMutationVariables = Exact<{
  id: string;
  input: UpdateConversationInput;
}>;


export type UpdateConversationMutation = { updateConversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } } };

export type ConversationTrendFieldsFragment = { averageResponseTime: number | null, conversations: number, date: string, messages: number };

export type ServiceWindowFieldsFragment = { expiresAt: string | null, open: boolean };

export type ConversationFieldsFragment = { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
      | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
      | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
      | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
      | { __typename: 'ContactsDetails' }
      | { __typename: 'OrderDetails', catalogId: string }
      | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
     | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } };

export type ConversationEventFieldsFragment = { cursor: string, escalationReason: EscalationReason | null, occurredAt: string, type: EventType, typing: boolean | null, typist: MessageAuthor | null, actor: { id: string, name: string } | null, conversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } }, message: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
      | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
      | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
      | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
      | { __typename: 'ContactsDetails' }
      | { __typename: 'OrderDetails', catalogId: string }
      | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
     | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, subject:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Campaign', id: string }
    | { __typename: 'CampaignRecipient', id: string }
    | { __typename: 'ConsentEntry', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'ContactImport', id: string }
    | { __typename: 'ContactPhone', id: string }
    | { __typename: 'Conversation', id: string }
    | { __typename: 'File', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'ImportRow', id: string }
    | { __typename: 'Lead', id: string }
    | { __typename: 'LeadActivity', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'MessageTemplate', id: string }
    | { __typename: 'PrivacyReceipt', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Sender', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserIdentity', id: string }
    | { __typename: 'UserSession', id: string }
    | { __typename: 'Webhook', id: string }
    | { __typename: 'WebhookDelivery', id: string }
   | null };

export type EventsQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type EventsQuery = { events: { edges: Array<{ cursor: string, node:
        | { __typename: 'CampaignEvent', cursor: string, occurredAt: string, type: EventType, campaign: { id: string, name: string }, actor: { id: string, name: string } | null, subject:
            | { __typename: 'ApiToken', id: string }
            | { __typename: 'AuditEntry', id: string }
            | { __typename: 'Campaign', id: string }
            | { __typename: 'CampaignRecipient', id: string }
            | { __typename: 'ConsentEntry', id: string }
            | { __typename: 'Contact', id: string }
            | { __typename: 'ContactImport', id: string }
            | { __typename: 'ContactPhone', id: string }
            | { __typename: 'Conversation', id: string }
            | { __typename: 'File', id: string }
            | { __typename: 'Group', id: string }
            | { __typename: 'ImportRow', id: string }
            | { __typename: 'Lead', id: string }
            | { __typename: 'LeadActivity', id: string }
            | { __typename: 'Message', id: string }
            | { __typename: 'MessageTemplate', id: string }
            | { __typename: 'PrivacyReceipt', id: string }
            | { __typename: 'Schedule', id: string }
            | { __typename: 'Sender', id: string }
            | { __typename: 'User', id: string }
            | { __typename: 'UserIdentity', id: string }
            | { __typename: 'UserSession', id: string }
            | { __typename: 'Webhook', id: string }
            | { __typename: 'WebhookDelivery', id: string }
           | null }
        | { __typename: 'ConversationEvent', cursor: string, occurredAt: string, type: EventType, conversation: { id: string }, message: { id: string, status: MessageStatus } | null, actor: { id: string, name: string } | null, subject:
            | { __typename: 'ApiToken', id: string }
            | { __typename: 'AuditEntry', id: string }
            | { __typename: 'Campaign', id: string }
            | { __typename: 'CampaignRecipient', id: string }
            | { __typename: 'ConsentEntry', id: string }
            | { __typename: 'Contact', id: string }
            | { __typename: 'ContactImport', id: string }
            | { __typename: 'ContactPhone', id: string }
            | { __typename: 'Conversation', id: string }
            | { __typename: 'File', id: string }
            | { __typename: 'Group', id: string }
            | { __typename: 'ImportRow', id: string }
            | { __typename: 'Lead', id: string }
            | { __typename: 'LeadActivity', id: string }
            | { __typename: 'Message', id: string }
            | { __typename: 'MessageTemplate', id: string }
            | { __typename: 'PrivacyReceipt', id: string }
            | { __typename: 'Schedule', id: string }
            | { __typename: 'Sender', id: string }
            | { __typename: 'User', id: string }
            | { __typename: 'UserIdentity', id: string }
            | { __typename: 'UserSession', id: string }
            | { __typename: 'Webhook', id: string }
            | { __typename: 'WebhookDelivery', id: string }
           | null }
        | { __typename: 'LeadEvent', cursor: string, occurredAt: string, type: EventType, lead: { id: string, title: string }, actor: { id: string, name: string } | null, subject:
            | { __typename: 'ApiToken', id: string }
            | { __typename: 'AuditEntry', id: string }
            | { __typename: 'Campaign', id: string }
            | { __typename: 'CampaignRecipient', id: string }
            | { __typename: 'ConsentEntry', id: string }
            | { __typename: 'Contact', id: string }
            | { __typename: 'ContactImport', id: string }
            | { __typename: 'ContactPhone', id: string }
            | { __typename: 'Conversation', id: string }
            | { __typename: 'File', id: string }
            | { __typename: 'Group', id: string }
            | { __typename: 'ImportRow', id: string }
            | { __typename: 'Lead', id: string }
            | { __typename: 'LeadActivity', id: string }
            | { __typename: 'Message', id: string }
            | { __typename: 'MessageTemplate', id: string }
            | { __typename: 'PrivacyReceipt', id: string }
            | { __typename: 'Schedule', id: string }
            | { __typename: 'Sender', id: string }
            | { __typename: 'User', id: string }
            | { __typename: 'UserIdentity', id: string }
            | { __typename: 'UserSession', id: string }
            | { __typename: 'Webhook', id: string }
            | { __typename: 'WebhookDelivery', id: string }
           | null }
        | { __typename: 'MessageEvent', cursor: string, occurredAt: string, type: EventType, message: { id: string, status: MessageStatus, content: string | null } | null, schedule: { id: string } | null, actor: { id: string, name: string } | null, subject:
            | { __typename: 'ApiToken', id: string }
            | { __typename: 'AuditEntry', id: string }
            | { __typename: 'Campaign', id: string }
            | { __typename: 'CampaignRecipient', id: string }
            | { __typename: 'ConsentEntry', id: string }
            | { __typename: 'Contact', id: string }
            | { __typename: 'ContactImport', id: string }
            | { __typename: 'ContactPhone', id: string }
            | { __typename: 'Conversation', id: string }
            | { __typename: 'File', id: string }
            | { __typename: 'Group', id: string }
            | { __typename: 'ImportRow', id: string }
            | { __typename: 'Lead', id: string }
            | { __typename: 'LeadActivity', id: string }
            | { __typename: 'Message', id: string }
            | { __typename: 'MessageTemplate', id: string }
            | { __typename: 'PrivacyReceipt', id: string }
            | { __typename: 'Schedule', id: string }
            | { __typename: 'Sender', id: string }
            | { __typename: 'User', id: string }
            | { __typename: 'UserIdentity', id: string }
            | { __typename: 'UserSession', id: string }
            | { __typename: 'Webhook', id: string }
            | { __typename: 'WebhookDelivery', id: string }
           | null }
        | { __typename: 'ResourceEvent', cursor: string, occurredAt: string, type: EventType, actor: { id: string, name: string } | null, subject:
            | { __typename: 'ApiToken', id: string }
            | { __typename: 'AuditEntry', id: string }
            | { __typename: 'Campaign', id: string }
            | { __typename: 'CampaignRecipient', id: string }
            | { __typename: 'ConsentEntry', id: string }
            | { __typename: 'Contact', id: string }
            | { __typename: 'ContactImport', id: string }
            | { __typename: 'ContactPhone', id: string }
            | { __typename: 'Conversation', id: string }
            | { __typename: 'File', id: string }
            | { __typename: 'Group', id: string }
            | { __typename: 'ImportRow', id: string }
            | { __typename: 'Lead', id: string }
            | { __typename: 'LeadActivity', id: string }
            | { __typename: 'Message', id: string }
            | { __typename: 'MessageTemplate', id: string }
            | { __typename: 'PrivacyReceipt', id: string }
            | { __typename: 'Schedule', id: string }
            | { __typename: 'Sender', id: string }
            | { __typename: 'User', id: string }
            | { __typename: 'UserIdentity', id: string }
            | { __typename: 'UserSession', id: string }
            | { __typename: 'Webhook', id: string }
            | { __typename: 'WebhookDelivery', id: string }
           | null }
        | { __typename: 'SenderEvent', cursor: string, occurredAt: string, type: EventType, sender: { id: string, name: string | null }, actor: { id: string, name: string } | null, subject:
            | { __typename: 'ApiToken', id: string }
            | { __typename: 'AuditEntry', id: string }
            | { __typename: 'Campaign', id: string }
            | { __typename: 'CampaignRecipient', id: string }
            | { __typename: 'ConsentEntry', id: string }
            | { __typename: 'Contact', id: string }
            | { __typename: 'ContactImport', id: string }
            | { __typename: 'ContactPhone', id: string }
            | { __typename: 'Conversation', id: string }
            | { __typename: 'File', id: string }
            | { __typename: 'Group', id: string }
            | { __typename: 'ImportRow', id: string }
            | { __typename: 'Lead', id: string }
            | { __typename: 'LeadActivity', id: string }
            | { __typename: 'Message', id: string }
            | { __typename: 'MessageTemplate', id: string }
            | { __typename: 'PrivacyReceipt', id: string }
            | { __typename: 'Schedule', id: string }
            | { __typename: 'Sender', id: string }
            | { __typename: 'User', id: string }
            | { __typename: 'UserIdentity', id: string }
            | { __typename: 'UserSession', id: string }
            | { __typename: 'Webhook', id: string }
            | { __typename: 'WebhookDelivery', id: string }
           | null }
       }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type NodeQueryVariables = Exact<{
  id: string;
}>;


export type NodeQuery = { node:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Campaign', id: string }
    | { __typename: 'CampaignRecipient', id: string }
    | { __typename: 'ConsentEntry', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'ContactImport', id: string }
    | { __typename: 'ContactPhone', id: string }
    | { __typename: 'Conversation', id: string }
    | { __typename: 'File', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'ImportRow', id: string }
    | { __typename: 'Lead', id: string }
    | { __typename: 'LeadActivity', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'MessageTemplate', id: string }
    | { __typename: 'PrivacyReceipt', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Sender', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserIdentity', id: string }
    | { __typename: 'UserSession', id: string }
    | { __typename: 'Webhook', id: string }
    | { __typename: 'WebhookDelivery', id: string }
   | null };

export type WatchCampaignEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchCampaignEventsSubscription = { campaignEvents: { cursor: string, occurredAt: string, status: CampaignStatus, type: EventType, actor: { id: string, name: string } | null, campaign: { id: string, name: string }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, subject:
      | { __typename: 'ApiToken', id: string }
      | { __typename: 'AuditEntry', id: string }
      | { __typename: 'Campaign', id: string }
      | { __typename: 'CampaignRecipient', id: string }
      | { __typename: 'ConsentEntry', id: string }
      | { __typename: 'Contact', id: string }
      | { __typename: 'ContactImport', id: string }
      | { __typename: 'ContactPhone', id: string }
      | { __typename: 'Conversation', id: string }
      | { __typename: 'File', id: string }
      | { __typename: 'Group', id: string }
      | { __typename: 'ImportRow', id: string }
      | { __typename: 'Lead', id: string }
      | { __typename: 'LeadActivity', id: string }
      | { __typename: 'Message', id: string }
      | { __typename: 'MessageTemplate', id: string }
      | { __typename: 'PrivacyReceipt', id: string }
      | { __typename: 'Schedule', id: string }
      | { __typename: 'Sender', id: string }
      | { __typename: 'User', id: string }
      | { __typename: 'UserIdentity', id: string }
      | { __typename: 'UserSession', id: string }
      | { __typename: 'Webhook', id: string }
      | { __typename: 'WebhookDelivery', id: string }
     | null } };

export type WatchConversationEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchConversationEventsSubscription = { conversationEvents: { cursor: string, escalationReason: EscalationReason | null, occurredAt: string, type: EventType, typing: boolean | null, typist: MessageAuthor | null, actor: { id: string, name: string } | null, conversation: { chatId: string, closedAt: string | null, createdAt: string, escalationNote: string | null, escalationReason: EscalationReason | null, handler: ConversationHandler, id: string, language: string | null, messageCount: number, metadata: unknown, phoneNumber: string | null, priority: Priority, satisfactionScore: number | null, status: ConversationStatus, tags: Array<string>, takenOverAt: string | null, unreadCount: number, updatedAt: string, assignedTo: { id: string, name: string } | null, contact: { id: string, name: string }, lastMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
          | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
          | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
          | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
          | { __typename: 'ContactsDetails' }
          | { __typename: 'OrderDetails', catalogId: string }
          | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
         | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, sender: { id: string, name: string | null }, serviceWindow: { expiresAt: string | null, open: boolean } }, message: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, subject:
      | { __typename: 'ApiToken', id: string }
      | { __typename: 'AuditEntry', id: string }
      | { __typename: 'Campaign', id: string }
      | { __typename: 'CampaignRecipient', id: string }
      | { __typename: 'ConsentEntry', id: string }
      | { __typename: 'Contact', id: string }
      | { __typename: 'ContactImport', id: string }
      | { __typename: 'ContactPhone', id: string }
      | { __typename: 'Conversation', id: string }
      | { __typename: 'File', id: string }
      | { __typename: 'Group', id: string }
      | { __typename: 'ImportRow', id: string }
      | { __typename: 'Lead', id: string }
      | { __typename: 'LeadActivity', id: string }
      | { __typename: 'Message', id: string }
      | { __typename: 'MessageTemplate', id: string }
      | { __typename: 'PrivacyReceipt', id: string }
      | { __typename: 'Schedule', id: string }
      | { __typename: 'Sender', id: string }
      | { __typename: 'User', id: string }
      | { __typename: 'UserIdentity', id: string }
      | { __typename: 'UserSession', id: string }
      | { __typename: 'Webhook', id: string }
      | { __typename: 'WebhookDelivery', id: string }
     | null } };

export type WatchEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchEventsSubscription = { events:
    | { __typename: 'CampaignEvent', cursor: string, occurredAt: string, type: EventType, campaign: { id: string, name: string }, actor: { id: string, name: string } | null, subject:
        | { __typename: 'ApiToken', id: string }
        | { __typename: 'AuditEntry', id: string }
        | { __typename: 'Campaign', id: string }
        | { __typename: 'CampaignRecipient', id: string }
        | { __typename: 'ConsentEntry', id: string }
        | { __typename: 'Contact', id: string }
        | { __typename: 'ContactImport', id: string }
        | { __typename: 'ContactPhone', id: string }
        | { __typename: 'Conversation', id: string }
        | { __typename: 'File', id: string }
        | { __typename: 'Group', id: string }
        | { __typename: 'ImportRow', id: string }
        | { __typename: 'Lead', id: string }
        | { __typename: 'LeadActivity', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'MessageTemplate', id: string }
        | { __typename: 'PrivacyReceipt', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Sender', id: string }
        | { __typename: 'User', id: string }
        | { __typename: 'UserIdentity', id: string }
        | { __typename: 'UserSession', id: string }
        | { __typename: 'Webhook', id: string }
        | { __typename: 'WebhookDelivery', id: string }
       | null }
    | { __typename: 'ConversationEvent', cursor: string, occurredAt: string, type: EventType, conversation: { id: string }, message: { id: string, status: MessageStatus } | null, actor: { id: string, name: string } | null, subject:
        | { __typename: 'ApiToken', id: string }
        | { __typename: 'AuditEntry', id: string }
        | { __typename: 'Campaign', id: string }
        | { __typename: 'CampaignRecipient', id: string }
        | { __typename: 'ConsentEntry', id: string }
        | { __typename: 'Contact', id: string }
        | { __typename: 'ContactImport', id: string }
        | { __typename: 'ContactPhone', id: string }
        | { __typename: 'Conversation', id: string }
        | { __typename: 'File', id: string }
        | { __typename: 'Group', id: string }
        | { __typename: 'ImportRow', id: string }
        | { __typename: 'Lead', id: string }
        | { __typename: 'LeadActivity', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'MessageTemplate', id: string }
        | { __typename: 'PrivacyReceipt', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Sender', id: string }
        | { __typename: 'User', id: string }
        | { __typename: 'UserIdentity', id: string }
        | { __typename: 'UserSession', id: string }
        | { __typename: 'Webhook', id: string }
        | { __typename: 'WebhookDelivery', id: string }
       | null }
    | { __typename: 'LeadEvent', cursor: string, occurredAt: string, type: EventType, lead: { id: string, title: string }, actor: { id: string, name: string } | null, subject:
        | { __typename: 'ApiToken', id: string }
        | { __typename: 'AuditEntry', id: string }
        | { __typename: 'Campaign', id: string }
        | { __typename: 'CampaignRecipient', id: string }
        | { __typename: 'ConsentEntry', id: string }
        | { __typename: 'Contact', id: string }
        | { __typename: 'ContactImport', id: string }
        | { __typename: 'ContactPhone', id: string }
        | { __typename: 'Conversation', id: string }
        | { __typename: 'File', id: string }
        | { __typename: 'Group', id: string }
        | { __typename: 'ImportRow', id: string }
        | { __typename: 'Lead', id: string }
        | { __typename: 'LeadActivity', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'MessageTemplate', id: string }
        | { __typename: 'PrivacyReceipt', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Sender', id: string }
        | { __typename: 'User', id: string }
        | { __typename: 'UserIdentity', id: string }
        | { __typename: 'UserSession', id: string }
        | { __typename: 'Webhook', id: string }
        | { __typename: 'WebhookDelivery', id: string }
       | null }
    | { __typename: 'MessageEvent', cursor: string, occurredAt: string, type: EventType, message: { id: string, status: MessageStatus, content: string | null } | null, schedule: { id: string } | null, actor: { id: string, name: string } | null, subject:
        | { __typename: 'ApiToken', id: string }
        | { __typename: 'AuditEntry', id: string }
        | { __typename: 'Campaign', id: string }
        | { __typename: 'CampaignRecipient', id: string }
        | { __typename: 'ConsentEntry', id: string }
        | { __typename: 'Contact', id: string }
        | { __typename: 'ContactImport', id: string }
        | { __typename: 'ContactPhone', id: string }
        | { __typename: 'Conversation', id: string }
        | { __typename: 'File', id: string }
        | { __typename: 'Group', id: string }
        | { __typename: 'ImportRow', id: string }
        | { __typename: 'Lead', id: string }
        | { __typename: 'LeadActivity', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'MessageTemplate', id: string }
        | { __typename: 'PrivacyReceipt', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Sender', id: string }
        | { __typename: 'User', id: string }
        | { __typename: 'UserIdentity', id: string }
        | { __typename: 'UserSession', id: string }
        | { __typename: 'Webhook', id: string }
        | { __typename: 'WebhookDelivery', id: string }
       | null }
    | { __typename: 'ResourceEvent', cursor: string, occurredAt: string, type: EventType, actor: { id: string, name: string } | null, subject:
        | { __typename: 'ApiToken', id: string }
        | { __typename: 'AuditEntry', id: string }
        | { __typename: 'Campaign', id: string }
        | { __typename: 'CampaignRecipient', id: string }
        | { __typename: 'ConsentEntry', id: string }
        | { __typename: 'Contact', id: string }
        | { __typename: 'ContactImport', id: string }
        | { __typename: 'ContactPhone', id: string }
        | { __typename: 'Conversation', id: string }
        | { __typename: 'File', id: string }
        | { __typename: 'Group', id: string }
        | { __typename: 'ImportRow', id: string }
        | { __typename: 'Lead', id: string }
        | { __typename: 'LeadActivity', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'MessageTemplate', id: string }
        | { __typename: 'PrivacyReceipt', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Sender', id: string }
        | { __typename: 'User', id: string }
        | { __typename: 'UserIdentity', id: string }
        | { __typename: 'UserSession', id: string }
        | { __typename: 'Webhook', id: string }
        | { __typename: 'WebhookDelivery', id: string }
       | null }
    | { __typename: 'SenderEvent', cursor: string, occurredAt: string, type: EventType, sender: { id: string, name: string | null }, actor: { id: string, name: string } | null, subject:
        | { __typename: 'ApiToken', id: string }
        | { __typename: 'AuditEntry', id: string }
        | { __typename: 'Campaign', id: string }
        | { __typename: 'CampaignRecipient', id: string }
        | { __typename: 'ConsentEntry', id: string }
        | { __typename: 'Contact', id: string }
        | { __typename: 'ContactImport', id: string }
        | { __typename: 'ContactPhone', id: string }
        | { __typename: 'Conversation', id: string }
        | { __typename: 'File', id: string }
        | { __typename: 'Group', id: string }
        | { __typename: 'ImportRow', id: string }
        | { __typename: 'Lead', id: string }
        | { __typename: 'LeadActivity', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'MessageTemplate', id: string }
        | { __typename: 'PrivacyReceipt', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Sender', id: string }
        | { __typename: 'User', id: string }
        | { __typename: 'UserIdentity', id: string }
        | { __typename: 'UserSession', id: string }
        | { __typename: 'Webhook', id: string }
        | { __typename: 'WebhookDelivery', id: string }
       | null }
   };

export type WatchMessageEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchMessageEventsSubscription = { messageEvents: { cursor: string, error: string | null, occurredAt: string, type: EventType, actor: { id: string, name: string } | null, message: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
        | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
        | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
        | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
        | { __typename: 'ContactsDetails' }
        | { __typename: 'OrderDetails', catalogId: string }
        | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
       | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, schedule: { id: string } | null, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number } | null, subject:
      | { __typename: 'ApiToken', id: string }
      | { __typename: 'AuditEntry', id: string }
      | { __typename: 'Campaign', id: string }
      | { __typename: 'CampaignRecipient', id: string }
      | { __typename: 'ConsentEntry', id: string }
      | { __typename: 'Contact', id: string }
      | { __typename: 'ContactImport', id: string }
      | { __typename: 'ContactPhone', id: string }
      | { __typename: 'Conversation', id: string }
      | { __typename: 'File', id: string }
      | { __typename: 'Group', id: string }
      | { __typename: 'ImportRow', id: string }
      | { __typename: 'Lead', id: string }
      | { __typename: 'LeadActivity', id: string }
      | { __typename: 'Message', id: string }
      | { __typename: 'MessageTemplate', id: string }
      | { __typename: 'PrivacyReceipt', id: string }
      | { __typename: 'Schedule', id: string }
      | { __typename: 'Sender', id: string }
      | { __typename: 'User', id: string }
      | { __typename: 'UserIdentity', id: string }
      | { __typename: 'UserSession', id: string }
      | { __typename: 'Webhook', id: string }
      | { __typename: 'WebhookDelivery', id: string }
     | null } };

export type WatchSenderEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchSenderEventsSubscription = { senderEvents: { cursor: string, occurredAt: string, status: SenderStatus, type: EventType, actor: { id: string, name: string } | null, sender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } }, subject:
      | { __typename: 'ApiToken', id: string }
      | { __typename: 'AuditEntry', id: string }
      | { __typename: 'Campaign', id: string }
      | { __typename: 'CampaignRecipient', id: string }
      | { __typename: 'ConsentEntry', id: string }
      | { __typename: 'Contact', id: string }
      | { __typename: 'ContactImport', id: string }
      | { __typename: 'ContactPhone', id: string }
      | { __typename: 'Conversation', id: string }
      | { __typename: 'File', id: string }
      | { __typename: 'Group', id: string }
      | { __typename: 'ImportRow', id: string }
      | { __typename: 'Lead', id: string }
      | { __typename: 'LeadActivity', id: string }
      | { __typename: 'Message', id: string }
      | { __typename: 'MessageTemplate', id: string }
      | { __typename: 'PrivacyReceipt', id: string }
      | { __typename: 'Schedule', id: string }
      | { __typename: 'Sender', id: string }
      | { __typename: 'User', id: string }
      | { __typename: 'UserIdentity', id: string }
      | { __typename: 'UserSession', id: string }
      | { __typename: 'Webhook', id: string }
      | { __typename: 'WebhookDelivery', id: string }
     | null } };

export type PageInfoFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type MessageEventFieldsFragment = { cursor: string, error: string | null, occurredAt: string, type: EventType, actor: { id: string, name: string } | null, message: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
      | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
      | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
      | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
      | { __typename: 'ContactsDetails' }
      | { __typename: 'OrderDetails', catalogId: string }
      | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
     | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null, schedule: { id: string } | null, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number } | null, subject:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Campaign', id: string }
    | { __typename: 'CampaignRecipient', id: string }
    | { __typename: 'ConsentEntry', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'ContactImport', id: string }
    | { __typename: 'ContactPhone', id: string }
    | { __typename: 'Conversation', id: string }
    | { __typename: 'File', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'ImportRow', id: string }
    | { __typename: 'Lead', id: string }
    | { __typename: 'LeadActivity', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'MessageTemplate', id: string }
    | { __typename: 'PrivacyReceipt', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Sender', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserIdentity', id: string }
    | { __typename: 'UserSession', id: string }
    | { __typename: 'Webhook', id: string }
    | { __typename: 'WebhookDelivery', id: string }
   | null };

export type KnowledgeFilesQueryVariables = Exact<{
  search?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type KnowledgeFilesQuery = { knowledgeFiles: { edges: Array<{ cursor: string, node: { errorMessage: string | null, id: string, metadata: unknown, mimeType: string | null, name: string, purpose: FilePurpose, sizeBytes: number | null, status: JobStatus, uploadedAt: string, url: string | null, conversation: { id: string, phoneNumber: string | null } | null, indexing: { errorMessage: string | null, passages: number, progress: number, status: JobStatus } | null, uploadedBy: { id: string, name: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { createUpload: { expiresAt: string, headers: unknown, url: string, file: { errorMessage: string | null, id: string, metadata: unknown, mimeType: string | null, name: string, purpose: FilePurpose, sizeBytes: number | null, status: JobStatus, uploadedAt: string, url: string | null, conversation: { id: string, phoneNumber: string | null } | null, indexing: { errorMessage: string | null, passages: number, progress: number, status: JobStatus } | null, uploadedBy: { id: string, name: string } | null } } };

export type DeleteFileMutationVariables = Exact<{
  id: string;
}>;


export type DeleteFileMutation = { deleteFile: string };

export type FileIndexingFieldsFragment = { errorMessage: string | null, passages: number, progress: number, status: JobStatus };

export type FileFieldsFragment = { errorMessage: string | null, id: string, metadata: unknown, mimeType: string | null, name: string, purpose: FilePurpose, sizeBytes: number | null, status: JobStatus, uploadedAt: string, url: string | null, conversation: { id: string, phoneNumber: string | null } | null, indexing: { errorMessage: string | null, passages: number, progress: number, status: JobStatus } | null, uploadedBy: { id: string, name: string } | null };

export type UploadFieldsFragment = { expiresAt: string, headers: unknown, url: string, file: { errorMessage: string | null, id: string, metadata: unknown, mimeType: string | null, name: string, purpose: FilePurpose, sizeBytes: number | null, status: JobStatus, uploadedAt: string, url: string | null, conversation: { id: string, phoneNumber: string | null } | null, indexing: { errorMessage: string | null, passages: number, progress: number, status: JobStatus } | null, uploadedBy: { id: string, name: string } | null } };

export type GroupQueryVariables = Exact<{
  id: string;
}>;


export type GroupQuery = { group: { contactCount: number, createdAt: string, description: string | null, id: string, name: string, scheduledCount: number, sentCount: number, updatedAt: string } | null };

export type GroupContactsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type GroupContactsQuery = { group: { id: string, contacts: { edges: Array<{ cursor: string, node: { attributes: unknown, company: string | null, createdAt: string, email: string | null, firstName: string | null, id: string, jobTitle: string | null, lastMessageAt: string | null, lastName: string | null, messageCount: number, name: string, optInChangedAt: string | null, optInStatus: OptInStatus, phoneNumber: string | null, tags: Array<string>, timeZone: string | null, timeZoneInferred: boolean, updatedAt: string, phones: Array<{ createdAt: string, id: string, label: string | null, onWhatsApp: boolean | null, phoneNumber: string, primary: boolean, verifiedAt: string | null, contact: { id: string, name: string } }> } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type GroupsQueryVariables = Exact<{
  filter?: GroupFilter | null | undefined;
  orderBy?: GroupOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type GroupsQuery = { groups: { edges: Array<{ cursor: string, node: { contactCount: number, createdAt: string, description: string | null, id: string, name: string, scheduledCount: number, sentCount: number, updatedAt: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateGroupMutationVariables = Exact<{
  input: CreateGroupInput;
}>;


export type CreateGroupMutation = { createGroup: { contactCount: number, createdAt: string, description: string | null, id: string, name: string, scheduledCount: number, sentCount: number, updatedAt: string } };

export type DeleteGroupMutationVariables = Exact<{
  id: string;
}>;


export type DeleteGroupMutation = { deleteGroup: string };

export type UpdateGroupMutationVariables = Exact<{
  id: string;
  input: UpdateGroupInput;
}>;


export type UpdateGroupMutation = { updateGroup: { contactCount: number, createdAt: string, description: string | null, id: string, name: string, scheduledCount: number, sentCount: number, updatedAt: string } };

export type GroupFieldsFragment = { contactCount: number, createdAt: string, description: string | null, id: string, name: string, scheduledCount: number, sentCount: number, updatedAt: string };

export type HealthQueryVariables = Exact<{ [key: string]: never; }>;


export type HealthQuery = { health: { environment: string | null, problems: Array<string> | null, status: HealthStatus, timestamp: string, version: string, api: { requestsPerMinute: number | null, responseTimeMs: number | null, status: HealthStatus, uptime: number | null }, database: { checkedIn: number | null, checkedOut: number | null, engine: string, overflow: number, poolSize: number | null, responseTimeMs: number | null, status: HealthStatus }, languageModel: { rateLimitRemaining: number | null, responseTimeMs: number | null, status: HealthStatus, tokensUsedToday: number | null }, redis: { connectedClients: number | null, queueDepth: number | null, responseTimeMs: number | null, status: HealthStatus, uptimeDays: number | null, usedMemoryMb: number | null, version: string | null }, whatsapp: { rateLimitRemaining: number | null, responseTimeMs: number | null, status: HealthStatus, tokensUsedToday: number | null }, workers: { activeTasks: number | null, count: number, queuedTasks: number | null, responseTimeMs: number | null, status: HealthStatus, workers: Array<{ currentTask: string | null, name: string, online: boolean, processed: number }> | null } } };

export type SystemMetricsQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemMetricsQuery = { systemMetrics: { activeBuffers: number, activeSenders: number, averageResponseTimeMs: number, cpuUtilization: number, deduplicationCache: string, diskUsageGb: number | null, errorRate: number, memoryUtilization: number, messagesPerMinute: number, messagesSentToday: number, networkThroughputMbps: number, queueSize: number, totalBuffered: number, totalDeduplicated: number, uptime: number, uptimePercentage: number, models: Array<{ averageConfidence: number, averageProcessingTimeMs: number, errorRate: number, model: string, tokensToday: number, usageCount: number }> } };

export type ApiHealthFieldsFragment = { requestsPerMinute: number | null, responseTimeMs: number | null, status: HealthStatus, uptime: number | null };

export type DatabaseHealthFieldsFragment = { checkedIn: number | null, checkedOut: number | null, engine: string, overflow: number, poolSize: number | null, responseTimeMs: number | null, status: HealthStatus };

export type ExternalHealthFieldsFragment = { rateLimitRemaining: number | null, responseTimeMs: number | null, status: HealthStatus, tokensUsedToday: number | null };

export type RedisHealthFieldsFragment = { connectedClients: number | null, queueDepth: number | null, responseTimeMs: number | null, status: HealthStatus, uptimeDays: number | null, usedMemoryMb: number | null, version: string | null };

export type WorkerFieldsFragment = { currentTask: string | null, name: string, online: boolean, processed: number };

export type WorkersHealthFieldsFragment = { activeTasks: number | null, count: number, queuedTasks: number | null, responseTimeMs: number | null, status: HealthStatus, workers: Array<{ currentTask: string | null, name: string, online: boolean, processed: number }> | null };

export type HealthFieldsFragment = { environment: string | null, problems: Array<string> | null, status: HealthStatus, timestamp: string, version: string, api: { requestsPerMinute: number | null, responseTimeMs: number | null, status: HealthStatus, uptime: number | null }, database: { checkedIn: number | null, checkedOut: number | null, engine: string, overflow: number, poolSize: number | null, responseTimeMs: number | null, status: HealthStatus }, languageModel: { rateLimitRemaining: number | null, responseTimeMs: number | null, status: HealthStatus, tokensUsedToday: number | null }, redis: { connectedClients: number | null, queueDepth: number | null, responseTimeMs: number | null, status: HealthStatus, uptimeDays: number | null, usedMemoryMb: number | null, version: string | null }, whatsapp: { rateLimitRemaining: number | null, responseTimeMs: number | null, status: HealthStatus, tokensUsedToday: number | null }, workers: { activeTasks: number | null, count: number, queuedTasks: number | null, responseTimeMs: number | null, status: HealthStatus, workers: Array<{ currentTask: string | null, name: string, online: boolean, processed: number }> | null } };

export type ModelMetricsFieldsFragment = { averageConfidence: number, averageProcessingTimeMs: number, errorRate: number, model: string, tokensToday: number, usageCount: number };

export type SystemMetricsFieldsFragment = { activeBuffers: number, activeSenders: number, averageResponseTimeMs: number, cpuUtilization: number, deduplicationCache: string, diskUsageGb: number | null, errorRate: number, memoryUtilization: number, messagesPerMinute: number, messagesSentToday: number, networkThroughputMbps: number, queueSize: number, totalBuffered: number, totalDeduplicated: number, uptime: number, uptimePercentage: number, models: Array<{ averageConfidence: number, averageProcessingTimeMs: number, errorRate: number, model: string, tokensToday: number, usageCount: number }> };

export type LeadQueryVariables = Exact<{
  id: string;
}>;


export type LeadQuery = { lead: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } | null };

export type LeadActivitiesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type LeadActivitiesQuery = { lead: { id: string, activities: { edges: Array<{ cursor: string, node: { changes: unknown, createdAt: string, id: string, note: string | null, type: LeadActivityType, lead: { id: string, title: string }, user: { id: string, name: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type LeadsQueryVariables = Exact<{
  filter?: LeadFilter | null | undefined;
  orderBy?: LeadOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type LeadsQuery = { leads: { edges: Array<{ cursor: string, node: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type AssignLeadsMutationVariables = Exact<{
  ids: Array<string> | string;
  userId?: string | null | undefined;
}>;


export type AssignLeadsMutation = { assignLeads: Array<{ closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null }> };

export type CloseLeadLostMutationVariables = Exact<{
  id: string;
  reason?: string | null | undefined;
}>;


export type CloseLeadLostMutation = { closeLeadLost: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type ConvertLeadMutationVariables = Exact<{
  id: string;
  value?: string | null | undefined;
  note?: string | null | undefined;
}>;


export type ConvertLeadMutation = { convertLead: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type CreateLeadMutationVariables = Exact<{
  input: CreateLeadInput;
}>;


export type CreateLeadMutation = { createLead: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type DeleteLeadMutationVariables = Exact<{
  id: string;
}>;


export type DeleteLeadMutation = { deleteLead: string };

export type MarkLeadContactedMutationVariables = Exact<{
  id: string;
  note?: string | null | undefined;
}>;


export type MarkLeadContactedMutation = { markLeadContacted: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type ScheduleLeadFollowUpMutationVariables = Exact<{
  id: string;
  at?: Date | string | null | undefined;
  note?: string | null | undefined;
}>;


export type ScheduleLeadFollowUpMutation = { scheduleLeadFollowUp: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type UpdateLeadMutationVariables = Exact<{
  id: string;
  input: UpdateLeadInput;
}>;


export type UpdateLeadMutation = { updateLead: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type UpdateLeadScoreMutationVariables = Exact<{
  id: string;
  score: number;
  reason?: string | null | undefined;
}>;


export type UpdateLeadScoreMutation = { updateLeadScore: { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null } };

export type UpdateLeadStatusMutationVariables = Exact<{
  ids: Array<string> | string;
  status: LeadStatus;
}>;


export type UpdateLeadStatusMutation = { updateLeadStatus: Array<{ closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null }> };

export type LeadStageFieldsFragment = { conversionRate: number, count: number, reached: number, status: LeadStatus, value: string, weightedValue: string };

export type LeadFieldsFragment = { closedAt: string | null, createdAt: string, description: string | null, estimatedValue: string | null, id: string, lastContactedAt: string | null, lostReason: string | null, nextFollowUpAt: string | null, overdue: boolean, priority: Priority, probability: number, score: number, source: string | null, status: LeadStatus, title: string, updatedAt: string, assignedTo: { id: string, name: string } | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, message: { id: string, content: string | null } | null };

export type LeadActivityFieldsFragment = { changes: unknown, createdAt: string, id: string, note: string | null, type: LeadActivityType, lead: { id: string, title: string }, user: { id: string, name: string } | null };

export type MessageQueryVariables = Exact<{
  id: string;
}>;


export type MessageQuery = { message: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, reactions: Array<{ id: string, content: string | null, author: MessageAuthor }>, details:
      | { __typename: 'InteractiveDetails', footer: string | null, sections: Array<{ title: string | null, rows: Array<{ payload: string, title: string, description: string | null }> }>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
      | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
      | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
      | { __typename: 'ContactsDetails', cards: Array<{ company: string | null, emails: Array<string>, name: string, phoneNumbers: Array<string> }> }
      | { __typename: 'OrderDetails', catalogId: string, items: Array<{ currency: string, price: string, productId: string, quantity: number }> }
      | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
     | null, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } | null };

export type MessagesQueryVariables = Exact<{
  filter?: MessageFilter | null | undefined;
  orderBy?: MessageOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type MessagesQuery = { messages: { edges: Array<{ cursor: string, node: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
          | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
          | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
          | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
          | { __typename: 'ContactsDetails' }
          | { __typename: 'OrderDetails', catalogId: string }
          | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
         | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type ResendMessagesMutationVariables = Exact<{
  ids: Array<string> | string;
}>;


export type ResendMessagesMutation = { resendMessages: Array<{ id: string, status: MessageStatus, type: MessageType, content: string | null, createdAt: string }> };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
      | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
      | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
      | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
      | { __typename: 'ContactsDetails' }
      | { __typename: 'OrderDetails', catalogId: string }
      | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
     | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } };

export type UpdateMessageStatusMutationVariables = Exact<{
  id: string;
  status: MessageStatus;
  errorMessage?: string | null | undefined;
}>;


export type UpdateMessageStatusMutation = { updateMessageStatus: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
      | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
      | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
      | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
      | { __typename: 'ContactsDetails' }
      | { __typename: 'OrderDetails', catalogId: string }
      | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
     | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } };

export type LocationDetailsFieldsFragment = { address: string | null, latitude: number, longitude: number, name: string | null };

export type OrderItemFieldsFragment = { currency: string, price: string, productId: string, quantity: number };

export type InteractiveDetailsFieldsFragment = { footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null };

export type InteractiveReplyDetailsFieldsFragment = { answers: unknown, payload: string | null, title: string };

export type OrderDetailsFieldsFragment = { catalogId: string };

export type UnsupportedDetailsFieldsFragment = { kind: string, raw: unknown };

export type ReferralFieldsFragment = { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null };

export type MessageFieldsFragment = { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
    | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
    | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
    | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
    | { __typename: 'ContactsDetails' }
    | { __typename: 'OrderDetails', catalogId: string }
    | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
   | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null };

export type ScheduleQueryVariables = Exact<{
  id: string;
}>;


export type ScheduleQuery = { schedule: { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } } | null };

export type ScheduleMessagesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ScheduleMessagesQuery = { schedule: { id: string, messages: { edges: Array<{ cursor: string, node: { attempts: number, author: MessageAuthor, content: string | null, correlationId: string | null, createdAt: string, deliveredAt: string | null, direction: MessageDirection, editedAt: string | null, errorCode: ErrorCode | null, errorMessage: string | null, id: string, metadata: unknown, priority: Priority, providerErrorCode: number | null, providerMessageId: string | null, purpose: TemplateCategory, readAt: string | null, revokedAt: string | null, sentAt: string | null, sentimentScore: number | null, status: MessageStatus, type: MessageType, updatedAt: string, campaign: { id: string, name: string } | null, contact: { id: string, name: string }, conversation: { id: string, phoneNumber: string | null } | null, details:
            | { __typename: 'InteractiveDetails', footer: string | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null }
            | { __typename: 'InteractiveReplyDetails', answers: unknown, payload: string | null, title: string }
            | { __typename: 'LocationDetails', address: string | null, latitude: number, longitude: number, name: string | null }
            | { __typename: 'ContactsDetails' }
            | { __typename: 'OrderDetails', catalogId: string }
            | { __typename: 'UnsupportedDetails', kind: string, raw: unknown }
           | null, generation: { confidenceScore: number, model: string | null, processingTimeMs: number, tokens: number, sources: Array<{ passage: string, score: number, file: { id: string, name: string } | null }> } | null, media: { id: string, name: string } | null, operator: { id: string, name: string } | null, referral: { body: string | null, clickId: string | null, headline: string | null, sourceId: string | null, sourceType: string | null, sourceUrl: string | null } | null, replyTo: { id: string, content: string | null } | null, schedule: { id: string } | null, sender: { id: string, name: string | null }, template: { id: string, title: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type SchedulesQueryVariables = Exact<{
  filter?: ScheduleFilter | null | undefined;
  orderBy?: ScheduleOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type SchedulesQuery = { schedules: { edges: Array<{ cursor: string, node: { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type ArchiveScheduleMutationVariables = Exact<{
  id: string;
}>;


export type ArchiveScheduleMutation = { archiveSchedule: { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } } };

export type CancelScheduleMutationVariables = Exact<{
  id: string;
}>;


export type CancelScheduleMutation = { cancelSchedule: { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } } };

export type CreateScheduleMutationVariables = Exact<{
  input: CreateScheduleInput;
}>;


export type CreateScheduleMutation = { createSchedule: { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } } };

export type DeleteScheduleMutationVariables = Exact<{
  id: string;
}>;


export type DeleteScheduleMutation = { deleteSchedule: string };

export type SendScheduleNowMutationVariables = Exact<{
  id: string;
}>;


export type SendScheduleNowMutation = { sendScheduleNow: { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } } };

export type ScheduleFieldsFragment = { archivedAt: string | null, cancelledAt: string | null, createdAt: string, errorMessage: string | null, id: string, processingStartedAt: string | null, processingTime: number | null, sendAt: string, sentAt: string | null, status: ScheduleStatus, taskId: string | null, variables: unknown, cancelledBy: { id: string, name: string } | null, createdBy: { id: string, name: string } | null, group: { id: string, name: string }, sender: { id: string, name: string | null }, stats: { cancelled: number, delivered: number, deliveryRate: number, excluded: number, failed: number, pending: number, progress: number, read: number, readRate: number, recipients: number, replies: number, replyRate: number, sent: number, unconfirmed: number }, template: { id: string, title: string } };

export type SenderQueryVariables = Exact<{
  id: string;
}>;


export type SenderQuery = { sender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } | null };

export type SendersQueryVariables = Exact<{
  filter?: SenderFilter | null | undefined;
  orderBy?: SenderOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type SendersQuery = { senders: { edges: Array<{ cursor: string, node: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type ConnectSenderMutationVariables = Exact<{
  id: string;
  restart?: boolean;
}>;


export type ConnectSenderMutation = { connectSender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } };

export type CreateSenderMutationVariables = Exact<{
  input: CreateSenderInput;
}>;


export type CreateSenderMutation = { createSender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } };

export type DeleteSenderMutationVariables = Exact<{
  id: string;
}>;


export type DeleteSenderMutation = { deleteSender: string };

export type DisconnectSenderMutationVariables = Exact<{
  id: string;
  logout?: boolean;
}>;


export type DisconnectSenderMutation = { disconnectSender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } };

export type RequestPairingCodeMutationVariables = Exact<{
  id: string;
}>;


export type RequestPairingCodeMutation = { requestPairingCode: string };

export type SyncMessageTemplatesMutationVariables = Exact<{
  senderId: string;
}>;


export type SyncMessageTemplatesMutation = { syncMessageTemplates: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } };

export type UpdateSenderMutationVariables = Exact<{
  id: string;
  input: UpdateSenderInput;
}>;


export type UpdateSenderMutation = { updateSender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } } };

export type SenderHealthFieldsFragment = { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating };

export type SenderPacingFieldsFragment = { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null };

export type SenderFieldsFragment = { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } };

export type SenderEventFieldsFragment = { cursor: string, occurredAt: string, status: SenderStatus, type: EventType, actor: { id: string, name: string } | null, sender: { active: boolean, botEnabled: boolean, businessAccountId: string | null, createdAt: string, errorMessage: string | null, expiresAt: string | null, id: string, isDefault: boolean, lastActiveAt: string | null, name: string | null, phoneNumber: string, phoneNumberId: string | null, provider: SenderProvider, requiresAuth: boolean, status: SenderStatus, updatedAt: string, health: { checkedAt: string, closedCountries: Array<string>, displayName: string | null, displayNameStatus: string | null, lastError: string | null, lastErrorAt: string | null, lastErrorCode: number | null, messagesPerSecond: number, messagingLimit: number | null, messagingLimitUsed: number, quality: QualityRating } | null, pacing: { finishesAt: string | null, messagesPerSecond: number, queued: number, reason: string, remainingThisHour: number | null, state: PacingState, until: string | null } }, subject:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Campaign', id: string }
    | { __typename: 'CampaignRecipient', id: string }
    | { __typename: 'ConsentEntry', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'ContactImport', id: string }
    | { __typename: 'ContactPhone', id: string }
    | { __typename: 'Conversation', id: string }
    | { __typename: 'File', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'ImportRow', id: string }
    | { __typename: 'Lead', id: string }
    | { __typename: 'LeadActivity', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'MessageTemplate', id: string }
    | { __typename: 'PrivacyReceipt', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Sender', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserIdentity', id: string }
    | { __typename: 'UserSession', id: string }
    | { __typename: 'Webhook', id: string }
    | { __typename: 'WebhookDelivery', id: string }
   | null };

export type SettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsQuery = { settings: { environment: string, version: string, bot: { dailyTokenBudget: number | null, debounce: number, escalationThreshold: number, handBackAfter: number | null, language: string }, consent: { optInReply: string | null, optOutReply: string | null, startWords: Array<string>, stopWords: Array<string> }, delays: { messageDelay: number, senderSwitchDelay: number }, features: { autoEscalation: boolean, multilingualSupport: boolean, openRegistration: boolean, ragEnabled: boolean, sentimentAnalysis: boolean }, integrations: Array<{ connected: boolean, models: Array<string>, name: string, rateLimit: number | null, webhookUrl: string | null }>, limits: { anonymousCallsPerMinute: number, callsPerSecond: number, eventRetentionDays: number, failOpen: boolean, maxConversationLength: number, maxFileSizeMb: number, maxMessageLength: number, maxQueryCost: number, messagesPerHour: number | null, queriesPerMinute: number, rateLimitPerHour: number, rateLimitPerMinute: number } } };

export type UpdateSettingsMutationVariables = Exact<{
  input: SettingsInput;
}>;


export type UpdateSettingsMutation = { updateSettings: { environment: string, version: string, bot: { dailyTokenBudget: number | null, debounce: number, escalationThreshold: number, handBackAfter: number | null, language: string }, consent: { optInReply: string | null, optOutReply: string | null, startWords: Array<string>, stopWords: Array<string> }, delays: { messageDelay: number, senderSwitchDelay: number }, features: { autoEscalation: boolean, multilingualSupport: boolean, openRegistration: boolean, ragEnabled: boolean, sentimentAnalysis: boolean }, integrations: Array<{ connected: boolean, models: Array<string>, name: string, rateLimit: number | null, webhookUrl: string | null }>, limits: { anonymousCallsPerMinute: number, callsPerSecond: number, eventRetentionDays: number, failOpen: boolean, maxConversationLength: number, maxFileSizeMb: number, maxMessageLength: number, maxQueryCost: number, messagesPerHour: number | null, queriesPerMinute: number, rateLimitPerHour: number, rateLimitPerMinute: number } } };

export type BotSettingsFieldsFragment = { dailyTokenBudget: number | null, debounce: number, escalationThreshold: number, handBackAfter: number | null, language: string };

export type DelaySettingsFieldsFragment = { messageDelay: number, senderSwitchDelay: number };

export type FeatureSettingsFieldsFragment = { autoEscalation: boolean, multilingualSupport: boolean, openRegistration: boolean, ragEnabled: boolean, sentimentAnalysis: boolean };

export type IntegrationFieldsFragment = { connected: boolean, models: Array<string>, name: string, rateLimit: number | null, webhookUrl: string | null };

export type LimitSettingsFieldsFragment = { anonymousCallsPerMinute: number, callsPerSecond: number, eventRetentionDays: number, failOpen: boolean, maxConversationLength: number, maxFileSizeMb: number, maxMessageLength: number, maxQueryCost: number, messagesPerHour: number | null, queriesPerMinute: number, rateLimitPerHour: number, rateLimitPerMinute: number };

export type SettingsFieldsFragment = { environment: string, version: string, bot: { dailyTokenBudget: number | null, debounce: number, escalationThreshold: number, handBackAfter: number | null, language: string }, consent: { optInReply: string | null, optOutReply: string | null, startWords: Array<string>, stopWords: Array<string> }, delays: { messageDelay: number, senderSwitchDelay: number }, features: { autoEscalation: boolean, multilingualSupport: boolean, openRegistration: boolean, ragEnabled: boolean, sentimentAnalysis: boolean }, integrations: Array<{ connected: boolean, models: Array<string>, name: string, rateLimit: number | null, webhookUrl: string | null }>, limits: { anonymousCallsPerMinute: number, callsPerSecond: number, eventRetentionDays: number, failOpen: boolean, maxConversationLength: number, maxFileSizeMb: number, maxMessageLength: number, maxQueryCost: number, messagesPerHour: number | null, queriesPerMinute: number, rateLimitPerHour: number, rateLimitPerMinute: number } };

export type ContactImportPreviewQueryVariables = Exact<{
  fileId: string;
  encoding?: string | null | undefined;
  delimiter?: string | null | undefined;
}>;


export type ContactImportPreviewQuery = { contactImportPreview: { delimiter: string, encoding: string, problems: Array<string>, rowCount: number, rows: Array<Array<string>>, columns: Array<{ attribute: string | null, column: string, field: ContactField | null }> } };

export type MessageTemplateQueryVariables = Exact<{
  id: string;
}>;


export type MessageTemplateQuery = { messageTemplate: { content: string, createdAt: string, footer: string | null, id: string, scheduledCount: number, sentCount: number, title: string, updatedAt: string, variables: Array<string>, approval: { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string } | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null, preview: { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null } } | null };

export type MessageTemplatesQueryVariables = Exact<{
  filter?: MessageTemplateFilter | null | undefined;
  orderBy?: MessageTemplateOrder;
  direction?: OrderDirection;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}>;


export type MessageTemplatesQuery = { messageTemplates: { edges: Array<{ cursor: string, node: { content: string, createdAt: string, footer: string | null, id: string, scheduledCount: number, sentCount: number, title: string, updatedAt: string, variables: Array<string>, approval: { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string } | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null, preview: { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateMessageTemplateMutationVariables = Exact<{
  input: CreateMessageTemplateInput;
}>;


export type CreateMessageTemplateMutation = { createMessageTemplate: { content: string, createdAt: string, footer: string | null, id: string, scheduledCount: number, sentCount: number, title: string, updatedAt: string, variables: Array<string>, approval: { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string } | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null, preview: { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null } } };

export type DeleteMessageTemplateMutationVariables = Exact<{
  id: string;
}>;


export type DeleteMessageTemplateMutation = { deleteMessageTemplate: string };

export type UnpauseMessageTemplateMutationVariables = Exact<{
  id: string;
}>;


export type UnpauseMessageTemplateMutation = { unpauseMessageTemplate: { content: string, createdAt: string, footer: string | null, id: string, scheduledCount: number, sentCount: number, title: string, updatedAt: string, variables: Array<string>, approval: { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string } | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null, preview: { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null } } };

export type UpdateMessageTemplateMutationVariables = Exact<{
  id: string;
  input: UpdateMessageTemplateInput;
}>;


export type UpdateMessageTemplateMutation = { updateMessageTemplate: { content: string, createdAt: string, footer: string | null, id: string, scheduledCount: number, sentCount: number, title: string, updatedAt: string, variables: Array<string>, approval: { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string } | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null, preview: { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null } } };

export type MessageButtonFieldsFragment = { code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null };

export type MessageHeaderFieldsFragment = { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null };

export type MessagePreviewFieldsFragment = { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null };

export type ContactImportPreviewFieldsFragment = { delimiter: string, encoding: string, problems: Array<string>, rowCount: number, rows: Array<Array<string>>, columns: Array<{ attribute: string | null, column: string, field: ContactField | null }> };

export type TemplateApprovalFieldsFragment = { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string };

export type MessageTemplateFieldsFragment = { content: string, createdAt: string, footer: string | null, id: string, scheduledCount: number, sentCount: number, title: string, updatedAt: string, variables: Array<string>, approval: { businessAccountId: string, category: TemplateCategory, language: string, name: string, quality: QualityRating, reason: string | null, status: TemplateStatus, syncedAt: string } | null, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null, preview: { content: string, footer: string | null, missingVariables: Array<string>, buttons: Array<{ code: string | null, flowId: string | null, payload: string | null, phoneNumber: string | null, title: string, type: MessageButtonType, url: string | null }>, contact: { id: string, name: string } | null, header: { format: HeaderFormat, text: string | null, location: { address: string | null, latitude: number, longitude: number, name: string | null } | null, media: { id: string, name: string } | null } | null } };

export type WebhookQueryVariables = Exact<{
  id: string;
}>;


export type WebhookQuery = { webhook: { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string } | null };

export type WebhookDeliveriesQueryVariables = Exact<{
  id: string;
  filter?: WebhookDeliveryFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type WebhookDeliveriesQuery = { webhook: { id: string, deliveries: { edges: Array<{ cursor: string, node: { attempts: number, createdAt: string, deliveredAt: string | null, errorMessage: string | null, id: string, nextAttemptAt: string | null, payload: unknown, responseStatus: number | null, status: WebhookDeliveryStatus, type: EventType, webhook: { id: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type WebhooksQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type WebhooksQuery = { webhooks: { edges: Array<{ cursor: string, node: { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
}>;


export type CreateWebhookMutation = { createWebhook: { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string } };

export type DeleteWebhookMutationVariables = Exact<{
  id: string;
}>;


export type DeleteWebhookMutation = { deleteWebhook: string };

export type ReplayWebhookMutationVariables = Exact<{
  id: string;
  after: string;
}>;


export type ReplayWebhookMutation = { replayWebhook: { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string } };

export type RetryWebhookDeliveryMutationVariables = Exact<{
  id: string;
}>;


export type RetryWebhookDeliveryMutation = { retryWebhookDelivery: { attempts: number, createdAt: string, deliveredAt: string | null, errorMessage: string | null, id: string, nextAttemptAt: string | null, payload: unknown, responseStatus: number | null, status: WebhookDeliveryStatus, type: EventType, webhook: { id: string } } };

export type RotateWebhookSecretMutationVariables = Exact<{
  id: string;
  secret?: string | null | undefined;
}>;


export type RotateWebhookSecretMutation = { rotateWebhookSecret: { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string } };

export type TestWebhookMutationVariables = Exact<{
  id: string;
}>;


export type TestWebhookMutation = { testWebhook: { attempts: number, createdAt: string, deliveredAt: string | null, errorMessage: string | null, id: string, nextAttemptAt: string | null, payload: unknown, responseStatus: number | null, status: WebhookDeliveryStatus, type: EventType, webhook: { id: string } } };

export type UpdateWebhookMutationVariables = Exact<{
  id: string;
  input: UpdateWebhookInput;
}>;


export type UpdateWebhookMutation = { updateWebhook: { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string } };

export type WebhookFieldsFragment = { active: boolean, createdAt: string, cursor: string, disabledAt: string | null, events: Array<EventType>, id: string, secret: string | null, updatedAt: string, url: string };

export type WebhookDeliveryFieldsFragment = { attempts: number, createdAt: string, deliveredAt: string | null, errorMessage: string | null, id: string, nextAttemptAt: string | null, payload: unknown, responseStatus: number | null, status: WebhookDeliveryStatus, type: EventType, webhook: { id: string } };

const AnalyticsFields = `fragment AnalyticsFields on Analytics {
  campaigns {
    ...CampaignAnalyticsFields
  }
  contacts {
    ...ContactAnalyticsFields
  }
  conversations {
    ...ConversationAnalyticsFields
  }
  csvUrl
  end
  leads {
    ...LeadAnalyticsFields
  }
  start
}`;
const ApiHealthFields = `fragment ApiHealthFields on ApiHealth {
  requestsPerMinute
  responseTimeMs
  status
  uptime
}`;
const ApiTokenFields = `fragment ApiTokenFields on ApiToken {
  createdAt
  expiresAt
  id
  lastUsedAt
  name
  prefix
  scopes
  sender {
    id
    name
  }
  token
  user {
    id
    name
  }
}`;
const AuditEntryFields = `fragment AuditEntryFields on AuditEntry {
  action
  actor {
    id
    name
  }
  apiToken {
    id
    name
  }
  changes
  createdAt
  id
  ipAddress
  requestId
  subject {
    __typename
    id
  }
}`;
const AuthTokensFields = `fragment AuthTokensFields on AuthTokens {
  accessToken
  expiresIn
  refreshToken
  tokenType
  user {
    ...UserFields
  }
}`;
const BotGenerationFields = `fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}`;
const BotSettingsFields = `fragment BotSettingsFields on BotSettings {
  dailyTokenBudget
  debounce
  escalationThreshold
  handBackAfter
  language
}`;
const CampaignAnalyticsFields = `fragment CampaignAnalyticsFields on CampaignAnalytics {
  byStatus {
    ...TallyFields
  }
  stats {
    ...DeliveryStatsFields
  }
  total
}`;
const CampaignEventFields = `fragment CampaignEventFields on CampaignEvent {
  actor {
    id
    name
  }
  campaign {
    id
    name
  }
  cursor
  occurredAt
  stats {
    ...DeliveryStatsFields
  }
  status
  subject {
    __typename
    id
  }
  type
}`;
const CampaignFields = `fragment CampaignFields on Campaign {
  content
  createdAt
  createdBy {
    id
    name
  }
  description
  endedAt
  errorMessage
  expiresAt
  groups {
    id
    name
  }
  id
  media {
    id
    name
  }
  name
  quietHours {
    ...QuietHoursFields
  }
  scheduledAt
  senders {
    id
    name
  }
  startedAt
  stats {
    ...DeliveryStatsFields
  }
  status
  template {
    id
    title
  }
  type
  updatedAt
  variables
}`;
const CampaignPreflightFields = `fragment CampaignPreflightFields on CampaignPreflight {
  audience
  campaign {
    id
    name
  }
  closedCountries {
    ...TallyFields
  }
  createdAt
  exclusions {
    ...ExclusionTallyFields
  }
  finishesAt
  id
  missingVariables {
    ...TallyFields
  }
  pacing
  problems
  recipients
  samples {
    ...MessagePreviewFields
  }
}`;
const CampaignRecipientFields = `fragment CampaignRecipientFields on CampaignRecipient {
  address
  campaign {
    id
    name
  }
  contact {
    id
    name
  }
  exclusion
  id
  message {
    id
    content
  }
  notBefore
  outcome
  reply {
    id
    content
  }
}`;
const ConsentEntryFields = `fragment ConsentEntryFields on ConsentEntry {
  contact {
    id
    name
  }
  createdAt
  id
  proof
  purpose
  recordedBy {
    id
    name
  }
  source
  state
}`;
const ConsentSettingsFields = `fragment ConsentSettingsFields on ConsentSettings {
  optInReply
  optOutReply
  startWords
  stopWords
}`;
const ContactAnalyticsFields = `fragment ContactAnalyticsFields on ContactAnalytics {
  optInRate
  optedIn
  optedOut
  total
  unknown
}`;
const ContactCardFields = `fragment ContactCardFields on ContactCard {
  company
  emails
  name
  phoneNumbers
}`;
const ContactFields = `fragment ContactFields on Contact {
  attributes
  company
  createdAt
  email
  firstName
  id
  jobTitle
  lastMessageAt
  lastName
  messageCount
  name
  optInChangedAt
  optInStatus
  phoneNumber
  phones {
    ...ContactPhoneFields
  }
  tags
  timeZone
  timeZoneInferred
  updatedAt
}`;
const ContactIdentityFields = `fragment ContactIdentityFields on ContactIdentity {
  businessAccountId
  createdAt
  type
  value
}`;
const ContactImportFields = `fragment ContactImportFields on ContactImport {
  created
  createdAt
  createdBy {
    id
    name
  }
  errorMessage
  failed
  id
  progress
  skipped
  status
  updated
}`;
const ContactImportPreviewFields = `fragment ContactImportPreviewFields on ContactImportPreview {
  columns {
    ...ImportColumnFields
  }
  delimiter
  encoding
  problems
  rowCount
  rows
}`;
const ContactPhoneFields = `fragment ContactPhoneFields on ContactPhone {
  contact {
    id
    name
  }
  createdAt
  id
  label
  onWhatsApp
  phoneNumber
  primary
  verifiedAt
}`;
const ConversationAnalyticsFields = `fragment ConversationAnalyticsFields on ConversationAnalytics {
  averageMessagesPerConversation
  averageResponseTime
  byStatus {
    ...TallyFields
  }
  countedUntil
  resolutionRate
  satisfactionScore
  totalConversations
  totalMessages
  trends {
    ...ConversationTrendFields
  }
  unassigned
  unread
  urgent
}`;
const ConversationEventFields = `fragment ConversationEventFields on ConversationEvent {
  actor {
    id
    name
  }
  conversation {
    ...ConversationFields
  }
  cursor
  escalationReason
  message {
    ...MessageFields
  }
  occurredAt
  subject {
    __typename
    id
  }
  type
  typing
  typist
}`;
const ConversationFields = `fragment ConversationFields on Conversation {
  assignedTo {
    id
    name
  }
  chatId
  closedAt
  contact {
    id
    name
  }
  createdAt
  escalationNote
  escalationReason
  handler
  id
  language
  lastMessage {
    ...MessageFields
  }
  messageCount
  metadata
  phoneNumber
  priority
  satisfactionScore
  sender {
    id
    name
  }
  serviceWindow {
    ...ServiceWindowFields
  }
  status
  tags
  takenOverAt
  unreadCount
  updatedAt
}`;
const ConversationTrendFields = `fragment ConversationTrendFields on ConversationTrend {
  averageResponseTime
  conversations
  date
  messages
}`;
const DatabaseHealthFields = `fragment DatabaseHealthFields on DatabaseHealth {
  checkedIn
  checkedOut
  engine
  overflow
  poolSize
  responseTimeMs
  status
}`;
const DelaySettingsFields = `fragment DelaySettingsFields on DelaySettings {
  messageDelay
  senderSwitchDelay
}`;
const DeliveryStatsFields = `fragment DeliveryStatsFields on DeliveryStats {
  cancelled
  delivered
  deliveryRate
  excluded
  failed
  pending
  progress
  read
  readRate
  recipients
  replies
  replyRate
  sent
  unconfirmed
}`;
const ExclusionTallyFields = `fragment ExclusionTallyFields on ExclusionTally {
  count
  reason
}`;
const ExternalHealthFields = `fragment ExternalHealthFields on ExternalHealth {
  rateLimitRemaining
  responseTimeMs
  status
  tokensUsedToday
}`;
const FeatureSettingsFields = `fragment FeatureSettingsFields on FeatureSettings {
  autoEscalation
  multilingualSupport
  openRegistration
  ragEnabled
  sentimentAnalysis
}`;
const FileFields = `fragment FileFields on File {
  conversation {
    id
    phoneNumber
  }
  errorMessage
  id
  indexing {
    ...FileIndexingFields
  }
  metadata
  mimeType
  name
  purpose
  sizeBytes
  status
  uploadedAt
  uploadedBy {
    id
    name
  }
  url
}`;
const FileIndexingFields = `fragment FileIndexingFields on FileIndexing {
  errorMessage
  passages
  progress
  status
}`;
const GroupFields = `fragment GroupFields on Group {
  contactCount
  createdAt
  description
  id
  name
  scheduledCount
  sentCount
  updatedAt
}`;
const HealthFields = `fragment HealthFields on Health {
  api {
    ...ApiHealthFields
  }
  database {
    ...DatabaseHealthFields
  }
  environment
  languageModel {
    ...ExternalHealthFields
  }
  problems
  redis {
    ...RedisHealthFields
  }
  status
  timestamp
  version
  whatsapp {
    ...ExternalHealthFields
  }
  workers {
    ...WorkersHealthFields
  }
}`;
const ImportColumnFields = `fragment ImportColumnFields on ImportColumn {
  attribute
  column
  field
}`;
const IntegrationFields = `fragment IntegrationFields on Integration {
  connected
  models
  name
  rateLimit
  webhookUrl
}`;
const InteractiveDetailsFields = `fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}`;
const InteractiveReplyDetailsFields = `fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}`;
const KnowledgeAnswerFields = `fragment KnowledgeAnswerFields on KnowledgeAnswer {
  answer
  confidenceScore
  model
  sources {
    ...KnowledgeSourceFields
  }
}`;
const KnowledgeSourceFields = `fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}`;
const LeadActivityFields = `fragment LeadActivityFields on LeadActivity {
  changes
  createdAt
  id
  lead {
    id
    title
  }
  note
  type
  user {
    id
    name
  }
}`;
const LeadAnalyticsFields = `fragment LeadAnalyticsFields on LeadAnalytics {
  averageScore
  byPriority {
    ...TallyFields
  }
  bySource {
    ...TallyFields
  }
  conversionRate
  openValue
  overdue
  stages {
    ...LeadStageFields
  }
  total
  weightedValue
  wonValue
}`;
const LeadFields = `fragment LeadFields on Lead {
  assignedTo {
    id
    name
  }
  campaign {
    id
    name
  }
  closedAt
  contact {
    id
    name
  }
  conversation {
    id
    phoneNumber
  }
  createdAt
  description
  estimatedValue
  id
  lastContactedAt
  lostReason
  message {
    id
    content
  }
  nextFollowUpAt
  overdue
  priority
  probability
  score
  source
  status
  title
  updatedAt
}`;
const LeadStageFields = `fragment LeadStageFields on LeadStage {
  conversionRate
  count
  reached
  status
  value
  weightedValue
}`;
const LimitSettingsFields = `fragment LimitSettingsFields on LimitSettings {
  anonymousCallsPerMinute
  callsPerSecond
  eventRetentionDays
  failOpen
  maxConversationLength
  maxFileSizeMb
  maxMessageLength
  maxQueryCost
  messagesPerHour
  queriesPerMinute
  rateLimitPerHour
  rateLimitPerMinute
}`;
const LocationDetailsFields = `fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}`;
const MessageButtonFields = `fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}`;
const MessageEventFields = `fragment MessageEventFields on MessageEvent {
  actor {
    id
    name
  }
  cursor
  error
  message {
    ...MessageFields
  }
  occurredAt
  schedule {
    id
  }
  stats {
    ...DeliveryStatsFields
  }
  subject {
    __typename
    id
  }
  type
}`;
const MessageFields = `fragment MessageFields on Message {
  attempts
  author
  campaign {
    id
    name
  }
  contact {
    id
    name
  }
  content
  conversation {
    id
    phoneNumber
  }
  correlationId
  createdAt
  deliveredAt
  details {
    __typename
    ... on InteractiveDetails {
      ...InteractiveDetailsFields
    }
    ... on InteractiveReplyDetails {
      ...InteractiveReplyDetailsFields
    }
    ... on LocationDetails {
      ...LocationDetailsFields
    }
    ... on OrderDetails {
      ...OrderDetailsFields
    }
    ... on UnsupportedDetails {
      ...UnsupportedDetailsFields
    }
  }
  direction
  editedAt
  errorCode
  errorMessage
  generation {
    ...BotGenerationFields
  }
  id
  media {
    id
    name
  }
  metadata
  operator {
    id
    name
  }
  priority
  providerErrorCode
  providerMessageId
  purpose
  readAt
  referral {
    ...ReferralFields
  }
  replyTo {
    id
    content
  }
  revokedAt
  schedule {
    id
  }
  sender {
    id
    name
  }
  sentAt
  sentimentScore
  status
  template {
    id
    title
  }
  type
  updatedAt
}`;
const MessageHeaderFields = `fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}`;
const MessagePreviewFields = `fragment MessagePreviewFields on MessagePreview {
  buttons {
    ...MessageButtonFields
  }
  contact {
    id
    name
  }
  content
  footer
  header {
    ...MessageHeaderFields
  }
  missingVariables
}`;
const MessageTemplateFields = `fragment MessageTemplateFields on MessageTemplate {
  approval {
    ...TemplateApprovalFields
  }
  buttons {
    ...MessageButtonFields
  }
  content
  createdAt
  footer
  header {
    ...MessageHeaderFields
  }
  id
  preview {
    ...MessagePreviewFields
  }
  scheduledCount
  sentCount
  title
  updatedAt
  variables
}`;
const ModelMetricsFields = `fragment ModelMetricsFields on ModelMetrics {
  averageConfidence
  averageProcessingTimeMs
  errorRate
  model
  tokensToday
  usageCount
}`;
const OAuthProviderFields = `fragment OAuthProviderFields on OAuthProvider {
  name
}`;
const OrderDetailsFields = `fragment OrderDetailsFields on OrderDetails {
  catalogId
}`;
const OrderItemFields = `fragment OrderItemFields on OrderItem {
  currency
  price
  productId
  quantity
}`;
const PageInfoFields = `fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`;
const PrivacyReceiptFields = `fragment PrivacyReceiptFields on PrivacyReceipt {
  action
  completedAt
  contactId
  counts {
    ...TallyFields
  }
  createdAt
  file {
    id
    name
  }
  id
  requestedBy {
    id
    name
  }
  status
}`;
const QuietHoursFields = `fragment QuietHoursFields on QuietHours {
  end
  start
}`;
const RedisHealthFields = `fragment RedisHealthFields on RedisHealth {
  connectedClients
  queueDepth
  responseTimeMs
  status
  uptimeDays
  usedMemoryMb
  version
}`;
const ReferralFields = `fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}`;
const ScheduleFields = `fragment ScheduleFields on Schedule {
  archivedAt
  cancelledAt
  cancelledBy {
    id
    name
  }
  createdAt
  createdBy {
    id
    name
  }
  errorMessage
  group {
    id
    name
  }
  id
  processingStartedAt
  processingTime
  sendAt
  sender {
    id
    name
  }
  sentAt
  stats {
    ...DeliveryStatsFields
  }
  status
  taskId
  template {
    id
    title
  }
  variables
}`;
const SenderEventFields = `fragment SenderEventFields on SenderEvent {
  actor {
    id
    name
  }
  cursor
  occurredAt
  sender {
    ...SenderFields
  }
  status
  subject {
    __typename
    id
  }
  type
}`;
const SenderFields = `fragment SenderFields on Sender {
  active
  botEnabled
  businessAccountId
  createdAt
  errorMessage
  expiresAt
  health {
    ...SenderHealthFields
  }
  id
  isDefault
  lastActiveAt
  name
  pacing {
    ...SenderPacingFields
  }
  phoneNumber
  phoneNumberId
  provider
  requiresAuth
  status
  updatedAt
}`;
const SenderHealthFields = `fragment SenderHealthFields on SenderHealth {
  checkedAt
  closedCountries
  displayName
  displayNameStatus
  lastError
  lastErrorAt
  lastErrorCode
  messagesPerSecond
  messagingLimit
  messagingLimitUsed
  quality
}`;
const SenderPacingFields = `fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}`;
const ServiceWindowFields = `fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}`;
const SettingsFields = `fragment SettingsFields on Settings {
  bot {
    ...BotSettingsFields
  }
  consent {
    ...ConsentSettingsFields
  }
  delays {
    ...DelaySettingsFields
  }
  environment
  features {
    ...FeatureSettingsFields
  }
  integrations {
    ...IntegrationFields
  }
  limits {
    ...LimitSettingsFields
  }
  version
}`;
const SystemMetricsFields = `fragment SystemMetricsFields on SystemMetrics {
  activeBuffers
  activeSenders
  averageResponseTimeMs
  cpuUtilization
  deduplicationCache
  diskUsageGb
  errorRate
  memoryUtilization
  messagesPerMinute
  messagesSentToday
  models {
    ...ModelMetricsFields
  }
  networkThroughputMbps
  queueSize
  totalBuffered
  totalDeduplicated
  uptime
  uptimePercentage
}`;
const TallyFields = `fragment TallyFields on Tally {
  count
  key
}`;
const TemplateApprovalFields = `fragment TemplateApprovalFields on TemplateApproval {
  businessAccountId
  category
  language
  name
  quality
  reason
  status
  syncedAt
}`;
const UnsupportedDetailsFields = `fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}`;
const UploadFields = `fragment UploadFields on Upload {
  expiresAt
  file {
    ...FileFields
  }
  headers
  url
}`;
const UserFields = `fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}`;
const WebhookDeliveryFields = `fragment WebhookDeliveryFields on WebhookDelivery {
  attempts
  createdAt
  deliveredAt
  errorMessage
  id
  nextAttemptAt
  payload
  responseStatus
  status
  type
  webhook {
    id
  }
}`;
const WebhookFields = `fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}`;
const WorkerFields = `fragment WorkerFields on Worker {
  currentTask
  name
  online
  processed
}`;
const WorkersHealthFields = `fragment WorkersHealthFields on WorkersHealth {
  activeTasks
  count
  queuedTasks
  responseTimeMs
  status
  workers {
    ...WorkerFields
  }
}`;
/** What is sent; harmless: to repeat it changes nothing. */
export const operations: Record<string, { kind: 'query' | 'mutation' | 'subscription'; harmless: boolean; text: string }> = {
  analytics: { kind: 'query', harmless: false, text: `query Analytics($period: DateTimeRange, $timeZone: String! = "UTC") {
  analytics(period: $period, timeZone: $timeZone) {
    ...AnalyticsFields
  }
}\n${AnalyticsFields}\n${CampaignAnalyticsFields}\n${ContactAnalyticsFields}\n${ConversationAnalyticsFields}\n${ConversationTrendFields}\n${DeliveryStatsFields}\n${LeadAnalyticsFields}\n${LeadStageFields}\n${TallyFields}` },
  archiveSchedule: { kind: 'mutation', harmless: false, text: `mutation ArchiveSchedule($id: ID!) {
  archiveSchedule(id: $id) {
    ...ScheduleFields
  }
}\n${DeliveryStatsFields}\n${ScheduleFields}` },
  askKnowledge: { kind: 'query', harmless: false, text: `query AskKnowledge($question: String!) {
  askKnowledge(question: $question) {
    ...KnowledgeAnswerFields
  }
}\n${KnowledgeAnswerFields}\n${KnowledgeSourceFields}` },
  assignableUsers: { kind: 'query', harmless: false, text: `query AssignableUsers($search: String) {
  assignableUsers(search: $search) {
    ...UserFields
  }
}\n${UserFields}` },
  assignConversation: { kind: 'mutation', harmless: false, text: `mutation AssignConversation($id: ID!, $userId: ID) {
  assignConversation(id: $id, userId: $userId) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  assignLeads: { kind: 'mutation', harmless: false, text: `mutation AssignLeads($ids: [ID!]!, $userId: ID) {
  assignLeads(ids: $ids, userId: $userId) {
    ...LeadFields
  }
}\n${LeadFields}` },
  auditEntries: { kind: 'query', harmless: false, text: `query AuditEntries($filter: AuditEntryFilter, $first: Int, $after: String, $last: Int, $before: String) {
  auditEntries(
    filter: $filter
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        ...AuditEntryFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${AuditEntryFields}\n${PageInfoFields}` },
  campaign: { kind: 'query', harmless: false, text: `query Campaign($id: ID!) {
  campaign(id: $id) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  campaignPreflight: { kind: 'query', harmless: false, text: `query CampaignPreflight($id: ID!) {
  campaignPreflight(id: $id) {
    ...CampaignPreflightFields
  }
}\n${CampaignPreflightFields}\n${ExclusionTallyFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageHeaderFields}\n${MessagePreviewFields}\n${TallyFields}` },
  campaignRecipients: { kind: 'query', harmless: false, text: `query CampaignRecipients($id: ID!, $filter: CampaignRecipientFilter, $first: Int, $after: String, $last: Int, $before: String) {
  campaign(id: $id) {
    id
    recipients(
      filter: $filter
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...CampaignRecipientFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${CampaignRecipientFields}\n${PageInfoFields}` },
  campaigns: { kind: 'query', harmless: false, text: `query Campaigns($filter: CampaignFilter, $orderBy: CampaignOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  campaigns(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...CampaignFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${PageInfoFields}\n${QuietHoursFields}` },
  cancelSchedule: { kind: 'mutation', harmless: false, text: `mutation CancelSchedule($id: ID!) {
  cancelSchedule(id: $id) {
    ...ScheduleFields
  }
}\n${DeliveryStatsFields}\n${ScheduleFields}` },
  closeConversation: { kind: 'mutation', harmless: true, text: `mutation CloseConversation($id: ID!) {
  closeConversation(id: $id) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  closeLeadLost: { kind: 'mutation', harmless: false, text: `mutation CloseLeadLost($id: ID!, $reason: String) {
  closeLeadLost(id: $id, reason: $reason) {
    ...LeadFields
  }
}\n${LeadFields}` },
  completeCampaign: { kind: 'mutation', harmless: false, text: `mutation CompleteCampaign($id: ID!) {
  completeCampaign(id: $id) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  connectSender: { kind: 'mutation', harmless: false, text: `mutation ConnectSender($id: ID!, $restart: Boolean! = false) {
  connectSender(id: $id, restart: $restart) {
    ...SenderFields
  }
}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  contact: { kind: 'query', harmless: false, text: `query Contact($id: ID!) {
  contact(id: $id) {
    ...ContactFields
    identities {
      ...ContactIdentityFields
    }
    groups {
      id
      name
    }
  }
}\n${ContactFields}\n${ContactIdentityFields}\n${ContactPhoneFields}` },
  contactConsents: { kind: 'query', harmless: false, text: `query ContactConsents($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  contact(id: $id) {
    id
    consents(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...ConsentEntryFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${ConsentEntryFields}\n${PageInfoFields}` },
  contactConversations: { kind: 'query', harmless: false, text: `query ContactConversations($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  contact(id: $id) {
    id
    conversations(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...ConversationFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${PageInfoFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  contactImportPreview: { kind: 'query', harmless: false, text: `query ContactImportPreview($fileId: ID!, $encoding: String, $delimiter: String) {
  contactImportPreview(
    fileId: $fileId
    encoding: $encoding
    delimiter: $delimiter
  ) {
    ...ContactImportPreviewFields
  }
}\n${ContactImportPreviewFields}\n${ImportColumnFields}` },
  contactLeads: { kind: 'query', harmless: false, text: `query ContactLeads($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  contact(id: $id) {
    id
    leads(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...LeadFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${LeadFields}\n${PageInfoFields}` },
  contacts: { kind: 'query', harmless: false, text: `query Contacts($filter: ContactFilter, $orderBy: ContactOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  contacts(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...ContactFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${ContactFields}\n${ContactPhoneFields}\n${PageInfoFields}` },
  conversation: { kind: 'query', harmless: false, text: `query Conversation($id: ID!) {
  conversation(id: $id) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  conversationFiles: { kind: 'query', harmless: false, text: `query ConversationFiles($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    id
    files(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...FileFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${FileFields}\n${FileIndexingFields}\n${PageInfoFields}` },
  conversationMessages: { kind: 'query', harmless: false, text: `query ConversationMessages($id: ID!, $filter: MessageFilter, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    id
    messages(
      filter: $filter
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...MessageFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${BotGenerationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${PageInfoFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  conversations: { kind: 'query', harmless: false, text: `query Conversations($filter: ConversationFilter, $orderBy: ConversationOrder! = LAST_MESSAGE_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  conversations(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...ConversationFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${PageInfoFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  convertLead: { kind: 'mutation', harmless: false, text: `mutation ConvertLead($id: ID!, $value: Decimal, $note: String) {
  convertLead(id: $id, value: $value, note: $note) {
    ...LeadFields
  }
}\n${LeadFields}` },
  createApiToken: { kind: 'mutation', harmless: false, text: `mutation CreateApiToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) {
    ...ApiTokenFields
  }
}\n${ApiTokenFields}` },
  createCampaign: { kind: 'mutation', harmless: false, text: `mutation CreateCampaign($input: CreateCampaignInput!) {
  createCampaign(input: $input) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  createContact: { kind: 'mutation', harmless: false, text: `mutation CreateContact($input: CreateContactInput!) {
  createContact(input: $input) {
    ...ContactFields
  }
}\n${ContactFields}\n${ContactPhoneFields}` },
  createContactPhone: { kind: 'mutation', harmless: false, text: `mutation CreateContactPhone($contactId: ID!, $input: CreateContactPhoneInput!) {
  createContactPhone(contactId: $contactId, input: $input) {
    ...ContactPhoneFields
  }
}\n${ContactPhoneFields}` },
  createConversation: { kind: 'mutation', harmless: false, text: `mutation CreateConversation($input: CreateConversationInput!) {
  createConversation(input: $input) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  createGroup: { kind: 'mutation', harmless: false, text: `mutation CreateGroup($input: CreateGroupInput!) {
  createGroup(input: $input) {
    ...GroupFields
  }
}\n${GroupFields}` },
  createLead: { kind: 'mutation', harmless: false, text: `mutation CreateLead($input: CreateLeadInput!) {
  createLead(input: $input) {
    ...LeadFields
  }
}\n${LeadFields}` },
  createMessageTemplate: { kind: 'mutation', harmless: false, text: `mutation CreateMessageTemplate($input: CreateMessageTemplateInput!) {
  createMessageTemplate(input: $input) {
    ...MessageTemplateFields
  }
}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageHeaderFields}\n${MessagePreviewFields}\n${MessageTemplateFields}\n${TemplateApprovalFields}` },
  createSchedule: { kind: 'mutation', harmless: false, text: `mutation CreateSchedule($input: CreateScheduleInput!) {
  createSchedule(input: $input) {
    ...ScheduleFields
  }
}\n${DeliveryStatsFields}\n${ScheduleFields}` },
  createSender: { kind: 'mutation', harmless: false, text: `mutation CreateSender($input: CreateSenderInput!) {
  createSender(input: $input) {
    ...SenderFields
  }
}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  createUpload: { kind: 'mutation', harmless: false, text: `mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    ...UploadFields
  }
}\n${FileFields}\n${FileIndexingFields}\n${UploadFields}` },
  createUser: { kind: 'mutation', harmless: false, text: `mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    ...UserFields
  }
}\n${UserFields}` },
  createWebhook: { kind: 'mutation', harmless: false, text: `mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    ...WebhookFields
  }
}\n${WebhookFields}` },
  deleteApiToken: { kind: 'mutation', harmless: false, text: `mutation DeleteApiToken($id: ID!) {
  deleteApiToken(id: $id)
}` },
  deleteCampaign: { kind: 'mutation', harmless: false, text: `mutation DeleteCampaign($id: ID!) {
  deleteCampaign(id: $id)
}` },
  deleteContact: { kind: 'mutation', harmless: false, text: `mutation DeleteContact($id: ID!) {
  deleteContact(id: $id)
}` },
  deleteContactPhone: { kind: 'mutation', harmless: false, text: `mutation DeleteContactPhone($id: ID!) {
  deleteContactPhone(id: $id)
}` },
  deleteConversation: { kind: 'mutation', harmless: false, text: `mutation DeleteConversation($id: ID!) {
  deleteConversation(id: $id)
}` },
  deleteFile: { kind: 'mutation', harmless: false, text: `mutation DeleteFile($id: ID!) {
  deleteFile(id: $id)
}` },
  deleteGroup: { kind: 'mutation', harmless: false, text: `mutation DeleteGroup($id: ID!) {
  deleteGroup(id: $id)
}` },
  deleteLead: { kind: 'mutation', harmless: false, text: `mutation DeleteLead($id: ID!) {
  deleteLead(id: $id)
}` },
  deleteMessageTemplate: { kind: 'mutation', harmless: false, text: `mutation DeleteMessageTemplate($id: ID!) {
  deleteMessageTemplate(id: $id)
}` },
  deleteSchedule: { kind: 'mutation', harmless: false, text: `mutation DeleteSchedule($id: ID!) {
  deleteSchedule(id: $id)
}` },
  deleteSender: { kind: 'mutation', harmless: false, text: `mutation DeleteSender($id: ID!) {
  deleteSender(id: $id)
}` },
  deleteUser: { kind: 'mutation', harmless: false, text: `mutation DeleteUser($id: ID!) {
  deleteUser(id: $id)
}` },
  deleteUserIdentity: { kind: 'mutation', harmless: false, text: `mutation DeleteUserIdentity($id: ID!) {
  deleteUserIdentity(id: $id)
}` },
  deleteUserSession: { kind: 'mutation', harmless: false, text: `mutation DeleteUserSession($id: ID!) {
  deleteUserSession(id: $id)
}` },
  deleteWebhook: { kind: 'mutation', harmless: false, text: `mutation DeleteWebhook($id: ID!) {
  deleteWebhook(id: $id)
}` },
  disconnectSender: { kind: 'mutation', harmless: false, text: `mutation DisconnectSender($id: ID!, $logout: Boolean! = false) {
  disconnectSender(id: $id, logout: $logout) {
    ...SenderFields
  }
}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  duplicateCampaign: { kind: 'mutation', harmless: false, text: `mutation DuplicateCampaign($id: ID!, $name: String) {
  duplicateCampaign(id: $id, name: $name) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  eraseContact: { kind: 'mutation', harmless: true, text: `mutation EraseContact($id: ID!) {
  eraseContact(id: $id) {
    ...PrivacyReceiptFields
  }
}\n${PrivacyReceiptFields}\n${TallyFields}` },
  escalateConversation: { kind: 'mutation', harmless: false, text: `mutation EscalateConversation($id: ID!, $note: String) {
  escalateConversation(id: $id, note: $note) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  events: { kind: 'query', harmless: false, text: `query Events($filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  events(
    filter: $filter
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        __typename
        cursor
        occurredAt
        type
        actor {
          id
          name
        }
        subject {
          __typename
          id
        }
        ... on CampaignEvent {
          campaign {
            id
            name
          }
        }
        ... on ConversationEvent {
          conversation {
            id
          }
          message {
            id
            status
          }
        }
        ... on LeadEvent {
          lead {
            id
            title
          }
        }
        ... on MessageEvent {
          message {
            id
            status
            content
          }
          schedule {
            id
          }
        }
        ... on SenderEvent {
          sender {
            id
            name
          }
        }
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${PageInfoFields}` },
  exportContact: { kind: 'mutation', harmless: false, text: `mutation ExportContact($id: ID!) {
  exportContact(id: $id) {
    ...PrivacyReceiptFields
  }
}\n${PrivacyReceiptFields}\n${TallyFields}` },
  group: { kind: 'query', harmless: false, text: `query Group($id: ID!) {
  group(id: $id) {
    ...GroupFields
  }
}\n${GroupFields}` },
  groupContacts: { kind: 'query', harmless: false, text: `query GroupContacts($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  group(id: $id) {
    id
    contacts(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...ContactFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${ContactFields}\n${ContactPhoneFields}\n${PageInfoFields}` },
  groups: { kind: 'query', harmless: false, text: `query Groups($filter: GroupFilter, $orderBy: GroupOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  groups(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...GroupFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${GroupFields}\n${PageInfoFields}` },
  handBackConversation: { kind: 'mutation', harmless: true, text: `mutation HandBackConversation($conversation: ConversationRef!) {
  handBackConversation(conversation: $conversation) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  health: { kind: 'query', harmless: false, text: `query Health {
  health {
    ...HealthFields
  }
}\n${ApiHealthFields}\n${DatabaseHealthFields}\n${ExternalHealthFields}\n${HealthFields}\n${RedisHealthFields}\n${WorkerFields}\n${WorkersHealthFields}` },
  importContacts: { kind: 'mutation', harmless: false, text: `mutation ImportContacts($input: ImportContactsInput!) {
  importContacts(input: $input) {
    ...ContactImportFields
  }
}\n${ContactImportFields}` },
  knowledgeFiles: { kind: 'query', harmless: false, text: `query KnowledgeFiles($search: String, $first: Int, $after: String, $last: Int, $before: String) {
  knowledgeFiles(
    search: $search
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        ...FileFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${FileFields}\n${FileIndexingFields}\n${PageInfoFields}` },
  lead: { kind: 'query', harmless: false, text: `query Lead($id: ID!) {
  lead(id: $id) {
    ...LeadFields
  }
}\n${LeadFields}` },
  leadActivities: { kind: 'query', harmless: false, text: `query LeadActivities($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  lead(id: $id) {
    id
    activities(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...LeadActivityFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${LeadActivityFields}\n${PageInfoFields}` },
  leads: { kind: 'query', harmless: false, text: `query Leads($filter: LeadFilter, $orderBy: LeadOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  leads(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...LeadFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${LeadFields}\n${PageInfoFields}` },
  login: { kind: 'mutation', harmless: false, text: `mutation Login($input: LoginInput!) {
  login(input: $input) {
    ...AuthTokensFields
  }
}\n${AuthTokensFields}\n${UserFields}` },
  loginWithOAuth: { kind: 'mutation', harmless: false, text: `mutation LoginWithOAuth($input: OAuthLoginInput!) {
  loginWithOAuth(input: $input) {
    ...AuthTokensFields
  }
}\n${AuthTokensFields}\n${UserFields}` },
  logout: { kind: 'mutation', harmless: false, text: `mutation Logout($refreshToken: String!) {
  logout(refreshToken: $refreshToken)
}` },
  markConversationRead: { kind: 'mutation', harmless: false, text: `mutation MarkConversationRead($id: ID!) {
  markConversationRead(id: $id) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  markLeadContacted: { kind: 'mutation', harmless: false, text: `mutation MarkLeadContacted($id: ID!, $note: String) {
  markLeadContacted(id: $id, note: $note) {
    ...LeadFields
  }
}\n${LeadFields}` },
  me: { kind: 'query', harmless: false, text: `query Me {
  me {
    ...UserFields
  }
}\n${UserFields}` },
  mergeContacts: { kind: 'mutation', harmless: true, text: `mutation MergeContacts($id: ID!, $duplicateId: ID!) {
  mergeContacts(id: $id, duplicateId: $duplicateId) {
    ...ContactFields
  }
}\n${ContactFields}\n${ContactPhoneFields}` },
  message: { kind: 'query', harmless: false, text: `query Message($id: ID!) {
  message(id: $id) {
    ...MessageFields
    reactions {
      id
      content
      author
    }
    details {
      ... on InteractiveDetails {
        sections {
          title
          rows {
            payload
            title
            description
          }
        }
      }
      ... on ContactsDetails {
        cards {
          ...ContactCardFields
        }
      }
      ... on OrderDetails {
        items {
          ...OrderItemFields
        }
      }
    }
  }
}\n${BotGenerationFields}\n${ContactCardFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${OrderItemFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  messages: { kind: 'query', harmless: false, text: `query Messages($filter: MessageFilter, $orderBy: MessageOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  messages(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...MessageFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${BotGenerationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${PageInfoFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  messageTemplate: { kind: 'query', harmless: false, text: `query MessageTemplate($id: ID!) {
  messageTemplate(id: $id) {
    ...MessageTemplateFields
  }
}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageHeaderFields}\n${MessagePreviewFields}\n${MessageTemplateFields}\n${TemplateApprovalFields}` },
  messageTemplates: { kind: 'query', harmless: false, text: `query MessageTemplates($filter: MessageTemplateFilter, $orderBy: MessageTemplateOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  messageTemplates(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...MessageTemplateFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageHeaderFields}\n${MessagePreviewFields}\n${MessageTemplateFields}\n${PageInfoFields}\n${TemplateApprovalFields}` },
  node: { kind: 'query', harmless: false, text: `query Node($id: ID!) {
  node(id: $id) {
    __typename
    id
  }
}` },
  oauthProviders: { kind: 'query', harmless: false, text: `query OauthProviders {
  oauthProviders {
    ...OAuthProviderFields
  }
}\n${OAuthProviderFields}` },
  optInContact: { kind: 'mutation', harmless: true, text: `mutation OptInContact($id: ID!, $purpose: TemplateCategory! = MARKETING, $proof: String) {
  optInContact(id: $id, purpose: $purpose, proof: $proof) {
    ...ContactFields
  }
}\n${ContactFields}\n${ContactPhoneFields}` },
  optOutContact: { kind: 'mutation', harmless: false, text: `mutation OptOutContact($id: ID!, $purpose: TemplateCategory! = MARKETING, $proof: String) {
  optOutContact(id: $id, purpose: $purpose, proof: $proof) {
    ...ContactFields
  }
}\n${ContactFields}\n${ContactPhoneFields}` },
  pauseCampaign: { kind: 'mutation', harmless: false, text: `mutation PauseCampaign($id: ID!) {
  pauseCampaign(id: $id) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  refreshTokens: { kind: 'mutation', harmless: false, text: `mutation RefreshTokens($refreshToken: String!) {
  refreshTokens(refreshToken: $refreshToken) {
    ...AuthTokensFields
  }
}\n${AuthTokensFields}\n${UserFields}` },
  register: { kind: 'mutation', harmless: false, text: `mutation Register($input: RegisterInput!) {
  register(input: $input) {
    ...AuthTokensFields
  }
}\n${AuthTokensFields}\n${UserFields}` },
  reopenConversation: { kind: 'mutation', harmless: false, text: `mutation ReopenConversation($id: ID!) {
  reopenConversation(id: $id) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  replayWebhook: { kind: 'mutation', harmless: false, text: `mutation ReplayWebhook($id: ID!, $after: String!) {
  replayWebhook(id: $id, after: $after) {
    ...WebhookFields
  }
}\n${WebhookFields}` },
  requestPairingCode: { kind: 'mutation', harmless: false, text: `mutation RequestPairingCode($id: ID!) {
  requestPairingCode(id: $id)
}` },
  resendMessages: { kind: 'mutation', harmless: false, text: `mutation ResendMessages($ids: [ID!]!) {
  resendMessages(ids: $ids) {
    id
    status
    type
    content
    createdAt
  }
}` },
  resumeCampaign: { kind: 'mutation', harmless: false, text: `mutation ResumeCampaign($id: ID!) {
  resumeCampaign(id: $id) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  retryWebhookDelivery: { kind: 'mutation', harmless: false, text: `mutation RetryWebhookDelivery($id: ID!) {
  retryWebhookDelivery(id: $id) {
    ...WebhookDeliveryFields
  }
}\n${WebhookDeliveryFields}` },
  rotateWebhookSecret: { kind: 'mutation', harmless: false, text: `mutation RotateWebhookSecret($id: ID!, $secret: String) {
  rotateWebhookSecret(id: $id, secret: $secret) {
    ...WebhookFields
  }
}\n${WebhookFields}` },
  schedule: { kind: 'query', harmless: false, text: `query Schedule($id: ID!) {
  schedule(id: $id) {
    ...ScheduleFields
  }
}\n${DeliveryStatsFields}\n${ScheduleFields}` },
  scheduleLeadFollowUp: { kind: 'mutation', harmless: false, text: `mutation ScheduleLeadFollowUp($id: ID!, $at: DateTime, $note: String) {
  scheduleLeadFollowUp(id: $id, at: $at, note: $note) {
    ...LeadFields
  }
}\n${LeadFields}` },
  scheduleMessages: { kind: 'query', harmless: false, text: `query ScheduleMessages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  schedule(id: $id) {
    id
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          ...MessageFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${BotGenerationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${PageInfoFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  schedules: { kind: 'query', harmless: false, text: `query Schedules($filter: ScheduleFilter, $orderBy: ScheduleOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  schedules(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...ScheduleFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${DeliveryStatsFields}\n${PageInfoFields}\n${ScheduleFields}` },
  sender: { kind: 'query', harmless: false, text: `query Sender($id: ID!) {
  sender(id: $id) {
    ...SenderFields
  }
}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  senders: { kind: 'query', harmless: false, text: `query Senders($filter: SenderFilter, $orderBy: SenderOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  senders(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...SenderFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${PageInfoFields}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  sendMessage: { kind: 'mutation', harmless: false, text: `mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ...MessageFields
  }
}\n${BotGenerationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  sendScheduleNow: { kind: 'mutation', harmless: false, text: `mutation SendScheduleNow($id: ID!) {
  sendScheduleNow(id: $id) {
    ...ScheduleFields
  }
}\n${DeliveryStatsFields}\n${ScheduleFields}` },
  setPrimaryContactPhone: { kind: 'mutation', harmless: false, text: `mutation SetPrimaryContactPhone($id: ID!) {
  setPrimaryContactPhone(id: $id) {
    ...ContactPhoneFields
  }
}\n${ContactPhoneFields}` },
  settings: { kind: 'query', harmless: false, text: `query Settings {
  settings {
    ...SettingsFields
  }
}\n${BotSettingsFields}\n${ConsentSettingsFields}\n${DelaySettingsFields}\n${FeatureSettingsFields}\n${IntegrationFields}\n${LimitSettingsFields}\n${SettingsFields}` },
  setTyping: { kind: 'mutation', harmless: false, text: `mutation SetTyping($conversationId: ID!, $typing: Boolean! = true) {
  setTyping(conversationId: $conversationId, typing: $typing) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  startCampaign: { kind: 'mutation', harmless: false, text: `mutation StartCampaign($id: ID!, $at: DateTime, $preflightId: ID) {
  startCampaign(id: $id, at: $at, preflightId: $preflightId) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  stopCampaign: { kind: 'mutation', harmless: false, text: `mutation StopCampaign($id: ID!) {
  stopCampaign(id: $id) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  syncMessageTemplates: { kind: 'mutation', harmless: false, text: `mutation SyncMessageTemplates($senderId: ID!) {
  syncMessageTemplates(senderId: $senderId) {
    ...SenderFields
  }
}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  systemMetrics: { kind: 'query', harmless: false, text: `query SystemMetrics {
  systemMetrics {
    ...SystemMetricsFields
  }
}\n${ModelMetricsFields}\n${SystemMetricsFields}` },
  takeOverConversation: { kind: 'mutation', harmless: true, text: `mutation TakeOverConversation($conversation: ConversationRef!) {
  takeOverConversation(conversation: $conversation) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  testWebhook: { kind: 'mutation', harmless: false, text: `mutation TestWebhook($id: ID!) {
  testWebhook(id: $id) {
    ...WebhookDeliveryFields
  }
}\n${WebhookDeliveryFields}` },
  unpauseMessageTemplate: { kind: 'mutation', harmless: false, text: `mutation UnpauseMessageTemplate($id: ID!) {
  unpauseMessageTemplate(id: $id) {
    ...MessageTemplateFields
  }
}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageHeaderFields}\n${MessagePreviewFields}\n${MessageTemplateFields}\n${TemplateApprovalFields}` },
  updateCampaign: { kind: 'mutation', harmless: false, text: `mutation UpdateCampaign($id: ID!, $input: UpdateCampaignInput!) {
  updateCampaign(id: $id, input: $input) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  updateCampaignStats: { kind: 'mutation', harmless: false, text: `mutation UpdateCampaignStats($id: ID!, $input: CampaignStatsInput!) {
  updateCampaignStats(id: $id, input: $input) {
    ...CampaignFields
  }
}\n${CampaignFields}\n${DeliveryStatsFields}\n${QuietHoursFields}` },
  updateContact: { kind: 'mutation', harmless: false, text: `mutation UpdateContact($id: ID!, $input: UpdateContactInput!) {
  updateContact(id: $id, input: $input) {
    ...ContactFields
  }
}\n${ContactFields}\n${ContactPhoneFields}` },
  updateContactPhone: { kind: 'mutation', harmless: false, text: `mutation UpdateContactPhone($id: ID!, $input: UpdateContactPhoneInput!) {
  updateContactPhone(id: $id, input: $input) {
    ...ContactPhoneFields
  }
}\n${ContactPhoneFields}` },
  updateConversation: { kind: 'mutation', harmless: false, text: `mutation UpdateConversation($id: ID!, $input: UpdateConversationInput!) {
  updateConversation(id: $id, input: $input) {
    ...ConversationFields
  }
}\n${BotGenerationFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  updateGroup: { kind: 'mutation', harmless: false, text: `mutation UpdateGroup($id: ID!, $input: UpdateGroupInput!) {
  updateGroup(id: $id, input: $input) {
    ...GroupFields
  }
}\n${GroupFields}` },
  updateLead: { kind: 'mutation', harmless: false, text: `mutation UpdateLead($id: ID!, $input: UpdateLeadInput!) {
  updateLead(id: $id, input: $input) {
    ...LeadFields
  }
}\n${LeadFields}` },
  updateLeadScore: { kind: 'mutation', harmless: false, text: `mutation UpdateLeadScore($id: ID!, $score: Int!, $reason: String) {
  updateLeadScore(id: $id, score: $score, reason: $reason) {
    ...LeadFields
  }
}\n${LeadFields}` },
  updateLeadStatus: { kind: 'mutation', harmless: false, text: `mutation UpdateLeadStatus($ids: [ID!]!, $status: LeadStatus!) {
  updateLeadStatus(ids: $ids, status: $status) {
    ...LeadFields
  }
}\n${LeadFields}` },
  updateMessageStatus: { kind: 'mutation', harmless: false, text: `mutation UpdateMessageStatus($id: ID!, $status: MessageStatus!, $errorMessage: String) {
  updateMessageStatus(id: $id, status: $status, errorMessage: $errorMessage) {
    ...MessageFields
  }
}\n${BotGenerationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  updateMessageTemplate: { kind: 'mutation', harmless: false, text: `mutation UpdateMessageTemplate($id: ID!, $input: UpdateMessageTemplateInput!) {
  updateMessageTemplate(id: $id, input: $input) {
    ...MessageTemplateFields
  }
}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageHeaderFields}\n${MessagePreviewFields}\n${MessageTemplateFields}\n${TemplateApprovalFields}` },
  updateSender: { kind: 'mutation', harmless: false, text: `mutation UpdateSender($id: ID!, $input: UpdateSenderInput!) {
  updateSender(id: $id, input: $input) {
    ...SenderFields
  }
}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  updateSettings: { kind: 'mutation', harmless: false, text: `mutation UpdateSettings($input: SettingsInput!) {
  updateSettings(input: $input) {
    ...SettingsFields
  }
}\n${BotSettingsFields}\n${ConsentSettingsFields}\n${DelaySettingsFields}\n${FeatureSettingsFields}\n${IntegrationFields}\n${LimitSettingsFields}\n${SettingsFields}` },
  updateUser: { kind: 'mutation', harmless: false, text: `mutation UpdateUser($id: ID!, $input: UpdateUserInput!) {
  updateUser(id: $id, input: $input) {
    ...UserFields
  }
}\n${UserFields}` },
  updateWebhook: { kind: 'mutation', harmless: false, text: `mutation UpdateWebhook($id: ID!, $input: UpdateWebhookInput!) {
  updateWebhook(id: $id, input: $input) {
    ...WebhookFields
  }
}\n${WebhookFields}` },
  user: { kind: 'query', harmless: false, text: `query User($id: ID!) {
  user(id: $id) {
    ...UserFields
  }
}\n${UserFields}` },
  users: { kind: 'query', harmless: false, text: `query Users($filter: UserFilter, $orderBy: UserOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  users(
    filter: $filter
    orderBy: $orderBy
    direction: $direction
    first: $first
    after: $after
    last: $last
    before: $before
    offset: $offset
  ) {
    edges {
      cursor
      node {
        ...UserFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${PageInfoFields}\n${UserFields}` },
  verifyContactPhone: { kind: 'mutation', harmless: false, text: `mutation VerifyContactPhone($id: ID!) {
  verifyContactPhone(id: $id) {
    ...ContactPhoneFields
  }
}\n${ContactPhoneFields}` },
  watchCampaignEvents: { kind: 'subscription', harmless: false, text: `subscription WatchCampaignEvents($filter: EventFilter, $after: String) {
  campaignEvents(filter: $filter, after: $after) {
    ...CampaignEventFields
  }
}\n${CampaignEventFields}\n${DeliveryStatsFields}` },
  watchConversationEvents: { kind: 'subscription', harmless: false, text: `subscription WatchConversationEvents($filter: EventFilter, $after: String) {
  conversationEvents(filter: $filter, after: $after) {
    ...ConversationEventFields
  }
}\n${BotGenerationFields}\n${ConversationEventFields}\n${ConversationFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${ServiceWindowFields}\n${UnsupportedDetailsFields}` },
  watchEvents: { kind: 'subscription', harmless: false, text: `subscription WatchEvents($filter: EventFilter, $after: String) {
  events(filter: $filter, after: $after) {
    __typename
    cursor
    occurredAt
    type
    actor {
      id
      name
    }
    subject {
      __typename
      id
    }
    ... on CampaignEvent {
      campaign {
        id
        name
      }
    }
    ... on ConversationEvent {
      conversation {
        id
      }
      message {
        id
        status
      }
    }
    ... on LeadEvent {
      lead {
        id
        title
      }
    }
    ... on MessageEvent {
      message {
        id
        status
        content
      }
      schedule {
        id
      }
    }
    ... on SenderEvent {
      sender {
        id
        name
      }
    }
  }
}` },
  watchMessageEvents: { kind: 'subscription', harmless: false, text: `subscription WatchMessageEvents($filter: EventFilter, $after: String) {
  messageEvents(filter: $filter, after: $after) {
    ...MessageEventFields
  }
}\n${BotGenerationFields}\n${DeliveryStatsFields}\n${InteractiveDetailsFields}\n${InteractiveReplyDetailsFields}\n${KnowledgeSourceFields}\n${LocationDetailsFields}\n${MessageButtonFields}\n${MessageEventFields}\n${MessageFields}\n${MessageHeaderFields}\n${OrderDetailsFields}\n${ReferralFields}\n${UnsupportedDetailsFields}` },
  watchSenderEvents: { kind: 'subscription', harmless: false, text: `subscription WatchSenderEvents($filter: EventFilter, $after: String) {
  senderEvents(filter: $filter, after: $after) {
    ...SenderEventFields
  }
}\n${SenderEventFields}\n${SenderFields}\n${SenderHealthFields}\n${SenderPacingFields}` },
  webhook: { kind: 'query', harmless: false, text: `query Webhook($id: ID!) {
  webhook(id: $id) {
    ...WebhookFields
  }
}\n${WebhookFields}` },
  webhookDeliveries: { kind: 'query', harmless: false, text: `query WebhookDeliveries($id: ID!, $filter: WebhookDeliveryFilter, $first: Int, $after: String, $last: Int, $before: String) {
  webhook(id: $id) {
    id
    deliveries(
      filter: $filter
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...WebhookDeliveryFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}\n${PageInfoFields}\n${WebhookDeliveryFields}` },
  webhooks: { kind: 'query', harmless: false, text: `query Webhooks($first: Int, $after: String, $last: Int, $before: String) {
  webhooks(first: $first, after: $after, last: $last, before: $before) {
    edges {
      cursor
      node {
        ...WebhookFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}\n${PageInfoFields}\n${WebhookFields}` },
};
/** A method for every query, mutation and subscription of the schema. */
export interface Calls {
  /** Figures over a period; everything up to now when no period is given. */
  analytics(variables?: AnalyticsQueryVariables): Promise<AnalyticsQuery['analytics']>;
  /** Puts a schedule away; only a SENT, FAILED or CANCELLED one. */
  archiveSchedule(variables: ArchiveScheduleMutationVariables): Promise<ArchiveScheduleMutation['archiveSchedule']>;
  /** What the bot would answer from its knowledge; nothing is sent. */
  askKnowledge(variables: AskKnowledgeQueryVariables): Promise<AskKnowledgeQuery['askKnowledge']>;
  /** Active users who may be given conversations and leads, by name; at most 100. */
  assignableUsers(variables?: AssignableUsersQueryVariables): Promise<AssignableUsersQuery['assignableUsers']>;
  /** Gives a conversation to an active user of role ADMIN or SALES, or to no one. */
  assignConversation(variables: AssignConversationMutationVariables): Promise<AssignConversationMutation['assignConversation']>;
  /** Gives one or many leads to a user, or to no one; all or none, answered in the order given. */
  assignLeads(variables: AssignLeadsMutationVariables): Promise<AssignLeadsMutation['assignLeads']>;
  /** Who did what, newest first. */
  auditEntries(variables?: AuditEntriesQueryVariables): Promise<AuditEntriesQuery['auditEntries']>;
  /** A campaign; null with NOT_FOUND when there is none. */
  campaign(variables: CampaignQueryVariables): Promise<CampaignQuery['campaign']>;
  /** Who would be sent what, who would not and why, and how long it would take, if the campaign started now; nothing is sent. */
  campaignPreflight(variables: CampaignPreflightQueryVariables): Promise<CampaignPreflightQuery['campaignPreflight']>;
  /** A campaign; null with NOT_FOUND when there is none. */
  campaignRecipients(variables: CampaignRecipientsQueryVariables): Promise<CampaignRecipientsQuery['campaign']>;
  /** Campaigns. */
  campaigns(variables?: CampaignsQueryVariables): Promise<CampaignsQuery['campaigns']>;
  /** Cancels a schedule, or what is left of it; only a PENDING or HELD one. */
  cancelSchedule(variables: CancelScheduleMutationVariables): Promise<CancelScheduleMutation['cancelSchedule']>;
  /** Closes a conversation and leaves it to the bot; a new message from the contact reopens it. To repeat it changes nothing. */
  closeConversation(variables: CloseConversationMutationVariables): Promise<CloseConversationMutation['closeConversation']>;
  /** Loses an open lead: status LOST and probability 0. */
  closeLeadLost(variables: CloseLeadLostMutationVariables): Promise<CloseLeadLostMutation['closeLeadLost']>;
  /** Marks a RUNNING or PAUSED campaign complete by hand and cancels its queued messages. */
  completeCampaign(variables: CompleteCampaignMutationVariables): Promise<CompleteCampaignMutation['completeCampaign']>;
  /** Starts a sender's session again, or anew after it expired, and lifts a pause; does nothing to one that is connected, unless told to restart. */
  connectSender(variables: ConnectSenderMutationVariables): Promise<ConnectSenderMutation['connectSender']>;
  /** A contact; null with NOT_FOUND when there is none. */
  contact(variables: ContactQueryVariables): Promise<ContactQuery['contact']>;
  /** A contact; null with NOT_FOUND when there is none. */
  contactConsents(variables: ContactConsentsQueryVariables): Promise<ContactConsentsQuery['contact']>;
  /** A contact; null with NOT_FOUND when there is none. */
  contactConversations(variables: ContactConversationsQueryVariables): Promise<ContactConversationsQuery['contact']>;
  /** What an uploaded CSV holds and how it would be read; nothing is imported. */
  contactImportPreview(variables: ContactImportPreviewQueryVariables): Promise<ContactImportPreviewQuery['contactImportPreview']>;
  /** A contact; null with NOT_FOUND when there is none. */
  contactLeads(variables: ContactLeadsQueryVariables): Promise<ContactLeadsQuery['contact']>;
  /** Contacts. */
  contacts(variables?: ContactsQueryVariables): Promise<ContactsQuery['contacts']>;
  /** A conversation; null with NOT_FOUND when there is none. */
  conversation(variables: ConversationQueryVariables): Promise<ConversationQuery['conversation']>;
  /** A conversation; null with NOT_FOUND when there is none. */
  conversationFiles(variables: ConversationFilesQueryVariables): Promise<ConversationFilesQuery['conversation']>;
  /** A conversation; null with NOT_FOUND when there is none. */
  conversationMessages(variables: ConversationMessagesQueryVariables): Promise<ConversationMessagesQuery['conversation']>;
  /** Conversations, 50 a page where the size is not given. */
  conversations(variables?: ConversationsQueryVariables): Promise<ConversationsQuery['conversations']>;
  /** Wins an open lead: status WON, probability 100, and the final value when given. */
  convertLead(variables: ConvertLeadMutationVariables): Promise<ConvertLeadMutation['convertLead']>;
  /** Creates an API token for the caller, or for anyone when the caller is ADMIN; a user has at most 50. Its secret is shown this once. */
  createApiToken(variables: CreateApiTokenMutationVariables): Promise<CreateApiTokenMutation['createApiToken']>;
  /** Creates a campaign as a DRAFT, or starts it at once when the input says so. */
  createCampaign(variables: CreateCampaignMutationVariables): Promise<CreateCampaignMutation['createCampaign']>;
  /** Creates a contact. */
  createContact(variables: CreateContactMutationVariables): Promise<CreateContactMutation['createContact']>;
  /** Adds a phone number to a contact, up to 20; the first becomes primary. */
  createContactPhone(variables: CreateContactPhoneMutationVariables): Promise<CreateContactPhoneMutation['createContactPhone']>;
  /** Opens a conversation with a person; DUPLICATE_RESOURCE when this sender has one with the number. */
  createConversation(variables: CreateConversationMutationVariables): Promise<CreateConversationMutation['createConversation']>;
  /** Creates a group. */
  createGroup(variables: CreateGroupMutationVariables): Promise<CreateGroupMutation['createGroup']>;
  /** Creates a lead. */
  createLead(variables: CreateLeadMutationVariables): Promise<CreateLeadMutation['createLead']>;
  /** Creates a message template; submits it to WhatsApp when approval is given. */
  createMessageTemplate(variables: CreateMessageTemplateMutationVariables): Promise<CreateMessageTemplateMutation['createMessageTemplate']>;
  /** Schedules a template for a group with at least one member. The time must not be past; the same template, group and time is a SCHEDULING_CONFLICT. */
  createSchedule(variables: CreateScheduleMutationVariables): Promise<CreateScheduleMutation['createSchedule']>;
  /** Registers a WhatsApp number; a CLOUD_API one is connected at once, a WAHA one starts its session and waits for its code to be scanned. */
  createSender(variables: CreateSenderMutationVariables): Promise<CreateSenderMutation['createSender']>;
  /** Announces a file and answers with the signed URL to PUT its bytes to; it may be used once they arrived. */
  createUpload(variables: CreateUploadMutationVariables): Promise<CreateUploadMutation['createUpload']>;
  /** Creates a user of any role. */
  createUser(variables: CreateUserMutationVariables): Promise<CreateUserMutation['createUser']>;
  /** Registers a URL to be told of events, at most 50. Its secret is shown this once. */
  createWebhook(variables: CreateWebhookMutationVariables): Promise<CreateWebhookMutation['createWebhook']>;
  /** Revokes an API token of the caller, or of anyone when the caller is ADMIN. */
  deleteApiToken(variables: DeleteApiTokenMutationVariables): Promise<DeleteApiTokenMutation['deleteApiToken']>;
  /** Deletes a campaign; not one that is SCHEDULED, RUNNING or PAUSED. Its messages stay in their conversations. */
  deleteCampaign(variables: DeleteCampaignMutationVariables): Promise<DeleteCampaignMutation['deleteCampaign']>;
  /** Deletes a contact with its numbers and memberships; queued messages to it are cancelled, counters stay. */
  deleteContact(variables: DeleteContactMutationVariables): Promise<DeleteContactMutation['deleteContact']>;
  /** Removes a phone number; when it was primary, the oldest that is left becomes so. */
  deleteContactPhone(variables: DeleteContactPhoneMutationVariables): Promise<DeleteContactPhoneMutation['deleteContactPhone']>;
  /** Deletes a conversation, its messages and its files; queued messages are cancelled. What schedules and campaigns sent stays with these, and what the contact writes next opens a new conversation. */
  deleteConversation(variables: DeleteConversationMutationVariables): Promise<DeleteConversationMutation['deleteConversation']>;
  /** Deletes a file; messages that carried it keep its name, those that wait to be sent with it fail; the bot forgets what it read at once. Refused with INVALID_STATE while a message template, or a scheduled, running or paused campaign needs it. */
  deleteFile(variables: DeleteFileMutationVariables): Promise<DeleteFileMutation['deleteFile']>;
  /** Deletes a group but not its contacts; refused while a pending, held or processing schedule or a scheduled, running or paused campaign needs it. */
  deleteGroup(variables: DeleteGroupMutationVariables): Promise<DeleteGroupMutation['deleteGroup']>;
  /** Deletes a lead and its activities. */
  deleteLead(variables: DeleteLeadMutationVariables): Promise<DeleteLeadMutation['deleteLead']>;
  /** Deletes a message template, at WhatsApp too; refused while a pending, held or processing schedule or a scheduled, running or paused campaign needs it. Past ones keep naming it. */
  deleteMessageTemplate(variables: DeleteMessageTemplateMutationVariables): Promise<DeleteMessageTemplateMutation['deleteMessageTemplate']>;
  /** Deletes a schedule; only a CANCELLED or FAILED one. */
  deleteSchedule(variables: DeleteScheduleMutationVariables): Promise<DeleteScheduleMutation['deleteSchedule']>;
  /** Removes a sender and the API tokens bound to it, and logs a WAHA session out; refused while a pending, held or processing schedule needs it. Its history stays. */
  deleteSender(variables: DeleteSenderMutationVariables): Promise<DeleteSenderMutation['deleteSender']>;
  /** Deletes a user with their sessions and tokens; never the caller, nor the last ADMIN. */
  deleteUser(variables: DeleteUserMutationVariables): Promise<DeleteUserMutation['deleteUser']>;
  /** Unlinks an identity of the caller, or of anyone when the caller is ADMIN; sessions that began by it go on. At their next sign-in whoever has it is found anew by their email, unless the user claims that. */
  deleteUserIdentity(variables: DeleteUserIdentityMutationVariables): Promise<DeleteUserIdentityMutation['deleteUserIdentity']>;
  /** Ends a session of the caller, or of anyone when the caller is ADMIN; its sockets fall silent within 5 seconds. */
  deleteUserSession(variables: DeleteUserSessionMutationVariables): Promise<DeleteUserSessionMutation['deleteUserSession']>;
  /** Deletes an outgoing webhook and its deliveries. */
  deleteWebhook(variables: DeleteWebhookMutationVariables): Promise<DeleteWebhookMutation['deleteWebhook']>;
  /** Stops a sender: nothing is sent until it is connected again; its queue waits. */
  disconnectSender(variables: DisconnectSenderMutationVariables): Promise<DisconnectSenderMutation['disconnectSender']>;
  /** Copies a campaign into a new DRAFT, without its figures and the time at which it ends. */
  duplicateCampaign(variables: DuplicateCampaignMutationVariables): Promise<DuplicateCampaignMutation['duplicateCampaign']>;
  /** Erases a contact for good, from messages, files, posts of WhatsApp's and the log too; nothing is sent to it from here on. What remains is the receipt, counters, and a keyed hash of the numbers that keeps an opt-out in force. CSVs that the contact was imported from are deleted. To repeat it changes nothing. */
  eraseContact(variables: EraseContactMutationVariables): Promise<EraseContactMutation['eraseContact']>;
  /** Marks an ACTIVE conversation as needing a person: the bot is silent until someone takes it over or hands it back. INVALID_STATE for others. */
  escalateConversation(variables: EscalateConversationMutationVariables): Promise<EscalateConversationMutation['escalateConversation']>;
  /** The log of everything that happened, oldest first; Subscription.events goes on from any of its cursors, last: 1 gives the newest. CURSOR_EXPIRED when the log no longer reaches back to after. */
  events(variables?: EventsQueryVariables): Promise<EventsQuery['events']>;
  /** Gathers everything kept about a contact into a JSON file; the answer is the receipt, its file follows from a worker. */
  exportContact(variables: ExportContactMutationVariables): Promise<ExportContactMutation['exportContact']>;
  /** A group; null with NOT_FOUND when there is none. */
  group(variables: GroupQueryVariables): Promise<GroupQuery['group']>;
  /** A group; null with NOT_FOUND when there is none. */
  groupContacts(variables: GroupContactsQueryVariables): Promise<GroupContactsQuery['group']>;
  /** Groups of contacts. */
  groups(variables?: GroupsQueryVariables): Promise<GroupsQuery['groups']>;
  /** Hands a conversation back to the bot, which answers from the next message on; an escalation is settled. It stays assigned as it is. To repeat it changes nothing. */
  handBackConversation(variables: HandBackConversationMutationVariables): Promise<HandBackConversationMutation['handBackConversation']>;
  /** State of the system, for anyone. Figures, names and words of what is not well are for ADMIN, tokens of scope ADMIN, and callers at an address that the server lists. */
  health(): Promise<HealthQuery['health']>;
  /** Starts to create many contacts, from an uploaded CSV or from a list; a worker does it. Good rows are kept, and every row gets a verdict. */
  importContacts(variables: ImportContactsMutationVariables): Promise<ImportContactsMutation['importContacts']>;
  /** Files of purpose KNOWLEDGE that are the bot's for all conversations, newest first. */
  knowledgeFiles(variables?: KnowledgeFilesQueryVariables): Promise<KnowledgeFilesQuery['knowledgeFiles']>;
  /** A lead; null with NOT_FOUND when there is none. */
  lead(variables: LeadQueryVariables): Promise<LeadQuery['lead']>;
  /** A lead; null with NOT_FOUND when there is none. */
  leadActivities(variables: LeadActivitiesQueryVariables): Promise<LeadActivitiesQuery['lead']>;
  /** Leads. */
  leads(variables?: LeadsQueryVariables): Promise<LeadsQuery['leads']>;
  /** Signs in with email and password. */
  login(variables: LoginMutationVariables): Promise<LoginMutation['login']>;
  /** Signs in with an authorization code from an outside identity provider, which must have verified the email. Somebody new becomes VIEWER where registration is open, or the provider's settings allow their domain. */
  loginWithOAuth(variables: LoginWithOAuthMutationVariables): Promise<LoginWithOAuthMutation['loginWithOAuth']>;
  /** Ends the session of a refresh token; true when it was live. */
  logout(variables: LogoutMutationVariables): Promise<LogoutMutation['logout']>;
  /** Marks everything the contact wrote as read, here and on WhatsApp. */
  markConversationRead(variables: MarkConversationReadMutationVariables): Promise<MarkConversationReadMutation['markConversationRead']>;
  /** Records that the contact was spoken to; a NEW lead becomes CONTACTED, and a due follow-up is done. */
  markLeadContacted(variables: MarkLeadContactedMutationVariables): Promise<MarkLeadContactedMutation['markLeadContacted']>;
  /** The signed-in user, or the owner of the API token. */
  me(): Promise<MeQuery['me']>;
  /** Merges two contacts that are one person: numbers (at most 20 together), identities, groups, messages, conversations and consent move over, and an opt-out of either holds. Repeating it changes nothing. */
  mergeContacts(variables: MergeContactsMutationVariables): Promise<MergeContactsMutation['mergeContacts']>;
  /** A message; null with NOT_FOUND when there is none. */
  message(variables: MessageQueryVariables): Promise<MessageQuery['message']>;
  /** Messages of every contact, schedule and campaign, 50 a page where the size is not given. Reactions are left out unless the filter names that type. */
  messages(variables?: MessagesQueryVariables): Promise<MessagesQuery['messages']>;
  /** A message template; null with NOT_FOUND when there is none. */
  messageTemplate(variables: MessageTemplateQueryVariables): Promise<MessageTemplateQuery['messageTemplate']>;
  /** Message templates. */
  messageTemplates(variables?: MessageTemplatesQueryVariables): Promise<MessageTemplatesQuery['messageTemplates']>;
  /** Any object by its global id; null when there is none or the caller may not see it. */
  node(variables: NodeQueryVariables): Promise<NodeQuery['node']>;
  /** Outside identity providers that users may sign in with. */
  oauthProviders(): Promise<OauthProvidersQuery['oauthProviders']>;
  /** Records that a contact agrees to messages of this purpose; to repeat it changes nothing. */
  optInContact(variables: OptInContactMutationVariables): Promise<OptInContactMutation['optInContact']>;
  /** Records that a contact wants no messages of this purpose. Opted out of MARKETING, it is left out of all schedules and campaigns from now on, and sent no templates of that category; of UTILITY or AUTHENTICATION, it is left out of schedules and campaigns with templates of that category. Queued messages are cancelled, conversations go on. It holds for contacts that seem to be the same person, too. */
  optOutContact(variables: OptOutContactMutationVariables): Promise<OptOutContactMutation['optOutContact']>;
  /** Holds a RUNNING campaign: queued messages wait. */
  pauseCampaign(variables: PauseCampaignMutationVariables): Promise<PauseCampaignMutation['pauseCampaign']>;
  /** Exchanges a refresh token for a new pair and spends it; one that was spent more than 10 seconds ago ends its session. */
  refreshTokens(variables: RefreshTokensMutationVariables): Promise<RefreshTokensMutation['refreshTokens']>;
  /** Registers a user and signs in. The first one becomes ADMIN, but not in production: there that one comes from ADMIN_PASSWORD or 'tidings user create'. Later ones become VIEWER; AUTHORIZATION_ERROR unless FeatureSettings.openRegistration is on. */
  register(variables: RegisterMutationVariables): Promise<RegisterMutation['register']>;
  /** Reopens a CLOSED conversation; INVALID_STATE for others. */
  reopenConversation(variables: ReopenConversationMutationVariables): Promise<ReopenConversationMutation['reopenConversation']>;
  /** Posts every matching event since a cursor to a webhook again, in order, then goes on as before. Each is posted under its first id. */
  replayWebhook(variables: ReplayWebhookMutationVariables): Promise<ReplayWebhookMutation['replayWebhook']>;
  /** Asks for a code to type into WhatsApp's 'Linked devices' instead of scanning the QR code; only WAHA, while WAITING_FOR_SCAN. Such as ABCD-1234. SESSION_EXPIRED where it must be connected anew first. */
  requestPairingCode(variables: RequestPairingCodeMutationVariables): Promise<RequestPairingCodeMutation['requestPairingCode']>;
  /** Sends messages again that are UNCONFIRMED or FAILED, as they were; an UNCONFIRMED one may then arrive twice. At most 1000, all or none. */
  resendMessages(variables: ResendMessagesMutationVariables): Promise<ResendMessagesMutation['resendMessages']>;
  /** Lets a PAUSED campaign go on where it stopped. This also agrees to what WhatsApp takes the template for by now. */
  resumeCampaign(variables: ResumeCampaignMutationVariables): Promise<ResumeCampaignMutation['resumeCampaign']>;
  /** Tries a FAILED or PENDING delivery again, now; a FAILED one this once. */
  retryWebhookDelivery(variables: RetryWebhookDeliveryMutationVariables): Promise<RetryWebhookDeliveryMutation['retryWebhookDelivery']>;
  /** Gives a webhook a new secret, shown this once; deliveries are signed with both for 24 hours. */
  rotateWebhookSecret(variables: RotateWebhookSecretMutationVariables): Promise<RotateWebhookSecretMutation['rotateWebhookSecret']>;
  /** A schedule; null with NOT_FOUND when there is none. */
  schedule(variables: ScheduleQueryVariables): Promise<ScheduleQuery['schedule']>;
  /** Plans the next follow-up of an open lead, replacing an earlier plan; LEAD_FOLLOW_UP_DUE tells when it is time. */
  scheduleLeadFollowUp(variables: ScheduleLeadFollowUpMutationVariables): Promise<ScheduleLeadFollowUpMutation['scheduleLeadFollowUp']>;
  /** A schedule; null with NOT_FOUND when there is none. */
  scheduleMessages(variables: ScheduleMessagesQueryVariables): Promise<ScheduleMessagesQuery['schedule']>;
  /** Schedules. Archived ones are left out unless the filter names that status. */
  schedules(variables?: SchedulesQueryVariables): Promise<SchedulesQuery['schedules']>;
  /** A sender; null with NOT_FOUND when there is none. */
  sender(variables: SenderQueryVariables): Promise<SenderQuery['sender']>;
  /** The WhatsApp numbers that messages leave from. */
  senders(variables?: SendersQueryVariables): Promise<SendersQuery['senders']>;
  /** Queues a message as an operator; to a phone number without a conversation, opens one. While the service window is closed anything but an approved template is WINDOW_CLOSED, with those that would do in extensions.details.templates: at most 20 objects of id, title, name, language and category. From a sender of WAHA that is EXPIRED: SESSION_EXPIRED. */
  sendMessage(variables: SendMessageMutationVariables): Promise<SendMessageMutation['sendMessage']>;
  /** Sends a schedule at once instead of at its time, or lets a held one go on; only a PENDING or HELD one, of a template that may be sent. This also agrees to what WhatsApp takes the template for by now. SESSION_EXPIRED while its sender of WAHA is EXPIRED. */
  sendScheduleNow(variables: SendScheduleNowMutationVariables): Promise<SendScheduleNowMutation['sendScheduleNow']>;
  /** Makes the number its contact's primary one, and the former primary an ordinary one. */
  setPrimaryContactPhone(variables: SetPrimaryContactPhoneMutationVariables): Promise<SetPrimaryContactPhoneMutation['setPrimaryContactPhone']>;
  /** Bounds and rules in force. */
  settings(): Promise<SettingsQuery['settings']>;
  /** Shows 'typing' to the contact, until an answer or for 25 seconds at most, and to everyone who watches the conversation; WhatsApp marks what they wrote as read with it, and so do we. Only WAHA hides it again at once. INVALID_STATE when the contact never wrote. */
  setTyping(variables: SetTypingMutationVariables): Promise<SetTypingMutation['setTyping']>;
  /** Starts a DRAFT or SCHEDULED campaign, now or at a time: freezes its audience and queues one message for each recipient. A second start changes nothing and is INVALID_STATE. This also agrees to what WhatsApp takes the template for by now. */
  startCampaign(variables: StartCampaignMutationVariables): Promise<StartCampaignMutation['startCampaign']>;
  /** Ends a SCHEDULED, RUNNING or PAUSED campaign for good and cancels its queued messages. */
  stopCampaign(variables: StopCampaignMutationVariables): Promise<StopCampaignMutation['stopCampaign']>;
  /** Makes our copies of a sender's WhatsApp templates equal to WhatsApp's, in a worker; TEMPLATE_UPDATED tells of each that changed. Webhooks keep them so without it. */
  syncMessageTemplates(variables: SyncMessageTemplatesMutationVariables): Promise<SyncMessageTemplatesMutation['syncMessageTemplates']>;
  /** Operating figures of the system. */
  systemMetrics(): Promise<SystemMetricsQuery['systemMetrics']>;
  /** Takes a conversation over from the bot: it is assigned to the caller, the bot stops answering, an answer under way is dropped, an escalation is settled, and a CLOSED one is reopened. From another operator it passes to the caller; to repeat it changes nothing. */
  takeOverConversation(variables: TakeOverConversationMutationVariables): Promise<TakeOverConversationMutation['takeOverConversation']>;
  /** Posts a WEBHOOK_TEST event to a webhook, at once and this once; the delivery tells how it went. */
  testWebhook(variables: TestWebhookMutationVariables): Promise<TestWebhookMutation['testWebhook']>;
  /** Asks WhatsApp to end the pause of a template; only a PAUSED one. WhatsApp ends a pause for pacing so, and refuses while one for low quality lasts (WHATSAPP_API_ERROR), which ends by itself. What is held for the template goes on once it is APPROVED. */
  unpauseMessageTemplate(variables: UnpauseMessageTemplateMutationVariables): Promise<UnpauseMessageTemplateMutation['unpauseMessageTemplate']>;
  /** Changes a campaign: name and description at any time, the rest only while DRAFT. */
  updateCampaign(variables: UpdateCampaignMutationVariables): Promise<UpdateCampaignMutation['updateCampaign']>;
  /** Corrects a campaign's figures by hand; later receipts count on from there. */
  updateCampaignStats(variables: UpdateCampaignStatsMutationVariables): Promise<UpdateCampaignStatsMutation['updateCampaignStats']>;
  /** Changes a contact. */
  updateContact(variables: UpdateContactMutationVariables): Promise<UpdateContactMutation['updateContact']>;
  /** Changes a phone number; a new number is unverified again. */
  updateContactPhone(variables: UpdateContactPhoneMutationVariables): Promise<UpdateContactPhoneMutation['updateContactPhone']>;
  /** Changes a conversation's priority, tags, metadata or satisfaction score. */
  updateConversation(variables: UpdateConversationMutationVariables): Promise<UpdateConversationMutation['updateConversation']>;
  /** Changes a group. contactIds, when given, replaces all its members. */
  updateGroup(variables: UpdateGroupMutationVariables): Promise<UpdateGroupMutation['updateGroup']>;
  /** Changes a lead's description and figures; status, assignee, score and follow-up have mutations of their own. */
  updateLead(variables: UpdateLeadMutationVariables): Promise<UpdateLeadMutation['updateLead']>;
  /** Sets a lead's score. */
  updateLeadScore(variables: UpdateLeadScoreMutationVariables): Promise<UpdateLeadScoreMutation['updateLeadScore']>;
  /** Moves one or many leads to a status, all or none; WON and LOST also close them, and an open status opens a closed one again. INVALID_STATE where a closed lead would be closed otherwise. */
  updateLeadStatus(variables: UpdateLeadStatusMutationVariables): Promise<UpdateLeadStatusMutation['updateLeadStatus']>;
  /** Sets a message's status by hand; only forward: SENT, DELIVERED, READ, or FAILED before delivery; of an inbound message only READ. Anything else is INVALID_STATE. */
  updateMessageStatus(variables: UpdateMessageStatusMutationVariables): Promise<UpdateMessageStatusMutation['updateMessageStatus']>;
  /** Changes a message template, at WhatsApp too where it is known there; schedules that are still pending send the new content. INVALID_STATE when wording that WhatsApp knows is to change while a schedule or campaign sends it or WhatsApp reviews it, or more often than WhatsApp allows; and when a text of ours changes that a running or paused campaign sends. */
  updateMessageTemplate(variables: UpdateMessageTemplateMutationVariables): Promise<UpdateMessageTemplateMutation['updateMessageTemplate']>;
  /** Changes a sender. */
  updateSender(variables: UpdateSenderMutationVariables): Promise<UpdateSenderMutation['updateSender']>;
  /** Changes settings; every server and worker follows within 5 seconds. */
  updateSettings(variables: UpdateSettingsMutationVariables): Promise<UpdateSettingsMutation['updateSettings']>;
  /** Changes a user. Users may change their own name, and with their current password email and password; ADMIN may change everything of anyone. */
  updateUser(variables: UpdateUserMutationVariables): Promise<UpdateUserMutation['updateUser']>;
  /** Changes an outgoing webhook; active true switches one on again that was switched off, and it goes on where it stopped. Switched on, or at another URL, what failed is tried at once, and anew for 3 days. */
  updateWebhook(variables: UpdateWebhookMutationVariables): Promise<UpdateWebhookMutation['updateWebhook']>;
  /** A user; null with NOT_FOUND when there is none. */
  user(variables: UserQueryVariables): Promise<UserQuery['user']>;
  /** All users. */
  users(variables?: UsersQueryVariables): Promise<UsersQuery['users']>;
  /** Asks WhatsApp whether the number has an account, by a connected WAHA sender: the Cloud API cannot be asked. WHATSAPP_API_ERROR when nobody can say. */
  verifyContactPhone(variables: VerifyContactPhoneMutationVariables): Promise<VerifyContactPhoneMutation['verifyContactPhone']>;
  /** Campaigns: CAMPAIGN_..., progress at most 4 times a second for each. */
  watchCampaignEvents(variables?: WatchCampaignEventsSubscriptionVariables): AsyncGenerator<WatchCampaignEventsSubscription['campaignEvents']>;
  /** Conversations, CONVERSATION_..., and what happens to their messages, MESSAGE_..., as ConversationEvent: one subscription for an inbox. */
  watchConversationEvents(variables?: WatchConversationEventsSubscriptionVariables): AsyncGenerator<WatchConversationEventsSubscription['conversationEvents']>;
  /** Everything that the caller may see; for integrations. */
  watchEvents(variables?: WatchEventsSubscriptionVariables): AsyncGenerator<WatchEventsSubscription['events']>;
  /** Messages and schedules: MESSAGE_... */
  watchMessageEvents(variables?: WatchMessageEventsSubscriptionVariables): AsyncGenerator<WatchMessageEventsSubscription['messageEvents']>;
  /** Senders: SENDER_... */
  watchSenderEvents(variables?: WatchSenderEventsSubscriptionVariables): AsyncGenerator<WatchSenderEventsSubscription['senderEvents']>;
  /** An outgoing webhook; null with NOT_FOUND when there is none. */
  webhook(variables: WebhookQueryVariables): Promise<WebhookQuery['webhook']>;
  /** An outgoing webhook; null with NOT_FOUND when there is none. */
  webhookDeliveries(variables: WebhookDeliveriesQueryVariables): Promise<WebhookDeliveriesQuery['webhook']>;
  /** Outgoing webhooks, newest first. */
  webhooks(variables?: WebhooksQueryVariables): Promise<WebhooksQuery['webhooks']>;
}