"""Real PostgreSQL and Valkey under a data folder, for development, demonstrations and tests.

with embedded(Path("data")) as services:
    services.database_url, services.redis_url
    services.valkey.kill()   # as kill -9
    services.valkey.start()  # same port, same data
"""

from tidings.services.server import ServiceError
from tidings.services.together import Services, embedded

__all__ = ["ServiceError", "Services", "embedded"]
