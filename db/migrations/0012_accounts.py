from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

# What models cannot say, as in 0002: who deletes a user, a sender or a session finds by these what names it.
NAMING = [
    ("api_token", "sender_id"),
    ("api_token", "session_id"),
    ("campaign", "created_by_id"),
    ("consent", "recorded_by_id"),
    ("contact_import", "created_by_id"),
    ("file", "uploaded_by_id"),
    ("privacy_receipt", "requested_by_id"),
    ("schedule", "cancelled_by_id"),
    ("schedule", "created_by_id"),
    ("schedule", "sender_id"),
]
UP = [
    *(
        f"CREATE INDEX {table}_{column} ON {table} ({column}) WHERE {column} IS NOT NULL"
        for table, column in NAMING
    ),
    # 0004 took them off the model alone.
    "DO $$ DECLARE name text; BEGIN"
    " FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'import_row'::regclass AND contype = 'f' LOOP"
    " EXECUTE format('ALTER TABLE import_row DROP CONSTRAINT %I', name); END LOOP; END $$",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0011_webhooks')]

    initial = False

    operations = [
        ops.AddField(
            model_name='ApiToken',
            name='ip_address',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='ApiToken',
            name='session',
            field=fields.ForeignKeyField('models.UserSession', source_field='session_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.SET_NULL),
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
