"""Groups: named sets of contacts."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from db import groups as rows
from domain import groups
from domain.groups import GroupOrder
from graph.contacts.types import Contact
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, mutation, query
from graph.core.ids import decode
from graph.core.inputs import given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import Connection, listing, paged

describe(
    GroupOrder,
    "What groups are sorted by.",
    CREATED_AT="When they were created.",
    UPDATED_AT="When they, or their membership, were last changed.",
    NAME="Their name; case does not matter.",
)


@node(rows.Group, get=groups.get, description="A named set of contacts.")
class Group(Node):
    name: str = column("Unique, compared without case.")
    description: str | None = column("What the group is for.")
    created_at: datetime = column("When the group was created.")
    updated_at: datetime = column("When the group or its membership was last changed.")

    contact_count: int = loaded("How many contacts it has.", groups.contact_counts)

    contacts: Connection[Contact] = paged(
        "Its contacts, the latest created first; contacts(filter: { groupId }) searches and sorts them.",
        groups.pages_of_contacts,
    )

    @computed("Schedules for the group that wait or are being sent.")
    @staticmethod
    async def scheduled_count(info: Info, row: strawberry.Parent[rows.Group]) -> int:
        return (await info.context.load(groups.schedule_counts, row.id)).scheduled

    @computed("Schedules for the group that were sent.")
    @staticmethod
    async def sent_count(info: Info, row: strawberry.Parent[rows.Group]) -> int:
        return (await info.context.load(groups.schedule_counts, row.id)).sent


GroupId: TypeAlias = Annotated[strawberry.ID, arg("The group.")]


@strawberry.input(description="Which groups.")
class GroupFilter:
    search: str | None = optional("Part of the name or description, up to 200 characters; case does not matter.")
    contact_id: strawberry.ID | None = optional("That this contact is in.", of="Contact")


@strawberry.input(description="A new group.")
class CreateGroupInput:
    name: str = required("1 to 100 characters; DUPLICATE_RESOURCE when another group has it, compared without case.")
    description: str | None = optional("Up to 500 characters.")
    contact_ids: list[strawberry.ID] | None = optional("First members, at most 10000; more by import.", of="Contact")


@strawberry.input(description="Changes to a group.")
class UpdateGroupInput:
    name: str | None = optional("1 to 100 characters.")
    description: str | None = optional("Up to 500 characters.")
    contact_ids: list[strawberry.ID] | None = optional("Replaces all members; at most 10000.", of="Contact")


@strawberry.type
class GroupsQuery:
    @query(groups.get, description="A group; null with NOT_FOUND when there is none.", graphql_type=Group | None)
    async def group(self, info: Info, id: GroupId) -> rows.Group:
        return await groups.get(info.context.viewer, decode(id, "Group"))

    groups: Connection[Group] = listing(
        groups.find, filter=GroupFilter, by=GroupOrder.CREATED_AT, description="Groups of contacts."
    )


@strawberry.type
class GroupsMutation:
    @mutation(groups.create, description="Creates a group.", graphql_type=Group)
    async def create_group(self, info: Info, input: Annotated[CreateGroupInput, arg("The new group.")]) -> rows.Group:
        return await groups.create(info.context.viewer, **given(input))

    @mutation(
        groups.update,
        description="Changes a group. contactIds, when given, replaces all its members.",
        graphql_type=Group,
    )
    async def update_group(
        self, info: Info, id: GroupId, input: Annotated[UpdateGroupInput, arg("What to change.")]
    ) -> rows.Group:
        return await groups.update(info.context.viewer, decode(id, "Group"), **given(input))

    @mutation(
        groups.delete,
        description=(
            "Deletes a group but not its contacts; refused while a pending, held or processing schedule or a "
            "scheduled, running or paused campaign needs it."
        ),
    )
    async def delete_group(self, info: Info, id: GroupId) -> strawberry.ID:
        await groups.delete(info.context.viewer, decode(id, "Group"))
        return id
