from tortoise import migrations
from tortoise.migrations import operations as ops
from db.contacts import JobStatus
from db.conversations import ConversationHandler, ConversationStatus, EscalationReason
from db.files import FilePurpose
from db.messages import Priority
from db.senders import SenderProvider
from db.templates import QualityRating, TemplateCategory
from orjson import loads
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

# What models cannot say, as in 0002.
UP = [
    # Conversations are opened by the hundred, in SQL.
    "ALTER TABLE conversation ALTER status SET DEFAULT 'ACTIVE', ALTER handler SET DEFAULT 'BOT',"
    " ALTER epoch SET DEFAULT 0, ALTER unread_count SET DEFAULT 0, ALTER priority SET DEFAULT 2,"
    " ALTER tags SET DEFAULT '{}', ALTER metadata SET DEFAULT '{}'",
    "ALTER TABLE file ALTER purpose SET DEFAULT 'MEDIA', ALTER status SET DEFAULT 'QUEUED', ALTER attempts SET DEFAULT 0",
    "CREATE UNIQUE INDEX conversation_pair ON conversation (sender_id, contact_id) WHERE deleted_at IS NULL",
    "CREATE UNIQUE INDEX sender_session ON sender (session_name) WHERE deleted_at IS NULL",
    "CREATE INDEX file_due ON file (due_at) WHERE due_at IS NOT NULL",
    # Which messages carry a file: they change when it arrives, and show it to tokens of their sender.
    "CREATE INDEX message_media ON message (media_id) WHERE media_id IS NOT NULL",
    # What health tells of posts that were not understood.
    "CREATE INDEX inbound_post_faulty ON inbound_post (created_at) WHERE errors IS NOT NULL",
    "CREATE INDEX message_reply ON message (reply_to_id) WHERE reply_to_id IS NOT NULL",
    # The same id in the same conversation is the same message.
    "CREATE UNIQUE INDEX message_correlation ON message (sender_id, contact_id, correlation_id)"
    " WHERE correlation_id IS NOT NULL",
    # Schedules that are being sent or held, which the clock looks after.
    "CREATE INDEX schedule_running ON schedule (id) WHERE status IN ('HELD', 'PROCESSING')",
    # Messages of schedules that are held (db/schedules/hold.py).
    "CREATE INDEX message_parked ON message (schedule_id, id) WHERE due_at = 'infinity'",
    "CREATE INDEX event_conversation ON event (conversation_id, number) WHERE conversation_id IS NOT NULL",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0002_indexes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ContactDuplicate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('contact', fields.ForeignKeyField('models.Contact', source_field='contact_id', db_constraint=True, to_field='id', related_name='duplicates_above', on_delete=OnDelete.CASCADE)),
                ('other', fields.ForeignKeyField('models.Contact', source_field='other_id', db_constraint=True, to_field='id', related_name='duplicates_below', on_delete=OnDelete.CASCADE)),
                ('reason', fields.TextField(unique=False)),
            ],
            options={'table': 'contact_duplicate', 'app': 'models', 'unique_together': (('contact_id', 'other_id'),), 'indexes': [Index(fields=['other_id'])], 'pk_attr': 'id', 'table_description': 'Two contacts who seem to be one person; contact_id is the lower of the ids. Offered for merging, never merged.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Conversation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('sender_id', fields.BigIntField()),
                ('contact_id', fields.BigIntField()),
                ('address', fields.CharField(max_length=160)),
                ('status', fields.CharEnumField(default=ConversationStatus.ACTIVE, description='ConversationStatus', enum_type=ConversationStatus, max_length=24)),
                ('handler', fields.CharEnumField(default=ConversationHandler.BOT, description='ConversationHandler', enum_type=ConversationHandler, max_length=24)),
                ('epoch', fields.IntField(default=0)),
                ('window_expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_message_id', fields.BigIntField(null=True)),
                ('last_message_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('unread_count', fields.IntField(default=0)),
                ('escalation_reason', fields.CharEnumField(null=True, description='EscalationReason', enum_type=EscalationReason, max_length=24)),
                ('escalation_note', fields.TextField(null=True, unique=False)),
                ('taken_over_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('assigned_to_id', fields.BigIntField(null=True)),
                ('priority', fields.IntEnumField(default=Priority.NORMAL, description='Priority', enum_type=Priority, generated=False)),
                ('tags', ArrayField(default=list, element_type='TEXT')),
                ('language', fields.CharField(null=True, max_length=16)),
                ('metadata', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('satisfaction_score', fields.SmallIntField(null=True)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('deleted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'conversation', 'app': 'models', 'indexes': [Index(fields=['contact_id']), Index(fields=['created_at', 'id']), Index(fields=['last_message_at', 'id'])], 'pk_attr': 'id', 'table_description': 'One for each pair of sender and contact (index of migration 0003); deleted_at hides it.'},
            bases=['ChangingRow'],
        ),
        ops.CreateModel(
            name='File',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('name', fields.CharField(max_length=255)),
                ('purpose', fields.CharEnumField(default=FilePurpose.MEDIA, description='FilePurpose', enum_type=FilePurpose, max_length=24)),
                ('status', fields.CharEnumField(default=JobStatus.QUEUED, description='JobStatus', enum_type=JobStatus, max_length=24)),
                ('error_message', fields.TextField(null=True, unique=False)),
                ('mime_type', fields.CharField(null=True, max_length=127)),
                ('size_bytes', fields.BigIntField(null=True)),
                ('sha256', fields.BinaryField(null=True)),
                ('sender_id', fields.BigIntField(null=True)),
                ('source', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('attempts', fields.SmallIntField(default=0)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('conversation_id', fields.BigIntField(null=True)),
                ('metadata', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('uploaded_by', fields.ForeignKeyField('models.User', source_field='uploaded_by_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.SET_NULL)),
                ('deleted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'file', 'app': 'models', 'indexes': [Index(fields=['conversation_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A file. Its bytes are here once it is COMPLETED; until then `source` says where they come from, if anywhere.'},
            bases=['ChangingRow'],
        ),
        ops.CreateModel(
            name='Intake',
            fields=[
                ('id', fields.SmallIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'intake', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Since when posts have been taken in without a break, and when an API process last said so. One row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProviderMedia',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('file', fields.ForeignKeyField('models.File', source_field='file_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sender_id', fields.BigIntField()),
                ('provider_id', fields.CharField(max_length=255)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'provider_media', 'app': 'models', 'unique_together': (('file_id', 'sender_id'),), 'pk_attr': 'id', 'table_description': "A file as a sender's provider holds it, so that it is uploaded once and not for every message."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='SettingSection',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('values', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('updated_by_id', fields.BigIntField(null=True)),
            ],
            options={'table': 'setting_section', 'app': 'models', 'pk_attr': 'name', 'table_description': 'A section of the settings, as far as it differs from the built-in values.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WaitingAmendment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('sender_id', fields.BigIntField()),
                ('target', fields.CharField(max_length=255)),
                ('kind', fields.CharField(max_length=8)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('echo', fields.BooleanField()),
                ('message_id', fields.BigIntField(null=True)),
                ('content', fields.TextField(null=True, unique=False)),
                ('details', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'waiting_amendment', 'app': 'models', 'indexes': [Index(fields=['target'])], 'pk_attr': 'id', 'table_description': 'What is written of a message that we do not know yet, applied when it comes.'},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Contact',
            name='merged_into_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Event',
            name='conversation_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='InboundPost',
            name='provider',
            field=fields.CharEnumField(description='SenderProvider', db_default='CLOUD_API', enum_type=SenderProvider, max_length=24),
        ),
        ops.AddField(
            model_name='Message',
            name='details',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Message',
            name='edited_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='media_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='metadata',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Message',
            name='operator_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='referral',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Message',
            name='reply_to_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='revoked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='variables',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='buttons',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='edited_at',
            field=ArrayField(null=True, element_type='TIMESTAMPTZ'),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='other_components',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='examples',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='footer',
            field=fields.CharField(null=True, max_length=60),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='header',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='positional',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='Schedule',
            name='by_hand',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='Schedule',
            name='category',
            field=fields.CharEnumField(null=True, description='TemplateCategory', enum_type=TemplateCategory, max_length=24),
        ),
        ops.AddField(
            model_name='Sender',
            name='bot_enabled',
            field=fields.BooleanField(db_default=True),
        ),
        ops.AddField(
            model_name='Sender',
            name='checked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='display_name',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddField(
            model_name='Sender',
            name='display_name_status',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Sender',
            name='expiry_told_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='last_error',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='last_error_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='last_error_code',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Sender',
            name='messages_per_second',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Sender',
            name='messaging_limit',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Sender',
            name='pinged_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='portfolio_id',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Sender',
            name='quality',
            field=fields.CharEnumField(description='QualityRating', db_default='UNKNOWN', enum_type=QualityRating, max_length=24),
        ),
        ops.AddField(
            model_name='Sender',
            name='session_name',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Sender',
            name='session_since',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='slowed_reason',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='slowed_step',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='Sender',
            name='slowed_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Sender',
            name='unheard_since',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.CreateModel(
            name='PortfolioReach',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('portfolio_id', fields.CharField(max_length=64)),
                ('contact_id', fields.BigIntField()),
                ('reached_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'portfolio_reach', 'app': 'models', 'unique_together': (('portfolio_id', 'contact_id'),), 'indexes': [Index(fields=['portfolio_id', 'reached_at'])], 'pk_attr': 'id', 'table_description': 'The last time that a portfolio wrote to a person outside a window; forgotten after a day.'},
            bases=['Row'],
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
