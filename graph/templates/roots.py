"""Queries and mutations of message templates."""

from typing import Annotated, TypeAlias

import strawberry

from db import senders as sender_rows
from db import templates as rows
from domain import templates
from domain.templates import MessageTemplateOrder, sync
from domain.templates.submission import Approval
from graph.core.context import Info
from graph.core.fields import arg, mutation, query
from graph.core.ids import decode
from graph.core.inputs import whole
from graph.core.paging import (
    Connection,
    listing,
)
from graph.senders import Sender
from graph.templates.types import (
    CreateMessageTemplateInput,
    MessageTemplate,
    MessageTemplateFilter,
    UpdateMessageTemplateInput,
)

TemplateId: TypeAlias = Annotated[strawberry.ID, arg("The template.")]


@strawberry.type
class TemplatesQuery:
    @query(
        templates.get,
        description="A message template; null with NOT_FOUND when there is none.",
        graphql_type=MessageTemplate | None,
    )
    async def message_template(self, info: Info, id: TemplateId) -> rows.MessageTemplate:
        return await templates.get(info.context.viewer, decode(id, "MessageTemplate"))

    message_templates: Connection[MessageTemplate] = listing(
        templates.find,
        filter=MessageTemplateFilter,
        by=MessageTemplateOrder.CREATED_AT,
        description="Message templates.",
    )


@strawberry.type
class TemplatesMutation:
    @mutation(
        templates.create,
        description="Creates a message template; submits it to WhatsApp when approval is given.",
        graphql_type=MessageTemplate,
    )
    async def create_message_template(
        self, info: Info, input: Annotated[CreateMessageTemplateInput, arg("The new template.")]
    ) -> rows.MessageTemplate:
        values = whole(input)
        if values["approval"] is not None:
            values["approval"] = Approval(**values["approval"])
        return await templates.create(info.context.viewer, **values)

    @mutation(
        templates.update,
        description=(
            "Changes a message template, at WhatsApp too where it is known there; schedules that are still pending "
            "send the new content. INVALID_STATE when wording that WhatsApp knows is to change while a schedule or "
            "campaign sends it or WhatsApp reviews it, or more often than WhatsApp allows; and when a text of ours "
            "changes that a running or paused campaign sends."
        ),
        graphql_type=MessageTemplate,
    )
    async def update_message_template(
        self,
        info: Info,
        id: TemplateId,
        input: Annotated[UpdateMessageTemplateInput, arg("What to change.")],
    ) -> rows.MessageTemplate:
        return await templates.update(info.context.viewer, decode(id, "MessageTemplate"), **whole(input))

    @mutation(
        templates.unpause,
        description=(
            "Asks WhatsApp to end the pause of a template; only a PAUSED one. WhatsApp ends a pause for pacing so, and "
            "refuses while one for low quality lasts (WHATSAPP_API_ERROR), which ends by itself. What is held for the "
            "template goes on once it is APPROVED."
        ),
        graphql_type=MessageTemplate,
    )
    async def unpause_message_template(self, info: Info, id: TemplateId) -> rows.MessageTemplate:
        return await templates.unpause(info.context.viewer, decode(id, "MessageTemplate"))

    @mutation(
        templates.delete,
        description=(
            "Deletes a message template, at WhatsApp too; refused while a pending, held or processing schedule or a "
            "scheduled, running or paused campaign needs it. Past ones keep naming it."
        ),
    )
    async def delete_message_template(self, info: Info, id: TemplateId) -> strawberry.ID:
        await templates.delete(info.context.viewer, decode(id, "MessageTemplate"))
        return id

    @mutation(
        sync.request,
        description=(
            "Makes our copies of a sender's WhatsApp templates equal to WhatsApp's, in a worker; TEMPLATE_UPDATED "
            "tells of each that changed. Webhooks keep them so without it."
        ),
        graphql_type=Sender,
    )
    async def sync_message_templates(
        self,
        info: Info,
        sender_id: Annotated[strawberry.ID, arg("A CLOUD_API sender; the templates are those of its account.")],
    ) -> sender_rows.Sender:
        return await sync.request(info.context.viewer, decode(sender_id, "Sender", "senderId"))
