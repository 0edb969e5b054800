"""Both services, under one data folder that nobody else uses."""

import fcntl
import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tidings.services.postgres import Postgres
from tidings.services.server import ServiceError
from tidings.services.valkey import Valkey


@dataclass(frozen=True)
class Services:
    """Running services; each has `start()`, `stop()`, `kill()`, `pid`, `port` and `url`."""

    postgres: Postgres
    valkey: Valkey

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url


@contextmanager
def embedded(data_dir: Path, *, postgres: bool = True, valkey: bool = True) -> Generator[Services]:
    """Real PostgreSQL 18 and Valkey under `data_dir`; a false flag leaves that one stopped.

    Takes about a second, 0.3 s on a folder that is there. They stop at the end, and also when this process is killed.
    Raises ServiceError when the folder is in use or a server cannot start.
    """
    data_dir = data_dir.resolve()
    with ExitStack() as stack:
        stack.enter_context(alone(data_dir))
        services = Services(Postgres(data_dir), Valkey(data_dir))
        for server, wanted in ((services.postgres, postgres), (services.valkey, valkey)):
            if wanted:
                stack.callback(server.stop)
                server.start()
        yield services


@contextmanager
def alone(data_dir: Path) -> Generator[None]:
    """Holds the folder's lock; the kernel gives it back whatever happens to us."""
    data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceError(
                f"process {file.read().strip() or '(unknown)'} is using {data_dir}: "
                "stop it first, or set DATA_DIR to another folder"
            ) from None
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
