"""Where a monitoring system reads what a worker counts."""

import structlog
from prometheus_client import start_http_server

from db.core.settings import get_settings
from domain.health.metrics import OWN

log = structlog.get_logger()

PORTS = 16
"""Several workers on one machine take one after another, from METRICS_PORT on."""


def serve_figures() -> None:
    """Answers at the first free port from METRICS_PORT on, in a thread of its own; nowhere where it is not set."""
    settings = get_settings()
    if settings.metrics_port is None:
        return
    for port in range(settings.metrics_port, settings.metrics_port + PORTS):
        try:
            start_http_server(port, settings.metrics_host, registry=OWN)
        except OSError:
            continue
        log.info("metrics_served", port=port)
        return
    log.warning("metrics_not_served", error=f"{PORTS} ports from {settings.metrics_port} on are taken")
