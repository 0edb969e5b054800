"""Everything that can hang on one sender, each of its texts marked, so that a token of another one can be watched."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from db.accounts import ApiToken, Scope, User, UserIdentity, UserSession
from db.bot import FileReading, Generation
from db.campaigns import CampaignRecipient
from db.campaigns.telling import tell
from db.contacts import (
    Consent,
    Contact,
    ContactDuplicate,
    ContactIdentity,
    ContactImport,
    ContactPhone,
    DuplicatePolicy,
    ImportRow,
    ImportVerdict,
    PrivacyReceipt,
)
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.files import File, FilePurpose
from db.senders import Sender
from domain import analytics, campaigns, conversations, leads, webhooks
from domain.conversations import Heard
from domain.core import export
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.domain.campaigns.surroundings import a_campaign
from tests.domain.conversations.surroundings import approved
from tests.domain.messages.surroundings import a_message
from tests.plans import plan


@dataclass
class World:
    """A sender and all that is its own; `ids` by the name of the type in the schema."""

    mark: str
    sender: Sender
    owner: User
    ids: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    numbers: list[str] = field(default_factory=list[str])

    def bearer(self) -> Viewer:
        """The strongest caller who is bound to the sender: an ADMIN's token with every scope."""
        [token] = self.ids["ApiToken"]
        return Viewer(
            user_id=self.owner.id,
            role=self.owner.role,
            scopes=frozenset(Scope),
            token_id=token,
            sender_id=self.sender.id,
        )

    async def lists(self) -> list[str]:
        """What the links lead to that the bearer is given: figures, and those whom the campaign is for."""
        viewer, end = self.bearer(), self.sender.created_at + timedelta(days=1)
        links = [
            await analytics.csv_url(viewer, analytics.Period(None, end, "UTC", ended=False)),
            await campaigns.recipients_url(viewer, campaign_id=self.ids["Campaign"][0]),
        ]
        opened = [export.opened(link.rpartition("/")[2]).content for link in links if link is not None]
        return ["".join([block.decode() async for block in content]) for content in opened]

    def note(self, kind: str, *rows: Any) -> None:
        self.ids.setdefault(kind, []).extend(row if isinstance(row, int) else row.id for row in rows)


async def world(mark: str, shared: Contact, *, twins: bool = False) -> World:
    """A new sender with one of everything. A `shared` contact has messages, a campaign and a group here, too.

    With `twins` that one seems to be the same person as somebody who belongs to this sender alone.
    """
    account = factories.unique("waba")
    sender = await factories.sender(name=mark, business_account_id=account)
    made = World(mark, sender, await factories.user())
    made.numbers.append(sender.phone_number)
    made.note("Sender", sender)
    made.note("User", made.owner)
    await User.filter(id=made.owner.id).update(name=mark)
    await _accounts(made)
    own = await _contact(made)
    people = [own, shared]
    if twins:
        await ContactDuplicate.create(contact_id=shared.id, other_id=own.id, reason="name")
    template = await approved(
        f"{mark} says hello", title=mark, business_account_id=account, synced_at=datetime.now(UTC)
    )
    made.note("MessageTemplate", template)
    group = await factories.group(*people)
    await connect.execute("UPDATE contact_group SET name = $2 WHERE id = $1", group.id, f"{mark} group")
    made.note("Group", group)
    for person in people:
        await _conversation(made, person)
    await _bulk(made, template.id, group.id, people)
    await _files(made)
    lead = await leads.create(SYSTEM, contact_id=own.id, title=f"{mark} lead", description=mark)
    made.note("Lead", lead)
    made.note("LeadActivity", *(await _ids("lead_activity", "lead_id", lead.id)))
    return made


async def _accounts(made: World) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    session = await UserSession.create(
        user_id=made.owner.id, ip_address="203.0.113.9", user_agent=made.mark, last_used_at=later, expires_at=later
    )
    token = await ApiToken.create(
        user_id=made.owner.id,
        sender_id=made.sender.id,
        name=made.mark,
        digest=factories.unique(),
        prefix="tdg_",
        scopes=list(Scope),
    )
    identity = await UserIdentity.create(user_id=made.owner.id, issuer="https://id.example", subject=factories.unique())
    made.note("UserIdentity", identity)
    made.note("UserSession", session)
    made.note("ApiToken", token)
    entry = await connect.value(
        "INSERT INTO audit_entry (action, actor_id, subject_type, subject_id, changes, ip_address)"
        """ VALUES ('updateSender', $1, 'Sender', $2, '{"name": [null, "x"]}', '203.0.113.9') RETURNING id""",
        *(made.owner.id, made.sender.id),
    )
    made.note("AuditEntry", entry)
    hook = await webhooks.create(SYSTEM, url=f"https://example.com/{made.mark}", events=[EventType.LEAD_CREATED])
    made.note("Webhook", hook)
    made.note("WebhookDelivery", await webhooks.test(SYSTEM, hook.id))


