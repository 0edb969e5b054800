"""Lists as CSV: links that cannot be forged, and cells that no spreadsheet runs."""

import csv
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.accounts import Role
from domain.core import export
from domain.core.access import SYSTEM, Viewer, access_of, allow
from domain.core.errors import ErrorCode, Refusal
from domain.core.export import exported, link, opened


@allow()
async def a_link(viewer: Viewer) -> str:
    return link(viewer, "test-list", cells=[])


@exported("test-list", a_link)
async def a_list(cells: list[Any], times: int = 1) -> AsyncIterator[list[Any]]:
    yield ["head"]
    for _ in range(times):
        yield cells


async def read(url: str) -> list[list[str]]:
    content = opened(url.rpartition("/")[2]).content
    text = b"".join([block async for block in content]).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("begins", ["=1+1", "+1+1", "-2", "@SUM(A1)", "\tx", "\rx", "+55 11 96123"])
async def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(begins: str) -> None:
    assert (await read(link(SYSTEM, "test-list", cells=[begins])))[1] == [f"'{begins}"]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("Ana;=1+1", "Ana;'=1+1"),
        ("Ana\n@SUM(A1)", "Ana\n'@SUM(A1)"),
        ("a;\t=b", "a;'\t'=b"),
        ("\uff1d1", "'\uff1d1"),
    ],
)
async def test_neither_does_one_that_separates_cells_otherwise(cell: str, safe: str) -> None:
    assert (await read(link(SYSTEM, "test-list", cells=[cell])))[1] == [safe]


async def test_everything_else_stays_as_it_is() -> None:
    cells = ["+5511961230345", "a=b;c", 'José, "the one"\nof two lines', 7, None, ""]
    assert (await read(link(SYSTEM, "test-list", cells=cells)))[1] == ["+5511961230345", "a=b;c", cells[2], "7", "", ""]


async def test_a_long_list_comes_in_blocks() -> None:
    content = opened(link(SYSTEM, "test-list", cells=["x" * 1000], times=1000).rpartition("/")[2]).content
    blocks = [block async for block in content]
    assert len(blocks) > 10
    assert b"".join(blocks).startswith(b"\xef\xbb\xbfhead\r\nxxx")
    assert b"".join(blocks).count(b"\r\n") == 1001


async def test_links_are_ours_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    token = link(SYSTEM, "test-list", cells=[1]).rpartition("/")[2]
    other = link(SYSTEM, "test-list", cells=[2]).rpartition("/")[2]
    forged = [other.split(".")[0] + "." + token.split(".")[1], token[:-4], "", ".", "a.b", token + "é", f"{token}.x"]
    for wrong in forged:
        with pytest.raises(Refusal, match="This link is not good") as refused:
            opened(wrong)
        assert refused.value.code is ErrorCode.AUTHORIZATION_ERROR
    now = export.time.time()
    monkeypatch.setattr(export.time, "time", lambda: now + export.SECONDS + 1)
    with pytest.raises(Refusal, match=re.escape("not any more")):
        opened(token)


def test_a_link_says_whose_rights_it_hangs_on() -> None:
    of_session = opened(link(Viewer(user_id=7, session_id=8), "test-list", cells=[]).rpartition("/")[2])
    assert (of_session.by, of_session.access) == (Viewer(user_id=7, session_id=8), access_of(a_link))
    of_token = opened(link(Viewer(user_id=7, token_id=9), "test-list", cells=[]).rpartition("/")[2])
    assert of_token.by == Viewer(user_id=7, token_id=9)
    nobodys = Viewer(role=Role.ADMIN, admin_token=True)
    assert opened(link(nobodys, "test-list", cells=[]).rpartition("/")[2]).by == nobodys
