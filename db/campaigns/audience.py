"""Whom a campaign reaches: one text of SQL finds its people, for a preflight and for the freezing alike."""

import hashlib
from dataclasses import dataclass

import orjson
from asyncpg import Record

from db.campaigns import Campaign, ExclusionReason
from db.campaigns.hold import USABLE
from db.campaigns.outcomes import MESSAGE, OUTCOME
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
       {MESSAGE}
       WHERE r.campaign_id = $6 AND r.contact_id > $2 AND {OUTCOME} = ANY($7::text[])
       ORDER BY r.contact_id LIMIT $3)
    ) AS named ORDER BY contact_id LIMIT $3
  ) AS ordered
)"""

# $8 senders that may send now, $9 those among them that take what nobody knows a sender for, $10 whether the text is
# one of ours, for which the Cloud API wants an open window, $11 the purpose. A contact stays with the sender that wrote
# to it or that it wrote to last; who has no number is reached where it wrote from.
_PERSON = """
, person AS MATERIALIZED (
  SELECT page.contact_id, coalesce(p.phone_number, talk.address) AS address, c.time_zone,
         coalesce(talk.sender_id, known.sender_id,
                  ($9::bigint[])[1 + page.place % nullif(cardinality($9), 0)]) AS sender_id,
         CASE WHEN c.opt_in_status = 'OPTED_OUT' OR $11::text = ANY(c.declined) THEN 'OPTED_OUT'
              WHEN p.id IS NULL AND talk.address IS NULL THEN 'NO_PHONE_NUMBER'
              WHEN NOT p.on_whatsapp THEN 'NOT_ON_WHATSAPP' END AS exclusion
  FROM page
  JOIN contact c ON c.id = page.contact_id AND c.deleted_at IS NULL
  LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
  LEFT JOIN LATERAL (
    SELECT v.sender_id, v.address FROM conversation v
    WHERE p.id IS NULL AND v.contact_id = c.id AND v.sender_id = ANY($8::bigint[]) AND v.deleted_at IS NULL
    ORDER BY v.last_message_at DESC NULLS LAST LIMIT 1) AS talk ON true
  LEFT JOIN LATERAL (
    SELECT m.sender_id FROM message m
    WHERE cardinality($8) > 1 AND m.contact_id = c.id AND m.sender_id = ANY($8)
      AND m.state NOT IN ('QUEUED', 'CLAIMED', 'CANCELLED', 'FAILED')
    ORDER BY m.id DESC LIMIT 1) AS known ON true
)"""

# Who seem to be one person are written to once: the one whose contact is older.
_JUDGED = """
, twin AS MATERIALIZED (
  SELECT DISTINCT d.other_id AS contact_id FROM contact_duplicate d JOIN person ON person.contact_id = d.other_id
  WHERE d.contact_id IN (SELECT contact_id FROM person WHERE exclusion IS NULL)
     OR EXISTS (SELECT FROM campaign_recipient r
                WHERE r.campaign_id = $1 AND r.contact_id = d.contact_id AND r.exclusion IS NULL)
), judged AS (
  SELECT person.contact_id, address, person.sender_id, time_zone, pool.portfolio, pool.room, coalesce(exclusion,
           CASE WHEN twin.contact_id IS NOT NULL THEN 'DUPLICATE_NUMBER'
                WHEN $10 AND pool.cloud AND talk.open IS NULL THEN 'WINDOW_CLOSED' END) AS exclusion,
         talk.open IS NULL AND pool.room IS NOT NULL AND NOT EXISTS (
           SELECT FROM portfolio_reach f WHERE f.portfolio_id = pool.portfolio AND f.contact_id = person.contact_id
             AND f.reached_at > now() - interval '24 h') AS new
  FROM person
  LEFT JOIN twin USING (contact_id)
  LEFT JOIN unnest($8, $12::bool[], $13::text[], $14::bigint[]) AS pool(id, cloud, portfolio, room)
    ON pool.id = person.sender_id
  LEFT JOIN LATERAL (
    SELECT true AS open FROM conversation v
    WHERE ($10 OR pool.room IS NOT NULL) AND v.sender_id = person.sender_id AND v.contact_id = person.contact_id
      AND v.deleted_at IS NULL AND v.window_expires_at > now() LIMIT 1) AS talk ON true
)"""

_UNLIMITED = ", people AS (SELECT contact_id, address, sender_id, time_zone, exclusion FROM judged)"
# Of those whom a portfolio would write to first, the ones that go beyond what it may in 24 hours.
_LIMITED = """
, people AS (
  SELECT contact_id, address, sender_id, time_zone, coalesce(exclusion, CASE WHEN new AND room < count(*) FILTER (
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


def people(pool: Pool) -> str:
    """The beginning of a statement about `people` (contact_id, address, sender_id, time_zone, exclusion) of a `page` of
    an audience; `values` fills it."""
    return f"WITH {_PAGE}{_PERSON}{_JUDGED}{_LIMITED if pool.limited else _UNLIMITED}"


def values(campaign: Record, pool: Pool, *, after: int = 0, chunk: int | None = None) -> tuple[object, ...]:
    """What fills `people`: of a row with id, audience, own_text and purpose."""
    audience = orjson.loads(campaign["audience"])
    return (
        *(campaign["id"], after, chunk, audience.get("group_ids") or [], audience.get("contact_ids") or []),
        *(audience.get("campaign_id"), audience.get("outcomes") or [], pool.usable, pool.shares),
        *(campaign["own_text"], campaign["purpose"], pool.cloud, pool.portfolios, pool.rooms),
    )


SENT = """
SELECT o.*, t.approval_name IS NULL AS own_text, coalesce(t.category, 'MARKETING') AS purpose
FROM campaign o LEFT JOIN message_template t ON t.id = o.template_id WHERE o.id = $1
"""
"""A campaign, and what its people are chosen by."""

_TALLY = """
SELECT exclusion, count(*) AS people, bit_xor(hashtextextended(coalesce(address, ''), contact_id)) AS mark
FROM people GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """An audience as it is now."""

    audience: int
    recipients: int
    exclusions: dict[ExclusionReason, int]
    fingerprint: str
    """The same as long as the same people would be sent to, and left out for the same reasons."""


async def tally_of(campaign: Campaign) -> Counts:
    """Counts the audience of a campaign that has not begun, as if it began now."""
    row = await connect.row(SENT, campaign.id)
    assert row is not None
    pool = await pool_of(campaign.id, own_text=row["own_text"])
    found = await connect.rows(people(pool) + _TALLY, *values(row, pool))
    told = {each["exclusion"]: each["people"] for each in found}
    marks = repr([(each["exclusion"], each["people"], each["mark"]) for each in found])
    return Counts(
        audience=sum(told.values()),
        recipients=told.get(None, 0),
        exclusions={ExclusionReason(reason): count for reason, count in told.items() if reason},
        fingerprint=hashlib.sha256(marks.encode()).hexdigest()[:32],
    )
