"""The ledger of consents: entries are added and never changed, and what a contact says now is its newest."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Record

from db.contacts import ConsentSource, OptInStatus
from db.core import connect
from db.templates import TemplateCategory

_LOCK = "SELECT id FROM contact WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE"

# What was said before the newest entry is history, and no entry. WhatsApp tells times in whole seconds: of what was
# said in one second the stricter holds, in whatever order it comes, and however often. The same said again, later or
# with another proof, is an entry: what was said in between and is heard of afterwards must not undo it. What somebody
# once wrote into a list is no answer to an opt-out, which only the person, or who has it from them, takes back.
_ENTER = """
WITH said AS (
  SELECT $2::text AS purpose, $3::text AS state, $4::text AS source, $7::timestamptz AS at
), before AS MATERIALIZED (
  SELECT c.id, c.proof AS given, n.state, n.created_at, n.proof
  FROM unnest($1::bigint[], $6::text[]) AS c(id, proof) CROSS JOIN said
  LEFT JOIN LATERAL (
    SELECT * FROM consent WHERE contact_id = c.id AND purpose = said.purpose ORDER BY id DESC LIMIT 1) n ON true
), entered AS (
  INSERT INTO consent (contact_id, purpose, state, source, recorded_by_id, proof, created_at)
  SELECT b.id, s.purpose, s.state, s.source, $5, given, coalesce(at, now()) FROM before b, said s
  WHERE b.state IS NULL
     OR b.state = s.state AND (created_at < at OR at IS NULL AND b.proof IS DISTINCT FROM coalesce(given, b.proof))
     OR b.state <> s.state
        AND (at IS NULL OR created_at < at + interval '1 s' AND NOT (created_at = at AND s.state = 'OPTED_IN'))
        AND NOT (s.state = 'OPTED_IN' AND s.source = 'IMPORT')
  ORDER BY b.id
  RETURNING contact_id, created_at
), written AS (
  UPDATE contact c
  SET opt_in_status = CASE purpose WHEN 'MARKETING' THEN state ELSE opt_in_status END,
      opt_in_changed_at = CASE purpose WHEN 'MARKETING' THEN e.created_at ELSE opt_in_changed_at END,
      declined = CASE WHEN purpose = 'MARKETING' THEN declined
                      WHEN state = 'OPTED_OUT' THEN array_append(array_remove(declined, purpose), purpose)
                      ELSE array_remove(declined, purpose) END,
      updated_at = now()
  FROM entered e, said WHERE c.id = e.contact_id
)
SELECT b.id, e.contact_id IS NOT NULL AS entered, CASE WHEN e.contact_id IS NULL THEN b.state ELSE $3 END AS state
FROM before b LEFT JOIN entered e ON e.contact_id = b.id ORDER BY b.id
"""


async def lock(ids: Sequence[int]) -> list[int]:
    """Those of the contacts that are not deleted; they stay locked."""
    return [row["id"] for row in await connect.rows(_LOCK, list(ids))]


async def enter(
    contact_ids: Sequence[int],
    purpose: TemplateCategory,
    state: OptInStatus,
    source: ConsentSource,
    *,
    recorded_by_id: int | None,
    proofs: Sequence[str | None],
    at: datetime | None,
) -> list[Record]:
    """Adds what contacts, whose rows are locked, say of a purpose, where it is news: (id, entered, state by now)."""
    return await connect.rows(_ENTER, list(contact_ids), purpose, state, source, recorded_by_id, list(proofs), at)


# The newest of the strictest holds. Where that is not the newest of all, it is said once more for both.
_MERGE = """
WITH newest AS MATERIALIZED (
  SELECT DISTINCT ON (contact_id, purpose) * FROM consent WHERE contact_id IN ($1, $2)
  ORDER BY contact_id, purpose, id DESC
), holds AS (
  SELECT DISTINCT ON (purpose) * FROM newest ORDER BY purpose, (state = 'OPTED_OUT') DESC, id DESC
), moved AS (
  UPDATE consent SET contact_id = $1 WHERE contact_id = $2
), entered AS (
  INSERT INTO consent (contact_id, purpose, state, source, created_at)
  SELECT $1, purpose, state, 'MERGE', created_at FROM holds h
  WHERE EXISTS (SELECT FROM newest n WHERE n.purpose = h.purpose AND n.id > h.id)
  ORDER BY id
)
UPDATE contact c
SET opt_in_status = coalesce(m.state, 'UNKNOWN'), opt_in_changed_at = m.created_at,
    declined = (SELECT array_agg(purpose ORDER BY purpose) FROM holds
                WHERE purpose <> 'MARKETING' AND state = 'OPTED_OUT')
FROM (SELECT) AS one LEFT JOIN holds m ON m.purpose = 'MARKETING'
WHERE c.id = $1
"""


async def merge(stays: int, goes: int) -> None:
    """Gives the ledger of one contact to another, both locked: of what both said of a purpose the stricter holds."""
    await connect.execute(_MERGE, stays, goes)


_DECLINED = """
SELECT * FROM (
  SELECT DISTINCT ON (contact_id, purpose) contact_id, purpose, state, proof, created_at FROM consent
  WHERE contact_id = ANY($1) ORDER BY contact_id, purpose, id DESC
) AS newest WHERE state = 'OPTED_OUT' ORDER BY contact_id, purpose
"""


async def declined(contact_ids: Sequence[int]) -> list[Record]:
    """What contacts decline: (contact_id, purpose, state, proof, created_at)."""
    return await connect.rows(_DECLINED, list(contact_ids))
