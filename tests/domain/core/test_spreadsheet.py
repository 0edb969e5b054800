"""CSVs as they come: whatever their bytes are, each row is read or is said why not, and none costs its neighbours."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contacts.preview import _surveyed
from domain.core.spreadsheet import _SAYABLE, MOST_CHARACTERS, MOST_LINES, MOST_ROWS, Row, Rows, format_of

PEOPLE = [["name", "phone"], ["José Peña", "+52 55"], ["Zoë, the one", "+33"], ["Ann", "+44"]]


def written(rows: list[list[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def read(path: Path, content: bytes) -> list[Row]:
    """All rows; and whichever one goes on from, the rest is the same."""
    path.write_bytes(content)
    form = format_of(path)
    with Rows(path.open("rb"), form) as found:
        rows = list(found)
    for number, row in enumerate(rows, 1):
        with Rows(path.open("rb"), form, row.ends) as found:
            assert list(found) == rows[number:]
    assert not rows or rows[-1].ends == len(content)
    return rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "mark", "name"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("cp1252", b"", "cp1252"),
        ("latin-1", b"", "cp1252"),
    ],
)
def test_encoding_and_delimiter_are_found(
    tmp_path: Path, delimiter: str, end: str, encoding: str, mark: bytes, name: str
) -> None:
    content = mark + written(PEOPLE, delimiter, end).encode(encoding)
    assert [row.cells for row in read(tmp_path / "a.csv", content)] == PEOPLE
    form = format_of(tmp_path / "a.csv")
    assert (form.encoding, form.delimiter, form.start, form.lines) == (name, delimiter, len(mark), 5)


@pytest.mark.parametrize(
    ("encoding", "rows"),
    [
        ("cp1251", [["имя", "телефон"], ["Иван Петров", "+7999"], ["Мария Иванова", "+7912"]]),
        ("cp932", [["氏名", "電話番号"], ["山田太郎", "+81"], ["佐藤花子", "+81"]]),
    ],
)
def test_other_scripts_are_known(tmp_path: Path, encoding: str, rows: list[list[str]]) -> None:
    assert [row.cells for row in read(tmp_path / "a.csv", written(rows).encode(encoding))] == rows


def test_bytes_that_are_not_utf_8_may_come_late_and_fail_their_row_alone(tmp_path: Path) -> None:
    good = "José,+52\n".encode()
    rows = read(tmp_path / "a.csv", b"name,phone\n" + good * 3000 + b"Jos\xe9,+1\n" + good)
    assert [row.fault for row in rows if row.fault] == ["It has bytes that are not utf-8."]
    assert rows[-1].cells == ["José", "+52"]
    late = b"name,phone\n" + b"Ann,+1\n" * 300_000 + b"Jos\xe9,+1\n"
    (tmp_path / "b.csv").write_bytes(late)
    assert format_of(tmp_path / "b.csv").encoding == "cp1252"


def test_a_character_may_lie_across_blocks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a" * (1024 * 1024 - 1) + "é\n".encode() + "é".encode() * 600_000)
    assert format_of(tmp_path / "a.csv").encoding == "utf-8"


def test_quotation_marks_that_are_never_closed_cost_their_own_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    [_, bad, *rest] = read(path, b'name,phone\n"Ann,+1\nBen,+2\nEve,+3\n')
    assert (bad.cells, bad.fault) == ([], "A quotation mark is never closed.")
    assert [row.cells for row in rest] == [["Ben", "+2"], ["Eve", "+3"]]
    [_, bad, *rest] = read(path, b'name,phone\n"Ann,+1\n' + b"Ben,+2\n" * 500)
    assert bad.fault == f"A quotation mark is not closed within {MOST_LINES} lines."
    assert [row.cells for row in rest] == [["Ben", "+2"]] * 500
    [_, bad, ben, eve] = read(path, b'name,phone\n"Ann,+1\nBen,+2\n"Eve ""E""\nSmith",+3\n')
    assert bad.fault == "A quotation mark stands in the midst of a cell."
    assert (ben.cells, eve.cells) == (["Ben", "+2"], ['Eve "E"\nSmith', "+3"])


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_million_characters_in_a_cell_cost_their_own_row(tmp_path: Path, end: bytes) -> None:
    long = [b"x" * 1_000_000 + b",+1", b'"' + b"line\n" * 50 + b"x" * MOST_CHARACTERS + b'",+1']
    for cell in long:
        rows = read(tmp_path / "a.csv", end.join([b"name,phone", cell, b"Ben,+2"]))
        assert rows[1].fault is not None
        assert rows[-1].cells == ["Ben", "+2"]


def test_nul_bytes_and_empty_rows_are_read(tmp_path: Path) -> None:
    rows = read(tmp_path / "a.csv", b"name,phone\r\nA\0nn,+1\r\n\r\n , \r\nBen,+2\r\n\r\n")
    assert [row.cells for row in rows] == [["name", "phone"], ["A\0nn", "+1"], [], [" ", " "], ["Ben", "+2"], []]
    assert [row.blank for row in rows] == [False, False, True, True, False, True]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(b"\xff\xfe".__add__)
    | st.text(alphabet='a,;"\n\ré\U0001f600\0', max_size=200).map(str.encode)
)
def test_whatever_the_bytes_every_one_of_them_is_passed_once(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    if len(content) % 2 == 0 or not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        read(tmp_path_factory.getbasetemp() / "any.csv", content)


@pytest.mark.parametrize("content", [b"a\0,\0b", b"\xef\xbb\xbfa\0,\0b\0" + b"\n", b"\xef\xbb\xbfab,"])
def test_utf_16_cut_in_a_character_is_said_to_be_so_whatever_mark_stands_before_it(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(content)
    assert _surveyed(path, "utf-16-le").fault == "It ends in the midst of a character."


@pytest.mark.parametrize("encoding", sorted(_SAYABLE))
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"a", b",", b'"', b"\n", b"\r", b"\xe9", b"\x83\x5c", b"\x81", b"\xff"])
        | st.binary(max_size=6)
    )
)
def test_rows_are_found_again_by_their_byte_in_whatever_somebody_says(
    tmp_path_factory: pytest.TempPathFactory, encoding: str, parts: list[bytes]
) -> None:
    path, content = tmp_path_factory.getbasetemp() / "said.csv", b"".join(parts)
    path.write_bytes(content)
    form = format_of(path, encoding, ",")
    if encoding.startswith("utf-16") and (len(content) - form.start) % 2:
        content += b"\0"
        path.write_bytes(content)
        form = format_of(path, encoding, ",")
    with Rows(path.open("rb"), form) as found:
        rows = list(found)
    assert not rows or rows[-1].ends == len(content)
    for number, row in enumerate(rows, 1):
        with Rows(path.open("rb"), form, row.ends) as found:
            assert list(found) == rows[number:]


def lines(path: Path, count: int) -> None:
    with path.open("wb") as file:
        file.write(b"name,phone\n")
        for _ in range(count // 10_000):
            file.write(b"Ann,+5511961230345\n" * 10_000)


@pytest.mark.soak
def test_two_million_rows_are_one_import_and_one_more_is_too_many(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines(path, MOST_ROWS)
    found = _surveyed(path)
    assert (found.count, found.fault) == (MOST_ROWS, None)
    with Rows(path.open("rb"), found.form, found.begin) as rows:
        assert sum(row.fault is None for row in rows) == MOST_ROWS
    with path.open("ab") as file:
        file.write(b"Ben,+5511961230346\n")
    assert _surveyed(path).fault == f"It has more than {MOST_ROWS} rows; cut it into several files."
