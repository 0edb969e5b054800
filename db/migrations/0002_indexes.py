"""What models cannot say: expression and partial indexes, and room in the pages of messages for heap-only updates."""

from tortoise import migrations
from tortoise.migrations import operations as ops

UP = [
    "CREATE UNIQUE INDEX user_account_email ON user_account (lower(email))",
    "CREATE UNIQUE INDEX sender_number ON sender (phone_number) WHERE deleted_at IS NULL",
    "CREATE UNIQUE INDEX sender_default ON sender (is_default) WHERE is_default AND deleted_at IS NULL",
    "CREATE INDEX sender_phone_number_id ON sender (phone_number_id)",
    "CREATE INDEX contact_name ON contact (lower(name), id)",
    "CREATE UNIQUE INDEX contact_phone_primary ON contact_phone (contact_id) WHERE is_primary",
    "CREATE UNIQUE INDEX contact_identity_value ON contact_identity (type, value, coalesce(business_account_id, ''))",
    "CREATE UNIQUE INDEX contact_group_name ON contact_group (lower(name)) WHERE deleted_at IS NULL",
    "CREATE UNIQUE INDEX schedule_conflict ON schedule (template_id, group_id, send_at)"
    " WHERE status IN ('PENDING', 'HELD', 'PROCESSING') AND deleted_at IS NULL",
    "CREATE INDEX schedule_created ON schedule (created_at, id)",
    "CREATE INDEX schedule_open ON schedule (send_at) WHERE status IN ('PENDING', 'HELD', 'PROCESSING')",
    "CREATE INDEX import_row_contact ON import_row (contact_import_id, contact_id) WHERE contact_id IS NOT NULL",
    "CREATE INDEX contact_import_open ON contact_import (id) WHERE status IN ('QUEUED', 'RUNNING')",
    # The queue of a sender, in the order it leaves.
    "CREATE INDEX message_queue ON message (sender_id, priority DESC, due_at, id) WHERE due_at IS NOT NULL",
    # What is being sent, by when it must have been settled.
    "CREATE INDEX message_lease ON message (lease_until) WHERE lease_until IS NOT NULL",
    # What keeps a schedule from being done.
    "CREATE INDEX message_open ON message (schedule_id) WHERE due_at IS NOT NULL OR lease_until IS NOT NULL",
    # One message for each recipient: running fan-out twice adds nothing.
    "CREATE UNIQUE INDEX message_recipient ON message (schedule_id, contact_id) WHERE schedule_id IS NOT NULL",
    "CREATE INDEX message_contact ON message (contact_id, id)",
    # Who wrote back, for the figures of schedules.
    "CREATE INDEX message_inbound ON message (sender_id, created_at) WHERE direction = 'INBOUND'",
    "CREATE UNIQUE INDEX message_provider_id ON message (provider_message_id) WHERE provider_message_id IS NOT NULL",
    "ALTER TABLE message SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)",
    "CREATE INDEX inbound_post_open ON inbound_post (id) WHERE done_at IS NULL",
    "INSERT INTO event_log (name, trimmed_to) VALUES ('event', 0)",
    # Filters of the log that pick few events out of many; the others read it along its number.
    "CREATE INDEX event_schedule ON event (schedule_id, number) WHERE schedule_id IS NOT NULL",
    "CREATE INDEX event_contact ON event (contact_id, number) WHERE contact_id IS NOT NULL",
    "CREATE INDEX event_subject ON event (subject_id, subject_type, number)",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [ops.RunSQL(UP, reverse_sql=[])]
