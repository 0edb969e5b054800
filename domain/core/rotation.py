"""Secrets at rest under another key: from SECRET_KEYS_OLD to SECRET_KEY, while everything runs."""

from collections import Counter

from db.core import connect
from db.core.transaction import transaction
from domain.core.secrets import SecretError, key_id, seal, sealed_by, unseal

SEALED = (
    ("sender", "id", "access_token"),
    ("data_key", "name", "sealed"),
    ("webhook", "id", "sealed"),
    ("webhook", "id", "old_sealed"),
)
"""Tables, what names a row of each, and the column that `seal` has written; a few thousand rows at most."""


async def sealed_under() -> Counter[str]:
    """How many secrets each key holds, by its id; empty for those of the first release, which name none."""
    found = Counter[str]()
    for table, _, column in SEALED:
        rows = await connect.rows(f"SELECT {column} AS sealed FROM {table} WHERE {column} IS NOT NULL")
        found.update(sealed_by(row["sealed"]) for row in rows)
    return found


async def reseal() -> tuple[int, int]:
    """Seals under SECRET_KEY what is not yet: how many, and how many cannot be read. Stopped midway, it goes on."""
    done = lost = 0
    for table, name, column in SEALED:
        where = f"FROM {table} WHERE {column} IS NOT NULL"
        for row in await connect.rows(f"SELECT {name} AS name {where} ORDER BY {name}"):
            async with transaction():
                sealed = await connect.value(f"SELECT {column} {where} AND {name} = $1 FOR UPDATE", row["name"])
                if sealed is None or sealed_by(sealed) == key_id():
                    continue
                try:
                    again = seal(unseal(sealed))
                except SecretError:
                    lost += 1
                    continue
                await connect.execute(f"UPDATE {table} SET {column} = $2 WHERE {name} = $1", row["name"], again)
                done += 1
    return done, lost
