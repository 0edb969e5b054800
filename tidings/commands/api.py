"""Serve the API: GraphQL over HTTP and sockets, webhooks, health. SIGTERM ends it within 10 s."""

import argparse
import resource

import uvicorn

from db.core.logs import configure_logging
from db.core.settings import DEVELOPMENT_SECRET, LOOPBACK, get_settings
from graph.app import create_app
from tidings.running import join
from tidings.trouble import Trouble

FILES = 65_536
"""Open files and connections, where the system allows as many."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on; API_HOST when left out")
    parser.add_argument("--port", type=int, help="port, 0 for any free one; API_PORT when left out")


def run(given: argparse.Namespace) -> int:
    join()
    configure_logging()
    settings = get_settings()
    host: str = given.host or settings.api_host
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # Each connection takes one; by default there are 1024, which strangers could use up.
    resource.setrlimit(resource.RLIMIT_NOFILE, (most if 0 <= most < FILES else FILES, most))
    if host not in LOOPBACK and settings.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
        # Production does not start with it; this is for where ENVIRONMENT was forgotten.
        raise Trouble(
            f"others reach the API at {host}, and could sign in as anyone by the SECRET_KEY that everybody knows: set "
            "ENVIRONMENT=production and what that asks for, or API_HOST=127.0.0.1"
        )
    uvicorn.run(
        create_app,
        factory=True,
        host=host,
        port=settings.api_port if given.port is None else given.port,
        # The application logs for itself; a line for each request would cost more than many requests do.
        log_config=None,
        access_log=False,
        http="graph.core.wire:HttpProtocol",
        ws="graph.core.wire:SocketProtocol",
        ws_max_size=256 * 1024,
        # Events are short, and compressing them was a seventh of the time of telling a hundred sockets everything.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    return 0
