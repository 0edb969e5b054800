"""Which mutations the audit log tells of, one by one; and that it holds nothing personal, and is only added to."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import orjson
import pytest
import structlog

from db.accounts import RefreshToken, Role, Scope, User, UserIdentity, UserSession
from db.audit import AuditEntry
from db.core import connect
from db.events import EventType
from db.files import FilePurpose
from db.schedules import ScheduleStatus
from db.senders import SenderStatus
from domain import accounts, conversations, files, leads, settings, webhooks
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from graph.core.context import Context
from graph.core.ids import encode
from graph.schema import schema
from tests import drafts, factories, plans, waha
from tests.callers import only
from tests.factories import unique
from tests.listening import now
from tests.running import Api, Simulator

PASSWORD = "correct-horse-battery"
NAME, SECRET, NUMBER = "Canary Person", "canary-secret-that-nobody-may-see", "+5511987650123"
"""What must stand in no entry."""

EVENTS = "The log of events tells who did it, and what it has become."
SELF = "It changes nothing that anyone would ask about later."
UNAUDITED = {
    **dict.fromkeys(
        [
            "archiveSchedule",
            "assignConversation",
            "assignLeads",
            "cancelSchedule",
            "closeConversation",
            "closeLeadLost",
            "completeCampaign",
            "convertLead",
            "createCampaign",
            "createContact",
            "createContactPhone",
            "createConversation",
            "createGroup",
            "createLead",
            "createMessageTemplate",
            "createSchedule",
            "duplicateCampaign",
            "escalateConversation",
            "handBackConversation",
            "importContacts",
            "markLeadContacted",
            "pauseCampaign",
            "reopenConversation",
            "resendMessages",
            "resumeCampaign",
            "scheduleLeadFollowUp",
            "sendMessage",
            "sendScheduleNow",
            "setPrimaryContactPhone",
            "startCampaign",
            "stopCampaign",
            "takeOverConversation",
            "unpauseMessageTemplate",
            "updateCampaign",
            "updateContact",
            "updateContactPhone",
            "updateConversation",
            "updateGroup",
            "updateLead",
            "updateLeadScore",
            "updateLeadStatus",
            "updateMessageTemplate",
        ],
        EVENTS,
    ),
    **dict.fromkeys(["optInContact", "optOutContact"], "The ledger of consents keeps who said it, and never changes."),
    **dict.fromkeys(["updateCampaignStats", "updateMessageStatus"], "What a provider says, brought by a program."),
    **dict.fromkeys(
        [
            "createUpload",
            "markConversationRead",
            "retryWebhookDelivery",
            "setTyping",
            "syncMessageTemplates",
            "testWebhook",
            "verifyContactPhone",
        ],
        SELF,
    ),
    "loginWithOAuth": "It is, as signIn and signInFailed: tests/graph/test_oauth.py tries it with a provider.",
    "refreshTokens": "It goes on with a sign-in that is there; a token that is shown twice is, as refreshTokenReused.",
}


async def _input(**values: object) -> str:
    return ", ".join(f"{name}: {orjson.dumps(value).decode()}" for name, value in values.items())


async def _user() -> str:
    return f'id: "{encode("User", (await factories.user(role=Role.SALES)).id)}"'


async def _contact() -> str:
    made = await factories.contact(name=NAME, phone_number=factories.phone(), email=f"{unique('canary')}@example.com")
    return f'id: "{encode("Contact", made.id)}"'


async def _sender() -> str:
    return f'id: "{encode("Sender", (await factories.sender(access_token=SECRET)).id)}"'


async def _login() -> str:
    user = await factories.user(role=Role.SALES, password=SECRET)
    return f"input: {{ {await _input(email=user.email, password=SECRET)} }}"


async def _logout() -> str:
    user = await factories.user(role=Role.SALES)
    pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    return await _input(refreshToken=pair.refresh_token)


async def _register() -> str:
    await settings.update(SYSTEM, {"features": {"open_registration": True}})
    return f"input: {{ {await _input(email=f'{unique()}@example.com', password=SECRET, name=NAME)} }}"


async def _create_user() -> str:
    return await _register()


async def _update_user() -> str:
    changes = await _input(name=NAME, password=SECRET, email=f"{unique()}@example.com")
    return f"{await _user()}, input: {{ {changes}, role: MARKETER }}"


async def _session() -> str:
    user = await factories.user(role=Role.SALES)
    await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    return f'id: "{encode("UserSession", (await UserSession.get(user_id=user.id)).id)}"'


async def _identity() -> str:
    user = await factories.user(role=Role.SALES)
    made = await UserIdentity.create(user_id=user.id, issuer="https://id.example", subject=unique())
    return f'id: "{encode("UserIdentity", made.id)}"'


async def _create_token() -> str:
    return f'input: {{ name: "CI", scopes: [READ], userId: "{encode("User", (await factories.user()).id)}" }}'


async def _token() -> str:
    user = await factories.user()
    made = await accounts.create_api_token(SYSTEM, name="CI", scopes=[Scope.READ], user_id=user.id)
    return f'id: "{encode("ApiToken", made.id)}"'


async def _settings() -> str:
    return f"input: {{ limits: {{ eventRetentionDays: {31 + datetime.now(UTC).microsecond % 300} }} }}"


async def _create_sender() -> str:
    values = await _input(phoneNumber=factories.phone(), phoneNumberId=unique("pn"), accessToken=SECRET)
    return f"input: {{ provider: CLOUD_API, {values} }}"


async def _update_sender() -> str:
    return f"{await _sender()}, input: {{ {await _input(accessToken=SECRET + '2', name='Sales')} }}"


async def _stopped() -> str:
    sender = await factories.sender()
    await connect.execute("UPDATE sender SET status = 'STOPPED' WHERE id = $1", sender.id)
    return f'id: "{encode("Sender", sender.id)}"'


async def _waiting() -> str:
    sender = await waha.becomes(await waha.make(), SenderStatus.WAITING_FOR_SCAN)
    return f'id: "{encode("Sender", sender.id)}"'


async def _campaign() -> str:
    return f'id: "{encode("Campaign", (await drafts.draft()).id)}"'


async def _phone() -> str:
    made = await factories.contact(name=NAME)
    id = await connect.value("SELECT id FROM contact_phone WHERE contact_id = $1", made.id)
    return f'id: "{encode("ContactPhone", id)}"'


async def _merge() -> str:
    return f"{await _contact()}, duplicateId: {(await _contact()).removeprefix('id: ')}"


async def _conversation() -> str:
    made = await conversations.create(
        SYSTEM, phone_number=factories.phone(), sender_id=(await factories.sender()).id, initial_message=SECRET
    )
    return f'id: "{encode("Conversation", made.id)}"'


async def _file() -> str:
    made = await files.create_upload(SYSTEM, name=f"{NAME}.pdf", purpose=FilePurpose.MEDIA, size_bytes=10)
    return f'id: "{encode("File", made.file.id)}"'


async def _group() -> str:
    return f'id: "{encode("Group", (await factories.group()).id)}"'


async def _lead() -> str:
    made = await leads.create(SYSTEM, contact_id=(await factories.contact(name=NAME)).id, title=NAME)
    return f'id: "{encode("Lead", made.id)}"'


async def _template() -> str:
    return f'id: "{encode("MessageTemplate", (await factories.template()).id)}"'


async def _schedule() -> str:
    made = await plans.plan()
    await plans.into(made, ScheduleStatus.CANCELLED)
    return f'id: "{encode("Schedule", made.id)}"'


async def _create_webhook() -> str:
    return (
        f"input: {{ events: [LEAD_CREATED], {await _input(url=f'https://example.com/?key={SECRET}', secret=SECRET)} }}"
    )


async def _webhook() -> str:
    made = await webhooks.create(SYSTEM, url=f"https://example.com/?key={SECRET}", events=[EventType.LEAD_CREATED])
    return f'id: "{encode("Webhook", made.id)}"'


async def _update_webhook() -> str:
    return f"{await _webhook()}, input: {{ {await _input(url=f'https://example.com/b?key={SECRET}')} }}"


async def _replay() -> str:
    return f"{await _webhook()}, after: {orjson.dumps(await now()).decode()}"


AUDITED: dict[str, Callable[[], Awaitable[str]]] = {
    "connectSender": _stopped,
    "createApiToken": _create_token,
    "createSender": _create_sender,
    "createUser": _create_user,
    "deleteApiToken": _token,
    "deleteCampaign": _campaign,
    "deleteContact": _contact,
    "deleteContactPhone": _phone,
    "deleteConversation": _conversation,
    "deleteFile": _file,
    "deleteGroup": _group,
    "deleteLead": _lead,
    "deleteMessageTemplate": _template,
    "deleteSchedule": _schedule,
    "deleteSender": _sender,
    "deleteUser": _user,
    "deleteUserIdentity": _identity,
    "deleteUserSession": _session,
    "disconnectSender": _sender,
    "eraseContact": _contact,
    "exportContact": _contact,
    "login": _login,
    "logout": _logout,
    "mergeContacts": _merge,
    "register": _register,
    "requestPairingCode": _waiting,
    "updateSender": _update_sender,
    "updateSettings": _settings,
    "updateUser": _update_user,
    "createWebhook": _create_webhook,
    "updateWebhook": _update_webhook,
    "deleteWebhook": _webhook,
    "rotateWebhookSecret": _webhook,
    "replayWebhook": _replay,
}
"""Each with something that it may be done to, as its arguments."""


def test_of_every_mutation_it_is_said_whether_the_audit_log_tells_of_it() -> None:
    served = schema._schema.mutation_type
    assert served is not None
    assert not AUDITED.keys() & UNAUDITED.keys()
    assert AUDITED.keys() | UNAUDITED.keys() == served.fields.keys()


@pytest.mark.parametrize("name", AUDITED)
async def test_what_is_done_is_written_down_once_by_whom_and_from_where(name: str, simulator: Simulator) -> None:
    served = schema._schema.mutation_type
    assert served is not None
    arguments, admin = await AUDITED[name](), await factories.user()
    selection = (
        ""
        if "!" in (kind := str(served.fields[name].type)) and kind[:-1] in ("ID", "Boolean", "String")
        else ("{ __typename }")
    )
    viewer = await accounts.authenticate(await factories.api_token(admin, *Scope), ip_address="203.0.113.77")
    request_id = unique("request")
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        answer = await schema.execute(
            f"mutation {{ {name}({arguments}) {selection} }}", {}, Context(viewer, request_id)
        )
    await settings.update(SYSTEM, {"features": {"open_registration": None}, "limits": {"event_retention_days": None}})
    assert not answer.errors, answer.errors
    found = await AuditEntry.filter(request_id=request_id).order_by("id")
    expected = {"login": ["signIn"], "register": ["register", "signIn"]}.get(name, [name])
    assert [entry.action for entry in found] == expected
    for entry in found:
        assert entry.ip_address == "203.0.113.77"
        if entry.action not in ("signIn", "logout"):
            assert (entry.actor_id, entry.token_id) == (admin.id, viewer.token_id)
        assert all(len(change) == 2 for change in entry.changes.values())
        told = str(entry.changes)
        assert not [word for word in (NAME, SECRET, "canary", "tdg_", "argon2") if word in told], told
        if name != "updateSettings":
            assert entry.subject_id is not None


async def test_sign_ins_are_told_by_account_and_the_failed_ones_by_reason() -> None:
    user, inactive = await factories.user(role=Role.SALES), await factories.user(role=Role.SALES)
    await accounts.update_user(SYSTEM, inactive.id, active=False)
    viewer, address = Viewer(ip_address=unique("10.")), None
    address = viewer.ip_address
    await accounts.login(viewer, email=user.email, password=PASSWORD)
    for email, password in ((user.email, SECRET), ("canary@example.com", SECRET), (inactive.email, PASSWORD)):
        await only(accounts.login(viewer, email=email, password=password))
    found = await AuditEntry.filter(ip_address=address).order_by("id")
    assert [(entry.action, entry.actor_id, entry.subject_type, entry.changes) for entry in found] == [
        ("signIn", user.id, "UserSession", {}),
        ("signInFailed", None, "User", {"reason": [None, "password"]}),
        ("signInFailed", None, None, {"reason": [None, "unknown"]}),
        ("signInFailed", None, "User", {"reason": [None, "inactive"]}),
    ]
    assert [entry.subject_id for entry in found[1:]] == [user.id, None, inactive.id]


async def test_a_refresh_token_that_is_shown_long_after_it_was_spent_is_told() -> None:
    user = await factories.user(role=Role.SALES)
    viewer = Viewer(ip_address=unique("10."))
    pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    await accounts.refresh_tokens(ANONYMOUS, refresh_token=pair.refresh_token)
    session = await UserSession.get(user_id=user.id)
    await only(accounts.refresh_tokens(viewer, refresh_token=pair.refresh_token))
    assert not await AuditEntry.exists(ip_address=viewer.ip_address)
    await RefreshToken.filter(session_id=session.id).update(spent_at=datetime.now(UTC) - timedelta(seconds=11))
    for _ in range(2):
        await only(accounts.refresh_tokens(viewer, refresh_token=pair.refresh_token))
    [entry] = await AuditEntry.filter(ip_address=viewer.ip_address)
    assert (entry.action, entry.subject_type, entry.subject_id) == ("refreshTokenReused", "UserSession", session.id)


async def test_what_is_changed_of_a_user_is_told_with_before_and_after() -> None:
    user, email = await factories.user(role=Role.SALES), f"{unique()}@example.com"
    await accounts.update_user(SYSTEM, user.id, email=email, role=Role.VIEWER, name=NAME, password=SECRET, active=True)
    await accounts.update_user(SYSTEM, user.id, email=email)
    await accounts.delete_user(SYSTEM, user.id)
    made, changed, deleted = await AuditEntry.filter(subject_type="User", subject_id=user.id).order_by("id")
    assert (made.action, made.changes) == ("createUser", {"email": [None, user.email], "role": [None, "SALES"]})
    hidden = ["(hidden)", "(hidden)"]
    assert changed.changes == {
        "email": [user.email, email],
        "role": ["SALES", "VIEWER"],
        "name": hidden,
        "password": hidden,
    }
    assert (deleted.action, deleted.changes) == ("deleteUser", {"email": [email, None], "role": ["VIEWER", None]})


async def test_what_is_not_done_is_not_written_down() -> None:
    before = await connect.value("SELECT max(id) FROM audit_entry")
    user = await factories.user(role=Role.SALES)
    me = Viewer(user_id=user.id, role=Role.SALES)
    await only(accounts.update_user(me, user.id, role=Role.ADMIN))
    await only(accounts.create_user(SYSTEM, email=user.email, password=PASSWORD, name="x"))
    await only(accounts.create_api_token(me, name="x", scopes=[]))
    await only(accounts.delete_user(SYSTEM, 2**40))
    await only(accounts.delete_api_token(me, 2**40))
    assert await AuditEntry.filter(id__gt=before).values_list("action", flat=True) == ["createUser"]


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
async def test_nobody_changes_or_removes_what_was_written_down(sql: str) -> None:
    await factories.user()
    before = await AuditEntry.all().count()
    with pytest.raises(asyncpg.RaiseError, match="only ever added to"):
        await connect.execute(sql)
    assert await AuditEntry.all().count() == before > 0


async def test_reading_a_list_as_csv_is_told_with_whom_the_link_was_given_to(api: Api) -> None:
    admin = await factories.user()
    token = await factories.api_token(admin, Scope.ADMIN)
    document = (
        "query ($filter: AuditEntryFilter) { auditEntries(filter: $filter) { csvUrl edges { node { action } } } }"
    )
    mine = {"filter": {"actorId": encode("User", admin.id)}}
    url = (await api.gql(document, mine, token=token))["data"]["auditEntries"]["csvUrl"]
    assert not await AuditEntry.exists(actor_id=admin.id, action="csvExport")
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(2):
            answer = await http.get(url, headers={"X-Forwarded-For": "203.0.113.5"})
            rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert (await http.get(f"{url}x")).status_code == 403
    assert [row["action"] for row in rows] == ["csvExport", "csvExport"]
    first, _ = await AuditEntry.filter(actor_id=admin.id).order_by("id")
    assert (first.action, first.changes) == ("csvExport", {"list": [None, "audit"]})
    assert (first.ip_address, first.token_id is None) == ("203.0.113.5", False)
    told = (await api.gql(document, mine, token=token))["data"]["auditEntries"]["edges"]
    assert [edge["node"]["action"] for edge in told] == ["csvExport", "csvExport"]
    assert await User.exists(id=admin.id)
