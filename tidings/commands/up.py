"""Run everything on this machine: PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), the simulator
(unless WHATSAPP_API_URL names WhatsApp), migrations, the API and workers. What dies is started again; Ctrl-C or SIGTERM
stops all of it, and so does the end of this process, however it comes."""

import argparse
import json
import logging
import os
import sys
from pathlib import Path

import httpx

from db.core.settings import Settings, get_settings
from tidings.client import Api, Refused
from tidings.first_steps import SIMULATED_NUMBER, register_simulated_sender, token_for_programs
from tidings.private import write_private
from tidings.provide import Provision, provide
from tidings.running import announced
from tidings.services import embedded
from tidings.supervise import Part, Program, Supervisor, stopped_by_signals, supervised

log = logging.getLogger("tidings")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=int, default=1, help="worker processes (default: 1)")
    parser.add_argument("--ready-file", type=Path, help="write addresses and sign-in as JSON here once it serves")


def run(given: argparse.Namespace) -> int:
    settings = get_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s tidings: %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with stopped_by_signals():
        _serve(settings, given.workers, given.ready_file)
    return 0


def _serve(settings: Settings, workers: int, ready_file: Path | None) -> None:
    data_dir = settings.data_dir.resolve()
    own_postgres, own_valkey = not settings.database_url, not settings.redis_url
    with embedded(data_dir, postgres=own_postgres, valkey=own_valkey) as services:
        provision = provide(settings, services, data_dir)
        parts: list[tuple[Part, bool]] = [(services.postgres, own_postgres), (services.valkey, own_valkey)]
        with (
            announced(data_dir, provision.environment),
            supervised([part for part, own in parts if own]) as supervisor,
        ):
            _start(supervisor, provision, workers)
            token = _settle_in(provision, data_dir)
            _print_welcome(provision, token, data_dir)
            if ready_file is not None:
                _tell_ready(ready_file, provision, token)
            supervisor.watch()


def _start(supervisor: Supervisor, provision: Provision, workers: int) -> None:
    """The parts, in an order in which each finds what it needs."""

    def program(name: str, *command: str, **secrets: str) -> Program:
        return Program(name, [sys.executable, "-m", *command], {**provision.environment, **secrets})

    if provision.simulator_port:
        supervisor.start(
            program(
                "simulator",
                "simulator",
                f"--port={provision.simulator_port}",
                f"--display-numbers={SIMULATED_NUMBER}",
                f"--webhook-url={provision.address}/webhooks/whatsapp",
                SIMULATOR_APP_SECRET=provision.app_secret,
                SIMULATOR_VERIFY_TOKEN=provision.verify_token,
            )
        )
    program("migrate", "tidings", "migrate").run()
    supervisor.start(program("api", "tidings", "api"))
    for number in range(1, workers + 1):
        supervisor.start(program(f"worker-{number}", "tidings", "worker"))
    supervisor.wait_for(lambda: _is_healthy(provision.address), "the API")


def _is_healthy(address: str) -> bool:
    try:
        # Certificates, which are not asked for here, would be read each time.
        return httpx.get(f"{address}/health", timeout=2.0, trust_env=False, verify=False).status_code == 200
    except httpx.TransportError:
        return False


def _settle_in(provision: Provision, data_dir: Path) -> str | None:
    """A sender for the simulator, and a token; None where the admin has no password, or another one by now."""
    if not provision.admin_password:
        return None
    with Api(provision.graphql) as api:
        try:
            api.sign_in(provision.admin_email, provision.admin_password)
        except Refused as refused:
            log.warning("cannot sign in as %s (%s): no API token is made", provision.admin_email, refused)
            return None
        if provision.simulator_port:
            register_simulated_sender(api)
        return token_for_programs(api, data_dir)


def _tell_ready(ready_file: Path, provision: Provision, token: str | None) -> None:
    content = {
        "graphql": provision.graphql,
        "ws": provision.graphql.replace("http", "ws", 1),
        "admin": {"email": provision.admin_email, "password": provision.admin_password},
        "token": token,
        "simulator": provision.simulator,
        "pid": os.getpid(),
    }
    write_private(ready_file, json.dumps(content))


def _print_welcome(provision: Provision, token: str | None, data_dir: Path) -> None:
    password = provision.admin_password if provision.made_up_password else "as set in ADMIN_PASSWORD"
    whatsapp = f"simulated at {provision.simulator} (write there as a customer)" if provision.simulator else "real"
    lines = [
        "",
        "Tidings is running.",
        f"  GraphiQL   {provision.graphql}",
        f"  Sign in    {provision.admin_email}   password  {password}",
        f"  API token  {token or '(sign in, then createApiToken)'}",
        f"  WhatsApp   {whatsapp}",
        f"  Data       {data_dir}",
        "Ctrl-C stops everything.",
        "",
    ]
    print("\n".join(lines), flush=True)
