"""What can be asked of messages."""

from typing import Annotated

import strawberry

from db import messages as rows
from db.core.paging import Page
from domain import messages
from domain.messages import MessageOrder
from graph.core.context import Info
from graph.core.enums import OrderDirection
from graph.core.fields import arg, query
from graph.core.ids import decode
from graph.core.inputs import criteria
from graph.core.paging import (
    After,
    Before,
    Connection,
    Direction,
    First,
    Last,
    Matching,
    Offset,
    OrderBy,
    page_request,
)
from graph.messages.types import PAGE, Message, MessageFilter


@strawberry.type
class MessagesQuery:
    @query(messages.get, description="A message; null with NOT_FOUND when there is none.", graphql_type=Message | None)
    async def message(self, info: Info, id: Annotated[strawberry.ID, arg("The message.")]) -> rows.Message:
        return await messages.get(info.context.viewer, decode(id, "Message"))

    @query(
        messages.find,
        description=(
            "Messages of every contact, schedule and campaign, 50 a page where the size is not given. Reactions are "
            "left out unless the filter names that type."
        ),
        graphql_type=Connection[Message],
        size=PAGE,
    )
    async def messages(
        self,
        info: Info,
        filter: Matching[MessageFilter] = None,
        order_by: OrderBy[MessageOrder] = MessageOrder.CREATED_AT,
        direction: Direction = OrderDirection.DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Offset = None,
    ) -> Page[rows.Message]:
        return await messages.find(
            info.context.viewer,
            **criteria(filter),
            order=order_by,
            descending=direction is OrderDirection.DESC,
            page=page_request(first, after, last, before, offset, default=PAGE),
        )
