"""What became of the rows of an import, to take along."""

from collections.abc import Sequence

from db.accounts import Role, Scope
from db.contacts import ImportVerdict
from db.core import connect
from domain.core.access import Viewer, allow
from domain.core.export import Rows, exported, link

_AT_ONCE = 2000

_PAGE = """
SELECT r.row, r.verdict, c.name, p.phone_number, r.field, r.code, r.message
FROM import_row r
LEFT JOIN contact c ON c.id = r.contact_id AND c.deleted_at IS NULL
LEFT JOIN contact_phone p ON p.contact_id = c.id AND p.is_primary
WHERE r.contact_import_id = $1 AND r.row > $2 AND ($3::text[] IS NULL OR r.verdict = ANY($3))
ORDER BY r.row LIMIT $4
"""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS)
async def verdicts_url(viewer: Viewer, *, import_id: int, verdicts: Sequence[ImportVerdict] | None) -> str | None:
    """Where to read the rows of an import with these verdicts, or all of them; None where the caller sees none."""
    return link(viewer, "import-rows", import_id=import_id, verdicts=verdicts) if viewer.sender_id is None else None


@exported("import-rows", verdicts_url)
async def verdict_rows(import_id: int, verdicts: Sequence[str] | None) -> Rows:
    yield "row", "verdict", "name", "phone", "field", "code", "message"
    after = 0
    while found := await connect.rows(_PAGE, import_id, after, verdicts, _AT_ONCE):
        for row in found:
            yield tuple(row)
        after = found[-1]["row"]
