from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0006_leads')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('action', fields.CharField(max_length=64)),
                ('actor_id', fields.BigIntField(null=True)),
                ('token_id', fields.BigIntField(null=True)),
                ('subject_type', fields.CharField(null=True, max_length=32)),
                ('subject_id', fields.BigIntField(null=True)),
                ('changes', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('ip_address', fields.CharField(max_length=64)),
                ('request_id', fields.CharField(null=True, max_length=64)),
            ],
            options={'table': 'audit_entry', 'app': 'models', 'indexes': [Index(fields=['created_at', 'id']), Index(fields=['actor_id', 'created_at', 'id']), Index(fields=['subject_id', 'subject_type', 'created_at', 'id']), Index(fields=['action', 'created_at', 'id'])], 'pk_attr': 'id', 'table_description': 'Something that somebody did; written with the change itself, never changed after.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='OperatingMinute',
            fields=[
                ('minute', fields.DatetimeField(primary_key=True, unique=True, db_index=True, auto_now=False, auto_now_add=False)),
                ('served', fields.BooleanField()),
                ('requests', fields.BigIntField()),
                ('milliseconds', fields.BigIntField()),
                ('errors', fields.BigIntField()),
                ('sent', fields.BigIntField()),
                ('received', fields.BigIntField()),
                ('deduplicated', fields.BigIntField()),
            ],
            options={'table': 'operating_minute', 'app': 'models', 'pk_attr': 'minute', 'table_description': 'What all processes together did in a minute; kept for 30 days.'},
            bases=['Model'],
        ),
    ]
