"""What can be asked of messages."""

from typing import Annotated

import strawberry

from db import messages as rows
from domain import messages
from domain.messages import MessageOrder
from graph.core.context import Info
from graph.core.fields import arg, query
from graph.core.ids import decode
from graph.core.paging import Connection, listing
from graph.messages.types import PAGE, Message, MessageFilter


@strawberry.type
class MessagesQuery:
    @query(messages.get, description="A message; null with NOT_FOUND when there is none.", graphql_type=Message | None)
    async def message(self, info: Info, id: Annotated[strawberry.ID, arg("The message.")]) -> rows.Message:
        return await messages.get(info.context.viewer, decode(id, "Message"))

    messages: Connection[Message] = listing(
        messages.find,
        filter=MessageFilter,
        by=MessageOrder.CREATED_AT,
        description=(
            "Messages of every contact, schedule and campaign, 50 a page where the size is not given. Reactions are "
            "left out unless the filter names that type."
        ),
        size=PAGE,
    )
