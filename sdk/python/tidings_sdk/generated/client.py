from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Optional, Union

from .analytics import Analytics, AnalyticsAnalytics
from .archive_schedule import ArchiveSchedule, ArchiveScheduleArchiveSchedule
from .ask_knowledge import AskKnowledge, AskKnowledgeAskKnowledge
from .assign_conversation import (
    AssignConversation,
    AssignConversationAssignConversation,
)
from .assign_leads import AssignLeads, AssignLeadsAssignLeads
from .assignable_users import AssignableUsers, AssignableUsersAssignableUsers
from .audit_entries import AuditEntries, AuditEntriesAuditEntries
from .base_model import UNSET, UnsetType
from .campaign import Campaign, CampaignCampaign
from .campaign_preflight import CampaignPreflight, CampaignPreflightCampaignPreflight
from .campaign_recipients import CampaignRecipients, CampaignRecipientsCampaign
from .campaigns import Campaigns, CampaignsCampaigns
from .cancel_schedule import CancelSchedule, CancelScheduleCancelSchedule
from .close_conversation import CloseConversation, CloseConversationCloseConversation
from .close_lead_lost import CloseLeadLost, CloseLeadLostCloseLeadLost
from .complete_campaign import CompleteCampaign, CompleteCampaignCompleteCampaign
from .connect_sender import ConnectSender, ConnectSenderConnectSender
from ..asynchronous.connection import AsyncConnection
from .contact import Contact, ContactContact
from .contact_consents import ContactConsents, ContactConsentsContact
from .contact_conversations import ContactConversations, ContactConversationsContact
from .contact_import_preview import (
    ContactImportPreview,
    ContactImportPreviewContactImportPreview,
)
from .contact_leads import ContactLeads, ContactLeadsContact
from .contacts import Contacts, ContactsContacts
from .conversation import Conversation, ConversationConversation
from .conversation_files import ConversationFiles, ConversationFilesConversation
from .conversation_messages import (
    ConversationMessages,
    ConversationMessagesConversation,
)
from .conversations import Conversations, ConversationsConversations
from .convert_lead import ConvertLead, ConvertLeadConvertLead
from .create_api_token import CreateApiToken, CreateApiTokenCreateApiToken
from .create_campaign import CreateCampaign, CreateCampaignCreateCampaign
from .create_contact import CreateContact, CreateContactCreateContact
from .create_contact_phone import (
    CreateContactPhone,
    CreateContactPhoneCreateContactPhone,
)
from .create_conversation import (
    CreateConversation,
    CreateConversationCreateConversation,
)
from .create_group import CreateGroup, CreateGroupCreateGroup
from .create_lead import CreateLead, CreateLeadCreateLead
from .create_message_template import (
    CreateMessageTemplate,
    CreateMessageTemplateCreateMessageTemplate,
)
from .create_schedule import CreateSchedule, CreateScheduleCreateSchedule
from .create_sender import CreateSender, CreateSenderCreateSender
from .create_upload import CreateUpload, CreateUploadCreateUpload
from .create_user import CreateUser, CreateUserCreateUser
from .create_webhook import CreateWebhook, CreateWebhookCreateWebhook
from .delete_api_token import DeleteApiToken
from .delete_campaign import DeleteCampaign
from .delete_contact import DeleteContact
from .delete_contact_phone import DeleteContactPhone
from .delete_conversation import DeleteConversation
from .delete_file import DeleteFile
from .delete_group import DeleteGroup
from .delete_lead import DeleteLead
from .delete_message_template import DeleteMessageTemplate
from .delete_schedule import DeleteSchedule
from .delete_sender import DeleteSender
from .delete_user import DeleteUser
from .delete_user_identity import DeleteUserIdentity
from .delete_user_session import DeleteUserSession
from .delete_webhook import DeleteWebhook
from .disconnect_sender import DisconnectSender, DisconnectSenderDisconnectSender
from .duplicate_campaign import DuplicateCampaign, DuplicateCampaignDuplicateCampaign
from .enums import (
    CampaignOrder,
    ContactOrder,
    ConversationOrder,
    GroupOrder,
    LeadOrder,
    LeadStatus,
    MessageOrder,
    MessageStatus,
    MessageTemplateOrder,
    OrderDirection,
    ScheduleOrder,
    SenderOrder,
    TemplateCategory,
    UserOrder,
)
from .erase_contact import EraseContact, EraseContactEraseContact
from .escalate_conversation import (
    EscalateConversation,
    EscalateConversationEscalateConversation,
)
from .events import Events, EventsEvents
from .export_contact import ExportContact, ExportContactExportContact
from .group import Group, GroupGroup
from .group_contacts import GroupContacts, GroupContactsGroup
from .groups import Groups, GroupsGroups
from .hand_back_conversation import (
    HandBackConversation,
    HandBackConversationHandBackConversation,
)
from .health import Health, HealthHealth
from .import_contacts import ImportContacts, ImportContactsImportContacts
from .input_types import (
    AuditEntryFilter,
    CampaignFilter,
    CampaignRecipientFilter,
    CampaignStatsInput,
    ContactFilter,
    ConversationFilter,
    ConversationRef,
    CreateApiTokenInput,
    CreateCampaignInput,
    CreateContactInput,
    CreateContactPhoneInput,
    CreateConversationInput,
    CreateGroupInput,
    CreateLeadInput,
    CreateMessageTemplateInput,
    CreateScheduleInput,
    CreateSenderInput,
    CreateUploadInput,
    CreateUserInput,
    CreateWebhookInput,
    DateTimeRange,
    EventFilter,
    GroupFilter,
    ImportContactsInput,
    LeadFilter,
    LoginInput,
    MessageFilter,
    MessageTemplateFilter,
    OAuthLoginInput,
    RegisterInput,
    ScheduleFilter,
    SenderFilter,
    SendMessageInput,
    SettingsInput,
    UpdateCampaignInput,
    UpdateContactInput,
    UpdateContactPhoneInput,
    UpdateConversationInput,
    UpdateGroupInput,
    UpdateLeadInput,
    UpdateMessageTemplateInput,
    UpdateSenderInput,
    UpdateUserInput,
    UpdateWebhookInput,
    UserFilter,
    WebhookDeliveryFilter,
)
from .knowledge_files import KnowledgeFiles, KnowledgeFilesKnowledgeFiles
from .lead import Lead, LeadLead
from .lead_activities import LeadActivities, LeadActivitiesLead
from .leads import Leads, LeadsLeads
from .login import Login, LoginLogin
from .login_with_o_auth import LoginWithOAuth, LoginWithOAuthLoginWithOAuth
from .logout import Logout
from .mark_conversation_read import (
    MarkConversationRead,
    MarkConversationReadMarkConversationRead,
)
from .mark_lead_contacted import MarkLeadContacted, MarkLeadContactedMarkLeadContacted
from .me import Me, MeMe
from .merge_contacts import MergeContacts, MergeContactsMergeContacts
from .message import Message, MessageMessage
from .message_template import MessageTemplate, MessageTemplateMessageTemplate
from .message_templates import MessageTemplates, MessageTemplatesMessageTemplates
from .messages import Messages, MessagesMessages
from .node import Node, NodeNode
from .oauth_providers import OauthProviders, OauthProvidersOauthProviders
from .operations import (
    ANALYTICS_GQL,
    ARCHIVE_SCHEDULE_GQL,
    ASK_KNOWLEDGE_GQL,
    ASSIGN_CONVERSATION_GQL,
    ASSIGN_LEADS_GQL,
    ASSIGNABLE_USERS_GQL,
    AUDIT_ENTRIES_GQL,
    CAMPAIGN_GQL,
    CAMPAIGN_PREFLIGHT_GQL,
    CAMPAIGN_RECIPIENTS_GQL,
    CAMPAIGNS_GQL,
    CANCEL_SCHEDULE_GQL,
    CLOSE_CONVERSATION_GQL,
    CLOSE_LEAD_LOST_GQL,
    COMPLETE_CAMPAIGN_GQL,
    CONNECT_SENDER_GQL,
    CONTACT_CONSENTS_GQL,
    CONTACT_CONVERSATIONS_GQL,
    CONTACT_GQL,
    CONTACT_IMPORT_PREVIEW_GQL,
    CONTACT_LEADS_GQL,
    CONTACTS_GQL,
    CONVERSATION_FILES_GQL,
    CONVERSATION_GQL,
    CONVERSATION_MESSAGES_GQL,
    CONVERSATIONS_GQL,
    CONVERT_LEAD_GQL,
    CREATE_API_TOKEN_GQL,
    CREATE_CAMPAIGN_GQL,
    CREATE_CONTACT_GQL,
    CREATE_CONTACT_PHONE_GQL,
    CREATE_CONVERSATION_GQL,
    CREATE_GROUP_GQL,
    CREATE_LEAD_GQL,
    CREATE_MESSAGE_TEMPLATE_GQL,
    CREATE_SCHEDULE_GQL,
    CREATE_SENDER_GQL,
    CREATE_UPLOAD_GQL,
    CREATE_USER_GQL,
    CREATE_WEBHOOK_GQL,
    DELETE_API_TOKEN_GQL,
    DELETE_CAMPAIGN_GQL,
    DELETE_CONTACT_GQL,
    DELETE_CONTACT_PHONE_GQL,
    DELETE_CONVERSATION_GQL,
    DELETE_FILE_GQL,
    DELETE_GROUP_GQL,
    DELETE_LEAD_GQL,
    DELETE_MESSAGE_TEMPLATE_GQL,
    DELETE_SCHEDULE_GQL,
    DELETE_SENDER_GQL,
    DELETE_USER_GQL,
    DELETE_USER_IDENTITY_GQL,
    DELETE_USER_SESSION_GQL,
    DELETE_WEBHOOK_GQL,
    DISCONNECT_SENDER_GQL,
    DUPLICATE_CAMPAIGN_GQL,
    ERASE_CONTACT_GQL,
    ESCALATE_CONVERSATION_GQL,
    EVENTS_GQL,
    EXPORT_CONTACT_GQL,
    GROUP_CONTACTS_GQL,
    GROUP_GQL,
    GROUPS_GQL,
    HAND_BACK_CONVERSATION_GQL,
    HEALTH_GQL,
    IMPORT_CONTACTS_GQL,
    KNOWLEDGE_FILES_GQL,
    LEAD_ACTIVITIES_GQL,
    LEAD_GQL,
    LEADS_GQL,
    LOGIN_GQL,
    LOGIN_WITH_O_AUTH_GQL,
    LOGOUT_GQL,
    MARK_CONVERSATION_READ_GQL,
    MARK_LEAD_CONTACTED_GQL,
    ME_GQL,
    MERGE_CONTACTS_GQL,
    MESSAGE_GQL,
    MESSAGE_TEMPLATE_GQL,
    MESSAGE_TEMPLATES_GQL,
    MESSAGES_GQL,
    NODE_GQL,
    OAUTH_PROVIDERS_GQL,
    OPT_IN_CONTACT_GQL,
    OPT_OUT_CONTACT_GQL,
    PAUSE_CAMPAIGN_GQL,
    REFRESH_TOKENS_GQL,
    REGISTER_GQL,
    REOPEN_CONVERSATION_GQL,
    REPLAY_WEBHOOK_GQL,
    REQUEST_PAIRING_CODE_GQL,
    RESEND_MESSAGES_GQL,
    RESUME_CAMPAIGN_GQL,
    RETRY_WEBHOOK_DELIVERY_GQL,
    ROTATE_WEBHOOK_SECRET_GQL,
    SCHEDULE_GQL,
    SCHEDULE_LEAD_FOLLOW_UP_GQL,
    SCHEDULE_MESSAGES_GQL,
    SCHEDULES_GQL,
    SEND_MESSAGE_GQL,
    SEND_SCHEDULE_NOW_GQL,
    SENDER_GQL,
    SENDERS_GQL,
    SET_PRIMARY_CONTACT_PHONE_GQL,
    SET_TYPING_GQL,
    SETTINGS_GQL,
    START_CAMPAIGN_GQL,
    STOP_CAMPAIGN_GQL,
    SYNC_MESSAGE_TEMPLATES_GQL,
    SYSTEM_METRICS_GQL,
    TAKE_OVER_CONVERSATION_GQL,
    TEST_WEBHOOK_GQL,
    UNPAUSE_MESSAGE_TEMPLATE_GQL,
    UPDATE_CAMPAIGN_GQL,
    UPDATE_CAMPAIGN_STATS_GQL,
    UPDATE_CONTACT_GQL,
    UPDATE_CONTACT_PHONE_GQL,
    UPDATE_CONVERSATION_GQL,
    UPDATE_GROUP_GQL,
    UPDATE_LEAD_GQL,
    UPDATE_LEAD_SCORE_GQL,
    UPDATE_LEAD_STATUS_GQL,
    UPDATE_MESSAGE_STATUS_GQL,
    UPDATE_MESSAGE_TEMPLATE_GQL,
    UPDATE_SENDER_GQL,
    UPDATE_SETTINGS_GQL,
    UPDATE_USER_GQL,
    UPDATE_WEBHOOK_GQL,
    USER_GQL,
    USERS_GQL,
    VERIFY_CONTACT_PHONE_GQL,
    WATCH_CAMPAIGN_EVENTS_GQL,
    WATCH_CONVERSATION_EVENTS_GQL,
    WATCH_EVENTS_GQL,
    WATCH_MESSAGE_EVENTS_GQL,
    WATCH_SENDER_EVENTS_GQL,
    WEBHOOK_DELIVERIES_GQL,
    WEBHOOK_GQL,
    WEBHOOKS_GQL,
)
from .opt_in_contact import OptInContact, OptInContactOptInContact
from .opt_out_contact import OptOutContact, OptOutContactOptOutContact
from .pause_campaign import PauseCampaign, PauseCampaignPauseCampaign
from .refresh_tokens import RefreshTokens, RefreshTokensRefreshTokens
from .register import Register, RegisterRegistered
from .reopen_conversation import (
    ReopenConversation,
    ReopenConversationReopenConversation,
)
from .replay_webhook import ReplayWebhook, ReplayWebhookReplayWebhook
from .request_pairing_code import RequestPairingCode
from .resend_messages import ResendMessages, ResendMessagesResendMessages
from .resume_campaign import ResumeCampaign, ResumeCampaignResumeCampaign
from .retry_webhook_delivery import (
    RetryWebhookDelivery,
    RetryWebhookDeliveryRetryWebhookDelivery,
)
from .rotate_webhook_secret import (
    RotateWebhookSecret,
    RotateWebhookSecretRotateWebhookSecret,
)
from .schedule import Schedule, ScheduleSchedule
from .schedule_lead_follow_up import (
    ScheduleLeadFollowUp,
    ScheduleLeadFollowUpScheduleLeadFollowUp,
)
from .schedule_messages import ScheduleMessages, ScheduleMessagesSchedule
from .schedules import Schedules, SchedulesSchedules
from .send_message import SendMessage, SendMessageSendMessage
from .send_schedule_now import SendScheduleNow, SendScheduleNowSendScheduleNow
from .sender import Sender, SenderSender
from .senders import Senders, SendersSenders
from .set_primary_contact_phone import (
    SetPrimaryContactPhone,
    SetPrimaryContactPhoneSetPrimaryContactPhone,
)
from .set_typing import SetTyping, SetTypingSetTyping
from .settings import Settings, SettingsSettings
from .start_campaign import StartCampaign, StartCampaignStartCampaign
from .stop_campaign import StopCampaign, StopCampaignStopCampaign
from .sync_message_templates import (
    SyncMessageTemplates,
    SyncMessageTemplatesSyncMessageTemplates,
)
from .system_metrics import SystemMetrics, SystemMetricsSystemMetrics
from .take_over_conversation import (
    TakeOverConversation,
    TakeOverConversationTakeOverConversation,
)
from .test_webhook import TestWebhook, TestWebhookTestWebhook
from .unpause_message_template import (
    UnpauseMessageTemplate,
    UnpauseMessageTemplateUnpauseMessageTemplate,
)
from .update_campaign import UpdateCampaign, UpdateCampaignUpdateCampaign
from .update_campaign_stats import (
    UpdateCampaignStats,
    UpdateCampaignStatsUpdateCampaignStats,
)
from .update_contact import UpdateContact, UpdateContactUpdateContact
from .update_contact_phone import (
    UpdateContactPhone,
    UpdateContactPhoneUpdateContactPhone,
)
from .update_conversation import (
    UpdateConversation,
    UpdateConversationUpdateConversation,
)
from .update_group import UpdateGroup, UpdateGroupUpdateGroup
from .update_lead import UpdateLead, UpdateLeadUpdateLead
from .update_lead_score import UpdateLeadScore, UpdateLeadScoreUpdateLeadScore
from .update_lead_status import UpdateLeadStatus, UpdateLeadStatusUpdateLeadStatus
from .update_message_status import (
    UpdateMessageStatus,
    UpdateMessageStatusUpdateMessageStatus,
)
from .update_message_template import (
    UpdateMessageTemplate,
    UpdateMessageTemplateUpdateMessageTemplate,
)
from .update_sender import UpdateSender, UpdateSenderUpdateSender
from .update_settings import UpdateSettings, UpdateSettingsUpdateSettings
from .update_user import UpdateUser, UpdateUserUpdateUser
from .update_webhook import UpdateWebhook, UpdateWebhookUpdateWebhook
from .user import User, UserUser
from .users import Users, UsersUsers
from .verify_contact_phone import (
    VerifyContactPhone,
    VerifyContactPhoneVerifyContactPhone,
)
from .watch_campaign_events import (
    WatchCampaignEvents,
    WatchCampaignEventsCampaignEvents,
)
from .watch_conversation_events import (
    WatchConversationEvents,
    WatchConversationEventsConversationEvents,
)
from .watch_events import (
    WatchEvents,
    WatchEventsEventsCampaignEvent,
    WatchEventsEventsConversationEvent,
    WatchEventsEventsEvent,
    WatchEventsEventsLeadEvent,
    WatchEventsEventsMessageEvent,
    WatchEventsEventsSenderEvent,
)
from .watch_message_events import WatchMessageEvents, WatchMessageEventsMessageEvents
from .watch_sender_events import WatchSenderEvents, WatchSenderEventsSenderEvents
from .webhook import Webhook, WebhookWebhook
from .webhook_deliveries import WebhookDeliveries, WebhookDeliveriesWebhook
from .webhooks import Webhooks, WebhooksWebhooks