async def _contact(made: World) -> Contact:
    number = factories.phone()
    made.numbers.append(number)
    own = await factories.contact(name=f"{made.mark} person", phone_number=number, email=f"{made.mark}@example.com")
    await Contact.filter(id=own.id).update(company=made.mark, tags=[made.mark], attributes={"word": made.mark})
    await ContactIdentity.create(contact_id=own.id, type="LID", value=f"{made.mark}@lid")
    consent = await Consent.create(
        contact_id=own.id, purpose="MARKETING", state="OPTED_IN", source="API", proof=made.mark
    )
    receipt = await PrivacyReceipt.create(action="EXPORT", contact_id=own.id)
    made.note("Contact", own)
    made.note("ContactPhone", *(await ContactPhone.filter(contact_id=own.id)))
    made.note("ConsentEntry", consent)
    made.note("PrivacyReceipt", receipt)
    job = await ContactImport.create(
        source=[], total=1, position=1, on_duplicate=DuplicatePolicy.SKIP, group_ids=[], created_by_id=made.owner.id
    )
    row = await ImportRow.create(
        contact_import_id=job.id, row=1, verdict=ImportVerdict.CREATED, contact_id=own.id, message=made.mark
    )
    made.note("ContactImport", job)
    made.note("ImportRow", row)
    return own


async def _conversation(made: World, person: Contact) -> None:
    """A question with a file, the bot's answer that leans on another file, and a reaction to it."""
    sender, mark = made.sender.id, made.mark
    media = await File.create(name=f"{mark}.png", purpose=FilePurpose.MEDIA, sender_id=sender, mime_type="image/png")
    address = factories.phone()
    asked = await a_message(
        *(sender, person.id),
        content=f"{mark} question",
        direction="INBOUND",
        author="CONTACT",
        state="RECEIVED",
        due_at=None,
        media_id=media.id,
        correlation_id=f"{mark}-correlation",
    )
    async with transaction():
        record(EventType.MESSAGE_RECEIVED, "Message", asked, sender_id=sender, contact_id=person.id, message_id=asked)
        await conversations.heard([Heard(asked, sender, person.id, address, datetime.now(UTC), asks=False)])
    said = await a_message(
        *(sender, person.id), content=f"{mark} answer", author="BOT", state="SENT", due_at=None, reply_to_id=asked
    )
    await Generation.create(
        message_id=said, confidence=0.5, processing_ms=1, sources=[{"file_id": media.id, "passage": mark, "score": 1}]
    )
    hand = await a_message(
        *(sender, person.id), content=f"{mark} by hand", author="OPERATOR", state="SENT", due_at=None,
        operator_id=made.owner.id,
    )  # fmt: skip
    reaction = await a_message(
        *(sender, person.id), content="+", type="REACTION", direction="INBOUND", author="CONTACT", state="RECEIVED",
        due_at=None, reply_to_id=said,
    )  # fmt: skip
    conversation = await conversations.of_messages(SYSTEM, [asked])
    assert conversation[0] is not None
    id = conversation[0].id
    await connect.execute(
        "UPDATE conversation SET tags = ARRAY[$2::text], escalation_note = $2, assigned_to_id = $3 WHERE id = $1",
        *(id, mark, made.owner.id),
    )
    kept = await File.create(
        name=f"{mark} kept.pdf", purpose=FilePurpose.KNOWLEDGE, sender_id=sender, conversation_id=id
    )
    await FileReading.create(file_id=kept.id, passages=1, status="COMPLETED")
    await connect.execute(
        "INSERT INTO passage (file_id, position, text, words) VALUES ($1, 0, $2, to_tsvector('simple', $2))",
        *(kept.id, f"{mark} knows about shoes"),
    )
    made.note("Message", asked, said, hand, reaction)
    made.note("Conversation", id)
    made.note("File", media, kept)


async def _bulk(made: World, template: int, group: int, people: list[Contact]) -> None:
    schedule = await plan(template_id=template, group_id=group, sender_id=made.sender.id, variables={"name": made.mark})
    campaign = await a_campaign(made.sender.id, template_id=template, audience={"group_ids": [group]})
    await connect.execute(
        "UPDATE campaign SET name = $2, description = $2::varchar, created_by_id = $3 WHERE id = $1",
        *(campaign.id, f"{made.mark} campaign", made.owner.id),
    )
    for person in people:
        sent = await a_message(
            *(made.sender.id, person.id), content=f"{made.mark} offer", state="READ", due_at=None,
            campaign_id=campaign.id, template_id=template,
        )  # fmt: skip
        planned = await a_message(
            *(made.sender.id, person.id), content=f"{made.mark} plan", due_at=None, state="SENT",
            schedule_id=schedule.id, template_id=template,
        )  # fmt: skip
        recipient = await CampaignRecipient.create(campaign_id=campaign.id, contact_id=person.id, address="+15550100")
        made.note("Message", sent, planned)
        made.note("CampaignRecipient", recipient)
    async with transaction():
        await tell(EventType.CAMPAIGN_STATUS_CHANGED, [campaign.id])
        record(EventType.SENDER_STATUS_CHANGED, "Sender", made.sender.id, sender_id=made.sender.id)
    made.note("Schedule", schedule)
    made.note("Campaign", campaign)


async def _files(made: World) -> None:
    """What the bot knows for all, a CSV to import, and an export."""
    for purpose in (FilePurpose.KNOWLEDGE, FilePurpose.IMPORT, FilePurpose.EXPORT):
        file = await File.create(name=f"{made.mark} {purpose}", purpose=purpose, uploaded_by_id=made.owner.id)
        made.note("File", file)


async def _ids(table: str, column: str, id: int) -> list[int]:
    return [row["id"] for row in await connect.rows(f"SELECT id FROM {table} WHERE {column} = $1", id)]
