from tortoise import migrations
from tortoise.migrations import operations as ops
from db.leads import LeadActivityType, LeadStatus
from db.messages import Priority
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

# What models cannot say, as in 0002.
UP = [
    "CREATE INDEX lead_follow_up ON lead (next_follow_up_at)"
    " WHERE NOT follow_up_told AND closed_at IS NULL AND deleted_at IS NULL",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0005_conversations')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lead',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('contact_id', fields.BigIntField()),
                ('title', fields.CharField(max_length=255)),
                ('description', fields.TextField(null=True, unique=False)),
                ('status', fields.CharEnumField(default=LeadStatus.NEW, description='LeadStatus', enum_type=LeadStatus, max_length=24)),
                ('been', fields.SmallIntField(db_default=1)),
                ('priority', fields.IntEnumField(default=Priority.NORMAL, description='Priority', enum_type=Priority, generated=False)),
                ('source', fields.CharField(null=True, max_length=100)),
                ('estimated_value', fields.DecimalField(null=True, max_digits=14, decimal_places=2)),
                ('probability', fields.SmallIntField(default=0)),
                ('score', fields.SmallIntField(default=0)),
                ('campaign_id', fields.BigIntField(null=True)),
                ('conversation_id', fields.BigIntField(null=True)),
                ('message_id', fields.BigIntField(null=True)),
                ('assigned_to_id', fields.BigIntField(null=True)),
                ('last_contacted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('next_follow_up_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('follow_up_told', fields.BooleanField(db_default=False)),
                ('lost_reason', fields.CharField(null=True, max_length=500)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('deleted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'lead', 'app': 'models', 'indexes': [Index(fields=['contact_id', 'created_at', 'id']), Index(fields=['created_at', 'id']), Index(fields=['assigned_to_id'])], 'pk_attr': 'id', 'table_description': 'A chance of a sale. It is open while closed_at is null; deleted_at hides it.'},
            bases=['ChangingRow'],
        ),
        ops.CreateModel(
            name='LeadActivity',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('lead_id', fields.BigIntField()),
                ('type', fields.CharEnumField(description='LeadActivityType', enum_type=LeadActivityType, max_length=24)),
                ('note', fields.TextField(null=True, unique=False)),
                ('changes', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('user_id', fields.BigIntField(null=True)),
            ],
            options={'table': 'lead_activity', 'app': 'models', 'indexes': [Index(fields=['lead_id', 'created_at', 'id'])], 'pk_attr': 'id', 'table_description': 'Something that happened to a lead; never changed after.'},
            bases=['Row'],
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
