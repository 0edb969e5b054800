"""A message that moves to a sender always adds its pair: one that was there may be leaving at the same moment."""

from tortoise import migrations
from tortoise.migrations import operations as ops

SET = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
UP = [
    f"""
CREATE OR REPLACE FUNCTION message_moved() RETURNS trigger LANGUAGE plpgsql {SET} AS $$
BEGIN
  INSERT INTO contact_sender (sender_id, contact_id)
  SELECT NEW.sender_id, NEW.contact_id
  WHERE NEW.sender_id <> OLD.sender_id OR NOT EXISTS (
    SELECT FROM contact_sender p WHERE p.sender_id = NEW.sender_id AND p.contact_id = NEW.contact_id);
  DELETE FROM contact_sender p WHERE p.sender_id = OLD.sender_id AND p.contact_id = OLD.contact_id
    AND NOT EXISTS (SELECT FROM message m WHERE m.contact_id = p.contact_id AND m.sender_id = p.sender_id);
  RETURN NULL;
END $$""",
    # It has no key: without this nobody could replicate it.
    "ALTER TABLE contact_sender REPLICA IDENTITY FULL",
]


class Migration(migrations.Migration):
    dependencies = [('models', '0014_contact_senders_of_old')]

    initial = False

    operations = [ops.RunSQL(UP, reverse_sql=[])]
