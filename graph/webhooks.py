"""Outgoing webhooks: other systems are told of events."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry
from strawberry.scalars import JSON

from db import webhooks as rows
from db.core.paging import Page
from db.events import EventType
from db.webhooks import WebhookDeliveryStatus
from domain import webhooks
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, entry, loaded, mutation, query
from graph.core.ids import decode
from graph.core.inputs import given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import After, Before, Connection, First, Last, page_request, paged

describe(
    WebhookDeliveryStatus,
    "Where a delivery stands.",
    PENDING="Waits for its first or next try, or for those before it.",
    DELIVERED="Answered with 2xx.",
    FAILED="Given up.",
)


@strawberry.type(description="One try to deliver an event.")
class WebhookAttempt:
    attempted_at: datetime = entry("When it was made.", "attempted_at", datetime.fromisoformat)
    duration_ms: int = entry("Time until the answer, or until it was given up; milliseconds.", "duration_ms")
    response_status: int | None = entry("HTTP status of the answer; null when there was none.", "response_status")
    response_excerpt: str | None = entry("Start of the answer's body, up to 1000 characters.", "response_excerpt")
    error_message: str | None = entry("What went wrong.", "error_message")


@node(rows.WebhookDelivery, get=webhooks.get_delivery, description="One event on its way to one webhook.")
class WebhookDelivery(Node):
    type: EventType = column("Kind of the event.")
    payload: JSON = column("The body as posted.")
    status: WebhookDeliveryStatus = column("Where it stands.")
    attempts: int = column(
        "Times it was tried since it was queued, replayed, or its webhook was switched on again or given another URL."
    )
    response_status: int | None = column("HTTP status of the last answer; null when there was none.")
    error_message: str | None = column("What went wrong at the last try.")
    created_at: datetime = column("When it was queued, the last time where it was replayed.")
    delivered_at: datetime | None = column("When it was answered with 2xx.")
    next_attempt_at: datetime | None = column(
        "When it is tried next. One that waits for those before it in its subject, conversation or campaign is tried "
        "as soon as these are over, if that is sooner."
    )
    attempt_log: list[WebhookAttempt] = strawberry.field(
        description="The last 50 tries, oldest first.", metadata={"size": 50}
    )
    webhook: Annotated["Webhook", strawberry.lazy("graph.webhooks")] = loaded(
        "Where to.", webhooks.by_ids, of="webhook_id"
    )


@strawberry.input(description="Which deliveries.")
class WebhookDeliveryFilter:
    status: list[WebhookDeliveryStatus] | None = optional("With one of these statuses.")


@node(
    rows.Webhook,
    get=webhooks.get,
    description=(
        "A URL that is told of events with a POST of {event, timestamp, data}, read from the log in order: at least "
        "once, the next event of a conversation or campaign only after the one before. Headers of Standard Webhooks "
        "(webhook-id, webhook-timestamp, webhook-signature), and X-Webhook-Signature: hex HMAC-SHA256 of the body "
        "under the secret. Anything but a 2xx answer within 15 seconds is tried again with growing pauses, for 3 days; "
        "after 5 days of failure the webhook is switched off."
    ),
)
class Webhook(Node):
    url: str = column("Where to post.")
    events: list[EventType] = column("What to tell of.")
    secret: str | None = column(
        "The signing secret: only in the answers to createWebhook and rotateWebhookSecret, null ever after."
    )
    active: bool = column("False: nothing is posted, and the log waits as long as it is kept.")
    disabled_at: datetime | None = column("When it was switched off after 5 days of failure; null otherwise.")
    cursor: str = loaded(
        "Cursor of the event up to which it was told of all, or they were given up; at first the newest of then.",
        webhooks.cursors,
    )
    waiting: int = loaded(
        "Events on their way to it, up to 10,000: neither answered with 2xx nor given up. What is still in the log is "
        "not counted.",
        webhooks.waiting,
    )
    waiting_since: datetime | None = loaded(
        "Since when the oldest waits of what it has not been told; null when it was told of everything.",
        webhooks.waiting_since,
    )
    created_at: datetime = column("When it was registered.")
    updated_at: datetime = column("When it was last changed.")

    deliveries: Connection[WebhookDelivery] = paged(
        "What was posted, newest first; kept as long as the log.",
        webhooks.pages_of_deliveries,
        filter=WebhookDeliveryFilter,
    )


@strawberry.input(description="A new outgoing webhook.")
class CreateWebhookInput:
    url: str = required("Where to post; http or https, up to 2000 characters, not a private address in production.")
    events: list[EventType] = required("What to tell of; at least one, and not CONVERSATION_TYPING.")
    secret: str | None = optional(
        "The signing secret, 24 to 100 characters; base64 where it begins with whsec_. Made up when left out."
    )


@strawberry.input(description="Changes to an outgoing webhook.")
class UpdateWebhookInput:
    url: str | None = optional("Where to post; as in CreateWebhookInput.")
    events: list[EventType] | None = optional("Replaces what to tell of.")
    active: bool | None = optional("False: nothing is posted.")


WebhookId: TypeAlias = Annotated[strawberry.ID, arg("The webhook.")]


@strawberry.type
class WebhooksQuery:
    @query(
        webhooks.get,
        description="An outgoing webhook; null with NOT_FOUND when there is none.",
        graphql_type=Webhook | None,
    )
    async def webhook(self, info: Info, id: WebhookId) -> rows.Webhook:
        return await webhooks.get(info.context.viewer, decode(id, "Webhook"))

    @query(webhooks.find, description="Outgoing webhooks, newest first.", graphql_type=Connection[Webhook])
    async def webhooks(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Page[rows.Webhook]:
        return await webhooks.find(info.context.viewer, page=page_request(first, after, last, before))


@strawberry.type
class WebhooksMutation:
    @mutation(
        webhooks.create,
        description="Registers a URL to be told of events, at most 50. Its secret is shown this once.",
        graphql_type=Webhook,
    )
    async def create_webhook(
        self, info: Info, input: Annotated[CreateWebhookInput, arg("The new webhook.")]
    ) -> rows.Webhook:
        return await webhooks.create(info.context.viewer, **given(input))

    @mutation(
        webhooks.update,
        description=(
            "Changes an outgoing webhook; active true switches one on again that was switched off, and it goes on "
            "where it stopped. Switched on, or at another URL, what failed is tried at once, and anew for 3 days."
        ),
        graphql_type=Webhook,
    )
    async def update_webhook(
        self, info: Info, id: WebhookId, input: Annotated[UpdateWebhookInput, arg("What to change.")]
    ) -> rows.Webhook:
        return await webhooks.update(info.context.viewer, decode(id, "Webhook"), **given(input))

    @mutation(webhooks.delete, description="Deletes an outgoing webhook and its deliveries.")
    async def delete_webhook(self, info: Info, id: WebhookId) -> strawberry.ID:
        await webhooks.delete(info.context.viewer, decode(id, "Webhook"))
        return id

    @mutation(
        webhooks.rotate,
        description="Gives a webhook a new secret, shown this once; deliveries are signed with both for 24 hours.",
        graphql_type=Webhook,
    )
    async def rotate_webhook_secret(
        self,
        info: Info,
        id: WebhookId,
        secret: Annotated[str | None, arg("The new secret, as in CreateWebhookInput; made up when left out.")] = None,
    ) -> rows.Webhook:
        return await webhooks.rotate(info.context.viewer, decode(id, "Webhook"), secret=secret)

    @mutation(
        webhooks.test,
        description="Posts a WEBHOOK_TEST event to a webhook, at once and this once; the delivery tells how it went.",
        graphql_type=WebhookDelivery,
    )
    async def test_webhook(self, info: Info, id: WebhookId) -> rows.WebhookDelivery:
        return await webhooks.test(info.context.viewer, decode(id, "Webhook"))

    @mutation(
        webhooks.replay,
        description=(
            "Posts every matching event since a cursor to a webhook again, in order, then goes on as before. Each is "
            "posted under its first id."
        ),
        graphql_type=Webhook,
    )
    async def replay_webhook(
        self,
        info: Info,
        id: WebhookId,
        after: Annotated[
            str,
            arg(
                "Cursor of the last event not to post again; CURSOR_EXPIRED when the log no longer reaches back to it."
            ),
        ],
    ) -> rows.Webhook:
        return await webhooks.replay(info.context.viewer, decode(id, "Webhook"), after=after)

    @mutation(
        webhooks.retry,
        description="Tries a FAILED or PENDING delivery again, now; a FAILED one this once.",
        graphql_type=WebhookDelivery,
    )
    async def retry_webhook_delivery(
        self, info: Info, id: Annotated[strawberry.ID, arg("The delivery.")]
    ) -> rows.WebhookDelivery:
        return await webhooks.retry(info.context.viewer, decode(id, "WebhookDelivery"))
