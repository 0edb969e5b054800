"""Indexes by which a webhook is told of what can go on, however much waits behind an event that is refused."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_PUT_OFF = "WHERE status = 'PENDING' AND next_attempt_at > created_at"
UP = [
    # What is due: each round of a worker asks.
    "CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at) WHERE status = 'PENDING'",
    # What was put off, by what others share with it: asked of each that is due. What goes at once is in none of them.
    f"CREATE INDEX webhook_delivery_by_subject ON webhook_delivery (webhook_id, subject, event_number) {_PUT_OFF}",
    "CREATE INDEX webhook_delivery_by_conversation ON webhook_delivery (webhook_id, conversation_id, event_number)"
    f" {_PUT_OFF}",
    f"CREATE INDEX webhook_delivery_by_campaign ON webhook_delivery (webhook_id, campaign_id, event_number) {_PUT_OFF}",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0015_contact_sender_moves')]

    initial = False

    operations = [ops.RunSQL(UP, reverse_sql=[])]
