"""Groups: named sets of contacts."""

from datetime import datetime

from tortoise import fields

from db.contacts import Contact
from db.core.columns import ChangingRow, Row


class Group(ChangingRow):
    """A named set of contacts; names are unique without regard to case among those not deleted (migration 0002)."""

    name = fields.CharField(100)
    description = fields.CharField(500, null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "contact_group"


class GroupMember(Row):
    """That a contact is in a group."""

    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField("models.Group", on_delete=fields.CASCADE)
    group_id: int
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField("models.Contact", on_delete=fields.CASCADE)
    contact_id: int

    class Meta:
        table = "group_member"
        unique_together = (("group_id", "contact_id"),)
        indexes = (("contact_id",),)


USED_BY = """
SELECT FROM schedule WHERE schedule.group_id = {group} AND schedule.sender_id = {sender} AND schedule.deleted_at IS NULL
UNION ALL
SELECT FROM campaign c JOIN campaign_sender s ON s.campaign_id = c.id
WHERE s.sender_id = {sender} AND c.deleted_at IS NULL AND c.audience -> 'group_ids' @> to_jsonb({group})
  AND NOT EXISTS (SELECT FROM campaign_sender o WHERE o.campaign_id = c.id AND o.sender_id <> {sender})
"""
"""Schedules and campaigns that name a group and leave from a sender alone: whoever is bound to it sees the group."""
