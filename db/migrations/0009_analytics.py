from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.contrib.postgres.fields import ArrayField
from tortoise import fields

# What models cannot say, as in 0002.
UP = [
    # Who spoke in a span is found in the index alone.
    "CREATE INDEX conversation_day_span ON conversation_day (first_at)"
    " INCLUDE (last_at, before_at, sender_id, conversation_id)",
    # The first row of each conversation, and the first after an instant.
    "CREATE INDEX conversation_day_before ON conversation_day (before_at, first_at) INCLUDE (sender_id, conversation_id)",
    # Who spoke twice within a day or a week, few of many.
    "CREATE INDEX conversation_day_again ON conversation_day (first_at) INCLUDE (before_at, sender_id)"
    " WHERE first_at - before_at < interval '8 days'",
    # Who spoke twice in a month somewhere and perhaps not elsewhere: around its beginning and end.
    "CREATE INDEX conversation_day_around ON conversation_day (first_at) INCLUDE (before_at, sender_id)"
    " WHERE (before_at AT TIME ZONE 'UTC' >= date_trunc('month', first_at AT TIME ZONE 'UTC') - interval '16 hours'"
    " OR first_at AT TIME ZONE 'UTC' < date_trunc('month', first_at AT TIME ZONE 'UTC') + interval '16 hours')"
    " AND (before_at AT TIME ZONE 'UTC' < date_trunc('month', first_at AT TIME ZONE 'UTC') + interval '16 hours'"
    " OR first_at AT TIME ZONE 'UTC' >= date_trunc('month', first_at AT TIME ZONE 'UTC') + interval '1 month -16 hours')",
    "CREATE INDEX conversation_quarter_sums ON conversation_quarter (at)"
    " INCLUDE (sender_id, messages, answers, waited, begun, reaching, repeated)",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0008_operations')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ConversationDay',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('conversation_id', fields.BigIntField()),
                ('sender_id', fields.BigIntField()),
                ('day', fields.DateField()),
                ('first_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('before_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('quarters', ArrayField(element_type='TIMESTAMPTZ')),
                ('messages', ArrayField(element_type='INT')),
                ('answers', ArrayField(element_type='INT')),
                ('waited', ArrayField(element_type='BIGINT')),
            ],
            options={'table': 'conversation_day', 'app': 'models', 'unique_together': (('conversation_id', 'day'),), 'pk_attr': 'id', 'table_description': 'A conversation on a day (UTC) on which something was said in it. first_at and last_at are exact.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ConversationQuarter',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sender_id', fields.BigIntField()),
                ('messages', fields.IntField()),
                ('answers', fields.IntField()),
                ('waited', fields.BigIntField()),
                ('begun', fields.IntField()),
                ('reaching', fields.IntField()),
                ('repeated', fields.IntField()),
            ],
            options={'table': 'conversation_quarter', 'app': 'models', 'unique_together': (('at', 'sender_id'),), 'pk_attr': 'id', 'table_description': "What was said with a sender in a quarter of an hour: every zone's days begin with one."},
            bases=['Model'],
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
