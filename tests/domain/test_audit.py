"""The audit log as CSV, and the indexes by which it is read."""

import asyncio
from contextvars import Context
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from db.core import connect
from db.core.paging import PageRequest
from db.core.transaction import transaction
from domain import audit
from domain.core.access import SYSTEM, Viewer
from tests import factories


class UndoneError(Exception):
    """What was written is not to stay."""


async def listed(**criteria: Any) -> list[str]:
    """The actions in a CSV."""
    return [row[1] async for row in audit.entries(**criteria)][1:]


async def test_an_entry_that_commits_late_is_not_missing_from_a_csv() -> None:
    viewer = Viewer(user_id=(await factories.user()).id)
    written, end = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with transaction():
            await audit.note(viewer, "late")
            written.set()
            await end.wait()

    writing = asyncio.create_task(late(), context=Context())
    await written.wait()
    await audit.note(viewer, "early")
    reading = asyncio.create_task(listed(actor_id=viewer.user_id), context=Context())
    done, _ = await asyncio.wait([reading], timeout=0.5)
    assert not done, "it waits for whoever has written and not committed"
    await audit.note(viewer, "after it was asked for")
    end.set()
    await writing
    assert await reading == ["late", "early"]
    assert await listed(actor_id=viewer.user_id) == ["late", "early", "after it was asked for"]


async def test_who_gives_up_is_not_waited_for() -> None:
    viewer = Viewer(user_id=(await factories.user()).id)

    async def give_up() -> None:
        async with transaction():
            await audit.note(viewer, "nothing")
            raise UndoneError

    with pytest.raises(UndoneError):
        await give_up()
    async with asyncio.timeout(2):
        assert await listed(actor_id=viewer.user_id) == []


async def test_a_csv_has_each_entry_once_however_many_steps_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    viewer = Viewer(user_id=(await factories.user()).id)
    async with transaction():
        for n in range(7):
            await audit.note(viewer, f"step {n}")
    assert await listed(actor_id=viewer.user_id) == [f"step {n}" for n in range(7)]


OLD = {"created_from": datetime(2020, 3, 1, tzinfo=UTC), "created_before": datetime(2020, 4, 1, tzinfo=UTC)}
FILL = """
INSERT INTO audit_entry (created_at, action, actor_id, subject_type, subject_id, changes, ip_address)
SELECT '2020-01-01 00:00Z'::timestamptz + n * interval '1 hour', CASE WHEN n % 1000 = 7 THEN 'rare' ELSE 'usual' END,
       n % 500, 'User', n % 300, '{}', '' FROM generate_series(1, 20000) n
"""


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        OLD,
        {"action": ["rare"]},
        {"action": ["usual"], **OLD},
        {"actor_id": 499},
        {"actor_id": 499, **OLD},
        {"subject_id": ("User", 299)},
        {"subject_id": ("User", 299), **OLD},
    ],
)
async def test_a_page_reads_no_more_than_it_shows(monkeypatch: pytest.MonkeyPatch, criteria: dict[str, Any]) -> None:
    asked: list[tuple[str, Any]] = []
    plans: list[dict[str, Any]] = []
    rows = connect.rows

    async def noted(sql: str, *values: Any) -> Any:
        asked.append((sql, values))
        return await rows(sql, *values)

    async def look() -> None:
        async with transaction():
            await connect.execute(FILL)
            await connect.execute("ANALYZE audit_entry")
            page = await audit.find(SYSTEM, page=PageRequest(first=10), **criteria)
            times = [row.created_at for row in page.rows]
            assert times == sorted(times, reverse=True) != []
            [(sql, values)] = asked
            [explained] = orjson.loads(await connect.value(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *values))
            plans.append(explained["Plan"])
            raise UndoneError

    monkeypatch.setattr(connect, "rows", noted)
    with pytest.raises(UndoneError):
        await look()
    [plan] = plans
    [scan] = plan["Plans"]
    assert (plan["Node Type"], scan["Node Type"]) == ("Limit", "Index Scan"), "in order as it is found, and not sorted"
    assert scan.get("Rows Removed by Filter", 0) == 0