def gql(q: str) -> str:
    return q


class AsyncOperations(AsyncConnection):
    async def assignable_users(
        self, search: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> list[AssignableUsersAssignableUsers]:
        variables: dict[str, object] = {"search": search}
        response = await self.execute(
            query=ASSIGNABLE_USERS_GQL,
            operation_name="AssignableUsers",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return AssignableUsers.model_validate(data).assignable_users

    async def me(self, **kwargs: Any) -> MeMe:
        variables: dict[str, object] = {}
        response = await self.execute(
            query=ME_GQL, operation_name="Me", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Me.model_validate(data).me

    async def oauth_providers(
        self, **kwargs: Any
    ) -> list[OauthProvidersOauthProviders]:
        variables: dict[str, object] = {}
        response = await self.execute(
            query=OAUTH_PROVIDERS_GQL,
            operation_name="OauthProviders",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return OauthProviders.model_validate(data).oauth_providers

    async def user(self, id: str, **kwargs: Any) -> Optional[UserUser]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=USER_GQL, operation_name="User", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return User.model_validate(data).user

    async def users(
        self,
        filter_: Union[Optional[UserFilter], UnsetType] = UNSET,
        order_by: Union[Optional[UserOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UsersUsers:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=USERS_GQL, operation_name="Users", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Users.model_validate(data).users

    async def create_api_token(
        self, input: CreateApiTokenInput, **kwargs: Any
    ) -> CreateApiTokenCreateApiToken:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_API_TOKEN_GQL,
            operation_name="CreateApiToken",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateApiToken.model_validate(data).create_api_token

    async def create_user(
        self, input: CreateUserInput, **kwargs: Any
    ) -> CreateUserCreateUser:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_USER_GQL,
            operation_name="CreateUser",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateUser.model_validate(data).create_user

    async def delete_api_token(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_API_TOKEN_GQL,
            operation_name="DeleteApiToken",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteApiToken.model_validate(data).delete_api_token

    async def delete_user(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_USER_GQL,
            operation_name="DeleteUser",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteUser.model_validate(data).delete_user

    async def delete_user_identity(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_USER_IDENTITY_GQL,
            operation_name="DeleteUserIdentity",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteUserIdentity.model_validate(data).delete_user_identity

    async def delete_user_session(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_USER_SESSION_GQL,
            operation_name="DeleteUserSession",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteUserSession.model_validate(data).delete_user_session

    async def login(self, input: LoginInput, **kwargs: Any) -> LoginLogin:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=LOGIN_GQL, operation_name="Login", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Login.model_validate(data).login

    async def login_with_o_auth(
        self, input: OAuthLoginInput, **kwargs: Any
    ) -> LoginWithOAuthLoginWithOAuth:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=LOGIN_WITH_O_AUTH_GQL,
            operation_name="LoginWithOAuth",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return LoginWithOAuth.model_validate(data).login_with_o_auth

    async def logout(self, refresh_token: str, **kwargs: Any) -> bool:
        variables: dict[str, object] = {"refreshToken": refresh_token}
        response = await self.execute(
            query=LOGOUT_GQL, operation_name="Logout", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Logout.model_validate(data).logout

    async def refresh_tokens(
        self, refresh_token: str, **kwargs: Any
    ) -> RefreshTokensRefreshTokens:
        variables: dict[str, object] = {"refreshToken": refresh_token}
        response = await self.execute(
            query=REFRESH_TOKENS_GQL,
            operation_name="RefreshTokens",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RefreshTokens.model_validate(data).refresh_tokens

    async def register(self, input: RegisterInput, **kwargs: Any) -> RegisterRegistered:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=REGISTER_GQL, operation_name="Register", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Register.model_validate(data).registered

    async def update_user(
        self, id: str, input: UpdateUserInput, **kwargs: Any
    ) -> UpdateUserUpdateUser:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_USER_GQL,
            operation_name="UpdateUser",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateUser.model_validate(data).update_user

    async def analytics(
        self,
        period: Union[Optional[DateTimeRange], UnsetType] = UNSET,
        time_zone: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AnalyticsAnalytics:
        variables: dict[str, object] = {"period": period, "timeZone": time_zone}
        response = await self.execute(
            query=ANALYTICS_GQL,
            operation_name="Analytics",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Analytics.model_validate(data).analytics

    async def audit_entries(
        self,
        filter_: Union[Optional[AuditEntryFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AuditEntriesAuditEntries:
        variables: dict[str, object] = {
            "filter": filter_,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=AUDIT_ENTRIES_GQL,
            operation_name="AuditEntries",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return AuditEntries.model_validate(data).audit_entries

    async def ask_knowledge(
        self, question: str, **kwargs: Any
    ) -> AskKnowledgeAskKnowledge:
        variables: dict[str, object] = {"question": question}
        response = await self.execute(
            query=ASK_KNOWLEDGE_GQL,
            operation_name="AskKnowledge",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return AskKnowledge.model_validate(data).ask_knowledge

    async def campaign(self, id: str, **kwargs: Any) -> Optional[CampaignCampaign]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=CAMPAIGN_GQL, operation_name="Campaign", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Campaign.model_validate(data).campaign

    async def campaign_recipients(
        self,
        id: str,
        filter_: Union[Optional[CampaignRecipientFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[CampaignRecipientsCampaign]:
        variables: dict[str, object] = {
            "id": id,
            "filter": filter_,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=CAMPAIGN_RECIPIENTS_GQL,
            operation_name="CampaignRecipients",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CampaignRecipients.model_validate(data).campaign

    async def campaign_preflight(
        self, id: str, **kwargs: Any
    ) -> CampaignPreflightCampaignPreflight:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=CAMPAIGN_PREFLIGHT_GQL,
            operation_name="CampaignPreflight",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CampaignPreflight.model_validate(data).campaign_preflight

    async def campaigns(
        self,
        filter_: Union[Optional[CampaignFilter], UnsetType] = UNSET,
        order_by: Union[Optional[CampaignOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CampaignsCampaigns:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=CAMPAIGNS_GQL,
            operation_name="Campaigns",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Campaigns.model_validate(data).campaigns

    async def complete_campaign(
        self, id: str, **kwargs: Any
    ) -> CompleteCampaignCompleteCampaign:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=COMPLETE_CAMPAIGN_GQL,
            operation_name="CompleteCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CompleteCampaign.model_validate(data).complete_campaign

    async def create_campaign(
        self, input: CreateCampaignInput, **kwargs: Any
    ) -> CreateCampaignCreateCampaign:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_CAMPAIGN_GQL,
            operation_name="CreateCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateCampaign.model_validate(data).create_campaign

    async def delete_campaign(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_CAMPAIGN_GQL,
            operation_name="DeleteCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteCampaign.model_validate(data).delete_campaign

    async def duplicate_campaign(
        self, id: str, name: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> DuplicateCampaignDuplicateCampaign:
        variables: dict[str, object] = {"id": id, "name": name}
        response = await self.execute(
            query=DUPLICATE_CAMPAIGN_GQL,
            operation_name="DuplicateCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DuplicateCampaign.model_validate(data).duplicate_campaign

    async def pause_campaign(
        self, id: str, **kwargs: Any
    ) -> PauseCampaignPauseCampaign:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=PAUSE_CAMPAIGN_GQL,
            operation_name="PauseCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return PauseCampaign.model_validate(data).pause_campaign

    async def resume_campaign(
        self, id: str, **kwargs: Any
    ) -> ResumeCampaignResumeCampaign:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=RESUME_CAMPAIGN_GQL,
            operation_name="ResumeCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ResumeCampaign.model_validate(data).resume_campaign

    async def start_campaign(
        self,
        id: str,
        at: Union[Optional[datetime], UnsetType] = UNSET,
        preflight_id: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> StartCampaignStartCampaign:
        variables: dict[str, object] = {"id": id, "at": at, "preflightId": preflight_id}
        response = await self.execute(
            query=START_CAMPAIGN_GQL,
            operation_name="StartCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return StartCampaign.model_validate(data).start_campaign

    async def stop_campaign(self, id: str, **kwargs: Any) -> StopCampaignStopCampaign:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=STOP_CAMPAIGN_GQL,
            operation_name="StopCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return StopCampaign.model_validate(data).stop_campaign

    async def update_campaign(
        self, id: str, input: UpdateCampaignInput, **kwargs: Any
    ) -> UpdateCampaignUpdateCampaign:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_CAMPAIGN_GQL,
            operation_name="UpdateCampaign",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateCampaign.model_validate(data).update_campaign

    async def update_campaign_stats(
        self, id: str, input: CampaignStatsInput, **kwargs: Any
    ) -> UpdateCampaignStatsUpdateCampaignStats:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_CAMPAIGN_STATS_GQL,
            operation_name="UpdateCampaignStats",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateCampaignStats.model_validate(data).update_campaign_stats

    async def contact(self, id: str, **kwargs: Any) -> Optional[ContactContact]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=CONTACT_GQL, operation_name="Contact", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Contact.model_validate(data).contact

    async def contact_consents(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ContactConsentsContact]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=CONTACT_CONSENTS_GQL,
            operation_name="ContactConsents",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ContactConsents.model_validate(data).contact

    async def contact_conversations(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ContactConversationsContact]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=CONTACT_CONVERSATIONS_GQL,
            operation_name="ContactConversations",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ContactConversations.model_validate(data).contact

    async def contact_leads(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ContactLeadsContact]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=CONTACT_LEADS_GQL,
            operation_name="ContactLeads",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ContactLeads.model_validate(data).contact

    async def contacts(
        self,
        filter_: Union[Optional[ContactFilter], UnsetType] = UNSET,
        order_by: Union[Optional[ContactOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ContactsContacts:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=CONTACTS_GQL, operation_name="Contacts", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Contacts.model_validate(data).contacts

    async def create_contact(
        self, input: CreateContactInput, **kwargs: Any
    ) -> CreateContactCreateContact:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_CONTACT_GQL,
            operation_name="CreateContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateContact.model_validate(data).create_contact

    async def create_contact_phone(
        self, contact_id: str, input: CreateContactPhoneInput, **kwargs: Any
    ) -> CreateContactPhoneCreateContactPhone:
        variables: dict[str, object] = {"contactId": contact_id, "input": input}
        response = await self.execute(
            query=CREATE_CONTACT_PHONE_GQL,
            operation_name="CreateContactPhone",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateContactPhone.model_validate(data).create_contact_phone

    async def delete_contact(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_CONTACT_GQL,
            operation_name="DeleteContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteContact.model_validate(data).delete_contact

    async def delete_contact_phone(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_CONTACT_PHONE_GQL,
            operation_name="DeleteContactPhone",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteContactPhone.model_validate(data).delete_contact_phone

    async def erase_contact(self, id: str, **kwargs: Any) -> EraseContactEraseContact:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=ERASE_CONTACT_GQL,
            operation_name="EraseContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return EraseContact.model_validate(data).erase_contact

    async def export_contact(
        self, id: str, **kwargs: Any
    ) -> ExportContactExportContact:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=EXPORT_CONTACT_GQL,
            operation_name="ExportContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ExportContact.model_validate(data).export_contact

    async def import_contacts(
        self, input: ImportContactsInput, **kwargs: Any
    ) -> ImportContactsImportContacts:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=IMPORT_CONTACTS_GQL,
            operation_name="ImportContacts",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ImportContacts.model_validate(data).import_contacts

    async def merge_contacts(
        self, id: str, duplicate_id: str, **kwargs: Any
    ) -> MergeContactsMergeContacts:
        variables: dict[str, object] = {"id": id, "duplicateId": duplicate_id}
        response = await self.execute(
            query=MERGE_CONTACTS_GQL,
            operation_name="MergeContacts",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return MergeContacts.model_validate(data).merge_contacts

    async def opt_in_contact(
        self,
        id: str,
        purpose: Union[Optional[TemplateCategory], UnsetType] = UNSET,
        proof: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> OptInContactOptInContact:
        variables: dict[str, object] = {"id": id, "purpose": purpose, "proof": proof}
        response = await self.execute(
            query=OPT_IN_CONTACT_GQL,
            operation_name="OptInContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return OptInContact.model_validate(data).opt_in_contact

    async def opt_out_contact(
        self,
        id: str,
        purpose: Union[Optional[TemplateCategory], UnsetType] = UNSET,
        proof: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> OptOutContactOptOutContact:
        variables: dict[str, object] = {"id": id, "purpose": purpose, "proof": proof}
        response = await self.execute(
            query=OPT_OUT_CONTACT_GQL,
            operation_name="OptOutContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return OptOutContact.model_validate(data).opt_out_contact

    async def set_primary_contact_phone(
        self, id: str, **kwargs: Any
    ) -> SetPrimaryContactPhoneSetPrimaryContactPhone:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=SET_PRIMARY_CONTACT_PHONE_GQL,
            operation_name="SetPrimaryContactPhone",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetPrimaryContactPhone.model_validate(data).set_primary_contact_phone

    async def update_contact(
        self, id: str, input: UpdateContactInput, **kwargs: Any
    ) -> UpdateContactUpdateContact:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_CONTACT_GQL,
            operation_name="UpdateContact",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateContact.model_validate(data).update_contact

    async def update_contact_phone(
        self, id: str, input: UpdateContactPhoneInput, **kwargs: Any
    ) -> UpdateContactPhoneUpdateContactPhone:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_CONTACT_PHONE_GQL,
            operation_name="UpdateContactPhone",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateContactPhone.model_validate(data).update_contact_phone

    async def verify_contact_phone(
        self, id: str, **kwargs: Any
    ) -> VerifyContactPhoneVerifyContactPhone:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=VERIFY_CONTACT_PHONE_GQL,
            operation_name="VerifyContactPhone",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return VerifyContactPhone.model_validate(data).verify_contact_phone

    async def conversation(
        self, id: str, **kwargs: Any
    ) -> Optional[ConversationConversation]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=CONVERSATION_GQL,
            operation_name="Conversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Conversation.model_validate(data).conversation

    async def conversation_files(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ConversationFilesConversation]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=CONVERSATION_FILES_GQL,
            operation_name="ConversationFiles",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ConversationFiles.model_validate(data).conversation

    async def conversation_messages(
        self,
        id: str,
        filter_: Union[Optional[MessageFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ConversationMessagesConversation]:
        variables: dict[str, object] = {
            "id": id,
            "filter": filter_,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=CONVERSATION_MESSAGES_GQL,
            operation_name="ConversationMessages",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ConversationMessages.model_validate(data).conversation

    async def conversations(
        self,
        filter_: Union[Optional[ConversationFilter], UnsetType] = UNSET,
        order_by: Union[Optional[ConversationOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ConversationsConversations:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=CONVERSATIONS_GQL,
            operation_name="Conversations",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Conversations.model_validate(data).conversations

    async def assign_conversation(
        self, id: str, user_id: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> AssignConversationAssignConversation:
        variables: dict[str, object] = {"id": id, "userId": user_id}
        response = await self.execute(
            query=ASSIGN_CONVERSATION_GQL,
            operation_name="AssignConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return AssignConversation.model_validate(data).assign_conversation

    async def close_conversation(
        self, id: str, **kwargs: Any
    ) -> CloseConversationCloseConversation:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=CLOSE_CONVERSATION_GQL,
            operation_name="CloseConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CloseConversation.model_validate(data).close_conversation

    async def create_conversation(
        self, input: CreateConversationInput, **kwargs: Any
    ) -> CreateConversationCreateConversation:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_CONVERSATION_GQL,
            operation_name="CreateConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateConversation.model_validate(data).create_conversation

    async def delete_conversation(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_CONVERSATION_GQL,
            operation_name="DeleteConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteConversation.model_validate(data).delete_conversation

    async def escalate_conversation(
        self, id: str, note: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> EscalateConversationEscalateConversation:
        variables: dict[str, object] = {"id": id, "note": note}
        response = await self.execute(
            query=ESCALATE_CONVERSATION_GQL,
            operation_name="EscalateConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return EscalateConversation.model_validate(data).escalate_conversation

    async def hand_back_conversation(
        self, conversation: ConversationRef, **kwargs: Any
    ) -> HandBackConversationHandBackConversation:
        variables: dict[str, object] = {"conversation": conversation}
        response = await self.execute(
            query=HAND_BACK_CONVERSATION_GQL,
            operation_name="HandBackConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return HandBackConversation.model_validate(data).hand_back_conversation

    async def mark_conversation_read(
        self, id: str, **kwargs: Any
    ) -> MarkConversationReadMarkConversationRead:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=MARK_CONVERSATION_READ_GQL,
            operation_name="MarkConversationRead",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return MarkConversationRead.model_validate(data).mark_conversation_read

    async def reopen_conversation(
        self, id: str, **kwargs: Any
    ) -> ReopenConversationReopenConversation:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=REOPEN_CONVERSATION_GQL,
            operation_name="ReopenConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ReopenConversation.model_validate(data).reopen_conversation

    async def set_typing(
        self,
        conversation_id: str,
        typing: Union[Optional[bool], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> SetTypingSetTyping:
        variables: dict[str, object] = {
            "conversationId": conversation_id,
            "typing": typing,
        }
        response = await self.execute(
            query=SET_TYPING_GQL,
            operation_name="SetTyping",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetTyping.model_validate(data).set_typing

    async def take_over_conversation(
        self, conversation: ConversationRef, **kwargs: Any
    ) -> TakeOverConversationTakeOverConversation:
        variables: dict[str, object] = {"conversation": conversation}
        response = await self.execute(
            query=TAKE_OVER_CONVERSATION_GQL,
            operation_name="TakeOverConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return TakeOverConversation.model_validate(data).take_over_conversation

    async def update_conversation(
        self, id: str, input: UpdateConversationInput, **kwargs: Any
    ) -> UpdateConversationUpdateConversation:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_CONVERSATION_GQL,
            operation_name="UpdateConversation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateConversation.model_validate(data).update_conversation

    async def events(
        self,
        filter_: Union[Optional[EventFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> EventsEvents:
        variables: dict[str, object] = {
            "filter": filter_,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=EVENTS_GQL, operation_name="Events", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Events.model_validate(data).events

    async def node(self, id: str, **kwargs: Any) -> Optional[NodeNode]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=NODE_GQL, operation_name="Node", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Node.model_validate(data).node

    async def watch_campaign_events(
        self,
        filter_: Union[Optional[EventFilter], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[WatchCampaignEventsCampaignEvents]:
        variables: dict[str, object] = {"filter": filter_, "after": after}
        async for data in self.execute_ws(
            query=WATCH_CAMPAIGN_EVENTS_GQL,
            operation_name="WatchCampaignEvents",
            variables=variables,
            **kwargs,
        ):
            yield WatchCampaignEvents.model_validate(data).campaign_events

    async def watch_conversation_events(
        self,
        filter_: Union[Optional[EventFilter], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[WatchConversationEventsConversationEvents]:
        variables: dict[str, object] = {"filter": filter_, "after": after}
        async for data in self.execute_ws(
            query=WATCH_CONVERSATION_EVENTS_GQL,
            operation_name="WatchConversationEvents",
            variables=variables,
            **kwargs,
        ):
            yield WatchConversationEvents.model_validate(data).conversation_events

    async def watch_events(
        self,
        filter_: Union[Optional[EventFilter], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[
        Union[
            WatchEventsEventsEvent,
            WatchEventsEventsCampaignEvent,
            WatchEventsEventsConversationEvent,
            WatchEventsEventsLeadEvent,
            WatchEventsEventsMessageEvent,
            WatchEventsEventsSenderEvent,
        ]
    ]:
        variables: dict[str, object] = {"filter": filter_, "after": after}
        async for data in self.execute_ws(
            query=WATCH_EVENTS_GQL,
            operation_name="WatchEvents",
            variables=variables,
            **kwargs,
        ):
            yield WatchEvents.model_validate(data).events

    async def watch_message_events(
        self,
        filter_: Union[Optional[EventFilter], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[WatchMessageEventsMessageEvents]:
        variables: dict[str, object] = {"filter": filter_, "after": after}
        async for data in self.execute_ws(
            query=WATCH_MESSAGE_EVENTS_GQL,
            operation_name="WatchMessageEvents",
            variables=variables,
            **kwargs,
        ):
            yield WatchMessageEvents.model_validate(data).message_events

    async def watch_sender_events(
        self,
        filter_: Union[Optional[EventFilter], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[WatchSenderEventsSenderEvents]:
        variables: dict[str, object] = {"filter": filter_, "after": after}
        async for data in self.execute_ws(
            query=WATCH_SENDER_EVENTS_GQL,
            operation_name="WatchSenderEvents",
            variables=variables,
            **kwargs,
        ):
            yield WatchSenderEvents.model_validate(data).sender_events

    async def knowledge_files(
        self,
        search: Union[Optional[str], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> KnowledgeFilesKnowledgeFiles:
        variables: dict[str, object] = {
            "search": search,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=KNOWLEDGE_FILES_GQL,
            operation_name="KnowledgeFiles",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return KnowledgeFiles.model_validate(data).knowledge_files

    async def create_upload(
        self, input: CreateUploadInput, **kwargs: Any
    ) -> CreateUploadCreateUpload:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_UPLOAD_GQL,
            operation_name="CreateUpload",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateUpload.model_validate(data).create_upload

    async def delete_file(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_FILE_GQL,
            operation_name="DeleteFile",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteFile.model_validate(data).delete_file

    async def group(self, id: str, **kwargs: Any) -> Optional[GroupGroup]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=GROUP_GQL, operation_name="Group", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Group.model_validate(data).group

    async def group_contacts(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[GroupContactsGroup]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=GROUP_CONTACTS_GQL,
            operation_name="GroupContacts",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return GroupContacts.model_validate(data).group

    async def groups(
        self,
        filter_: Union[Optional[GroupFilter], UnsetType] = UNSET,
        order_by: Union[Optional[GroupOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> GroupsGroups:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=GROUPS_GQL, operation_name="Groups", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Groups.model_validate(data).groups

    async def create_group(
        self, input: CreateGroupInput, **kwargs: Any
    ) -> CreateGroupCreateGroup:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_GROUP_GQL,
            operation_name="CreateGroup",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateGroup.model_validate(data).create_group

    async def delete_group(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_GROUP_GQL,
            operation_name="DeleteGroup",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteGroup.model_validate(data).delete_group

    async def update_group(
        self, id: str, input: UpdateGroupInput, **kwargs: Any
    ) -> UpdateGroupUpdateGroup:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_GROUP_GQL,
            operation_name="UpdateGroup",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateGroup.model_validate(data).update_group

    async def health(self, **kwargs: Any) -> HealthHealth:
        variables: dict[str, object] = {}
        response = await self.execute(
            query=HEALTH_GQL, operation_name="Health", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Health.model_validate(data).health

    async def system_metrics(self, **kwargs: Any) -> SystemMetricsSystemMetrics:
        variables: dict[str, object] = {}
        response = await self.execute(
            query=SYSTEM_METRICS_GQL,
            operation_name="SystemMetrics",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SystemMetrics.model_validate(data).system_metrics

    async def lead(self, id: str, **kwargs: Any) -> Optional[LeadLead]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=LEAD_GQL, operation_name="Lead", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Lead.model_validate(data).lead

    async def lead_activities(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[LeadActivitiesLead]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=LEAD_ACTIVITIES_GQL,
            operation_name="LeadActivities",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return LeadActivities.model_validate(data).lead

    async def leads(
        self,
        filter_: Union[Optional[LeadFilter], UnsetType] = UNSET,
        order_by: Union[Optional[LeadOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> LeadsLeads:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=LEADS_GQL, operation_name="Leads", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Leads.model_validate(data).leads

    async def assign_leads(
        self,
        ids: list[str],
        user_id: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> list[AssignLeadsAssignLeads]:
        variables: dict[str, object] = {"ids": ids, "userId": user_id}
        response = await self.execute(
            query=ASSIGN_LEADS_GQL,
            operation_name="AssignLeads",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return AssignLeads.model_validate(data).assign_leads

    async def close_lead_lost(
        self, id: str, reason: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> CloseLeadLostCloseLeadLost:
        variables: dict[str, object] = {"id": id, "reason": reason}
        response = await self.execute(
            query=CLOSE_LEAD_LOST_GQL,
            operation_name="CloseLeadLost",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CloseLeadLost.model_validate(data).close_lead_lost

    async def convert_lead(
        self,
        id: str,
        value: Union[Optional[Decimal], UnsetType] = UNSET,
        note: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ConvertLeadConvertLead:
        variables: dict[str, object] = {"id": id, "value": value, "note": note}
        response = await self.execute(
            query=CONVERT_LEAD_GQL,
            operation_name="ConvertLead",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ConvertLead.model_validate(data).convert_lead

    async def create_lead(
        self, input: CreateLeadInput, **kwargs: Any
    ) -> CreateLeadCreateLead:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_LEAD_GQL,
            operation_name="CreateLead",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateLead.model_validate(data).create_lead

    async def delete_lead(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_LEAD_GQL,
            operation_name="DeleteLead",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteLead.model_validate(data).delete_lead

    async def mark_lead_contacted(
        self, id: str, note: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> MarkLeadContactedMarkLeadContacted:
        variables: dict[str, object] = {"id": id, "note": note}
        response = await self.execute(
            query=MARK_LEAD_CONTACTED_GQL,
            operation_name="MarkLeadContacted",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return MarkLeadContacted.model_validate(data).mark_lead_contacted

    async def schedule_lead_follow_up(
        self,
        id: str,
        at: Union[Optional[datetime], UnsetType] = UNSET,
        note: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ScheduleLeadFollowUpScheduleLeadFollowUp:
        variables: dict[str, object] = {"id": id, "at": at, "note": note}
        response = await self.execute(
            query=SCHEDULE_LEAD_FOLLOW_UP_GQL,
            operation_name="ScheduleLeadFollowUp",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ScheduleLeadFollowUp.model_validate(data).schedule_lead_follow_up

    async def update_lead(
        self, id: str, input: UpdateLeadInput, **kwargs: Any
    ) -> UpdateLeadUpdateLead:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_LEAD_GQL,
            operation_name="UpdateLead",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateLead.model_validate(data).update_lead

    async def update_lead_score(
        self,
        id: str,
        score: int,
        reason: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UpdateLeadScoreUpdateLeadScore:
        variables: dict[str, object] = {"id": id, "score": score, "reason": reason}
        response = await self.execute(
            query=UPDATE_LEAD_SCORE_GQL,
            operation_name="UpdateLeadScore",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateLeadScore.model_validate(data).update_lead_score

    async def update_lead_status(
        self, ids: list[str], status: LeadStatus, **kwargs: Any
    ) -> list[UpdateLeadStatusUpdateLeadStatus]:
        variables: dict[str, object] = {"ids": ids, "status": status}
        response = await self.execute(
            query=UPDATE_LEAD_STATUS_GQL,
            operation_name="UpdateLeadStatus",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateLeadStatus.model_validate(data).update_lead_status

    async def message(self, id: str, **kwargs: Any) -> Optional[MessageMessage]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=MESSAGE_GQL, operation_name="Message", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Message.model_validate(data).message

    async def messages(
        self,
        filter_: Union[Optional[MessageFilter], UnsetType] = UNSET,
        order_by: Union[Optional[MessageOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> MessagesMessages:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=MESSAGES_GQL, operation_name="Messages", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Messages.model_validate(data).messages

    async def resend_messages(
        self, ids: list[str], **kwargs: Any
    ) -> list[ResendMessagesResendMessages]:
        variables: dict[str, object] = {"ids": ids}
        response = await self.execute(
            query=RESEND_MESSAGES_GQL,
            operation_name="ResendMessages",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ResendMessages.model_validate(data).resend_messages

    async def send_message(
        self, input: SendMessageInput, **kwargs: Any
    ) -> SendMessageSendMessage:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=SEND_MESSAGE_GQL,
            operation_name="SendMessage",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SendMessage.model_validate(data).send_message

    async def update_message_status(
        self,
        id: str,
        status: MessageStatus,
        error_message: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UpdateMessageStatusUpdateMessageStatus:
        variables: dict[str, object] = {
            "id": id,
            "status": status,
            "errorMessage": error_message,
        }
        response = await self.execute(
            query=UPDATE_MESSAGE_STATUS_GQL,
            operation_name="UpdateMessageStatus",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateMessageStatus.model_validate(data).update_message_status

    async def schedule(self, id: str, **kwargs: Any) -> Optional[ScheduleSchedule]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=SCHEDULE_GQL, operation_name="Schedule", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Schedule.model_validate(data).schedule

    async def schedule_messages(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ScheduleMessagesSchedule]:
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=SCHEDULE_MESSAGES_GQL,
            operation_name="ScheduleMessages",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ScheduleMessages.model_validate(data).schedule

    async def schedules(
        self,
        filter_: Union[Optional[ScheduleFilter], UnsetType] = UNSET,
        order_by: Union[Optional[ScheduleOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> SchedulesSchedules:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=SCHEDULES_GQL,
            operation_name="Schedules",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Schedules.model_validate(data).schedules

    async def archive_schedule(
        self, id: str, **kwargs: Any
    ) -> ArchiveScheduleArchiveSchedule:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=ARCHIVE_SCHEDULE_GQL,
            operation_name="ArchiveSchedule",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ArchiveSchedule.model_validate(data).archive_schedule

    async def cancel_schedule(
        self, id: str, **kwargs: Any
    ) -> CancelScheduleCancelSchedule:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=CANCEL_SCHEDULE_GQL,
            operation_name="CancelSchedule",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CancelSchedule.model_validate(data).cancel_schedule

    async def create_schedule(
        self, input: CreateScheduleInput, **kwargs: Any
    ) -> CreateScheduleCreateSchedule:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_SCHEDULE_GQL,
            operation_name="CreateSchedule",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateSchedule.model_validate(data).create_schedule

    async def delete_schedule(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_SCHEDULE_GQL,
            operation_name="DeleteSchedule",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteSchedule.model_validate(data).delete_schedule

    async def send_schedule_now(
        self, id: str, **kwargs: Any
    ) -> SendScheduleNowSendScheduleNow:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=SEND_SCHEDULE_NOW_GQL,
            operation_name="SendScheduleNow",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SendScheduleNow.model_validate(data).send_schedule_now

    async def sender(self, id: str, **kwargs: Any) -> Optional[SenderSender]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=SENDER_GQL, operation_name="Sender", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Sender.model_validate(data).sender

    async def senders(
        self,
        filter_: Union[Optional[SenderFilter], UnsetType] = UNSET,
        order_by: Union[Optional[SenderOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> SendersSenders:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=SENDERS_GQL, operation_name="Senders", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Senders.model_validate(data).senders

    async def connect_sender(
        self, id: str, restart: Union[Optional[bool], UnsetType] = UNSET, **kwargs: Any
    ) -> ConnectSenderConnectSender:
        variables: dict[str, object] = {"id": id, "restart": restart}
        response = await self.execute(
            query=CONNECT_SENDER_GQL,
            operation_name="ConnectSender",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ConnectSender.model_validate(data).connect_sender

    async def create_sender(
        self, input: CreateSenderInput, **kwargs: Any
    ) -> CreateSenderCreateSender:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_SENDER_GQL,
            operation_name="CreateSender",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateSender.model_validate(data).create_sender

    async def delete_sender(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_SENDER_GQL,
            operation_name="DeleteSender",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteSender.model_validate(data).delete_sender

    async def disconnect_sender(
        self, id: str, logout: Union[Optional[bool], UnsetType] = UNSET, **kwargs: Any
    ) -> DisconnectSenderDisconnectSender:
        variables: dict[str, object] = {"id": id, "logout": logout}
        response = await self.execute(
            query=DISCONNECT_SENDER_GQL,
            operation_name="DisconnectSender",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DisconnectSender.model_validate(data).disconnect_sender

    async def request_pairing_code(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=REQUEST_PAIRING_CODE_GQL,
            operation_name="RequestPairingCode",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RequestPairingCode.model_validate(data).request_pairing_code

    async def sync_message_templates(
        self, sender_id: str, **kwargs: Any
    ) -> SyncMessageTemplatesSyncMessageTemplates:
        variables: dict[str, object] = {"senderId": sender_id}
        response = await self.execute(
            query=SYNC_MESSAGE_TEMPLATES_GQL,
            operation_name="SyncMessageTemplates",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SyncMessageTemplates.model_validate(data).sync_message_templates

    async def update_sender(
        self, id: str, input: UpdateSenderInput, **kwargs: Any
    ) -> UpdateSenderUpdateSender:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_SENDER_GQL,
            operation_name="UpdateSender",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateSender.model_validate(data).update_sender

    async def settings(self, **kwargs: Any) -> SettingsSettings:
        variables: dict[str, object] = {}
        response = await self.execute(
            query=SETTINGS_GQL, operation_name="Settings", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Settings.model_validate(data).settings

    async def update_settings(
        self, input: SettingsInput, **kwargs: Any
    ) -> UpdateSettingsUpdateSettings:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=UPDATE_SETTINGS_GQL,
            operation_name="UpdateSettings",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateSettings.model_validate(data).update_settings

    async def contact_import_preview(
        self,
        file_id: str,
        encoding: Union[Optional[str], UnsetType] = UNSET,
        delimiter: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ContactImportPreviewContactImportPreview:
        variables: dict[str, object] = {
            "fileId": file_id,
            "encoding": encoding,
            "delimiter": delimiter,
        }
        response = await self.execute(
            query=CONTACT_IMPORT_PREVIEW_GQL,
            operation_name="ContactImportPreview",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ContactImportPreview.model_validate(data).contact_import_preview

    async def message_template(
        self, id: str, **kwargs: Any
    ) -> Optional[MessageTemplateMessageTemplate]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=MESSAGE_TEMPLATE_GQL,
            operation_name="MessageTemplate",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return MessageTemplate.model_validate(data).message_template

    async def message_templates(
        self,
        filter_: Union[Optional[MessageTemplateFilter], UnsetType] = UNSET,
        order_by: Union[Optional[MessageTemplateOrder], UnsetType] = UNSET,
        direction: Union[Optional[OrderDirection], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        offset: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> MessageTemplatesMessageTemplates:
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "direction": direction,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
            "offset": offset,
        }
        response = await self.execute(
            query=MESSAGE_TEMPLATES_GQL,
            operation_name="MessageTemplates",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return MessageTemplates.model_validate(data).message_templates

    async def create_message_template(
        self, input: CreateMessageTemplateInput, **kwargs: Any
    ) -> CreateMessageTemplateCreateMessageTemplate:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_MESSAGE_TEMPLATE_GQL,
            operation_name="CreateMessageTemplate",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateMessageTemplate.model_validate(data).create_message_template

    async def delete_message_template(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_MESSAGE_TEMPLATE_GQL,
            operation_name="DeleteMessageTemplate",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteMessageTemplate.model_validate(data).delete_message_template

    async def unpause_message_template(
        self, id: str, **kwargs: Any
    ) -> UnpauseMessageTemplateUnpauseMessageTemplate:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=UNPAUSE_MESSAGE_TEMPLATE_GQL,
            operation_name="UnpauseMessageTemplate",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UnpauseMessageTemplate.model_validate(data).unpause_message_template

    async def update_message_template(
        self, id: str, input: UpdateMessageTemplateInput, **kwargs: Any
    ) -> UpdateMessageTemplateUpdateMessageTemplate:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_MESSAGE_TEMPLATE_GQL,
            operation_name="UpdateMessageTemplate",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateMessageTemplate.model_validate(data).update_message_template

    async def webhook(self, id: str, **kwargs: Any) -> Optional[WebhookWebhook]:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=WEBHOOK_GQL, operation_name="Webhook", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Webhook.model_validate(data).webhook

    async def webhook_deliveries(
        self,
        id: str,
        filter_: Union[Optional[WebhookDeliveryFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[WebhookDeliveriesWebhook]:
        variables: dict[str, object] = {
            "id": id,
            "filter": filter_,
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=WEBHOOK_DELIVERIES_GQL,
            operation_name="WebhookDeliveries",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return WebhookDeliveries.model_validate(data).webhook

    async def webhooks(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        last: Union[Optional[int], UnsetType] = UNSET,
        before: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> WebhooksWebhooks:
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "last": last,
            "before": before,
        }
        response = await self.execute(
            query=WEBHOOKS_GQL, operation_name="Webhooks", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Webhooks.model_validate(data).webhooks

    async def create_webhook(
        self, input: CreateWebhookInput, **kwargs: Any
    ) -> CreateWebhookCreateWebhook:
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CREATE_WEBHOOK_GQL,
            operation_name="CreateWebhook",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateWebhook.model_validate(data).create_webhook

    async def delete_webhook(self, id: str, **kwargs: Any) -> str:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=DELETE_WEBHOOK_GQL,
            operation_name="DeleteWebhook",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteWebhook.model_validate(data).delete_webhook

    async def replay_webhook(
        self, id: str, after: str, **kwargs: Any
    ) -> ReplayWebhookReplayWebhook:
        variables: dict[str, object] = {"id": id, "after": after}
        response = await self.execute(
            query=REPLAY_WEBHOOK_GQL,
            operation_name="ReplayWebhook",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ReplayWebhook.model_validate(data).replay_webhook

    async def retry_webhook_delivery(
        self, id: str, **kwargs: Any
    ) -> RetryWebhookDeliveryRetryWebhookDelivery:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=RETRY_WEBHOOK_DELIVERY_GQL,
            operation_name="RetryWebhookDelivery",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RetryWebhookDelivery.model_validate(data).retry_webhook_delivery

    async def rotate_webhook_secret(
        self, id: str, secret: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> RotateWebhookSecretRotateWebhookSecret:
        variables: dict[str, object] = {"id": id, "secret": secret}
        response = await self.execute(
            query=ROTATE_WEBHOOK_SECRET_GQL,
            operation_name="RotateWebhookSecret",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RotateWebhookSecret.model_validate(data).rotate_webhook_secret

    async def test_webhook(self, id: str, **kwargs: Any) -> TestWebhookTestWebhook:
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=TEST_WEBHOOK_GQL,
            operation_name="TestWebhook",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return TestWebhook.model_validate(data).test_webhook

    async def update_webhook(
        self, id: str, input: UpdateWebhookInput, **kwargs: Any
    ) -> UpdateWebhookUpdateWebhook:
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=UPDATE_WEBHOOK_GQL,
            operation_name="UpdateWebhook",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateWebhook.model_validate(data).update_webhook
