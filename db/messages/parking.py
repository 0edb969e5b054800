"""Messages of what is held: they stay QUEUED and are parked, due at no time (infinity), so that nobody trips over them.

They are parked as they are claimed, and let go or cancelled in chunks, so that none of it takes a transaction as long
as a schedule or campaign has recipients. Locks: messages, then what they are of, then templates.
"""

from dataclasses import dataclass

from asyncpg import Record

from db.core import connect

PARKED = "m.due_at = 'infinity'"

UNAVAILABLE = """format('The template is %s at WhatsApp%s', t.approval_status,
  coalesce(': ' || rtrim(t.reason, '.') || '.', '.'))"""
"""What keeps messages of a template t that is not APPROVED, in words; in WhatsApp's own where it gave any."""

# One probe of the index for each that has parked messages, however many they are.
_PARKING = """
WITH RECURSIVE parking(id) AS (
  (SELECT {column} FROM message m WHERE {PARKED} AND {column} IS NOT NULL ORDER BY {column} LIMIT 1)
  UNION ALL
  SELECT (SELECT {column} FROM message m WHERE {PARKED} AND {column} > parking.id ORDER BY {column} LIMIT 1)
  FROM parking WHERE parking.id IS NOT NULL
)
SELECT o.id FROM parking JOIN {table} o ON o.id = parking.id WHERE NOT {held}
"""

# Consent is asked of a message by its purpose, which somebody has agreed to when it goes on as MARKETING.
_LET_GO = """
WITH parked AS MATERIALIZED (
  SELECT m.id FROM message m WHERE m.{column} = $1 AND {PARKED} ORDER BY m.id LIMIT $2 FOR UPDATE OF m
)
UPDATE message m SET due_at = now(), purpose = coalesce(t.category, m.purpose), updated_at = now()
FROM parked, {table} o LEFT JOIN message_template t ON t.id = o.template_id
WHERE m.id = parked.id AND o.id = $1 AND NOT ({held} OR {over})
RETURNING m.sender_id
"""

_CANCEL = """
WITH rest AS MATERIALIZED (
  SELECT m.id FROM message m
  WHERE m.id = ANY(ARRAY(SELECT id FROM message WHERE {column} = $1 AND due_at IS NOT NULL
                         AND (SELECT {over} FROM {table} o WHERE id = $1) LIMIT $2))
    AND m.due_at IS NOT NULL
  ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = 'CANCELLED', due_at = NULL, error_code = {code}, error_message = {words}, updated_at = now()
FROM rest, {table} o WHERE m.id = rest.id AND o.id = $1
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, old.state AS was
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """What messages are of, its row being called o in conditions."""

    table: str
    going: str
    """The status in which its messages leave."""
    held: str
    """Condition under which they wait, besides those of its template."""
    over: str
    """Condition under which they are cancelled."""
    words: str
    """Why they are, in words."""
    code: str = "NULL"
    """The same as a code, where there is one."""

    def _sql(self, text: str) -> str:
        names = {name: getattr(self, name) for name in ("table", "held", "over", "code", "words")}
        return text.format(column=f"{self.table}_id", PARKED=PARKED, **names)

    @property
    def stays(self) -> str:
        """Condition under which a message m of o, with the template t if any, does not leave for now.

        By the template itself, too: nothing leaves between what WhatsApp says of it and that its owner is held.
        """
        return (
            f"coalesce({self.held} OR {self.over} OR o.status = '{self.going}' AND (t.approval_status <> 'APPROVED'"
            " OR t.category = 'MARKETING' AND m.purpose <> 'MARKETING'), false)"
        )

    async def parking(self) -> list[int]:
        """Those that have parked messages though they are not held: what a lost ring or a dead worker left."""
        return [row["id"] for row in await connect.rows(self._sql(_PARKING))]

    async def let_go(self, id: int, chunk: int) -> list[int]:
        """Queues so many parked messages of one that goes on; their senders."""
        return [row["sender_id"] for row in await connect.rows(self._sql(_LET_GO), id, chunk)]

    async def cancel(self, id: int, chunk: int) -> list[Record]:
        """Cancels so many queued messages of one that was called off; the rows."""
        return await connect.rows(self._sql(_CANCEL), id, chunk)


SCHEDULE = Owner(
    "schedule",
    "PROCESSING",
    held="o.status = 'HELD'",
    over="o.status = 'CANCELLED'",
    words="'The schedule was cancelled before it left.'",
)

_ENDED = "(o.status = 'STOPPED' OR o.status = 'COMPLETED' AND o.by_hand)"

CAMPAIGN = Owner(
    "campaign",
    "RUNNING",
    held="o.status = 'PAUSED'",
    over=f"({_ENDED} OR o.status <> 'COMPLETED' AND coalesce(o.expires_at <= now(), false))",
    words=f"CASE WHEN {_ENDED} THEN 'The campaign was ended before it left.'"
    " ELSE 'Its campaign may not be sent any more: its time has passed.' END",
    code=f"CASE WHEN NOT {_ENDED} THEN 'MESSAGE_EXPIRED' END",
)
"""A campaign that somebody has completed is over as one that was stopped; of one that has ended by itself a message may
leave once more, after a fault of WhatsApp's."""
