"""Campaigns as they are given."""

from datetime import datetime, time

import strawberry
from strawberry.scalars import JSON

from db.campaigns import CampaignStatus, CampaignType, ExclusionReason, RecipientOutcome
from domain.campaigns import CampaignOrder
from graph.core.enums import describe
from graph.core.inputs import optional, required
from graph.core.scalars import PhoneNumber
from graph.files import MediaInput

describe(CampaignType, "How a campaign reaches its audience.", BROADCAST="One message to every recipient.")
describe(
    CampaignStatus,
    "Where a campaign stands.",
    DRAFT="Being prepared.",
    SCHEDULED="Waits for its time to start.",
    RUNNING="Its messages are queued and leaving.",
    PAUSED=(
        "Held, by a user or by the system: no sender of it is connected, or its template may not be sent; see the "
        "error. Its messages stay QUEUED."
    ),
    STOPPED="Ended before it was done.",
    COMPLETED="Done.",
)
describe(
    CampaignOrder,
    "What campaigns are sorted by.",
    CREATED_AT="When they were created.",
    UPDATED_AT="When they were last changed.",
    STARTED_AT="When they were started.",
    NAME="Their name.",
)
describe(
    RecipientOutcome,
    "How far a recipient came. Each has exactly one: the last that is true.",
    EXCLUDED="Sent nothing; see the exclusion.",
    PENDING="Not yet handed to WhatsApp.",
    SENT="Accepted by WhatsApp, not seen to arrive.",
    DELIVERED="Arrived, not seen to be read.",
    READ="Read, not answered.",
    REPLIED="Wrote back within 7 days, read receipt or not.",
    FAILED="Given up; see the message's error.",
    UNCONFIRMED="Handed over, but never confirmed; may be sent again by hand.",
    CANCELLED="Called off before it left.",
)
describe(
    ExclusionReason,
    "Why someone in the audience is sent nothing.",
    OPTED_OUT="Declined marketing messages.",
    NO_PHONE_NUMBER="Has neither a phone number nor another way to be reached.",
    NOT_ON_WHATSAPP="The number has no WhatsApp account.",
    DUPLICATE_NUMBER="The same number is in the audience already.",
    WINDOW_CLOSED="The service window is closed, and the text is not an approved template.",
    OVER_SENDER_LIMIT="Over what the senders may send to new people in 24 hours.",
)

_VARIABLES = (
    "Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters "
    "each. They win over the contact's own and may hold {{placeholders}} of the contact."
)
_MEDIA = (
    "What goes along with the text: a picture, a film or a document; or what fills the header of a template, a file of "
    "its format."
)


@strawberry.input(
    description=(
        "Hours of the day without messages; they may run over midnight. Where a recipient's zone is unknown, UTC "
        "counts."
    )
)
class QuietHoursInput:
    start: time = required("From this time on, such as 21:00.")
    end: time = required("Until this time, such as 08:00; another than the start.")


@strawberry.input(
    description="Recipients of a campaign by how far it came with them; counted when the new campaign starts."
)
class OutcomeAudienceInput:
    campaign_id: strawberry.ID = required("The campaign.", of="Campaign")
    outcome: list[RecipientOutcome] = required(
        "Any of these, such as SENT and DELIVERED for those who did not read it; at least one."
    )


@strawberry.input(description="Whom a campaign reaches: everyone named in any of these ways, once.")
class AudienceInput:
    group_ids: list[strawberry.ID] | None = optional("All contacts of these groups, at most 100 groups.", of="Group")
    contact_ids: list[strawberry.ID] | None = optional("These contacts, at most 10000.", of="Contact")
    phone_numbers: list[PhoneNumber] | None = optional(
        "These numbers, at most 10000, each written to as it is given, not at the primary number of its contact; an "
        "unknown one becomes a contact named after it."
    )
    outcome: OutcomeAudienceInput | None = optional("Those with whom another campaign came this far.")


@strawberry.input(description="A new campaign, with exactly one of templateId and content.")
class CreateCampaignInput:
    name: str | None = optional("1 to 255 characters; made of the sender and the time when left out.")
    description: str | None = optional("Up to 1000 characters.")
    type: CampaignType = optional("How it reaches its audience.", default=CampaignType.BROADCAST)
    template_id: strawberry.ID | None = optional(
        "The template to send; its content as it is at the start.", of="MessageTemplate"
    )
    content: str | None = optional("The text, 1 to 5000 characters, with {{placeholders}}.")
    variables: JSON | None = optional(_VARIABLES)
    media: MediaInput | None = optional(_MEDIA)
    sender_ids: list[strawberry.ID] | None = optional(
        "Numbers to send from, at most 100; the default sender when left out.", of="Sender"
    )
    quiet_hours: QuietHoursInput | None = optional("When to send nothing, in each recipient's time zone.")
    expires_at: datetime | None = optional("What has not left by then is not sent any more; after the start.")
    audience: AudienceInput | None = optional("To whom; needed by the start.")
    start: bool = optional("Start at once.", default=False)


@strawberry.input(description="Changes to a campaign.")
class UpdateCampaignInput:
    name: str | None = optional("1 to 255 characters.")
    description: str | None = optional("Up to 1000 characters.")
    type: CampaignType | None = optional("How it reaches its audience.")
    template_id: strawberry.ID | None = optional(
        "The template to send; takes the place of content.", of="MessageTemplate"
    )
    content: str | None = optional(
        "The text, 1 to 5000 characters, with {{placeholders}}; takes the place of the template."
    )
    variables: JSON | None = optional(_VARIABLES)
    media: MediaInput | None = optional(f"{_MEDIA} Null takes it away.")
    sender_ids: list[strawberry.ID] | None = optional(
        "Numbers to send from, at most 100; replaces the pool.", of="Sender"
    )
    quiet_hours: QuietHoursInput | None = optional(
        "When to send nothing, in each recipient's time zone; null: any time is fine."
    )
    expires_at: datetime | None = optional(
        "What has not left by then is not sent any more; after the start; null: no end."
    )
    audience: AudienceInput | None = optional("Replaces the whole audience.")


@strawberry.input(
    description="Figures of a campaign as they should read; what is left out stays. None may be negative."
)
class CampaignStatsInput:
    sent: int | None = optional("Accepted by WhatsApp.")
    delivered: int | None = optional("Arrived on the recipient's phone.")
    read: int | None = optional("Read by the recipient.")
    failed: int | None = optional("Given up.")
    replies: int | None = optional("Recipients who wrote back.")


@strawberry.input(description="Which recipients.")
class CampaignRecipientFilter:
    search: str | None = optional("Part of the name or number, up to 200 characters; case does not matter.")
    outcome: list[RecipientOutcome] | None = optional("With one of these outcomes.")
    exclusion: list[ExclusionReason] | None = optional("Left out for one of these reasons.")
