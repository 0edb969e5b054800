"""What the parts of an installation are told: the settings, and what is made up where they are silent."""

import socket
from dataclasses import dataclass
from pathlib import Path

from db.core.settings import DEVELOPMENT_SECRET, Settings
from tidings.kept import kept
from tidings.services import Services
from tidings.services.server import free_port
from tidings.trouble import Trouble

SIMULATED_WAHA_KEY = "simulator-key"
"""What the simulator's WAHA side wants, unless told otherwise."""


def address(host: str, port: int) -> str:
    """Where this machine reaches a server, even one that listens on all addresses."""
    seen_here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"http://{seen_here}:{port}"


@dataclass(frozen=True)
class Provision:
    """One installation on this machine, all its questions answered."""

    environment: dict[str, str]
    """For every child process; it wins over what `.env` says."""
    api_host: str
    api_port: int
    admin_email: str
    admin_password: str
    """Empty when production does not set one: then nobody is made and nobody signs in here."""
    made_up_password: bool
    app_secret: str
    verify_token: str
    simulator_port: int | None
    """None when messages go to WhatsApp itself."""

    @property
    def address(self) -> str:
        """Where this machine reaches the API."""
        return address(self.api_host, self.api_port)

    @property
    def graphql(self) -> str:
        return f"{self.address}/graphql"

    @property
    def simulator(self) -> str | None:
        return f"http://127.0.0.1:{self.simulator_port}" if self.simulator_port else None


def provide(settings: Settings, services: Services, data_dir: Path) -> Provision:
    """Answer what the settings leave open; secrets are made up once and kept. Production leaves nothing open."""

    def secret(given: str, name: str) -> str:
        return given or ("" if settings.production else kept(data_dir, name))

    given_key = settings.secret_key.get_secret_value()
    given_password = settings.admin_password.get_secret_value()
    simulator_port = None if settings.whatsapp_api_url else free_port()
    provision = Provision(
        environment={},
        api_host=settings.api_host,
        api_port=settings.api_port or free_port(),
        admin_email=settings.admin_email,
        admin_password=secret(given_password, "admin_password"),
        made_up_password=not given_password,
        app_secret=secret(settings.whatsapp_app_secret.get_secret_value(), "whatsapp_app_secret"),
        verify_token=secret(settings.whatsapp_verify_token.get_secret_value(), "whatsapp_verify_token"),
        simulator_port=simulator_port,
    )
    provision.environment.update(
        DATABASE_URL=settings.database_url or services.database_url,
        REDIS_URL=settings.redis_url or services.redis_url,
        DATA_DIR=str(data_dir),
        SECRET_KEY=kept(data_dir, "secret_key") if given_key == DEVELOPMENT_SECRET else given_key,
        API_HOST=provision.api_host,
        API_PORT=str(provision.api_port),
        PUBLIC_URL=settings.public_url or provision.address,
        ADMIN_EMAIL=provision.admin_email,
        ADMIN_PASSWORD=provision.admin_password,
        WHATSAPP_API_URL=settings.whatsapp_api_url or provision.simulator or "",
        WHATSAPP_APP_SECRET=provision.app_secret,
        WHATSAPP_VERIFY_TOKEN=provision.verify_token,
        WAHA_URL=settings.waha_url or provision.simulator or "",
        WAHA_API_KEY=settings.waha_api_key.get_secret_value() if settings.waha_url else SIMULATED_WAHA_KEY,
        WAHA_HMAC_KEY=secret(settings.waha_hmac_key.get_secret_value(), "waha_hmac_key"),
    )
    _insist_on_port(provision)
    return provision


def _insist_on_port(provision: Provision) -> None:
    """Two servers must not share a port, and a message now is better than a server that dies again and again."""
    family = socket.AF_INET6 if ":" in provision.api_host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((provision.api_host, provision.api_port))
        except OSError as error:
            raise Trouble(
                f"cannot listen on {provision.api_host}, port {provision.api_port} ({error.strerror}): "
                "stop what uses it, or set API_PORT to another one (0: any free port)"
            ) from error
