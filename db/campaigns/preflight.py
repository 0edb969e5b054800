"""What a campaign would do if it began now: who would be sent something, who not and why, who lacks what."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asyncpg import Record

from db.campaigns import ExclusionReason
from db.campaigns.audience import ADDRESS, Pool, people, pool_of, values
from db.core import connect
from db.messages.met import MET

COLUMNS = ("name", "first_name", "last_name", "email", "company", "job_title")
"""What contacts fill by themselves, besides their number and their attributes."""

_AT_ONCE = 20_000
"""People that are looked through at a time for the first who is sent something."""

_SENT = """
SELECT o.*, t.approval_name IS NULL AS own_text, coalesce(t.category, 'MARKETING') AS purpose
FROM campaign o LEFT JOIN message_template t ON t.id = o.template_id WHERE o.id = $1
"""

# $16 senders, each beside a $17 with which addresses begin that are looked for, and $18 by how many of their characters
# they are told apart. Two of each are named, as one may be no number in use.
_ALIKE = """
, alike AS MATERIALIZED (
  SELECT sender_id, ARRAY[min(address COLLATE "C"), max(address COLLATE "C")] AS two, count(*) AS people
  FROM people JOIN unnest($16::bigint[], $17::text[], $18::int[]) AS b(id, begins, apart)
    ON b.id = sender_id AND starts_with(address, begins)
  WHERE exclusion IS NULL GROUP BY sender_id, length(address), left(address, apart)
)
"""

# The first few come along, so that all of it is one look at one moment; what is alike, once.
_LOOK = """
, first AS MATERIALIZED (
  SELECT contact_id, address FROM people WHERE exclusion IS NULL ORDER BY contact_id LIMIT {most}
)
SELECT exclusion, sender_id, time_zone, count(*) AS people,
       bit_xor(hashtextextended(coalesce(address, ''), contact_id)) AS mark, ARRAY[{lacking}]::bigint[] AS lacking,
       ARRAY(SELECT contact_id FROM first ORDER BY 1) AS ids,
       ARRAY(SELECT address FROM first ORDER BY contact_id) AS addresses,
       CASE WHEN row_number() OVER () = 1 THEN {alike} END AS alike
FROM people GROUP BY 1, 2, 3
"""

_ANYONE = """
SELECT whole.*, told.* FROM (SELECT max(contact_id) AS last, count(*) AS paged FROM page) AS whole
LEFT JOIN (SELECT exclusion, count(*) AS people FROM people GROUP BY 1) AS told ON true
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people there are, as far as they were looked at."""

    audience: int
    recipients: int
    exclusions: dict[ExclusionReason, int]


@dataclass(frozen=True, slots=True)
class Look(Counts):
    """A whole audience as it is at one moment."""

    fingerprint: str
    """The same as long as the same people would be sent to, and left out for the same reasons."""
    shares: Counter[tuple[int, str | None]] = field(default_factory=Counter[tuple[int, str | None]])
    """Those who would be sent something, by sender and zone."""
    lacking: Sequence[int] = ()
    """For each set of wanted names, how many of them fill not all of the set."""
    first: Sequence[tuple[int, str]] = ()
    """The first few of them: contact and address."""
    alike: Sequence[tuple[int, Sequence[str], int]] = ()
    """Senders, two of the addresses that begin alike and would be sent to by them, and how many there are of those."""


def _lacks(name: str) -> str:
    """Condition under which a contact c fills no placeholder of this name, which has letters, digits and _ only."""
    if name == "phone_number":
        return f"{ADDRESS} IS NULL"
    own = f"c.{name}" if name in COLUMNS else f"c.attributes ->> '{name}'"
    return f"coalesce({own}, '') = ''"


async def _of(id: int) -> tuple[Record, Pool]:
    row = await connect.row(_SENT, id)
    assert row is not None
    return row, await pool_of(id, own_text=row["own_text"])


async def look(
    id: int,
    wanted: Sequence[Sequence[str]] = (),
    *,
    most: int = 5,
    beginnings: Mapping[int, Mapping[str, int]] | None = None,
    seen_by: int | None = None,
) -> Look:
    """Looks at the audience of a campaign as if it began now; a million people take seconds. Nothing is locked.

    What people lack is told of those alone who have messages with the sender `seen_by`, where one is named.

    Of some senders those recipients are counted whose address begins in one of some ways, and goes on alike for so many
    characters of all.
    """
    row, pool = await _of(id)
    lacks = [" OR ".join(map(_lacks, names)) or "true" for names in wanted]
    if seen_by is not None:
        lacks = [f"({MET.format(contact='c.id', sender=int(seen_by))}) AND ({each})" for each in lacks]
    lacking = ", ".join(f"count(*) FILTER (WHERE lacks[{place}])" for place in range(1, len(wanted) + 1))
    begin = [(sender, *one) for sender, texts in (beginnings or {}).items() for one in texts.items()]
    sql = people(pool, lacks=f"ARRAY[{', '.join(lacks)}]::bool[]") + (_ALIKE if begin else "")
    alike = "ARRAY(SELECT ROW(sender_id, two, people) FROM alike)" if begin else "NULL::int[]"
    sql += _LOOK.format(most=most, lacking=lacking, alike=alike)
    found = await connect.rows(sql, *values(row, pool), *(map(list, zip(*begin, strict=True)) if begin else ()))
    reached = [each for each in found if each["exclusion"] is None]
    told, marks = Counter[str | None](), Counter[str | None]()
    for each in found:
        told[each["exclusion"]] += each["people"]
        marks[each["exclusion"]] ^= each["mark"]
    said = repr(sorted((reason or "", told[reason], marks[reason]) for reason in told))
    return Look(
        audience=told.total(),
        recipients=told[None],
        exclusions=_exclusions(told),
        fingerprint=hashlib.sha256(said.encode()).hexdigest()[:32],
        shares=Counter({(each["sender_id"], each["time_zone"]): each["people"] for each in reached}),
        lacking=[sum(counts) for counts in zip(*(each["lacking"] for each in reached), strict=True)],
        first=list(zip(found[0]["ids"], found[0]["addresses"], strict=True)) if found else (),
        alike=[one for each in found for one in each["alike"] or ()],
    )


async def anyone(id: int) -> Counts:
    """Looks at an audience until someone is found who would be sent something; everyone is counted where nobody is."""
    row, pool = await _of(id)
    told, after = Counter[str | None](), 0
    while after is not None and not told[None]:
        page = await connect.rows(people(pool) + _ANYONE, *values(row, pool, after=after, chunk=_AT_ONCE))
        told.update({each["exclusion"]: each["people"] for each in page if each["people"]})
        after = page[0]["last"] if page[0]["paged"] == _AT_ONCE else None
    return Counts(told.total(), told[None], _exclusions(told))


def _exclusions(told: Counter[str | None]) -> dict[ExclusionReason, int]:
    return {ExclusionReason(reason): count for reason, count in told.items() if reason and count}
