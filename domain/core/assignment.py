"""Whose work something is: assigned to a user, or to nobody."""

from enum import StrEnum

from db.core.paging import Where
from domain.core.access import Viewer


class Assignment(StrEnum):
    MINE = "MINE"
    ASSIGNED = "ASSIGNED"
    UNASSIGNED = "UNASSIGNED"


def assigned(where: Where, column: str, assignment: Assignment, viewer: Viewer) -> None:
    """Confines a list to the work that is meant, seen from the caller; whoever is no user has none."""
    match assignment:
        case Assignment.MINE:
            where.add(f"{column} = {{}}", viewer.user_id)
        case Assignment.ASSIGNED:
            where.add(f"{column} IS NOT NULL")
        case Assignment.UNASSIGNED:
            where.add(f"{column} IS NULL")
