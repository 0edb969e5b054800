from tortoise import migrations
from tortoise.migrations import operations as ops
from db.events import EventType
from db.webhooks import WebhookDeliveryStatus
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

# What models cannot say, as in 0002.
UP = [
    # What is still to be posted, in order: each round of a worker asks, and the clock four times a second.
    "CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, event_number) WHERE status = 'PENDING'",
    # What is old enough to be forgotten.
    "CREATE INDEX webhook_delivery_done ON webhook_delivery (created_at) WHERE status <> 'PENDING'",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0010_security')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Webhook',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('url', fields.CharField(max_length=2000)),
                ('events', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('sealed', fields.BinaryField()),
                ('old_sealed', fields.BinaryField(null=True)),
                ('old_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('active', fields.BooleanField(db_default=True)),
                ('disabled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('failing_since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('position', fields.BigIntField()),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lease', fields.CharField(null=True, max_length=32)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhook', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A URL that is told of events. Whoever holds its lease, and nobody else, reads the log for it and posts.'},
            bases=['ChangingRow'],
        ),
        ops.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('webhook', fields.ForeignKeyField('models.Webhook', source_field='webhook_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('event_number', fields.BigIntField(null=True)),
                ('type', fields.CharEnumField(description='EventType', enum_type=EventType, max_length=32)),
                ('body', fields.TextField(unique=False)),
                ('subject', fields.CharField(max_length=64)),
                ('conversation_id', fields.BigIntField(null=True)),
                ('campaign_id', fields.BigIntField(null=True)),
                ('contact_id', fields.BigIntField(null=True)),
                ('status', fields.CharEnumField(description='WebhookDeliveryStatus', db_default='PENDING', enum_type=WebhookDeliveryStatus, max_length=24)),
                ('attempts', fields.IntField(db_default=0)),
                ('response_status', fields.SmallIntField(null=True)),
                ('error_message', fields.TextField(null=True, unique=False)),
                ('next_attempt_at', fields.DatetimeField(null=True, db_default=Now(), auto_now=False, auto_now_add=False)),
                ('give_up_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('delivered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('attempt_log', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'webhook_delivery', 'app': 'models', 'unique_together': (('webhook_id', 'event_number'),), 'indexes': [Index(fields=['webhook_id', 'id']), Index(fields=['contact_id'])], 'pk_attr': 'id', 'table_description': "An event on its way to a webhook. Its number is the event's; null for a test."},
            bases=['Row'],
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
