from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

# What models cannot say, as in 0002.
UP = [
    # The audit log is only ever added to.
    "CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'The audit log is only ever added to.'; END $$",
    "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays()",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0009_analytics')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DataKey',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('sealed', fields.BinaryField()),
            ],
            options={'table': 'data_key', 'app': 'models', 'pk_attr': 'name', 'table_description': 'A key that must outlive SECRET_KEY, since what it has made cannot be made anew.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UserIdentity',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('issuer', fields.CharField(max_length=255)),
                ('subject', fields.CharField(max_length=255)),
            ],
            options={'table': 'user_identity', 'app': 'models', 'unique_together': (('issuer', 'subject'),), 'indexes': [Index(fields=['user_id'])], 'pk_attr': 'id', 'table_description': "What a user is called by an identity provider, for good; an email may become somebody else's."},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='User',
            name='email_claimed',
            field=fields.BooleanField(db_default=False),
        ),
        ops.RunSQL(UP, reverse_sql=[]),
    ]
