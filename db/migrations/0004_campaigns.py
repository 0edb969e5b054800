from tortoise import migrations
from tortoise.migrations import operations as ops
from db.campaigns import CampaignStatus, CampaignType, ExclusionReason
from db.contacts import UNSPACED, ConsentSource, JobStatus, OptInStatus, PrivacyAction
from db.contacts.zones import table_of_zones, zone_sql
from db.messages import MessageType
from db.templates import TemplateCategory
from orjson import loads
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now, SqlDefault
from tortoise import fields
from tortoise.indexes import Index

# When quiet hours end somewhere; null where it is not quiet. A zone that PostgreSQL does not know counts as UTC: an error
# over one person must not stop the queue.
QUIET_END = """
CREATE FUNCTION quiet_end(zone text, quiet_from time, quiet_until time) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  there timestamp;
  clock time;
BEGIN
  there := now() AT TIME ZONE coalesce(zone, 'UTC');
  clock := there::time;
  IF (CASE WHEN quiet_from <= quiet_until THEN clock >= quiet_from AND clock < quiet_until
           ELSE clock >= quiet_from OR clock < quiet_until END) THEN
    RETURN (there::date + (clock >= quiet_until)::int + quiet_until) AT TIME ZONE coalesce(zone, 'UTC');
  END IF;
  RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN quiet_end('UTC', quiet_from, quiet_until);
END $$
"""

