"""An upgrade as docs/operations.md has it: the new version migrates while the old one sends, then both run together."""

import asyncio
import io
import secrets
import subprocess
import tarfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.faults.conftest import ADMIN_TOKEN, Installation
from tests.running import Program, free_port
from tidings.services import embedded

ROOT = Path(__file__).parents[2]
PEOPLE = 1800
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


def git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True).stdout


@pytest.fixture
def old(tmp_path: Path) -> tuple[str, Path]:
    """The code of the commit before the last migration came: which it is, and where."""
    try:
        added = git("log", "--diff-filter=A", "-1", "--format=%H", "--", "db/migrations/0*.py").decode().strip()
        commit = git("rev-parse", "--short", f"{added}^").decode().strip()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the history of the code is not here")
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(tmp_path / "old", filter="data")
    return commit, tmp_path / "old"


def of_code(folder: Path) -> dict[str, str]:
    """Runs programs of another folder than the present one."""
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


async def migrate(environment: dict[str, str]) -> None:
    program = Program(["tidings", "migrate"], environment).start()
    assert program.process is not None
    assert await asyncio.to_thread(program.process.wait, 120) == 0


NOTED = (
    "CREATE TABLE departure (port int)",
    "CREATE FUNCTION note_departure() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN INSERT INTO departure VALUES (inet_client_port()); RETURN NULL; END $$",
    "CREATE TRIGGER note_departure AFTER UPDATE ON message FOR EACH ROW"
    " WHEN (OLD.state = 'CLAIMED' AND NEW.state = 'IN_FLIGHT') EXECUTE FUNCTION note_departure()",
)
"""PostgreSQL notes whose connection lets messages leave."""


async def let_go(installation: Installation, program: Program) -> int:
    """How many messages this process has let leave since."""
    assert program.process is not None
    connections = psutil.Process(program.process.pid).net_connections("tcp")
    ports = [connection.laddr.port for connection in connections]
    [row] = await installation.fetch("SELECT count(*) AS messages FROM departure WHERE port = ANY($1)", ports)
    return row["messages"]


async def test_an_upgrade_in_the_midst_of_a_send_loses_nothing(
    old: tuple[str, Path], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Old workers send by the new schema, new ones beside them, and the API is changed last."""
    commit, code = old
    api_port, simulator_port = free_port(), free_port()
    with ExitStack() as running:
        (folder := tmp_path / "data").mkdir()
        services = running.enter_context(embedded(folder))
        new = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "DATA_DIR": str(folder),
            "SECRET_KEY": secrets.token_hex(32),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "API_PORT": str(api_port),
            "PUBLIC_URL": f"http://127.0.0.1:{api_port}",
            "WHATSAPP_API_URL": f"http://127.0.0.1:{simulator_port}",
            "WHATSAPP_APP_SECRET": "an-app-secret",
            "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
            "SEND_GRACE": "4",
            "SEND_RATE": "20",
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "WARNING",
            "LOG_FILE": str(folder / "tidings.log"),
            **of_code(ROOT),
        }
        before = new | of_code(code)
        await migrate(before)
        upgraded = Installation(services, before, running)
        upgraded.simulator.configure(latency=0.05)
        applied = "SELECT name FROM tortoise_migrations"
        known = set(await upgraded.fetch(applied))
        schedule = await upgraded.schedule(PEOPLE)
        await upgraded.under_way(schedule, 50)

        began = time.monotonic()
        await migrate(new)
        took = time.monotonic() - began
        added = [row["name"] for row in set(await upgraded.fetch(applied)) - known]
        assert added, "there was nothing to migrate, so nothing was tried"
        migrated_at = (await upgraded.stats(schedule))["sent"]
        assert migrated_at < PEOPLE, "all was sent before the migration ended"
        await upgraded.under_way(schedule, migrated_at + 50)
        worker = running.enter_context(Program.worker(new))
        # Both take from one queue; what one has claimed the other lets be.
        for statement in NOTED:
            await upgraded.fetch(statement)
        await upgraded.under_way(schedule, migrated_at + 250)
        shares = [await let_go(upgraded, program) for program in (upgraded.worker, worker)]
        await upgraded.fetch("DROP FUNCTION note_departure CASCADE")
        assert all(shares), f"the old one let {shares[0]} messages go, and the new one {shares[1]}"
        later = await upgraded.plan(await upgraded.template(), await upgraded.group(30))
        assert worker.process is not None
        assert worker.process.poll() is None
        upgraded.api.program.stop()
        upgraded.api.program.environment |= of_code(ROOT)
        upgraded.api.program.start()
        assert upgraded.worker.stop(30) == 0
        assert (await upgraded.stats(schedule))["sent"] < PEOPLE, "the old one has sent it all"
        for each, people in ((schedule, PEOPLE), (later, 30)):
            stats = await upgraded.done(each, seconds=200)
            assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (people, 0, 0)
        await upgraded.check_invariant(schedule, later)
        await upgraded.close()
    record_property("old version", commit)
    record_property("migrated", ", ".join(sorted(added)))
    record_property("the migration took", f"{took:.1f} s")
    record_property("sent when it had ended", migrated_at)
    record_property("let leave by the old one and the new one meanwhile", shares)
