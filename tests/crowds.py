"""Many people at once, by SQL: for what would take too long one by one."""

import secrets

from db.core import connect
from tests.factories import unique


async def crowd(reachable: int, *, opted_out: int = 0, without_phone: int = 0) -> int:
    """The id of a group of so many made-up people; contacts come in the order of their ids."""
    group_id: int = await connect.value("INSERT INTO contact_group (name) VALUES ($1) RETURNING id", unique("crowd"))
    await connect.execute(
        """
        WITH person AS (
          INSERT INTO contact (name, first_name, opt_in_status)
          SELECT 'Person ' || n, 'P' || n, CASE WHEN n > $2::int AND n <= $3::int THEN 'OPTED_OUT' ELSE 'UNKNOWN' END
          FROM generate_series(1, $4::int) AS n
          RETURNING id, substr(name, 8)::int AS n
        ), phone AS (
          INSERT INTO contact_phone (contact_id, phone_number, is_primary)
          SELECT id, '+5511' || ($5::bigint + n)::text, true FROM person WHERE n <= $3::int
        )
        INSERT INTO group_member (group_id, contact_id) SELECT $1, id FROM person
        """,
        group_id,
        reachable,
        reachable + opted_out,
        reachable + opted_out + without_phone,
        900_000_000 + secrets.randbelow(10**8 - 10**6),
    )
    return group_id


async def members(group_id: int) -> list[int]:
    """The ids of a group's contacts, in order."""
    found = await connect.rows("SELECT contact_id FROM group_member WHERE group_id = $1 ORDER BY 1", group_id)
    return [row["contact_id"] for row in found]
