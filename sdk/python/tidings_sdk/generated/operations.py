__all__ = [
    "ANALYTICS_GQL",
    "ARCHIVE_SCHEDULE_GQL",
    "ASK_KNOWLEDGE_GQL",
    "ASSIGNABLE_USERS_GQL",
    "ASSIGN_CONVERSATION_GQL",
    "ASSIGN_LEADS_GQL",
    "AUDIT_ENTRIES_GQL",
    "CAMPAIGNS_GQL",
    "CAMPAIGN_GQL",
    "CAMPAIGN_PREFLIGHT_GQL",
    "CAMPAIGN_RECIPIENTS_GQL",
    "CANCEL_SCHEDULE_GQL",
    "CLOSE_CONVERSATION_GQL",
    "CLOSE_LEAD_LOST_GQL",
    "COMPLETE_CAMPAIGN_GQL",
    "CONNECT_SENDER_GQL",
    "CONTACTS_GQL",
    "CONTACT_CONSENTS_GQL",
    "CONTACT_CONVERSATIONS_GQL",
    "CONTACT_GQL",
    "CONTACT_IMPORT_PREVIEW_GQL",
    "CONTACT_LEADS_GQL",
    "CONVERSATIONS_GQL",
    "CONVERSATION_FILES_GQL",
    "CONVERSATION_GQL",
    "CONVERSATION_MESSAGES_GQL",
    "CONVERT_LEAD_GQL",
    "CREATE_API_TOKEN_GQL",
    "CREATE_CAMPAIGN_GQL",
    "CREATE_CONTACT_GQL",
    "CREATE_CONTACT_PHONE_GQL",
    "CREATE_CONVERSATION_GQL",
    "CREATE_GROUP_GQL",
    "CREATE_LEAD_GQL",
    "CREATE_MESSAGE_TEMPLATE_GQL",
    "CREATE_SCHEDULE_GQL",
    "CREATE_SENDER_GQL",
    "CREATE_UPLOAD_GQL",
    "CREATE_USER_GQL",
    "CREATE_WEBHOOK_GQL",
    "DELETE_API_TOKEN_GQL",
    "DELETE_CAMPAIGN_GQL",
    "DELETE_CONTACT_GQL",
    "DELETE_CONTACT_PHONE_GQL",
    "DELETE_CONVERSATION_GQL",
    "DELETE_FILE_GQL",
    "DELETE_GROUP_GQL",
    "DELETE_LEAD_GQL",
    "DELETE_MESSAGE_TEMPLATE_GQL",
    "DELETE_SCHEDULE_GQL",
    "DELETE_SENDER_GQL",
    "DELETE_USER_GQL",
    "DELETE_USER_IDENTITY_GQL",
    "DELETE_USER_SESSION_GQL",
    "DELETE_WEBHOOK_GQL",
    "DISCONNECT_SENDER_GQL",
    "DUPLICATE_CAMPAIGN_GQL",
    "ERASE_CONTACT_GQL",
    "ESCALATE_CONVERSATION_GQL",
    "EVENTS_GQL",
    "EXPORT_CONTACT_GQL",
    "GROUPS_GQL",
    "GROUP_CONTACTS_GQL",
    "GROUP_GQL",
    "HAND_BACK_CONVERSATION_GQL",
    "HEALTH_GQL",
    "IMPORT_CONTACTS_GQL",
    "KNOWLEDGE_FILES_GQL",
    "LEADS_GQL",
    "LEAD_ACTIVITIES_GQL",
    "LEAD_GQL",
    "LOGIN_GQL",
    "LOGIN_WITH_O_AUTH_GQL",
    "LOGOUT_GQL",
    "MARK_CONVERSATION_READ_GQL",
    "MARK_LEAD_CONTACTED_GQL",
    "MERGE_CONTACTS_GQL",
    "MESSAGES_GQL",
    "MESSAGE_GQL",
    "MESSAGE_TEMPLATES_GQL",
    "MESSAGE_TEMPLATE_GQL",
    "ME_GQL",
    "NODE_GQL",
    "OAUTH_PROVIDERS_GQL",
    "OPT_IN_CONTACT_GQL",
    "OPT_OUT_CONTACT_GQL",
    "PAUSE_CAMPAIGN_GQL",
    "REFRESH_TOKENS_GQL",
    "REGISTER_GQL",
    "REOPEN_CONVERSATION_GQL",
    "REPLAY_WEBHOOK_GQL",
    "REQUEST_PAIRING_CODE_GQL",
    "RESEND_MESSAGES_GQL",
    "RESUME_CAMPAIGN_GQL",
    "RETRY_WEBHOOK_DELIVERY_GQL",
    "ROTATE_WEBHOOK_SECRET_GQL",
    "SCHEDULES_GQL",
    "SCHEDULE_GQL",
    "SCHEDULE_LEAD_FOLLOW_UP_GQL",
    "SCHEDULE_MESSAGES_GQL",
    "SENDERS_GQL",
    "SENDER_GQL",
    "SEND_MESSAGE_GQL",
    "SEND_SCHEDULE_NOW_GQL",
    "SETTINGS_GQL",
    "SET_PRIMARY_CONTACT_PHONE_GQL",
    "SET_TYPING_GQL",
    "START_CAMPAIGN_GQL",
    "STOP_CAMPAIGN_GQL",
    "SYNC_MESSAGE_TEMPLATES_GQL",
    "SYSTEM_METRICS_GQL",
    "TAKE_OVER_CONVERSATION_GQL",
    "TEST_WEBHOOK_GQL",
    "UNPAUSE_MESSAGE_TEMPLATE_GQL",
    "UPDATE_CAMPAIGN_GQL",
    "UPDATE_CAMPAIGN_STATS_GQL",
    "UPDATE_CONTACT_GQL",
    "UPDATE_CONTACT_PHONE_GQL",
    "UPDATE_CONVERSATION_GQL",
    "UPDATE_GROUP_GQL",
    "UPDATE_LEAD_GQL",
    "UPDATE_LEAD_SCORE_GQL",
    "UPDATE_LEAD_STATUS_GQL",
    "UPDATE_MESSAGE_STATUS_GQL",
    "UPDATE_MESSAGE_TEMPLATE_GQL",
    "UPDATE_SENDER_GQL",
    "UPDATE_SETTINGS_GQL",
    "UPDATE_USER_GQL",
    "UPDATE_WEBHOOK_GQL",
    "USERS_GQL",
    "USER_GQL",
    "VERIFY_CONTACT_PHONE_GQL",
    "WATCH_CAMPAIGN_EVENTS_GQL",
    "WATCH_CONVERSATION_EVENTS_GQL",
    "WATCH_EVENTS_GQL",
    "WATCH_MESSAGE_EVENTS_GQL",
    "WATCH_SENDER_EVENTS_GQL",
    "WEBHOOKS_GQL",
    "WEBHOOK_DELIVERIES_GQL",
    "WEBHOOK_GQL",
]

