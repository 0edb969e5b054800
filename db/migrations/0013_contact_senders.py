"""Which contacts have messages with which sender, kept by the database: see db/messages/met.py."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# As plans are kept from a first call on, with hardly a row, they are to look each pair up by the index.
SET = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
UP = [
    "CREATE TABLE contact_sender (sender_id bigint NOT NULL, contact_id bigint NOT NULL)",
    "CREATE INDEX contact_sender_pair ON contact_sender (sender_id, contact_id)",
    f"""
CREATE FUNCTION message_made() RETURNS trigger LANGUAGE plpgsql {SET} AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashint8extended(sender_id, 1))
  FROM (SELECT DISTINCT sender_id FROM made ORDER BY sender_id) AS of_it;
  INSERT INTO contact_sender (sender_id, contact_id)
  SELECT DISTINCT sender_id, contact_id FROM made m
  WHERE NOT EXISTS (SELECT FROM contact_sender p WHERE p.sender_id = m.sender_id AND p.contact_id = m.contact_id);
  RETURN NULL;
END $$""",
    # Row by row, for transition tables know no columns, and dispatch is not to pay for this.
    f"""
CREATE FUNCTION message_moved() RETURNS trigger LANGUAGE plpgsql {SET} AS $$
BEGIN
  INSERT INTO contact_sender (sender_id, contact_id)
  SELECT NEW.sender_id, NEW.contact_id
  WHERE NOT EXISTS (
    SELECT FROM contact_sender p WHERE p.sender_id = NEW.sender_id AND p.contact_id = NEW.contact_id);
  DELETE FROM contact_sender p WHERE p.sender_id = OLD.sender_id AND p.contact_id = OLD.contact_id
    AND NOT EXISTS (SELECT FROM message m WHERE m.contact_id = p.contact_id AND m.sender_id = p.sender_id);
  RETURN NULL;
END $$""",
    "CREATE TRIGGER message_made AFTER INSERT ON message REFERENCING NEW TABLE AS made"
    " FOR EACH STATEMENT EXECUTE FUNCTION message_made()",
    "CREATE TRIGGER message_moved AFTER UPDATE OF sender_id, contact_id ON message FOR EACH ROW"
    " WHEN ((old.sender_id, old.contact_id) IS DISTINCT FROM (new.sender_id, new.contact_id))"
    " EXECUTE FUNCTION message_moved()",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0012_accounts')]

    initial = False

    operations = [ops.RunSQL(UP, reverse_sql=[])]
