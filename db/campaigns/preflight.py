"""What a campaign would do if it began now, besides counting its people: who lacks what, and who sends how much."""

from collections.abc import Sequence

from asyncpg import Record

from db.campaigns.audience import SENT, people, pool_of, values
from db.core import connect

COLUMNS = ("name", "first_name", "last_name", "email", "company", "job_title")
"""What contacts fill by themselves, besides their number and their attributes."""

_PAGE = 2000
"""People that are looked through at a time for the first few who are sent something."""


def _lacks(name: str) -> str:
    """Condition under which a contact c of the people fills no placeholder of this name, which has letters, digits and
    _ only."""
    if name == "phone_number":
        return "people.address IS NULL"
    own = f"c.{name}" if name in COLUMNS else f"c.attributes ->> '{name}'"
    return f"coalesce({own}, '') = ''"


async def shares(id: int, wanted: Sequence[Sequence[str]]) -> list[Record]:
    """Of those who would be sent something: (sender_id, time_zone, people, lacking), by sender and zone.

    lacking has, for each set of wanted names, how many of them fill not all of the set.
    """
    row = await connect.row(SENT, id)
    assert row is not None
    pool = await pool_of(id, own_text=row["own_text"])
    lacking = [f"count(*) FILTER (WHERE {' OR '.join(map(_lacks, names)) or 'true'})" for names in wanted]
    return await connect.rows(
        f"{people(pool)} SELECT people.sender_id, people.time_zone, count(*) AS people,"
        f" ARRAY[{', '.join(lacking)}]::bigint[] AS lacking"
        " FROM people JOIN contact c ON c.id = people.contact_id WHERE people.exclusion IS NULL GROUP BY 1, 2",
        *values(row, pool),
    )


async def first(id: int, most: int) -> list[Record]:
    """The first few who would be sent something: (contact_id, address)."""
    row = await connect.row(SENT, id)
    assert row is not None
    pool = await pool_of(id, own_text=row["own_text"])
    sql = f"""{people(pool)}
    SELECT whole.*, early.* FROM (SELECT max(contact_id) AS last, count(*) AS people FROM page) AS whole
    LEFT JOIN LATERAL (
      SELECT contact_id, address FROM people WHERE exclusion IS NULL ORDER BY contact_id LIMIT {most}) AS early ON true
    """
    found, after = list[Record](), 0
    while after is not None and len(found) < most:
        page = await connect.rows(sql, *values(row, pool, after=after, chunk=_PAGE))
        found += [each for each in page if each["contact_id"] is not None]
        after = page[0]["last"] if page[0]["people"] == _PAGE else None
    return found[:most]