ASSIGNABLE_USERS_GQL = """
query AssignableUsers($search: String) {
  assignableUsers(search: $search) {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

ME_GQL = """
query Me {
  me {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

OAUTH_PROVIDERS_GQL = """
query OauthProviders {
  oauthProviders {
    ...OAuthProviderFields
  }
}

fragment OAuthProviderFields on OAuthProvider {
  name
}
"""

USER_GQL = """
query User($id: ID!) {
  user(id: $id) {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

USERS_GQL = """
query Users($filter: UserFilter, $orderBy: UserOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

CREATE_API_TOKEN_GQL = """
mutation CreateApiToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) {
    ...ApiTokenFields
  }
}

fragment ApiTokenFields on ApiToken {
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
}
"""

CREATE_USER_GQL = """
mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

DELETE_API_TOKEN_GQL = """
mutation DeleteApiToken($id: ID!) {
  deleteApiToken(id: $id)
}
"""

DELETE_USER_GQL = """
mutation DeleteUser($id: ID!) {
  deleteUser(id: $id)
}
"""

DELETE_USER_IDENTITY_GQL = """
mutation DeleteUserIdentity($id: ID!) {
  deleteUserIdentity(id: $id)
}
"""

DELETE_USER_SESSION_GQL = """
mutation DeleteUserSession($id: ID!) {
  deleteUserSession(id: $id)
}
"""

LOGIN_GQL = """
mutation Login($input: LoginInput!) {
  login(input: $input) {
    ...AuthTokensFields
  }
}

fragment AuthTokensFields on AuthTokens {
  accessToken
  expiresIn
  refreshToken
  tokenType
  user {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

LOGIN_WITH_O_AUTH_GQL = """
mutation LoginWithOAuth($input: OAuthLoginInput!) {
  loginWithOAuth(input: $input) {
    ...AuthTokensFields
  }
}

fragment AuthTokensFields on AuthTokens {
  accessToken
  expiresIn
  refreshToken
  tokenType
  user {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

LOGOUT_GQL = """
mutation Logout($refreshToken: String!) {
  logout(refreshToken: $refreshToken)
}
"""

REFRESH_TOKENS_GQL = """
mutation RefreshTokens($refreshToken: String!) {
  refreshTokens(refreshToken: $refreshToken) {
    ...AuthTokensFields
  }
}

fragment AuthTokensFields on AuthTokens {
  accessToken
  expiresIn
  refreshToken
  tokenType
  user {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

REGISTER_GQL = """
mutation Register($input: RegisterInput!) {
  registered: register(input: $input) {
    ...AuthTokensFields
  }
}

fragment AuthTokensFields on AuthTokens {
  accessToken
  expiresIn
  refreshToken
  tokenType
  user {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

UPDATE_USER_GQL = """
mutation UpdateUser($id: ID!, $input: UpdateUserInput!) {
  updateUser(id: $id, input: $input) {
    ...UserFields
  }
}

fragment UserFields on User {
  active
  createdAt
  email
  emailClaimed
  id
  lastLoginAt
  name
  role
  updatedAt
}
"""

ANALYTICS_GQL = """
query Analytics($period: DateTimeRange, $timeZone: String = "UTC") {
  analytics(period: $period, timeZone: $timeZone) {
    ...AnalyticsFields
  }
}

fragment AnalyticsFields on Analytics {
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
}

fragment CampaignAnalyticsFields on CampaignAnalytics {
  byStatus {
    ...TallyFields
  }
  stats {
    ...DeliveryStatsFields
  }
  total
}

fragment ContactAnalyticsFields on ContactAnalytics {
  optInRate
  optedIn
  optedOut
  total
  unknown
}

fragment ConversationAnalyticsFields on ConversationAnalytics {
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
}

fragment ConversationTrendFields on ConversationTrend {
  averageResponseTime
  conversations
  date
  messages
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment LeadAnalyticsFields on LeadAnalytics {
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
}

fragment LeadStageFields on LeadStage {
  conversionRate
  count
  reached
  status
  value
  weightedValue
}

fragment TallyFields on Tally {
  count
  key
}
"""

AUDIT_ENTRIES_GQL = """
query AuditEntries($filter: AuditEntryFilter, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment AuditEntryFields on AuditEntry {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

ASK_KNOWLEDGE_GQL = """
query AskKnowledge($question: String!) {
  askKnowledge(question: $question) {
    ...KnowledgeAnswerFields
  }
}

fragment KnowledgeAnswerFields on KnowledgeAnswer {
  answer
  confidenceScore
  model
  sources {
    ...KnowledgeSourceFields
  }
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}
"""

CAMPAIGN_GQL = """
query Campaign($id: ID!) {
  campaign(id: $id) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

CAMPAIGN_RECIPIENTS_GQL = """
query CampaignRecipients($id: ID!, $filter: CampaignRecipientFilter, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment CampaignRecipientFields on CampaignRecipient {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CAMPAIGN_PREFLIGHT_GQL = """
query CampaignPreflight($id: ID!) {
  campaignPreflight(id: $id) {
    ...CampaignPreflightFields
  }
}

fragment CampaignPreflightFields on CampaignPreflight {
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
}

fragment ExclusionTallyFields on ExclusionTally {
  count
  reason
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment MessagePreviewFields on MessagePreview {
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
}

fragment TallyFields on Tally {
  count
  key
}
"""

CAMPAIGNS_GQL = """
query Campaigns($filter: CampaignFilter, $orderBy: CampaignOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

COMPLETE_CAMPAIGN_GQL = """
mutation CompleteCampaign($id: ID!) {
  completeCampaign(id: $id) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

CREATE_CAMPAIGN_GQL = """
mutation CreateCampaign($input: CreateCampaignInput!) {
  createCampaign(input: $input) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

DELETE_CAMPAIGN_GQL = """
mutation DeleteCampaign($id: ID!) {
  deleteCampaign(id: $id)
}
"""

DUPLICATE_CAMPAIGN_GQL = """
mutation DuplicateCampaign($id: ID!, $name: String) {
  duplicateCampaign(id: $id, name: $name) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

PAUSE_CAMPAIGN_GQL = """
mutation PauseCampaign($id: ID!) {
  pauseCampaign(id: $id) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

RESUME_CAMPAIGN_GQL = """
mutation ResumeCampaign($id: ID!) {
  resumeCampaign(id: $id) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

START_CAMPAIGN_GQL = """
mutation StartCampaign($id: ID!, $at: DateTime, $preflightId: ID) {
  startCampaign(id: $id, at: $at, preflightId: $preflightId) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

STOP_CAMPAIGN_GQL = """
mutation StopCampaign($id: ID!) {
  stopCampaign(id: $id) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

UPDATE_CAMPAIGN_GQL = """
mutation UpdateCampaign($id: ID!, $input: UpdateCampaignInput!) {
  updateCampaign(id: $id, input: $input) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

UPDATE_CAMPAIGN_STATS_GQL = """
mutation UpdateCampaignStats($id: ID!, $input: CampaignStatsInput!) {
  updateCampaignStats(id: $id, input: $input) {
    ...CampaignFields
  }
}

fragment CampaignFields on Campaign {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment QuietHoursFields on QuietHours {
  end
  start
}
"""

CONTACT_GQL = """
query Contact($id: ID!) {
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
}

fragment ContactFields on Contact {
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
}

fragment ContactIdentityFields on ContactIdentity {
  businessAccountId
  createdAt
  type
  value
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

CONTACT_CONSENTS_GQL = """
query ContactConsents($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment ConsentEntryFields on ConsentEntry {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CONTACT_CONVERSATIONS_GQL = """
query ContactConversations($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

CONTACT_LEADS_GQL = """
query ContactLeads($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment LeadFields on Lead {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CONTACTS_GQL = """
query Contacts($filter: ContactFilter, $orderBy: ContactOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CREATE_CONTACT_GQL = """
mutation CreateContact($input: CreateContactInput!) {
  createContact(input: $input) {
    ...ContactFields
  }
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

CREATE_CONTACT_PHONE_GQL = """
mutation CreateContactPhone($contactId: ID!, $input: CreateContactPhoneInput!) {
  createContactPhone(contactId: $contactId, input: $input) {
    ...ContactPhoneFields
  }
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

DELETE_CONTACT_GQL = """
mutation DeleteContact($id: ID!) {
  deleteContact(id: $id)
}
"""

DELETE_CONTACT_PHONE_GQL = """
mutation DeleteContactPhone($id: ID!) {
  deleteContactPhone(id: $id)
}
"""

ERASE_CONTACT_GQL = """
mutation EraseContact($id: ID!) {
  eraseContact(id: $id) {
    ...PrivacyReceiptFields
  }
}

fragment PrivacyReceiptFields on PrivacyReceipt {
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
}

fragment TallyFields on Tally {
  count
  key
}
"""

EXPORT_CONTACT_GQL = """
mutation ExportContact($id: ID!) {
  exportContact(id: $id) {
    ...PrivacyReceiptFields
  }
}

fragment PrivacyReceiptFields on PrivacyReceipt {
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
}

fragment TallyFields on Tally {
  count
  key
}
"""

IMPORT_CONTACTS_GQL = """
mutation ImportContacts($input: ImportContactsInput!) {
  importContacts(input: $input) {
    ...ContactImportFields
  }
}

fragment ContactImportFields on ContactImport {
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
}
"""

MERGE_CONTACTS_GQL = """
mutation MergeContacts($id: ID!, $duplicateId: ID!) {
  mergeContacts(id: $id, duplicateId: $duplicateId) {
    ...ContactFields
  }
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

OPT_IN_CONTACT_GQL = """
mutation OptInContact($id: ID!, $purpose: TemplateCategory = MARKETING, $proof: String) {
  optInContact(id: $id, purpose: $purpose, proof: $proof) {
    ...ContactFields
  }
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

OPT_OUT_CONTACT_GQL = """
mutation OptOutContact($id: ID!, $purpose: TemplateCategory = MARKETING, $proof: String) {
  optOutContact(id: $id, purpose: $purpose, proof: $proof) {
    ...ContactFields
  }
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

SET_PRIMARY_CONTACT_PHONE_GQL = """
mutation SetPrimaryContactPhone($id: ID!) {
  setPrimaryContactPhone(id: $id) {
    ...ContactPhoneFields
  }
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

UPDATE_CONTACT_GQL = """
mutation UpdateContact($id: ID!, $input: UpdateContactInput!) {
  updateContact(id: $id, input: $input) {
    ...ContactFields
  }
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

UPDATE_CONTACT_PHONE_GQL = """
mutation UpdateContactPhone($id: ID!, $input: UpdateContactPhoneInput!) {
  updateContactPhone(id: $id, input: $input) {
    ...ContactPhoneFields
  }
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

VERIFY_CONTACT_PHONE_GQL = """
mutation VerifyContactPhone($id: ID!) {
  verifyContactPhone(id: $id) {
    ...ContactPhoneFields
  }
}

fragment ContactPhoneFields on ContactPhone {
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
}
"""

CONVERSATION_GQL = """
query Conversation($id: ID!) {
  conversation(id: $id) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

CONVERSATION_FILES_GQL = """
query ConversationFiles($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment FileFields on File {
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
}

fragment FileIndexingFields on FileIndexing {
  errorMessage
  passages
  progress
  status
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CONVERSATION_MESSAGES_GQL = """
query ConversationMessages($id: ID!, $filter: MessageFilter, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

CONVERSATIONS_GQL = """
query Conversations($filter: ConversationFilter, $orderBy: ConversationOrder = LAST_MESSAGE_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

ASSIGN_CONVERSATION_GQL = """
mutation AssignConversation($id: ID!, $userId: ID) {
  assignConversation(id: $id, userId: $userId) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

CLOSE_CONVERSATION_GQL = """
mutation CloseConversation($id: ID!) {
  closeConversation(id: $id) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

CREATE_CONVERSATION_GQL = """
mutation CreateConversation($input: CreateConversationInput!) {
  createConversation(input: $input) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

DELETE_CONVERSATION_GQL = """
mutation DeleteConversation($id: ID!) {
  deleteConversation(id: $id)
}
"""

ESCALATE_CONVERSATION_GQL = """
mutation EscalateConversation($id: ID!, $note: String) {
  escalateConversation(id: $id, note: $note) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

HAND_BACK_CONVERSATION_GQL = """
mutation HandBackConversation($conversation: ConversationRef!) {
  handBackConversation(conversation: $conversation) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

MARK_CONVERSATION_READ_GQL = """
mutation MarkConversationRead($id: ID!) {
  markConversationRead(id: $id) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

REOPEN_CONVERSATION_GQL = """
mutation ReopenConversation($id: ID!) {
  reopenConversation(id: $id) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

SET_TYPING_GQL = """
mutation SetTyping($conversationId: ID!, $typing: Boolean = true) {
  setTyping(conversationId: $conversationId, typing: $typing) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

TAKE_OVER_CONVERSATION_GQL = """
mutation TakeOverConversation($conversation: ConversationRef!) {
  takeOverConversation(conversation: $conversation) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

UPDATE_CONVERSATION_GQL = """
mutation UpdateConversation($id: ID!, $input: UpdateConversationInput!) {
  updateConversation(id: $id, input: $input) {
    ...ConversationFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

EVENTS_GQL = """
query Events($filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

NODE_GQL = """
query Node($id: ID!) {
  node(id: $id) {
    __typename
    id
  }
}
"""

WATCH_CAMPAIGN_EVENTS_GQL = """
subscription WatchCampaignEvents($filter: EventFilter, $after: String) {
  campaignEvents(filter: $filter, after: $after) {
    ...CampaignEventFields
  }
}

fragment CampaignEventFields on CampaignEvent {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}
"""

WATCH_CONVERSATION_EVENTS_GQL = """
subscription WatchConversationEvents($filter: EventFilter, $after: String) {
  conversationEvents(filter: $filter, after: $after) {
    ...ConversationEventFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ConversationEventFields on ConversationEvent {
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
}

fragment ConversationFields on Conversation {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment ServiceWindowFields on ServiceWindow {
  expiresAt
  open
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

WATCH_EVENTS_GQL = """
subscription WatchEvents($filter: EventFilter, $after: String) {
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
}
"""

WATCH_MESSAGE_EVENTS_GQL = """
subscription WatchMessageEvents($filter: EventFilter, $after: String) {
  messageEvents(filter: $filter, after: $after) {
    ...MessageEventFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageEventFields on MessageEvent {
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
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

WATCH_SENDER_EVENTS_GQL = """
subscription WatchSenderEvents($filter: EventFilter, $after: String) {
  senderEvents(filter: $filter, after: $after) {
    ...SenderEventFields
  }
}

fragment SenderEventFields on SenderEvent {
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
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

KNOWLEDGE_FILES_GQL = """
query KnowledgeFiles($search: String, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment FileFields on File {
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
}

fragment FileIndexingFields on FileIndexing {
  errorMessage
  passages
  progress
  status
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CREATE_UPLOAD_GQL = """
mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    ...UploadFields
  }
}

fragment FileFields on File {
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
}

fragment FileIndexingFields on FileIndexing {
  errorMessage
  passages
  progress
  status
}

fragment UploadFields on Upload {
  expiresAt
  file {
    ...FileFields
  }
  headers
  url
}
"""

DELETE_FILE_GQL = """
mutation DeleteFile($id: ID!) {
  deleteFile(id: $id)
}
"""

GROUP_GQL = """
query Group($id: ID!) {
  group(id: $id) {
    ...GroupFields
  }
}

fragment GroupFields on Group {
  contactCount
  createdAt
  description
  id
  name
  scheduledCount
  sentCount
  updatedAt
}
"""

GROUP_CONTACTS_GQL = """
query GroupContacts($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment ContactFields on Contact {
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
}

fragment ContactPhoneFields on ContactPhone {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

GROUPS_GQL = """
query Groups($filter: GroupFilter, $orderBy: GroupOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment GroupFields on Group {
  contactCount
  createdAt
  description
  id
  name
  scheduledCount
  sentCount
  updatedAt
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

CREATE_GROUP_GQL = """
mutation CreateGroup($input: CreateGroupInput!) {
  createGroup(input: $input) {
    ...GroupFields
  }
}

fragment GroupFields on Group {
  contactCount
  createdAt
  description
  id
  name
  scheduledCount
  sentCount
  updatedAt
}
"""

DELETE_GROUP_GQL = """
mutation DeleteGroup($id: ID!) {
  deleteGroup(id: $id)
}
"""

UPDATE_GROUP_GQL = """
mutation UpdateGroup($id: ID!, $input: UpdateGroupInput!) {
  updateGroup(id: $id, input: $input) {
    ...GroupFields
  }
}

fragment GroupFields on Group {
  contactCount
  createdAt
  description
  id
  name
  scheduledCount
  sentCount
  updatedAt
}
"""

HEALTH_GQL = """
query Health {
  health {
    ...HealthFields
  }
}

fragment ApiHealthFields on ApiHealth {
  requestsPerMinute
  responseTimeMs
  status
  uptime
}

fragment DatabaseHealthFields on DatabaseHealth {
  checkedIn
  checkedOut
  engine
  overflow
  poolSize
  responseTimeMs
  status
}

fragment ExternalHealthFields on ExternalHealth {
  rateLimitRemaining
  responseTimeMs
  status
  tokensUsedToday
}

fragment HealthFields on Health {
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
}

fragment RedisHealthFields on RedisHealth {
  connectedClients
  queueDepth
  responseTimeMs
  status
  uptimeDays
  usedMemoryMb
  version
}

fragment WorkerFields on Worker {
  currentTask
  name
  online
  processed
}

fragment WorkersHealthFields on WorkersHealth {
  activeTasks
  count
  queuedTasks
  responseTimeMs
  status
  workers {
    ...WorkerFields
  }
}
"""

SYSTEM_METRICS_GQL = """
query SystemMetrics {
  systemMetrics {
    ...SystemMetricsFields
  }
}

fragment ModelMetricsFields on ModelMetrics {
  averageConfidence
  averageProcessingTimeMs
  errorRate
  model
  tokensToday
  usageCount
}

fragment SystemMetricsFields on SystemMetrics {
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
}
"""

LEAD_GQL = """
query Lead($id: ID!) {
  lead(id: $id) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

LEAD_ACTIVITIES_GQL = """
query LeadActivities($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment LeadActivityFields on LeadActivity {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

LEADS_GQL = """
query Leads($filter: LeadFilter, $orderBy: LeadOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment LeadFields on Lead {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
"""

ASSIGN_LEADS_GQL = """
mutation AssignLeads($ids: [ID!]!, $userId: ID) {
  assignLeads(ids: $ids, userId: $userId) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

CLOSE_LEAD_LOST_GQL = """
mutation CloseLeadLost($id: ID!, $reason: String) {
  closeLeadLost(id: $id, reason: $reason) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

CONVERT_LEAD_GQL = """
mutation ConvertLead($id: ID!, $value: Decimal, $note: String) {
  convertLead(id: $id, value: $value, note: $note) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

CREATE_LEAD_GQL = """
mutation CreateLead($input: CreateLeadInput!) {
  createLead(input: $input) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

DELETE_LEAD_GQL = """
mutation DeleteLead($id: ID!) {
  deleteLead(id: $id)
}
"""

MARK_LEAD_CONTACTED_GQL = """
mutation MarkLeadContacted($id: ID!, $note: String) {
  markLeadContacted(id: $id, note: $note) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

SCHEDULE_LEAD_FOLLOW_UP_GQL = """
mutation ScheduleLeadFollowUp($id: ID!, $at: DateTime, $note: String) {
  scheduleLeadFollowUp(id: $id, at: $at, note: $note) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

UPDATE_LEAD_GQL = """
mutation UpdateLead($id: ID!, $input: UpdateLeadInput!) {
  updateLead(id: $id, input: $input) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

UPDATE_LEAD_SCORE_GQL = """
mutation UpdateLeadScore($id: ID!, $score: Int!, $reason: String) {
  updateLeadScore(id: $id, score: $score, reason: $reason) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

UPDATE_LEAD_STATUS_GQL = """
mutation UpdateLeadStatus($ids: [ID!]!, $status: LeadStatus!) {
  updateLeadStatus(ids: $ids, status: $status) {
    ...LeadFields
  }
}

fragment LeadFields on Lead {
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
}
"""

MESSAGE_GQL = """
query Message($id: ID!) {
  message(id: $id) {
    ...MessageFields
    reactions {
      id
      content
      author
    }
    details {
      __typename
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
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment ContactCardFields on ContactCard {
  company
  emails
  name
  phoneNumbers
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment OrderItemFields on OrderItem {
  currency
  price
  productId
  quantity
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

MESSAGES_GQL = """
query Messages($filter: MessageFilter, $orderBy: MessageOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

RESEND_MESSAGES_GQL = """
mutation ResendMessages($ids: [ID!]!) {
  resendMessages(ids: $ids) {
    id
    status
    type
    content
    createdAt
  }
}
"""

SEND_MESSAGE_GQL = """
mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ...MessageFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

UPDATE_MESSAGE_STATUS_GQL = """
mutation UpdateMessageStatus($id: ID!, $status: MessageStatus!, $errorMessage: String) {
  updateMessageStatus(id: $id, status: $status, errorMessage: $errorMessage) {
    ...MessageFields
  }
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

SCHEDULE_GQL = """
query Schedule($id: ID!) {
  schedule(id: $id) {
    ...ScheduleFields
  }
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment ScheduleFields on Schedule {
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
}
"""

SCHEDULE_MESSAGES_GQL = """
query ScheduleMessages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment BotGenerationFields on BotGeneration {
  confidenceScore
  model
  processingTimeMs
  sources {
    ...KnowledgeSourceFields
  }
  tokens
}

fragment InteractiveDetailsFields on InteractiveDetails {
  buttons {
    ...MessageButtonFields
  }
  footer
  header {
    ...MessageHeaderFields
  }
}

fragment InteractiveReplyDetailsFields on InteractiveReplyDetails {
  answers
  payload
  title
}

fragment KnowledgeSourceFields on KnowledgeSource {
  file {
    id
    name
  }
  passage
  score
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageFields on Message {
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
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment OrderDetailsFields on OrderDetails {
  catalogId
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment ReferralFields on Referral {
  body
  clickId
  headline
  sourceId
  sourceType
  sourceUrl
}

fragment UnsupportedDetailsFields on UnsupportedDetails {
  kind
  raw
}
"""

SCHEDULES_GQL = """
query Schedules($filter: ScheduleFilter, $orderBy: ScheduleOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment ScheduleFields on Schedule {
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
}
"""

ARCHIVE_SCHEDULE_GQL = """
mutation ArchiveSchedule($id: ID!) {
  archiveSchedule(id: $id) {
    ...ScheduleFields
  }
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment ScheduleFields on Schedule {
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
}
"""

CANCEL_SCHEDULE_GQL = """
mutation CancelSchedule($id: ID!) {
  cancelSchedule(id: $id) {
    ...ScheduleFields
  }
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment ScheduleFields on Schedule {
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
}
"""

CREATE_SCHEDULE_GQL = """
mutation CreateSchedule($input: CreateScheduleInput!) {
  createSchedule(input: $input) {
    ...ScheduleFields
  }
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment ScheduleFields on Schedule {
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
}
"""

DELETE_SCHEDULE_GQL = """
mutation DeleteSchedule($id: ID!) {
  deleteSchedule(id: $id)
}
"""

SEND_SCHEDULE_NOW_GQL = """
mutation SendScheduleNow($id: ID!) {
  sendScheduleNow(id: $id) {
    ...ScheduleFields
  }
}

fragment DeliveryStatsFields on DeliveryStats {
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
}

fragment ScheduleFields on Schedule {
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
}
"""

SENDER_GQL = """
query Sender($id: ID!) {
  sender(id: $id) {
    ...SenderFields
  }
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

SENDERS_GQL = """
query Senders($filter: SenderFilter, $orderBy: SenderOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

CONNECT_SENDER_GQL = """
mutation ConnectSender($id: ID!, $restart: Boolean = false) {
  connectSender(id: $id, restart: $restart) {
    ...SenderFields
  }
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

CREATE_SENDER_GQL = """
mutation CreateSender($input: CreateSenderInput!) {
  createSender(input: $input) {
    ...SenderFields
  }
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

DELETE_SENDER_GQL = """
mutation DeleteSender($id: ID!) {
  deleteSender(id: $id)
}
"""

DISCONNECT_SENDER_GQL = """
mutation DisconnectSender($id: ID!, $logout: Boolean = false) {
  disconnectSender(id: $id, logout: $logout) {
    ...SenderFields
  }
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

REQUEST_PAIRING_CODE_GQL = """
mutation RequestPairingCode($id: ID!) {
  requestPairingCode(id: $id)
}
"""

SYNC_MESSAGE_TEMPLATES_GQL = """
mutation SyncMessageTemplates($senderId: ID!) {
  syncMessageTemplates(senderId: $senderId) {
    ...SenderFields
  }
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

UPDATE_SENDER_GQL = """
mutation UpdateSender($id: ID!, $input: UpdateSenderInput!) {
  updateSender(id: $id, input: $input) {
    ...SenderFields
  }
}

fragment SenderFields on Sender {
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
}

fragment SenderHealthFields on SenderHealth {
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
}

fragment SenderPacingFields on SenderPacing {
  finishesAt
  messagesPerSecond
  queued
  reason
  remainingThisHour
  state
  until
}
"""

SETTINGS_GQL = """
query Settings {
  settings {
    ...SettingsFields
  }
}

fragment BotSettingsFields on BotSettings {
  dailyTokenBudget
  debounce
  escalationThreshold
  handBackAfter
  language
}

fragment ConsentSettingsFields on ConsentSettings {
  optInReply
  optOutReply
  startWords
  stopWords
}

fragment DelaySettingsFields on DelaySettings {
  messageDelay
  senderSwitchDelay
}

fragment FeatureSettingsFields on FeatureSettings {
  autoEscalation
  multilingualSupport
  openRegistration
  ragEnabled
  sentimentAnalysis
}

fragment IntegrationFields on Integration {
  connected
  models
  name
  rateLimit
  webhookUrl
}

fragment LimitSettingsFields on LimitSettings {
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
}

fragment SettingsFields on Settings {
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
}
"""

UPDATE_SETTINGS_GQL = """
mutation UpdateSettings($input: SettingsInput!) {
  updateSettings(input: $input) {
    ...SettingsFields
  }
}

fragment BotSettingsFields on BotSettings {
  dailyTokenBudget
  debounce
  escalationThreshold
  handBackAfter
  language
}

fragment ConsentSettingsFields on ConsentSettings {
  optInReply
  optOutReply
  startWords
  stopWords
}

fragment DelaySettingsFields on DelaySettings {
  messageDelay
  senderSwitchDelay
}

fragment FeatureSettingsFields on FeatureSettings {
  autoEscalation
  multilingualSupport
  openRegistration
  ragEnabled
  sentimentAnalysis
}

fragment IntegrationFields on Integration {
  connected
  models
  name
  rateLimit
  webhookUrl
}

fragment LimitSettingsFields on LimitSettings {
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
}

fragment SettingsFields on Settings {
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
}
"""

CONTACT_IMPORT_PREVIEW_GQL = """
query ContactImportPreview($fileId: ID!, $encoding: String, $delimiter: String) {
  contactImportPreview(
    fileId: $fileId
    encoding: $encoding
    delimiter: $delimiter
  ) {
    ...ContactImportPreviewFields
  }
}

fragment ContactImportPreviewFields on ContactImportPreview {
  columns {
    ...ImportColumnFields
  }
  delimiter
  encoding
  problems
  rowCount
  rows
}

fragment ImportColumnFields on ImportColumn {
  attribute
  column
  field
}
"""

MESSAGE_TEMPLATE_GQL = """
query MessageTemplate($id: ID!) {
  messageTemplate(id: $id) {
    ...MessageTemplateFields
  }
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment MessagePreviewFields on MessagePreview {
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
}

fragment MessageTemplateFields on MessageTemplate {
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
}

fragment TemplateApprovalFields on TemplateApproval {
  businessAccountId
  category
  language
  name
  quality
  reason
  status
  syncedAt
}
"""

MESSAGE_TEMPLATES_GQL = """
query MessageTemplates($filter: MessageTemplateFilter, $orderBy: MessageTemplateOrder = CREATED_AT, $direction: OrderDirection = DESC, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
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
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment MessagePreviewFields on MessagePreview {
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
}

fragment MessageTemplateFields on MessageTemplate {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment TemplateApprovalFields on TemplateApproval {
  businessAccountId
  category
  language
  name
  quality
  reason
  status
  syncedAt
}
"""

CREATE_MESSAGE_TEMPLATE_GQL = """
mutation CreateMessageTemplate($input: CreateMessageTemplateInput!) {
  createMessageTemplate(input: $input) {
    ...MessageTemplateFields
  }
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment MessagePreviewFields on MessagePreview {
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
}

fragment MessageTemplateFields on MessageTemplate {
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
}

fragment TemplateApprovalFields on TemplateApproval {
  businessAccountId
  category
  language
  name
  quality
  reason
  status
  syncedAt
}
"""

DELETE_MESSAGE_TEMPLATE_GQL = """
mutation DeleteMessageTemplate($id: ID!) {
  deleteMessageTemplate(id: $id)
}
"""

UNPAUSE_MESSAGE_TEMPLATE_GQL = """
mutation UnpauseMessageTemplate($id: ID!) {
  unpauseMessageTemplate(id: $id) {
    ...MessageTemplateFields
  }
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment MessagePreviewFields on MessagePreview {
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
}

fragment MessageTemplateFields on MessageTemplate {
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
}

fragment TemplateApprovalFields on TemplateApproval {
  businessAccountId
  category
  language
  name
  quality
  reason
  status
  syncedAt
}
"""

UPDATE_MESSAGE_TEMPLATE_GQL = """
mutation UpdateMessageTemplate($id: ID!, $input: UpdateMessageTemplateInput!) {
  updateMessageTemplate(id: $id, input: $input) {
    ...MessageTemplateFields
  }
}

fragment LocationDetailsFields on LocationDetails {
  address
  latitude
  longitude
  name
}

fragment MessageButtonFields on MessageButton {
  code
  flowId
  payload
  phoneNumber
  title
  type
  url
}

fragment MessageHeaderFields on MessageHeader {
  format
  location {
    ...LocationDetailsFields
  }
  media {
    id
    name
  }
  text
}

fragment MessagePreviewFields on MessagePreview {
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
}

fragment MessageTemplateFields on MessageTemplate {
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
}

fragment TemplateApprovalFields on TemplateApproval {
  businessAccountId
  category
  language
  name
  quality
  reason
  status
  syncedAt
}
"""

WEBHOOK_GQL = """
query Webhook($id: ID!) {
  webhook(id: $id) {
    ...WebhookFields
  }
}

fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}
"""

WEBHOOK_DELIVERIES_GQL = """
query WebhookDeliveries($id: ID!, $filter: WebhookDeliveryFilter, $first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment WebhookDeliveryFields on WebhookDelivery {
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
}
"""

WEBHOOKS_GQL = """
query Webhooks($first: Int, $after: String, $last: Int, $before: String) {
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
}

fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}

fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}
"""

CREATE_WEBHOOK_GQL = """
mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    ...WebhookFields
  }
}

fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}
"""

DELETE_WEBHOOK_GQL = """
mutation DeleteWebhook($id: ID!) {
  deleteWebhook(id: $id)
}
"""

REPLAY_WEBHOOK_GQL = """
mutation ReplayWebhook($id: ID!, $after: String!) {
  replayWebhook(id: $id, after: $after) {
    ...WebhookFields
  }
}

fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}
"""

RETRY_WEBHOOK_DELIVERY_GQL = """
mutation RetryWebhookDelivery($id: ID!) {
  retryWebhookDelivery(id: $id) {
    ...WebhookDeliveryFields
  }
}

fragment WebhookDeliveryFields on WebhookDelivery {
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
}
"""

ROTATE_WEBHOOK_SECRET_GQL = """
mutation RotateWebhookSecret($id: ID!, $secret: String) {
  rotateWebhookSecret(id: $id, secret: $secret) {
    ...WebhookFields
  }
}

fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}
"""

TEST_WEBHOOK_GQL = """
mutation TestWebhook($id: ID!) {
  testWebhook(id: $id) {
    ...WebhookDeliveryFields
  }
}

fragment WebhookDeliveryFields on WebhookDelivery {
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
}
"""

UPDATE_WEBHOOK_GQL = """
mutation UpdateWebhook($id: ID!, $input: UpdateWebhookInput!) {
  updateWebhook(id: $id, input: $input) {
    ...WebhookFields
  }
}

fragment WebhookFields on Webhook {
  active
  createdAt
  cursor
  disabledAt
  events
  id
  secret
  updatedAt
  url
}
"""
