"""GraphiQL in a real browser that reaches nothing but the API: every tab runs, from sign-in to the last receipt."""

import asyncio
import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db.accounts import Role
from db.contacts import ContactDuplicate
from db.core import connect
from tests import factories, waha
from tests.clients.node import run
from tests.running import Api, Program, Simulator

PASSWORD = "correct-horse-battery"
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.timeout(300)  # the first to want Node installs its packages

TABS = (
    "SignIn Senders CreateTemplate CreateGroup ImportContacts Ready CreateSchedule Watch Schedule Contacts Contact "
    "EventLog Health Inbox Conversation SendMessage SetTyping MarkConversationRead WatchConversation ConnectNumber "
    "NumberCode WatchSenders AnnounceFile SendFile CreateFullTemplate Pacing HeldSchedules Duplicates MergeContacts "
    "ChangeSettings AnnounceCsv PreviewImport ImportFile ImportVerdicts "
    "CreateCampaign Preflight StartCampaign PauseCampaign ResumeCampaign WatchCampaign CampaignResults "
    "UnreadOnceMore OptOut Label FindByValues VerifyNumber ExportContact ExportReceipt EraseContact "
    "CreateLead LeadSteps Leads OpenConversation ChangeConversation AssignConversation ConversationAsText "
    "TakeOver HandBack Escalate CloseAndReopen WatchInbox "
    "AnnounceKnowledge Knowledge AskKnowledge ChangeBot "
    "Analytics CreateWebhook Webhooks TestWebhook DeleteWebhook CreateApiToken Operations "
    "Templates ChangeTemplate CreateContact Groups ChangeGroup CancelSchedule SendAtOnce Campaigns StopCampaign "
    "CreateUser Users WinLead DisconnectNumber ReadSettings"
)
WATCHING = {"WatchConversation", "WatchSenders", "WatchCampaign", "WatchInbox"}
"""Subscriptions to which nothing happens."""


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
async def test_every_tab_runs_with_the_network_cut(
    api: Api, worker: Program, simulator: Simulator, node: Path, tmp_path: Path
) -> None:
    user = await factories.user(role=Role.ADMIN, password=PASSWORD)
    sender = await factories.sender(is_default=True)
    # Sessions of other tests may be gone from the simulator; this one asks for numbers.
    await connect.execute("UPDATE sender SET status = 'STOPPED' WHERE provider = 'WAHA' AND status = 'CONNECTED'")
    await waha.connected(simulator)
    duplicates = [(await factories.contact(name=name)).id for name in ("Rita", "Rita as well")]
    await ContactDuplicate.create(contact_id=duplicates[0], other_id=duplicates[1], reason="They look alike.")
    writes = {"phone_number_id": sender.phone_number_id, "from": factories.phone().lstrip("+"), "text": "Are you open?"}
    await asyncio.to_thread(partial(simulator.post, "inbound", **writes))
    found = await browse(node, api.url, user.email, tmp_path)
    tabs = found["tabs"]
    assert list(tabs) == TABS.split()
    assert {name: tab["errors"] for name, tab in tabs.items() if "errors" in tab} == {}
    assert found["elsewhere"] == []
    assert found["trouble"] == []
    assert json.loads(found["headers"])["Authorization"].startswith("Bearer ")
    assert tabs["Watch"]["data"]["messageEvents"]["stats"]["sent"] == 3
    assert tabs["Schedule"]["data"]["schedule"]["status"] == "SENT"
    assert tabs["Contacts"]["data"]["contacts"]["edges"]
    assert tabs["Contact"]["data"]["contact"]["phones"]
    assert tabs["EventLog"]["data"]["events"]["edges"]
    assert tabs["SendMessage"]["data"]["sendMessage"]["status"] == "QUEUED"
    assert tabs["TakeOver"]["data"]["takeOverConversation"]["handler"] == "OPERATOR"
    assert tabs["SendFile"]["data"]["sendMessage"]["type"] == "IMAGE"
    assert {tabs[name]["type"] for name in WATCHING} == {"connection_ack"}
    assert tabs["CreateFullTemplate"]["data"]["createMessageTemplate"]["preview"]["buttons"][1]["url"].endswith(
        "lisbon"
    )
    assert len(tabs["MergeContacts"]["data"]["mergeContacts"]["phones"]) == 2
    assert tabs["PreviewImport"]["data"]["contactImportPreview"]["columns"][1]["field"] == "PHONE_NUMBER"
    assert tabs["ImportVerdicts"]["data"]["node"]["failed"] == 1
    assert tabs["Preflight"]["data"]["campaignPreflight"]["recipients"] == 4
    assert tabs["PauseCampaign"]["data"]["pauseCampaign"]["status"] == "PAUSED"
    assert tabs["CampaignResults"]["data"]["campaign"]["recipients"]["edges"][0]["node"]["outcome"] == "PENDING"
    assert tabs["UnreadOnceMore"]["data"]["again"]["status"] == "DRAFT"
    ledger = [edge["node"] for edge in tabs["OptOut"]["data"]["optOutContact"]["consents"]["edges"]]
    assert (ledger[0]["state"], ledger[0]["proof"]) == ("OPTED_OUT", "By phone, to Ann")
    assert tabs["FindByValues"]["data"]["labelled"]["totalCount"] >= 1
    assert tabs["VerifyNumber"]["data"]["verifyContactPhone"]["onWhatsApp"] is True
    assert tabs["ExportReceipt"]["data"]["node"]["file"]["url"].startswith(api.url)
    assert tabs["EraseContact"]["data"]["eraseContact"]["completedAt"]
    assert tabs["ChangeConversation"]["data"]["updateConversation"]["tags"] == ["vip"]
    assert "Are you open?" in tabs["ConversationAsText"]["data"]["conversation"]["transcript"]
    assert tabs["Analytics"]["data"]["analytics"]["leads"]["total"] >= 1
    webhook = tabs["CreateWebhook"]["data"]["createWebhook"]
    told = {edge["node"]["id"]: edge["node"] for edge in tabs["Webhooks"]["data"]["webhooks"]["edges"]}[webhook["id"]]
    assert (webhook["secret"] is not None, told["waiting"], told["waitingSince"]) == (True, 0, None)
    assert tabs["CreateApiToken"]["data"]["createApiToken"]["token"]
    done = [edge["node"]["action"] for edge in tabs["Operations"]["data"]["auditEntries"]["edges"]]
    assert "createApiToken" in done
    assert tabs["ChangeGroup"]["data"]["updateGroup"]["contactCount"] == 1
    assert tabs["CancelSchedule"]["data"]["archiveSchedule"]["archivedAt"]
    assert tabs["SendAtOnce"]["data"]["sendScheduleNow"]["status"] in {"PROCESSING", "SENT"}
    stopped = tabs["StopCampaign"]["data"]
    assert (stopped["stopCampaign"]["status"], stopped["duplicateCampaign"]["status"]) == ("STOPPED", "DRAFT")
    assert tabs["WinLead"]["data"]["assignLeads"][0]["assignedTo"]["name"] == "Ann"
    assert tabs["WinLead"]["data"]["convertLead"]["status"] == "WON"
    assert any(session["current"] for session in tabs["Users"]["data"]["me"]["sessions"])
    assert tabs["TestWebhook"]["data"]["rotateWebhookSecret"]["secret"]
    assert found["code"].startswith("Scan it in WhatsApp")
    assert set(found["shots"]) >= {*TABS.split(), "Code"} - WATCHING


async def browse(node: Path, url: str, email: str, folder: Path) -> dict[str, Any]:
    given = (f"{url}/graphql", email, PASSWORD, str(folder), factories.phone(), factories.phone(), factories.phone())
    status, said = await run(["node", "graphiql.mjs", *given], cwd=node)
    assert status == 0, said
    return json.loads(said)


async def test_the_page_is_for_browsers_and_names_nothing_elsewhere(api: Api) -> None:
    page = await api.http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text
    query = await api.http.get("/graphql", params={"query": "{ __typename }"}, headers={"accept": "text/html,*/*"})
    assert query.json()["data"] == {"__typename": "Query"}
