"""The commands of docs/operations.md: what they say is done here, with the tools of the embedded PostgreSQL."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from db import events
from db.core import connect
from domain import contacts, webhooks
from domain.core.access import SYSTEM
from tests import factories
from tests.databases import connected_to, database_of_its_own
from tests.factories import unique
from tidings.services import Services
from tidings.services.postgres import binary

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations.md"
SUMS = """
SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM contact_phone), (SELECT count(*) FROM event),
       (SELECT max(number) FROM event), (SELECT count(*) FROM sender), (SELECT array_agg(name ORDER BY id) FROM contact)
"""


def commands() -> list[str]:
    """Those under Backup and restore, without what is said of them."""
    [text] = re.findall(r"## Backup and restore\n.*?```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return [line.partition("#")[0].strip() for line in text.splitlines() if line.strip()]


async def shell(command: str, environment: dict[str, str], folder: Path, *, may_fail: bool = False) -> str:
    """What a command says."""
    run = ["/bin/sh", "-euc", command]
    done = await asyncio.to_thread(
        subprocess.run, run, cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert may_fail or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.timeout(300)  # eight programs, one after another
async def test_what_was_backed_up_is_restored(services: Services, database: None, tmp_path: Path) -> None:
    """Each command of the document as it stands there."""
    dump, tar, create, restore, skip, migrate, doctor = commands()
    tools_used = [shlex.split(each)[0] for each in (dump, tar, create, restore, skip)]
    assert tools_used == ["pg_dump", "tar", "createdb", "pg_restore", "psql"]
    assert migrate.endswith("tidings migrate")
    assert doctor.endswith("tidings doctor")
    url, restored = urlsplit(services.database_url), unique("restored").replace("-", "_")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "tidings").write_text(f'#!/bin/sh\nexec {sys.executable} -m tidings "$@"\n')
    (tools / "tidings").chmod(0o755)
    files = tmp_path / "data" / "files"
    files.mkdir(parents=True)
    (files / "1").write_bytes(b"a picture")
    async with database_of_its_own() as name:
        for _ in range(20):
            await factories.contact(name=unique("Zoë"))
        await factories.sender()
        webhook = await webhooks.create(SYSTEM, url="http://127.0.0.1:1/", events=[events.EventType.LEAD_CREATED])
        before = await connect.row(SUMS)
        environment = {
            **os.environ,
            "PATH": f"{tools}:{binary('pg_dump').parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path.cwd()),
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
            "RESTORED_URL": urlunsplit(url._replace(path=f"/{restored}")),
            "DATA_DIR": str(tmp_path / "data"),
            "PGHOST": str(url.hostname),
            "PGPORT": str(url.port),
            "PGUSER": str(url.username),
            "PGPASSWORD": str(url.password),
            "LOG_FILE": "-",
        }
        await shell(dump, environment, tmp_path)
        taken = [(await webhooks.test(SYSTEM, webhook.id)).id for _ in range(5)]
        for command in (tar, create.replace("tidings_restored", restored), restore, skip, migrate):
            await shell(command, environment, tmp_path)
        # Whether anything else is wrong here is not the restore's.
        told = await shell(doctor, environment, tmp_path, may_fail=True)
        assert "The database is up to date." in told
        assert "knows letters" in told
        epoch = (await events.read(0, 0)).epoch
    async with connected_to(restored):
        assert await connect.row(SUMS) == before
        assert (await events.read(0, 0)).epoch != epoch, "cursors of before are of another log"
        await contacts.create(SYSTEM, name="After", phone_number=factories.phone())
        assert (await webhooks.test(SYSTEM, webhook.id)).id > max(taken), "receivers have taken that id"
    names = await shell("tar --list --file=files.tar", environment, tmp_path)
    assert "files/1" in names


def test_the_document_names_files_that_are_there() -> None:
    text = DOCUMENT.read_text()
    for path in re.findall(r"`((?:tests|domain|tidings)/[\w/]+\.py)`", text):
        assert (DOCUMENT.parents[1] / path).is_file(), path


@pytest.mark.parametrize("name", ["DISK_RESERVE_GB", "METRICS_PORT", "METRICS_HOST", "SEND_GRACE", "DATABASE_POOL"])
def test_the_settings_that_it_names_are_in_the_example(name: str) -> None:
    assert name in DOCUMENT.read_text()
    assert f"\n{name}=" in (DOCUMENT.parents[1] / ".env.example").read_text()
