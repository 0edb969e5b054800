"""Foreign keys: whoever deletes a row finds what names it by an index, however much there is."""

from db.core import connect

# An index serves where its first column is the key's, and what it leaves out is no row that names anything.
_WITHOUT_INDEX = """
SELECT c.conrelid::regclass::text || '.' || a.attname AS named, c.confrelid::regclass::text AS names
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
  SELECT FROM pg_index i
  WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indkey[0] = c.conkey[1]
    AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname))
)
ORDER BY 1
"""


async def test_each_foreign_key_has_an_index_to_find_its_rows_by(database: None) -> None:
    found = await connect.rows(_WITHOUT_INDEX)
    lacking = [f"{row['named']} of {row['names']}" for row in found]
    assert not lacking, ", ".join(lacking)


async def test_the_look_for_an_index_finds_what_lacks_one(database: None) -> None:
    await connect.execute("CREATE TABLE names_a_user (id bigint, user_id bigint REFERENCES user_account, state text)")
    try:
        for index, lacks in (
            ("(id, user_id)", True),
            ("(user_id) WHERE state = 'OPEN'", True),
            ("(user_id) WHERE user_id IS NOT NULL", False),
        ):
            await connect.execute(f"CREATE INDEX ON names_a_user {index}")
            found = [row["named"] for row in await connect.rows(_WITHOUT_INDEX)]
            assert ("names_a_user.user_id" in found) is lacks, index
    finally:
        await connect.execute("DROP TABLE names_a_user")
