"""The doctor before real servers that are set up badly."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import asyncpg
import pytest
import redis
from pydantic import SecretStr

from db import migrations
from db.core.settings import Settings, get_settings
from domain.health import problems
from domain.health.problems import MENDS, Kind
from tests.s3 import S3, SECRET
from tidings.doctor import machine, outside, states, stores
from tidings.doctor.finding import Finding
from tidings.services import Services, embedded

OURS = sorted(path.stem for path in Path(migrations.__path__[0]).glob("0*.py"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Servers that may be spoilt."""
    with embedded(tmp_path_factory.mktemp("doctor")) as running:
        yield running


@pytest.fixture
def settings(own: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", own.database_url)
    monkeypatch.setenv("REDIS_URL", own.redis_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Settings()


async def wrong(findings: AsyncIterator[Finding]) -> list[str]:
    return [f"{finding.what} {finding.mend}" async for finding in findings if finding.wrong]


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_an_empty_database_and_missing_migrations(own: Services, settings: Settings) -> None:
    assert await wrong(stores.check_postgres(settings)) == ["The database is empty. Run `tidings migrate`."]
    await execute(own.database_url, "CREATE TABLE tortoise_migrations (name text)")
    await execute(own.database_url, "INSERT INTO tortoise_migrations VALUES ('0001_initial')")
    (said,) = await wrong(stores.check_postgres(settings))
    assert said.startswith("The database lacks migrations: 0002")
    rest = ", ".join(f"('{name}')" for name in [*OURS[1:], "9999_later"])
    await execute(own.database_url, f"INSERT INTO tortoise_migrations VALUES {rest}")
    (said,) = await wrong(stores.check_postgres(settings))
    assert "9999_later" in said
    await execute(own.database_url, "DROP TABLE tortoise_migrations")


async def test_a_wrong_password_and_a_wrong_database(own: Services, settings: Settings) -> None:
    settings.database_url = f"postgresql://tidings:wrong@127.0.0.1:{own.postgres.port}/tidings"
    (said,) = await wrong(stores.check_postgres(settings))
    assert "refuses us" in said
    assert "wrong@" not in said
    settings.database_url = own.database_url.removesuffix("tidings") + "nowhere"
    (said,) = await wrong(stores.check_postgres(settings))
    assert 'database "nowhere" does not exist' in said


async def test_a_cache_is_no_store(own: Services, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.core.redis.get_settings", lambda: settings)
    assert await wrong(stores.check_redis(settings)) == []
    with redis.Redis.from_url(own.redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru", "appendonly", "no")
        forgets, loses = await wrong(stores.check_redis(settings))
        client.config_set("maxmemory-policy", "noeviction", "appendonly", "yes")
    assert "Set maxmemory-policy to noeviction" in forgets
    assert "Set appendonly to yes" in loses


def test_a_folder_that_cannot_be_written(settings: Settings) -> None:
    settings.data_dir = Path("/proc/nowhere")
    (finding,) = machine.check_data_folder(settings)
    assert finding.wrong


async def test_a_disk_that_is_nearly_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.database_url, settings.disk_reserve_gb = "", 2.0**30
    monkeypatch.setattr("domain.health.problems.get_settings", lambda: settings)
    (said,) = await wrong(states.check_states(settings, []))
    assert "nearly full" in said


def test_a_port_that_another_program_has(own: Services, settings: Settings) -> None:
    settings.api_port = own.valkey.port
    (finding,) = machine.check_api(settings, [])
    assert finding.wrong
    assert "taken by another program" in finding.what


def test_an_api_that_is_not_well_says_why(settings: Settings) -> None:
    """A real server answers as the API does, healthy and with a sender that WhatsApp refuses."""
    told: dict[str, object] = {"status": "healthy", "kinds": ["sender_refused"]}
    told["problems"] = ["Senders that WhatsApp refuses: 1."]

    class Sick(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.path == "/health" or self.headers["X-Admin-Token"] == "right"
            self.send_response(200 if allowed else 401)
            self.end_headers()
            self.wfile.write(json.dumps(told if allowed else {"detail": "Sign in."}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Sick) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.api_port = server.server_port
        (well,) = machine.check_api(settings, [])
        told["status"] = "degraded"
        (silent,) = machine.check_api(settings, [])
        settings.admin_token = SecretStr("right")
        (ill,) = machine.check_api(settings, [])
        (known,) = machine.check_api(settings, [Kind.SENDER_REFUSED])
        told["kinds"] = ["webhooks_refused", "events_behind", "sender_refused"]
        told["problems"] = ["Webhooks: 3.", "Events: 7 s.", "Senders that WhatsApp refuses: 1."]
        alone = list(machine.check_api(settings, [Kind.SENDER_REFUSED, Kind.DATABASE_AWAY]))
        server.shutdown()
    assert [each.wrong for each in (well, silent, ill, known)] == [False, True, True, False]
    assert ill.mend == MENDS[Kind.SENDER_REFUSED]
    assert [each.mend for each in alone] == [MENDS[Kind.WEBHOOKS_REFUSED], MENDS[Kind.EVENTS_BEHIND]]
    assert silent.what.endswith("degraded, and tells ADMIN alone why.")
    assert ill.what.endswith("degraded: Senders that WhatsApp refuses: 1.")


def test_an_api_that_hangs_is_no_other_program(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.api_port = deaf.getsockname()[1]
        (finding,) = machine.check_api(settings, [])
    assert finding.wrong
    assert "does not answer within 0.2 s" in finding.what


async def test_a_database_that_hangs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.database_url = f"postgresql://tidings@127.0.0.1:{deaf.getsockname()[1]}/tidings"
        (said,) = await wrong(stores.check_postgres(settings))
    assert "does not answer: no connection in 0.2 s" in said


async def test_what_is_away_is_passed_over_where_another_check_has_said_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL that answers in three seconds is away to health, and not to the check that waits five."""
    settings.database_url = ""
    slow: problems.Found = {Kind.DATABASE_AWAY: "PostgreSQL does not answer."}

    async def of_disk() -> problems.Found:
        return slow

    monkeypatch.setattr(problems, "of_disk", of_disk)
    assert await wrong(states.check_states(settings, [])) == [f"{slow[Kind.DATABASE_AWAY]} {MENDS[Kind.DATABASE_AWAY]}"]
    assert await wrong(states.check_states(settings, [Kind.DATABASE_AWAY])) == []


def test_secrets_that_are_known_to_the_world(settings: Settings) -> None:
    assert list(outside.check_secrets(settings)) == []
    settings.api_host = "0.0.0.0"
    assert ["SECRET_KEY" in finding.what for finding in outside.check_secrets(settings)] == [True, False]


def test_a_waha_that_is_set_up_badly(settings: Settings) -> None:
    """A real server answers as WAHA does to a wrong key, and one that is not there does not answer."""

    class Unauthorized(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.headers["X-Api-Key"] == "right" else 401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    assert [finding.wrong for finding in outside.check_waha(settings)] == [False]
    with ThreadingHTTPServer(("127.0.0.1", 0), Unauthorized) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.waha_url = f"http://127.0.0.1:{server.server_port}/"
        refused, unsigned = outside.check_waha(settings)
        settings.waha_api_key, settings.waha_hmac_key = SecretStr("right"), SecretStr("key")
        (good,) = outside.check_waha(settings)
        server.shutdown()
    assert "refuses WAHA_API_KEY" in refused.what
    assert "anyone" in unsigned.what
    assert not good.wrong
    (silent,) = outside.check_waha(settings)
    assert "does not answer" in silent.what


@pytest.mark.timeout(300)  # the first to want S3 installs its server
async def test_a_bucket_is_tried_out_and_its_secret_is_not_told(
    settings: Settings, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.bucket().items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    try:
        good = [finding async for finding in stores.check_bucket(Settings())]
        assert [finding.wrong for finding in good] == [False]
        assert s3.keys(get_settings().s3_bucket) == []
        monkeypatch.setenv("S3_BUCKET", "nobody-made-it")
        get_settings.cache_clear()
        (said,) = await wrong(stores.check_bucket(Settings()))
        assert "nobody-made-it" in said
        assert "no bucket of this name" in said
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        get_settings.cache_clear()
        (said,) = await wrong(stores.check_bucket(Settings()))
        assert "does not answer" in said
        assert SECRET not in said
    finally:
        get_settings.cache_clear()
    settings.s3_bucket = ""
    assert [finding async for finding in stores.check_bucket(settings)] == []


def test_half_a_pair_of_keys_is_a_mistake(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_BUCKET", "files")
    assert Settings().aws_access_key_id == "", "the role of the machine"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    with pytest.raises(ValueError, match="go together"):
        Settings()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert SECRET not in repr(Settings())
    monkeypatch.setenv("AWS_ENDPOINT_URL", "minio:9000")
    with pytest.raises(ValueError, match="AWS_ENDPOINT_URL"):
        Settings()
