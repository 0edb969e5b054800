"""Whom a campaign reaches: one text of SQL finds its people, for a preflight and for the freezing alike."""

from dataclasses import dataclass

import orjson
from asyncpg import Record

from db.campaigns.hold import USABLE
from db.campaigns.outcomes import message, outcome
from db.core import connect
from db.messages.reach import PORTFOLIO

# $1 campaign, $2 the contact that was passed last, $3 how many ($3 null: all), $4 groups, $5 contacts, $6 and $7 the
# recipients of another campaign by their outcomes. Each in the order of contacts, so that a page of a million costs
# what it holds.
_PAGE = f"""
page AS MATERIALIZED (
  SELECT contact_id, row_number() OVER (ORDER BY contact_id) AS place FROM (
    SELECT contact_id FROM (
      SELECT of_one.contact_id FROM unnest($4::bigint[]) AS g(id), LATERAL (
        SELECT contact_id FROM group_member WHERE group_id = g.id AND contact_id > $2 ORDER BY contact_id LIMIT $3
      ) AS of_one
      UNION
      SELECT coalesce(merged_into_id, id) FROM contact
      WHERE id = ANY($5::bigint[]) AND coalesce(merged_into_id, id) > $2
      UNION
      (SELECT r.contact_id FROM campaign_recipient r
       {message("r")}
       WHERE r.campaign_id = $6 AND r.contact_id > $2 AND {outcome("r")} = ANY($7::text[])
       ORDER BY r.contact_id LIMIT $3)
    ) AS named ORDER BY contact_id LIMIT $3
  ) AS ordered
)"""


def _talk(column: str) -> str:
    """Of the last conversation of a contact c with a sender of the pool."""
    return f"""(SELECT v.{column} FROM conversation v WHERE v.contact_id = c.id AND v.sender_id = ANY($8::bigint[])
    AND v.deleted_at IS NULL ORDER BY v.last_message_at DESC NULLS LAST LIMIT 1)"""


_NUMBER = "coalesce(named.phone_number, p.phone_number)"
ADDRESS = f"coalesce({_NUMBER}, {_talk('address')})"
"""Where a contact c is written to: the number of theirs that was named, else the primary one; else where they wrote
from, which is looked for in nobody who has a number."""

# $8 senders that may send now, $9 those among them that take what nobody knows a sender for, $10 whether the text is
# one of ours, for which the Cloud API wants an open window, $11 the purpose, $15 numbers that were named. A contact
# stays with the sender that wrote to it or that it wrote to last; who has no number is reached where it wrote from.
_PERSON = f"""
, person AS MATERIALIZED (
  SELECT page.contact_id, {ADDRESS} AS address, c.time_zone, {{lacks}} AS lacks,
         coalesce(CASE WHEN {_NUMBER} IS NULL THEN {_talk("sender_id")} END, {{known}}
                  ($9::bigint[])[1 + page.place % nullif(cardinality($9), 0)]) AS sender_id,
         CASE WHEN c.opt_in_status = 'OPTED_OUT' OR $11::text = ANY(c.declined) THEN 'OPTED_OUT'
              WHEN {ADDRESS} IS NULL THEN 'NO_PHONE_NUMBER'
              WHEN NOT coalesce(named.on_whatsapp, named.id IS NOT NULL OR p.on_whatsapp) THEN 'NOT_ON_WHATSAPP'
         END AS exclusion
  FROM page
  JOIN contact c ON c.id = page.contact_id AND c.deleted_at IS NULL
  LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
  LEFT JOIN (SELECT DISTINCT ON (contact_id) * FROM contact_phone WHERE id = ANY($15::bigint[])
             ORDER BY contact_id, is_primary DESC, id) AS named ON named.contact_id = c.id
)"""
# Only where there is more than one sender to choose from.
_KNOWN = """
(SELECT m.sender_id FROM message m WHERE m.contact_id = c.id AND m.sender_id = ANY($8)
   AND m.state NOT IN ('QUEUED', 'CLAIMED', 'CANCELLED', 'FAILED') ORDER BY m.id DESC LIMIT 1),
"""

_OPEN = """EXISTS (SELECT FROM conversation v WHERE v.sender_id = person.sender_id AND v.contact_id = person.contact_id
             AND v.deleted_at IS NULL AND v.window_expires_at > now())"""

