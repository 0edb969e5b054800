"""The file that logs go to: where it is, that several processes share it, and that nobody dies of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
logging.getLogger("x").error("hello %s", "you")
"""


def said_with(file: Path) -> str:
    """What a process of its own writes to standard error, which goes on whatever becomes of the file."""
    environment = {**os.environ, "LOG_FILE": str(file)}
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, env=environment, check=True)
    return done.stderr


def test_a_line_in_the_file_is_json(tmp_path: Path) -> None:
    assert "hello you" in said_with(tmp_path / "log")
    [line] = (tmp_path / "log").read_text().splitlines()
    assert json.loads(line)["event"] == "hello you"


def test_a_file_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = said_with(tmp_path / "file" / "log")
    assert "LOG_FILE cannot be written" in said
    assert "hello you" in said
