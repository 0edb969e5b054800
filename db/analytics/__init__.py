"""What conversations come to over time: kept by the clock (recount.py), and read by whole periods (talk.py)."""

from datetime import date, datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class ConversationDay(Model):
    """A conversation on a day (UTC) on which something was said in it. first_at and last_at are exact.

    So any span that is longer than this row's own has the conversation where either of them lies in it, wherever days
    begin in the viewer's zone. The arrays go together: what it adds to each quarter of an hour of ConversationQuarter.
    """

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField()
    sender_id: int = fields.BigIntField()
    day: date = fields.DateField()
    first_at: datetime = fields.DatetimeField()
    last_at: datetime = fields.DatetimeField()
    before_at: datetime | None = fields.DatetimeField(null=True)
    """last_at of the row before: who counts by it counts each conversation once, without looking for doubles."""
    quarters: list[datetime] = ArrayField("timestamptz")
    messages: list[int] = ArrayField("int")
    answers: list[int] = ArrayField("int")
    waited: list[int] = ArrayField("bigint")

    class Meta(Model.Meta):
        table = "conversation_day"
        unique_together = (("conversation_id", "day"),)


class ConversationQuarter(Model):
    """What was said with a sender in a quarter of an hour: every zone's days begin with one."""

    id: int = fields.BigIntField(primary_key=True)
    at: datetime = fields.DatetimeField()
    sender_id: int = fields.BigIntField()
    messages: int = fields.IntField()
    answers: int = fields.IntField()
    waited: int = fields.BigIntField()
    """Microseconds that contacts waited for these answers."""
    begun: int = fields.IntField()
    """Rows of ConversationDay that begin in it."""
    reaching: int = fields.IntField()
    """Those that have begun before it, and end in it or later."""
    repeated: int = fields.IntField()
    """Of those that begin in it the ones that are not the first of their conversation in a month, in any zone."""

    class Meta(Model.Meta):
        table = "conversation_quarter"
        unique_together = (("at", "sender_id"),)