# Who seem to be one person are written to once: the one whose contact is older, be it in this page or an earlier one.
_JUDGED = f"""
, twin AS MATERIALIZED (
  SELECT d.other_id AS contact_id FROM person JOIN contact_duplicate d ON d.contact_id = person.contact_id
  WHERE person.exclusion IS NULL
  UNION
  SELECT d.other_id FROM page JOIN contact_duplicate d ON d.other_id = page.contact_id
  JOIN campaign_recipient r ON r.campaign_id = $1 AND r.contact_id = d.contact_id
  WHERE coalesce(r.exclusion, '') NOT IN ('OPTED_OUT', 'NO_PHONE_NUMBER', 'NOT_ON_WHATSAPP')
), judged AS (
  SELECT person.contact_id, address, person.sender_id, time_zone, lacks, pool.portfolio, pool.room, coalesce(exclusion,
           CASE WHEN twin.contact_id IS NOT NULL THEN 'DUPLICATE_NUMBER'
                WHEN $10 AND pool.cloud AND NOT {_OPEN} THEN 'WINDOW_CLOSED' END) AS exclusion,
         pool.room IS NOT NULL AND NOT {_OPEN} AND NOT EXISTS (
           SELECT FROM portfolio_reach f WHERE f.portfolio_id = pool.portfolio AND f.contact_id = person.contact_id
             AND f.reached_at > now() - interval '24 h') AS new
  FROM person
  LEFT JOIN twin USING (contact_id)
  LEFT JOIN unnest($8, $12::bool[], $13::text[], $14::bigint[]) AS pool(id, cloud, portfolio, room)
    ON pool.id = person.sender_id
)"""

_UNLIMITED = ", people AS (SELECT contact_id, address, sender_id, time_zone, lacks, exclusion FROM judged)"
# Of those whom a portfolio would write to first, the ones that go beyond what it may in 24 hours.
_LIMITED = """
, people AS (
  SELECT contact_id, address, sender_id, time_zone, lacks, coalesce(exclusion, CASE WHEN new
           AND room < count(*) FILTER (
             WHERE new AND exclusion IS NULL) OVER (PARTITION BY portfolio ORDER BY contact_id)
         THEN 'OVER_SENDER_LIMIT' END) AS exclusion
  FROM judged
)"""


@dataclass(frozen=True, slots=True)
class Pool:
    """The senders of a campaign that would take its share now."""

    usable: list[int]
    shares: list[int]
    """Those that take whoever knows none of them."""
    cloud: list[bool]
    portfolios: list[str]
    rooms: list[int | None]
    """How many people each one's portfolio may write to first, for now; None: any number."""

    @property
    def limited(self) -> bool:
        return any(room is not None for room in self.rooms)


# What waits in the queues of a portfolio takes its places too: it was there first.
_POOL = f"""
SELECT sender.id, provider = 'CLOUD_API' AS cloud, {PORTFOLIO} AS portfolio, {USABLE} AS usable,
       CASE WHEN messaging_limit IS NOT NULL THEN greatest(0, messaging_limit - used.people - queued.messages) END
         AS room
FROM campaign_sender p JOIN sender ON sender.id = p.sender_id
LEFT JOIN LATERAL (
  SELECT count(*) AS people FROM portfolio_reach r
  WHERE messaging_limit IS NOT NULL AND r.portfolio_id = {PORTFOLIO} AND r.reached_at > now() - interval '24 h'
) AS used ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS messages FROM (
    SELECT FROM message m JOIN sender AS its ON its.id = m.sender_id
    WHERE sender.messaging_limit IS NOT NULL AND m.due_at IS NOT NULL AND m.author = 'SYSTEM'
      AND {PORTFOLIO.replace("sender.", "its.")} = {PORTFOLIO} LIMIT sender.messaging_limit) AS waiting
) AS queued ON true
WHERE p.campaign_id = $1 ORDER BY sender.id
"""


async def pool_of(id: int, *, own_text: bool) -> Pool:
    """The senders of a campaign that may send now; where none may, all of them. Nobody new is given a text of ours to
    write to by the Cloud API, which would not take it, while there is a session of WAHA's."""
    found = await connect.rows(_POOL, id)
    usable = [row for row in found if row["usable"]] or found
    free = [row for row in usable if not row["cloud"]] if own_text else []
    return Pool(
        [row["id"] for row in usable],
        [row["id"] for row in free or usable],
        [row["cloud"] for row in usable],
        [row["portfolio"] for row in usable],
        [row["room"] for row in usable],
    )


def people(pool: Pool, *, lacks: str = "NULL::bool[]") -> str:
    """The beginning of a statement about `people` (contact_id, address, sender_id, time_zone, lacks, exclusion) of a
    `page` of an audience; `values` fills it. `lacks` is an expression over their contact c."""
    person = _PERSON.format(lacks=lacks, known=_KNOWN if len(pool.usable) > 1 else "")
    return f"WITH {_PAGE}{person}{_JUDGED}{_LIMITED if pool.limited else _UNLIMITED}"


def values(campaign: Record, pool: Pool, *, after: int = 0, chunk: int | None = None) -> tuple[object, ...]:
    """What fills `people`: of a row with id, audience, own_text and purpose."""
    audience = orjson.loads(campaign["audience"])
    return (
        *(campaign["id"], after, chunk, audience.get("group_ids") or [], audience.get("contact_ids") or []),
        *(audience.get("campaign_id"), audience.get("outcomes") or [], pool.usable, pool.shares),
        *(campaign["own_text"], campaign["purpose"], pool.cloud, pool.portfolios, pool.rooms),
        audience.get("phone_ids") or [],
    )
