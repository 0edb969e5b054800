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
