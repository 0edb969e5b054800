"""The command line as a person meets it: help, mistakes, and nothing that looks like a crash."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from db.core import connect
from db.core.settings import Settings, get_settings
from tests.databases import a_database, connected_to
from tidings.__main__ import COMMANDS
from tidings.demo.people import FILE, read_people
from tidings.kept import FILE as SECRETS
from tidings.kept import keep, kept, recall
from tidings.trouble import Trouble, spell_out

ROOT = Path(__file__).parents[2]
MIGRATIONS = sorted((ROOT / "db/migrations").glob("[0-9]*.py"))


def tidings(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an empty folder, without any setting but those given."""
    known = {name.upper() for name in Settings.model_fields}
    clean = {name: value for name, value in os.environ.items() if name not in known}
    environment = {**clean, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "tidings", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    done = tidings(*([command] if command else []), "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    done = tidings("upp", folder=tmp_path)
    assert done.returncode == 2
    assert "invalid choice: 'upp'" in done.stderr


def test_wrong_settings_are_told_all_at_once(tmp_path: Path) -> None:
    done = tidings("up", folder=tmp_path, API_PORT="70000", LOG_LEVEL="LOUD")
    assert done.returncode == 1
    assert "API_PORT: Input should be less than or equal to 65535" in done.stderr
    assert "LOG_LEVEL: " in done.stderr
    assert "Traceback" not in done.stderr


def test_production_says_what_it_lacks(tmp_path: Path) -> None:
    done = tidings("api", folder=tmp_path, ENVIRONMENT="production", SEND_GRACE="4")
    assert done.returncode == 1
    for name in ("SECRET_KEY", "DATABASE_URL", "WHATSAPP_APP_SECRET", "CORS_ORIGINS", "SEND_GRACE"):
        assert name in done.stderr
    assert "WAHA" not in done.stderr
    assert "Traceback" not in done.stderr


PRODUCTION = {"ENVIRONMENT": "production", "SEND_GRACE": "60"}


@pytest.mark.parametrize(
    ("given", "name", "lacking"),
    [
        ({"WAHA_URL": "http://waha:3000"}, "WAHA_API_KEY", True),
        ({"WAHA_URL": "http://waha:3000"}, "WAHA_HMAC_KEY", True),
        ({"ADMIN_TOKEN": "x" * 31}, "ADMIN_TOKEN", True),
        ({"ADMIN_TOKEN": "x" * 32}, "ADMIN_TOKEN", False),
        ({"SEND_GRACE": "59"}, "SEND_GRACE", True),
        ({"SECRET_KEYS_OLD": '["development-secret-not-for-production"]'}, "SECRET_KEYS_OLD", True),
        ({"SECRET_KEYS_OLD": '[""]'}, "SECRET_KEYS_OLD", True),
        ({"SECRET_KEYS_OLD": f'["{"x" * 40}", "{"y" * 31}"]'}, "SECRET_KEYS_OLD", True),
        ({"SECRET_KEYS_OLD": f'["{"x" * 32}"]'}, "SECRET_KEYS_OLD", False),
    ],
    ids=str,
)
def test_what_production_asks_for(
    given: dict[str, str], name: str, lacking: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in Settings.model_fields:
        monkeypatch.delenv(other.upper(), raising=False)
    for setting, value in (PRODUCTION | given).items():
        monkeypatch.setenv(setting, value)
    with pytest.raises(ValidationError) as told:
        Settings()
    assert (name in spell_out(told.value)) is lacking


@pytest.mark.parametrize("told", [{"API_HOST": "0.0.0.0"}, {"API_HOST": "::"}])
def test_the_key_that_everybody_knows_is_for_this_machine_alone(told: dict[str, str], tmp_path: Path) -> None:
    """Where ENVIRONMENT was forgotten."""
    done = tidings("api", folder=tmp_path, API_PORT="0", **told)
    assert done.returncode == 1
    assert "SECRET_KEY" in done.stderr
    assert "ENVIRONMENT=production" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_database_there_are_no_users(tmp_path: Path) -> None:
    done = tidings("user", "list", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "tidings user: there is no database: start `tidings up` first, or set DATABASE_URL\n"


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    done = tidings(
        "doctor",
        folder=tmp_path,
        DATABASE_URL="postgresql://tidings:secret-word@127.0.0.1:1/tidings",
        REDIS_URL="redis://:secret-word@127.0.0.1:1/0",
        WHATSAPP_API_URL="http://127.0.0.1:1",
    )
    assert done.returncode == 1
    assert "WRONG  PostgreSQL at 127.0.0.1:1 does not answer" in done.stdout
    assert "WRONG  Redis at 127.0.0.1:1 does not answer" in done.stdout
    assert "WRONG  WhatsApp's API at http://127.0.0.1:1 does not answer" in done.stdout
    assert "3 things to mend." in done.stdout
    assert "secret-word" not in done.stdout + done.stderr


def test_the_doctor_of_a_new_folder_is_content(tmp_path: Path) -> None:
    done = tidings("doctor", folder=tmp_path, API_PORT="0")
    assert done.returncode == 0, done.stdout
    assert "Nothing is wrong." in done.stdout


def test_a_kept_secret_is_made_up_once_and_private(tmp_path: Path) -> None:
    first = kept(tmp_path, "one")
    assert kept(tmp_path, "one") == first
    assert kept(tmp_path, "two") != first
    assert len(first) >= 43
    keep(tmp_path, "one", "mine")
    assert recall(tmp_path, "one") == "mine"
    assert recall(tmp_path, "three") is None
    file = tmp_path / SECRETS
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(file.read_text())) == {"one", "two"}
    assert [each.name for each in tmp_path.iterdir()] == [SECRETS]


async def test_migrations_are_repeated_without_harm_and_not_taken_back(database: None, tmp_path: Path) -> None:
    async with a_database() as name:
        url = urlsplit(get_settings().database_url)._replace(path=f"/{name}").geturl()
        done = tidings("migrate", "--target", "models.0002_indexes", folder=tmp_path, DATABASE_URL=url)
        assert done.returncode == 1
        assert done.stderr.startswith("tidings migrate: cannot stop at models.0002_indexes (")
        assert "an older program runs on the newer schema" in done.stderr
        done = tidings("migrate", folder=tmp_path, DATABASE_URL=url)
        assert (done.returncode, done.stderr) == (0, "")
        async with connected_to(name):
            assert await connect.value("SELECT count(*) FROM tortoise_migrations") == len(MIGRATIONS)


def test_the_people_of_the_demonstration(tmp_path: Path) -> None:
    people = read_people(FILE, None)
    assert len(people) == 1015
    assert read_people(FILE, 3) == people[:3]
    with pytest.raises(Trouble, match="--people is 1 to 1015"):
        read_people(FILE, 5000)
    with pytest.raises(Trouble, match="is not there"):
        read_people(tmp_path / "none.csv", None)
