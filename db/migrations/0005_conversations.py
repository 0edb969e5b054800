from tortoise import migrations
from tortoise.migrations import operations as ops
from db.contacts import JobStatus
from orjson import loads
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now, SqlDefault
from tortoise import fields

# What models cannot say, as in 0002.
UP = [
    "CREATE INDEX bot_turn_due ON bot_turn (due_at)",
    # How many messages went into turns, ever: counted without a row that all who take messages up would wait for.
    "CREATE SEQUENCE bot_gathered",
    # Few of many, and looked for: what waits for somebody, what is somebody's work, what is urgent.
    "CREATE INDEX conversation_unread ON conversation (last_message_at, id)"
    " WHERE unread_count > 0 AND deleted_at IS NULL",
    "CREATE INDEX conversation_escalated ON conversation (last_message_at, id)"
    " WHERE status = 'ESCALATED' AND deleted_at IS NULL",
    "CREATE INDEX conversation_operator ON conversation (last_message_at, id)"
    " WHERE handler = 'OPERATOR' AND deleted_at IS NULL",
    "CREATE INDEX conversation_urgent ON conversation (last_message_at, id)"
    " WHERE priority = 4 AND deleted_at IS NULL",
    "CREATE INDEX conversation_assigned ON conversation (assigned_to_id, last_message_at, id)"
    " WHERE assigned_to_id IS NOT NULL AND deleted_at IS NULL",
    "CREATE INDEX conversation_tags ON conversation USING gin (tags) WHERE cardinality(tags) > 0 AND deleted_at IS NULL",
    # The order PRIORITY: by priority, and then by the last message.
    "CREATE INDEX conversation_triage ON conversation ((priority * 10000000000000000 + (extract(epoch FROM"
    " coalesce(last_message_at, created_at) - timestamptz 'epoch') * 1000000)::bigint), id) WHERE deleted_at IS NULL",
    # Answers of the bot that have not been settled: a person who takes over calls them off, and waits for what has left.
    "CREATE INDEX message_answer ON message (contact_id, sender_id)"
    " WHERE epoch IS NOT NULL AND (due_at IS NOT NULL OR lease_until IS NOT NULL)",
    # Words of what people and the bot wrote; bulk messages, a million alike, are not looked through.
    "CREATE INDEX message_words ON message USING gin (to_tsvector('simple',"
    " translate(content, '-/.:_@+<>&%~?=#', '               '))) WHERE author <> 'SYSTEM' AND content IS NOT NULL",
    # Stems in the language of the file, and its words without marks; both are written with the passage.
    "ALTER TABLE passage ADD COLUMN words tsvector NOT NULL",
    "CREATE INDEX passage_words ON passage USING gin (words)",
    # A merge and an erasure look for those who were merged before.
    "CREATE INDEX contact_merged ON contact (merged_into_id) WHERE merged_into_id IS NOT NULL",
    "CREATE INDEX file_reading_open ON file_reading (file_id) WHERE status IN ('QUEUED', 'RUNNING')",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0004_campaigns')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BotTurn',
            fields=[
                ('conversation_id', fields.BigIntField(primary_key=True, generated=False)),
                ('epoch', fields.IntField()),
                ('since', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('message_ids', ArrayField(default=list, element_type='BIGINT')),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('attempts', fields.SmallIntField(db_default=0)),
            ],
            options={'table': 'bot_turn', 'app': 'models', 'pk_attr': 'conversation_id', 'table_description': 'What the bot has yet to answer in a conversation; the row goes with the answer, or with what forbids one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EventReader',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('number', fields.BigIntField()),
            ],
            options={'table': 'event_reader', 'app': 'models', 'pk_attr': 'name', 'table_description': 'How far somebody has read the log who must miss nothing of it, across restarts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FileReading',
            fields=[
                ('file_id', fields.BigIntField(primary_key=True, generated=False)),
                ('status', fields.CharEnumField(default=JobStatus.QUEUED, description='JobStatus', enum_type=JobStatus, max_length=24)),
                ('progress', fields.FloatField(db_default=0)),
                ('passages', fields.IntField(db_default=0)),
                ('language', fields.CharField(db_default='simple', max_length=32)),
                ('error_message', fields.TextField(null=True, unique=False)),
                ('attempts', fields.SmallIntField(db_default=0)),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'file_reading', 'app': 'models', 'pk_attr': 'file_id', 'table_description': 'How far the bot has read a file.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Generation',
            fields=[
                ('message_id', fields.BigIntField(primary_key=True, generated=False)),
                ('model', fields.CharField(null=True, max_length=128)),
                ('confidence', fields.FloatField()),
                ('processing_ms', fields.IntField()),
                ('tokens', fields.IntField(db_default=0)),
                ('sources', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'generation', 'app': 'models', 'pk_attr': 'message_id', 'table_description': 'How the bot came to write a message.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ModelUsage',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('model', fields.CharField(max_length=128)),
                ('calls', fields.IntField(db_default=0)),
                ('failures', fields.IntField(db_default=0)),
                ('answers', fields.IntField(db_default=0)),
                ('tokens', fields.BigIntField(db_default=0)),
                ('milliseconds', fields.BigIntField(db_default=0)),
                ('confidence', fields.FloatField(db_default=0)),
            ],
            options={'table': 'model_usage', 'app': 'models', 'unique_together': (('day', 'model'),), 'pk_attr': 'id', 'table_description': 'What a model did in a day (UTC): the daily budget and the figures of models are counted by it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Passage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('file_id', fields.BigIntField()),
                ('position', fields.IntField()),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'passage', 'app': 'models', 'unique_together': (('file_id', 'position'),), 'pk_attr': 'id', 'table_description': 'A piece of a file that an answer may lean on; found by its `words` (migration 0005) or its embedding.'},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Conversation',
            name='misunderstood',
            field=fields.SmallIntField(db_default=0),
        ),
        ops.AddField(
            model_name='Message',
            name='deleted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='epoch',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='sentiment',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='Event',
            name='assigned_to_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Sender',
            name='closed_countries',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
