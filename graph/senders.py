"""Senders: the WhatsApp numbers that messages leave from."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import strawberry

from db import senders as rows
from db.senders import SenderProvider, SenderStatus
from db.templates import QualityRating
from domain import senders
from domain.senders import PacingState, SenderOrder
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, mutation, query
from graph.core.ids import decode
from graph.core.inputs import given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import (
    Connection,
    listing,
)
from graph.core.scalars import PhoneNumber

describe(
    SenderProvider,
    "How a sender reaches WhatsApp.",
    CLOUD_API="Meta's WhatsApp Business Cloud API.",
    WAHA="A WAHA gateway: a WhatsApp Web session, authenticated with a QR or pairing code.",
)
describe(
    SenderStatus,
    "State of a sender's session. CLOUD_API senders go straight to CONNECTED.",
    STOPPED="Saved, but not started.",
    STARTING="Starting.",
    WAITING_FOR_SCAN="Waits for its QR code to be scanned.",
    SCANNED="Scanned; being confirmed.",
    CONNECTED="Ready to send and receive.",
    EXPIRED="Ended: the session lapsed, or the access token did; must be authenticated again.",
    FAILED="Broken; see the error.",
)
describe(
    SenderOrder,
    "What senders are sorted by.",
    CREATED_AT="When they were registered.",
    LAST_ACTIVE_AT="Their last sign of life.",
    NAME="Their name.",
)


@strawberry.type(description="A QR code for WhatsApp's 'Linked devices'.")
class QrCode:
    image: str = column("PNG, in base64.")
    text: str = column("What the code says, to be drawn by the client.")
    expires_at: datetime = column("When it runs out: after 20 to 60 seconds.")


describe(
    QualityRating,
    "Quality as WhatsApp rates it, of a sender or of a template.",
    GREEN="High.",
    YELLOW="Medium.",
    RED="Low: sending slows down, and may be stopped by WhatsApp.",
    UNKNOWN="Not rated yet, or not told.",
)
describe(
    PacingState,
    "How a sender sends now.",
    NORMAL="As fast as its limits allow.",
    SLOWED="Slower than that, after WhatsApp asked for it, quality fell or a limit was reached; recovers by itself.",
    PAUSED="Not at all.",
)


@strawberry.type(description="What WhatsApp says of a number.")
class SenderHealth:
    quality: QualityRating = column("How recipients take its messages.")
    messaging_limit: int | None = column(
        "Different people who may be written to outside a service window in moving 24 hours, by all numbers of the "
        "portfolio together; null: no limit."
    )
    messaging_limit_used: int = loaded("How many of them were, so far.", senders.reached)
    display_name: str | None = column("Name that recipients see.")
    display_name_status: str | None = column("Whether WhatsApp approved that name, in its own word, such as APPROVED.")
    last_error_code: int | None = column("WhatsApp's code of the last error that concerned the number as a whole.")
    last_error: str | None = column("The same in words.")
    last_error_at: datetime | None = column("When that was.")
    closed_countries: list[str] = column(
        "Countries that WhatsApp does not let it write to (130497), by ISO 3166-1 alpha-2: nothing leaves for them "
        "until connectSender."
    )
    checked_at: datetime = column(
        "When WhatsApp was last asked: every 5 minutes or less, and soon after it tells news."
    )

    @computed("Messages a second that WhatsApp takes, such as 80 or 1000.")
    @staticmethod
    def messages_per_second(row: strawberry.Parent[rows.Sender]) -> int:
        return row.messages_per_second or int(senders.STANDARD)


@strawberry.type(description="How fast a sender may send now, and why.")
class SenderPacing:
    state: PacingState = column("How it sends.")
    reason: str = column(
        "Why, in words, such as 'WhatsApp answered 130429 at 14:02 UTC; back to 80 a second by 14:10 UTC.'"
    )
    until: datetime | None = column("When a slowdown or pause ends by itself; null: it does not, or there is none.")
    messages_per_second: float = column("Messages a second now; 0 while PAUSED.")
    remaining_this_hour: int | None = column(
        "Messages left in the present hour, of LimitSettings.messagesPerHour; null: no such limit."
    )
    queued: int = loaded(
        "Messages that wait for it, without those of schedules that are held; over 10000 an estimate.", senders.queued
    )

    @computed("When the last of them would leave at this pace; null while PAUSED, and when none waits.")
    @staticmethod
    async def finishes_at(info: Info, row: strawberry.Parent[senders.SenderPacing]) -> datetime | None:
        return senders.finishes_at(row, await info.context.load(senders.queued, row.id), datetime.now(UTC))


@node(rows.Sender, get=senders.get, description="A WhatsApp number that we send from.")
class Sender(Node):
    phone_number: PhoneNumber = column("The number; unique.")
    name: str | None = column("What it is called.")
    provider: SenderProvider = column("How it reaches WhatsApp.")
    status: SenderStatus = column("State of its session.")
    active: bool = column("Whether the session is live at the provider; otherwise it is only saved.")
    requires_auth: bool = column("Whether a person must authenticate or start it before it can send.")
    last_active_at: datetime | None = column("Last sign of life.")
    expires_at: datetime | None = column(
        "When the session runs out: 14 days after its last sign of life. Null for a session that does not run out."
    )
    error_message: str | None = column("What is wrong.")
    is_default: bool = column("Whether this sender is used where none is named; one is.")
    bot_enabled: bool = column("Whether the bot answers here.")
    phone_number_id: str | None = column("Cloud API id of the number.")
    business_account_id: str | None = column(
        "Cloud API id of the WhatsApp Business account that owns number and templates."
    )
    pacing: SenderPacing = loaded("How fast it may send now, and why.", senders.pacing)
    created_at: datetime = column("When it was registered.")
    updated_at: datetime = column("When it or its session last changed.")

    @computed(
        "What WhatsApp says of the number, polled and by webhook; null for WAHA, and before WhatsApp was asked.",
        graphql_type=SenderHealth | None,
    )
    @staticmethod
    def health(row: strawberry.Parent[rows.Sender]) -> rows.Sender | None:
        return senders.health.health(row)

    @computed(
        "QR code to scan; null unless WAITING_FOR_SCAN. A run-out one is renewed on reading. requestPairingCode is the "
        "other way in.",
        graphql_type=QrCode | None,
        cost=10,
    )
    @staticmethod
    async def qr_code(info: Info, row: strawberry.Parent[rows.Sender]) -> senders.QrCode | None:
        return await senders.qr_code(info.context.viewer, row.id)


SenderId: TypeAlias = Annotated[strawberry.ID, arg("The sender.")]


@strawberry.input(description="Which senders.")
class SenderFilter:
    search: str | None = optional("Part of the number or name, up to 200 characters; case does not matter.")
    phone_number: PhoneNumber | None = optional("With this number.")
    provider: list[SenderProvider] | None = optional("With one of these providers.")
    status: list[SenderStatus] | None = optional("With one of these statuses.")
    active: bool | None = optional("With a live session, or without.")


@strawberry.input(description="A new sender.")
class CreateSenderInput:
    phone_number: PhoneNumber = required("The number; DUPLICATE_RESOURCE when it is registered.")
    provider: SenderProvider = required("How it reaches WhatsApp.")
    name: str | None = optional("Up to 100 characters.")
    is_default: bool = optional(
        "Use it where no sender is named; the first sender is the default anyway.", default=False
    )
    phone_number_id: str | None = optional("CLOUD_API only, and needed there: id of the number, 1 to 64 characters.")
    business_account_id: str | None = optional(
        "CLOUD_API only: id of the WhatsApp Business account that owns the number, up to 64 characters; "
        "templates need it."
    )
    access_token: str | None = optional(
        "CLOUD_API only, and needed there: access token, 1 to 4096 characters; kept encrypted, never shown."
    )
    bot_enabled: bool = optional("Whether the bot answers here.", default=True)


@strawberry.input(description="Changes to a sender.")
class UpdateSenderInput:
    name: str | None = optional("Up to 100 characters.")
    is_default: bool | None = optional("True makes it the default instead of the present one.")
    phone_number_id: str | None = optional("CLOUD_API only: id of the number, 1 to 64 characters.")
    business_account_id: str | None = optional(
        "CLOUD_API only: id of the WhatsApp Business account that owns the number, up to 64 characters; "
        "templates need it."
    )
    access_token: str | None = optional(
        "CLOUD_API only: access token, 1 to 4096 characters; kept encrypted, never shown."
    )
    bot_enabled: bool | None = optional("Whether the bot answers here, from the next message on.")


@strawberry.type
class SendersQuery:
    @query(senders.get, description="A sender; null with NOT_FOUND when there is none.", graphql_type=Sender | None)
    async def sender(self, info: Info, id: SenderId) -> rows.Sender:
        return await senders.get(info.context.viewer, decode(id, "Sender"))

    senders: Connection[Sender] = listing(
        senders.find,
        filter=SenderFilter,
        by=SenderOrder.CREATED_AT,
        description="The WhatsApp numbers that messages leave from.",
    )


@strawberry.type
class SendersMutation:
    @mutation(
        senders.create,
        description=(
            "Registers a WhatsApp number; a CLOUD_API one is connected at once, a WAHA one starts its session and "
            "waits for its code to be scanned."
        ),
        graphql_type=Sender,
    )
    async def create_sender(
        self, info: Info, input: Annotated[CreateSenderInput, arg("The new sender.")]
    ) -> rows.Sender:
        return await senders.create(info.context.viewer, **given(input))

    @mutation(senders.update, description="Changes a sender.", graphql_type=Sender)
    async def update_sender(
        self,
        info: Info,
        id: SenderId,
        input: Annotated[UpdateSenderInput, arg("What to change.")],
    ) -> rows.Sender:
        return await senders.update(info.context.viewer, decode(id, "Sender"), **given(input))

    @mutation(
        senders.delete,
        description=(
            "Removes a sender and the API tokens bound to it, and logs a WAHA session out; refused while a pending, "
            "held or processing schedule needs it. Its history stays."
        ),
    )
    async def delete_sender(self, info: Info, id: SenderId) -> strawberry.ID:
        await senders.delete(info.context.viewer, decode(id, "Sender"))
        return id

    @mutation(
        senders.connect_sender,
        description=(
            "Starts a sender's session again, or anew after it expired, and lifts a pause; does nothing to one that "
            "is connected, unless told to restart."
        ),
        graphql_type=Sender,
    )
    async def connect_sender(
        self, info: Info, id: SenderId, restart: Annotated[bool, arg("Stop a live session first.")] = False
    ) -> rows.Sender:
        return await senders.connect_sender(info.context.viewer, decode(id, "Sender"), restart=restart)

    @mutation(
        senders.disconnect_sender,
        description="Stops a sender: nothing is sent until it is connected again; its queue waits.",
        graphql_type=Sender,
    )
    async def disconnect_sender(
        self,
        info: Info,
        id: SenderId,
        logout: Annotated[
            bool, arg("Also forget the authentication, so that it must be scanned again; WAHA only.")
        ] = False,
    ) -> rows.Sender:
        return await senders.disconnect_sender(info.context.viewer, decode(id, "Sender"), logout=logout)

    @mutation(
        senders.request_pairing_code,
        description=(
            "Asks for a code to type into WhatsApp's 'Linked devices' instead of scanning the QR code; only WAHA, "
            "while WAITING_FOR_SCAN. Such as ABCD-1234. SESSION_EXPIRED where it must be connected anew first."
        ),
    )
    async def request_pairing_code(self, info: Info, id: SenderId) -> str:
        return await senders.request_pairing_code(info.context.viewer, decode(id, "Sender"))
