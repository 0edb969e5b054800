"""The file that logs go to: where it is, that several processes share it, and that nobody dies of it."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.core import logs
from db.core.settings import Settings

WRITER = """
import logging, sys
from pathlib import Path
from db.core import logs
logs._FILE_BYTES = 20_000
handler = logs._open(Path(sys.argv[1]))
for number in range(400):
    handler.emit(logging.LogRecord("x", logging.INFO, "", 0, f"{sys.argv[2]} {number:03} " + "x" * 90, (), None))
"""


def test_without_a_word_the_log_is_where_it_always_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOG_FILE")
    assert Settings().log_file == Path("logs/whatsapp_backend.log")
    monkeypatch.setenv("LOG_FILE", "-")
    assert Settings().log_file is None


def test_processes_share_a_file_and_rotate_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes write 80 KB into files of 20 KB: every line is there, whole, and each process's in their order."""
    file = tmp_path / "folder" / "log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name]) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    files = [file.with_name(f"log.{number}") for number in range(5, 0, -1)] + [file]
    lines = [line for each in files if each.exists() for line in each.read_text().splitlines()]
    assert all(each.stat().st_size < 21_000 for each in files if each.exists())
    assert len([each for each in files if each.exists()]) >= 4
    for name in ("one", "two"):
        numbers = [int(line.split()[1]) for line in lines if line.startswith(name)]
        assert numbers == list(range(400))


SAYS = """
import logging
from db.core.logs import configure_logging
configure_logging()
for level in ("debug", "info", "warning", "error"):
    getattr(logging.getLogger("x"), level)("hello %s", "you" if level == "error" else level)
"""


def said_with(file: Path, level: str = "ERROR") -> str:
    """What a process of its own writes to standard error, which goes on whatever becomes of the file."""
    environment = {**os.environ, "LOG_FILE": str(file), "LOG_LEVEL": level}
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, env=environment, check=True)
    return done.stderr


def test_a_line_in_the_file_is_json(tmp_path: Path) -> None:
    assert "hello you" in said_with(tmp_path / "log")
    [line] = (tmp_path / "log").read_text().splitlines()
    assert json.loads(line)["event"] == "hello you"


@pytest.mark.parametrize(("level", "told"), [("DEBUG", 4), ("WARNING", 2)])
def test_log_level_says_how_much_is_told(tmp_path: Path, level: str, told: int) -> None:
    said_with(tmp_path / "log", level)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["level"] for line in lines] == ["debug", "info", "warning", "error"][4 - told :]


def test_a_file_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = said_with(tmp_path / "file" / "log", "WARNING")
    assert "LOG_FILE cannot be written" in said
    assert "hello you" in said


FAILS = """
import asyncpg, structlog
from db.core.logs import configure_logging
configure_logging()
taken = asyncpg.UniqueViolationError("duplicate key value violates a constraint")
taken.detail = "Key (number)=(+5511900000001) already exists."
unfit = asyncpg.DataError("invalid input for query argument $12: 'Rita' (expected int)")
try:
    try:
        raise taken
    except Exception as error:
        raise ExceptionGroup("several", [unfit]) from error
except Exception:
    structlog.get_logger().exception("failed")
"""


def test_no_traceback_quotes_what_postgresql_was_given(tmp_path: Path) -> None:
    environment = {**os.environ, "LOG_FILE": str(tmp_path / "log")}
    subprocess.run([sys.executable, "-c", FAILS], capture_output=True, env=environment, check=True)
    written = (tmp_path / "log").read_text()
    assert "duplicate key value violates a constraint" in written
    assert "invalid input for query argument" in written
    assert "5511900000001" not in written
    assert "Rita" not in written


def test_nobody_fails_of_a_folder_that_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler = logs._open(tmp_path / "folder" / "log")
    shutil.rmtree(tmp_path / "folder")
    handler.emit(logging.LogRecord("x", logging.INFO, "", 0, "hello", (), None))
    assert "FileNotFoundError" in capsys.readouterr().err
    (tmp_path / "folder").mkdir()
    handler.emit(logging.LogRecord("x", logging.INFO, "", 0, "hello again", (), None))
    handler.close()
    assert (tmp_path / "folder" / "log").read_text() == "hello again\n"


def test_the_console_of_development_quotes_none_either(tmp_path: Path) -> None:
    environment = {**os.environ, "LOG_FILE": "-", "ENVIRONMENT": "development"}
    said = subprocess.run([sys.executable, "-c", FAILS], capture_output=True, env=environment, check=True, text=True)
    assert "duplicate key value violates a constraint" in said.stderr
    assert "invalid input for query argument" in said.stderr
    assert "The above exception was the direct cause" in said.stderr, "the rest of the story is there"
    assert "5511900000001" not in said.stderr
    assert "Rita" not in said.stderr