# What models cannot say, as in 0002.
UP = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE UNIQUE INDEX suppression_hash ON suppression (hash)",
    # One message for each recipient: running fan-out twice adds nothing.
    "CREATE UNIQUE INDEX message_campaign ON message (campaign_id, contact_id) WHERE campaign_id IS NOT NULL",
    # What keeps a campaign from being done, and what is parked while it is held.
    "CREATE INDEX message_campaign_open ON message (campaign_id, sender_id)"
    " WHERE campaign_id IS NOT NULL AND (due_at IS NOT NULL OR lease_until IS NOT NULL)",
    "CREATE INDEX message_campaign_parked ON message (campaign_id, id) WHERE due_at = 'infinity'",
    # Everyone in an audience once; lists of them go by contact, as they were frozen. Those who are left out or who have
    # answered are looked for, and may be few.
    "CREATE UNIQUE INDEX campaign_recipient_contact ON campaign_recipient (campaign_id, contact_id)",
    "CREATE INDEX campaign_recipient_excluded ON campaign_recipient (campaign_id, contact_id)"
    " WHERE exclusion IS NOT NULL",
    "CREATE INDEX campaign_recipient_replied ON campaign_recipient (campaign_id, contact_id) WHERE reply_id IS NOT NULL",
    # And so may those be whose message came to nothing. Not by the state: receipts are to stay heap-only updates.
    "CREATE INDEX message_campaign_troubled ON message (campaign_id, contact_id)"
    " WHERE campaign_id IS NOT NULL AND error_message IS NOT NULL",
    "CREATE INDEX campaign_running ON campaign (id) WHERE status IN ('RUNNING', 'PAUSED')",
    "CREATE INDEX campaign_due ON campaign (scheduled_at) WHERE status = 'SCHEDULED'",
    "CREATE INDEX campaign_tally_new ON campaign_tally (campaign_id) WHERE NOT folded",
    "CREATE UNIQUE INDEX campaign_tally_sum ON campaign_tally (campaign_id, state) WHERE folded",
    QUIET_END,
    # What the search looks through: one text and one index, so that the planner knows how rare a term is. Which numbers
    # contacts have is written by whoever writes numbers, and so is the time zone that is inferred from them.
    *table_of_zones(),
    "UPDATE contact c SET numbers = p.numbers, time_zone = p.zone, time_zone_inferred = p.zone IS NOT NULL"
    " FROM (SELECT contact_id, string_agg(phone_number, ' ' ORDER BY id) AS numbers,"
    f" max({zone_sql('phone_number')}) FILTER (WHERE is_primary) AS zone"
    " FROM contact_phone GROUP BY contact_id) AS p WHERE p.contact_id = c.id",
    "DROP TABLE number_zone",
    # A space stands before each word, and before each letter of scripts that have no words: so the beginning of a word has
    # a trigram, however short it is (domain/contacts/filtering.py).
    "ALTER TABLE contact ADD COLUMN search text GENERATED ALWAYS AS (regexp_replace(lower(' ' || name"
    " || E'\\n ' || coalesce(email, '') || E'\\n ' || coalesce(company, '') || E'\\n ' || coalesce(job_title, '')"
    f" || E'\\n ' || replace(coalesce(numbers, ''), '+', '')), '([{UNSPACED}])', ' \\1', 'g')) STORED",
    "CREATE INDEX contact_search ON contact USING gin (search gin_trgm_ops) WHERE deleted_at IS NULL",
    "CREATE INDEX contact_tags ON contact USING gin (tags) WHERE deleted_at IS NULL",
    "CREATE INDEX contact_attributes ON contact USING gin (attributes) WHERE deleted_at IS NULL",
    # What contacts had said before each word was kept begins the ledger.
    "INSERT INTO consent (contact_id, purpose, state, source, proof, created_at)"
    " SELECT id, 'MARKETING', opt_in_status, 'API', 'Recorded before consents were kept one by one.',"
    " coalesce(opt_in_changed_at, created_at) FROM contact WHERE opt_in_status <> 'UNKNOWN' ORDER BY id",
    "UPDATE contact SET opt_in_changed_at = created_at WHERE opt_in_status <> 'UNKNOWN' AND opt_in_changed_at IS NULL",
    # What long queues are estimated by (domain/senders/pacing.py), and looked at often enough for that.
    "CREATE STATISTICS message_waiting ON (CASE WHEN due_at < 'infinity' THEN sender_id END) FROM message",
    "ALTER TABLE message SET (autovacuum_analyze_scale_factor = 0.02)",
    "CREATE INDEX event_campaign ON event (campaign_id, number) WHERE campaign_id IS NOT NULL",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0003_whatsapp_for_real')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Campaign',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('name', fields.CharField(max_length=255)),
                ('description', fields.TextField(null=True, unique=False)),
                ('type', fields.CharEnumField(default=CampaignType.BROADCAST, description='CampaignType', enum_type=CampaignType, max_length=24)),
                ('status', fields.CharEnumField(default=CampaignStatus.DRAFT, description='CampaignStatus', enum_type=CampaignStatus, max_length=24)),
                ('template', fields.ForeignKeyField('models.MessageTemplate', source_field='template_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('text', fields.TextField(null=True, unique=False)),
                ('variables', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('media_id', fields.BigIntField(null=True)),
                ('media_type', fields.CharEnumField(null=True, description='MessageType', enum_type=MessageType, max_length=24)),
                ('category', fields.CharEnumField(null=True, description='TemplateCategory', enum_type=TemplateCategory, max_length=24)),
                ('quiet_from', fields.TimeField(null=True, auto_now=False, auto_now_add=False)),
                ('quiet_until', fields.TimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('scheduled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('audience', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('recipients', fields.IntField(null=True)),
                ('excluded', fields.IntField(default=0)),
                ('fanned_out_to', fields.BigIntField(default=0)),
                ('by_hand', fields.BooleanField(default=False)),
                ('error_message', fields.TextField(null=True, unique=False)),
                ('corrections', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('created_by', fields.ForeignKeyField('models.User', source_field='created_by_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.SET_NULL)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('deleted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'campaign', 'app': 'models', 'indexes': [Index(fields=['created_at', 'id']), Index(fields=['updated_at', 'id']), Index(fields=['template_id'])], 'pk_attr': 'id', 'table_description': 'A message to an audience: a template, or a text of its own.'},
            bases=['ChangingRow'],
        ),
        ops.CreateModel(
            name='CampaignRecipient',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('campaign_id', fields.BigIntField()),
                ('contact_id', fields.BigIntField()),
                ('address', fields.CharField(null=True, max_length=160)),
                ('exclusion', fields.CharEnumField(null=True, description='ExclusionReason', enum_type=ExclusionReason, max_length=24)),
                ('reply_id', fields.BigIntField(null=True)),
            ],
            options={'table': 'campaign_recipient', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Someone in a frozen audience; the message of theirs is the one of the same campaign and contact.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='CampaignSender',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('campaign', fields.ForeignKeyField('models.Campaign', source_field='campaign_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sender', fields.ForeignKeyField('models.Sender', source_field='sender_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'campaign_sender', 'app': 'models', 'unique_together': (('campaign_id', 'sender_id'),), 'indexes': [Index(fields=['sender_id'])], 'pk_attr': 'id', 'table_description': 'That a campaign may leave from a sender.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='CampaignTally',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('campaign_id', fields.BigIntField()),
                ('state', fields.CharField(max_length=24)),
                ('count', fields.IntField()),
                ('folded', fields.BooleanField(db_default=False)),
            ],
            options={'table': 'campaign_tally', 'app': 'models', 'indexes': [Index(fields=['campaign_id'])], 'pk_attr': 'id', 'table_description': 'How many messages of a campaign came to a state, or left it: whoever moves some adds a row, and waits for nobody.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Consent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('contact', fields.ForeignKeyField('models.Contact', source_field='contact_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('purpose', fields.CharEnumField(description='TemplateCategory', enum_type=TemplateCategory, max_length=24)),
                ('state', fields.CharEnumField(description='OptInStatus', enum_type=OptInStatus, max_length=24)),
                ('source', fields.CharEnumField(description='ConsentSource', enum_type=ConsentSource, max_length=24)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.SET_NULL)),
                ('proof', fields.TextField(null=True, unique=False)),
            ],
            options={'table': 'consent', 'app': 'models', 'indexes': [Index(fields=['contact_id', 'id'])], 'pk_attr': 'id', 'table_description': 'What a contact said at one moment; never changed after. opt_in_status is the newest one about MARKETING.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='PrivacyReceipt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('action', fields.CharEnumField(description='PrivacyAction', enum_type=PrivacyAction, max_length=24)),
                ('status', fields.CharEnumField(default=JobStatus.QUEUED, description='JobStatus', enum_type=JobStatus, max_length=24)),
                ('contact_id', fields.BigIntField()),
                ('counts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('file_id', fields.BigIntField(null=True)),
                ('requested_by', fields.ForeignKeyField('models.User', source_field='requested_by_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.SET_NULL)),
                ('completed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'privacy_receipt', 'app': 'models', 'pk_attr': 'id', 'table_description': "That a contact's data were handed out or erased; holds nothing personal, and points to nothing that goes."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Suppression',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('hash', fields.BinaryField()),
            ],
            options={'table': 'suppression', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A number, as a keyed hash, whose owner had opted out when they were deleted or erased: who gets it, is too.'},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Contact',
            name='attributes',
            field=fields.JSONField(db_default=SqlDefault("'{}'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Contact',
            name='declined',
            field=ArrayField(null=True, element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Contact',
            name='numbers',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Contact',
            name='tags',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Contact',
            name='time_zone',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Contact',
            name='time_zone_inferred',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='ContactImport',
            name='bytes_done',
            field=fields.BigIntField(db_default=0),
        ),
        ops.AddField(
            model_name='ContactImport',
            name='file_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='ContactImport',
            name='format',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Event',
            name='campaign_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='campaign_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='InboundPost',
            name='retry_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='InboundPost',
            name='tries',
            field=fields.SmallIntField(db_default=0),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='category_told_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='quality_told_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='status_told_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='WaitingAmendment',
            name='author',
            field=ArrayField(null=True, element_type='TEXT'),
        ),
        ops.AlterModelOptions(
            name='ImportRow',
            options={'table': 'import_row', 'app': 'models', 'unique_together': (('contact_import_id', 'row'),), 'pk_attr': 'id', 'table_description': 'One row of an import and what became of it. Without foreign key constraints: neither import nor contact goes.'},
        ),
        ops.AlterField(
            model_name='ImportRow',
            name='contact',
            field=fields.ForeignKeyField('models.Contact', source_field='contact_id', null=True, db_constraint=False, to_field='id', on_delete=OnDelete.SET_NULL),
        ),
        ops.AlterField(
            model_name='ImportRow',
            name='contact_import',
            field=fields.ForeignKeyField('models.ContactImport', source_field='contact_import_id', db_constraint=False, to_field='id', on_delete=OnDelete.CASCADE),
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
